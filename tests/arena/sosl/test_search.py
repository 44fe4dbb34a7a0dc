"""Searches of a published organisation, with what sessions have written over it."""

import re

import pytest

from orgsmith.arena.errors import OrgError
from orgsmith.arena.org import Org
from orgsmith.arena.record import Record
from orgsmith.arena.session import Session
from orgsmith.arena.sosl.parser import parse
from orgsmith.arena.sosl.scopes import in_scope, searched
from orgsmith.arena.sosl.tree import Scope
from orgsmith.arena.store.overlay import Overlay
from orgsmith.outputs.dataset import Dataset

WORD = re.compile(r"[^\W_]+")


def ids(records: list[Record]) -> list[str]:
    return [record["attributes"]["url"].rpartition("/")[2] for record in records]


def types(records: list[Record]) -> list[str]:
    return [record["attributes"]["type"] for record in records]


def words_by_id(dataset: Dataset, org: Org, entity: str, scope: Scope) -> dict[str, set[str]]:
    """The words of each published record in a scope, told without the index."""
    declared = org.catalog.entities[entity]
    names = [column.name for column in in_scope(declared, scope)]
    rows = dataset.scan(entity).select("Id", *names).collect().iter_rows()
    return {
        row[0]: {word.lower() for value in row[1:] if value for word in WORD.findall(value)}
        for row in rows
    }


@pytest.mark.parametrize(
    ("entity", "scope"),
    [
        ("Account", Scope.ALL),
        ("Account", Scope.NAME),
        ("Account", Scope.EMAIL),
        ("Account", Scope.PHONE),
        ("Case", Scope.ALL),
        ("Case", Scope.NAME),
        ("Contact", Scope.EMAIL),
        ("EmailMessage", Scope.ALL),
        ("Issue__c", Scope.ALL),
        ("LiveChatTranscript", Scope.ALL),
        ("Order", Scope.NAME),
        ("Pricebook2", Scope.ALL),
        ("User", Scope.PHONE),
    ],
)
def test_every_record_that_has_a_word_is_found(
    dataset: Dataset, org: Org, session: Session, entity: str, scope: Scope
) -> None:
    texts = words_by_id(dataset, org, entity, scope)
    words = sorted({word for found in texts.values() for word in found if len(word) > 1})
    for word in words[:: max(len(words) // 40, 1)]:
        expected = {key for key, found in texts.items() if word in found}
        statement = f'FIND {{"{word}"}} IN {scope.name} FIELDS RETURNING {entity}(Id ORDER BY Id)'
        found = ids(session.search(statement))
        # A phone number is found by all of its digits as well, and only exact words in quotes.
        assert set(found) >= expected
        assert scope in (Scope.PHONE, Scope.ALL) or set(found) == expected
        assert found == sorted(found)


def test_records_have_what_is_asked_for(session: Session) -> None:
    (case,) = session.query("SELECT Id, CaseNumber, Subject, Account.Name FROM Case LIMIT 1").page(
        0, 1
    )
    statement = f"FIND {{{case['CaseNumber']}}} RETURNING Case(CaseNumber, Account.Name, Subject)"
    (found,) = session.search(statement)
    assert list(found) == ["attributes", "CaseNumber", "Account", "Subject"]
    assert found["attributes"] == case["attributes"]
    assert found["Account"]["Name"] == case["Account"]["Name"]
    (bare,) = session.search(f"FIND {{{case['CaseNumber']}}} RETURNING case")
    assert bare == {"attributes": case["attributes"], "Id": case["Id"]}


def test_names_are_told_in_any_case(session: Session) -> None:
    (user,) = session.query("SELECT Id, Username FROM User LIMIT 1").page(0, 1)
    statement = f"find {{{user['Username']}}} returning USER(USERNAME where CREATEDDATE != null)"
    (found,) = session.search(statement)
    assert found["Username"] == user["Username"]


def test_where_is_asked_of_all_that_is_found(org: Org, session: Session) -> None:
    everything = session.search('FIND {"order"} RETURNING EmailMessage(Id ORDER BY Id)')
    half = session.search(
        'FIND {"order"} RETURNING EmailMessage(Id WHERE Incoming = true ORDER BY Id)'
    )
    others = session.search('FIND {"order"} RETURNING EmailMessage(Id WHERE Incoming = false)')
    assert half
    assert others
    assert sorted(ids(half) + ids(others)) == ids(everything)
    best = ids(session.search('FIND {"order"} RETURNING EmailMessage(Id WHERE Id != null)'))
    assert sorted(best) == ids(everything)
    few = ids(session.search('FIND {"order"} RETURNING EmailMessage(Id LIMIT 20)'))
    assert few == best[:20]
    expected = [each for each in best if each in set(ids(half))]
    filtered = "RETURNING EmailMessage(Id WHERE Incoming = true LIMIT 7 OFFSET 3)"
    assert ids(session.search(f'FIND {{"order"}} {filtered}')) == expected[3:10]


def test_order_by_limit_and_offset(session: Session) -> None:
    statement = "FIND {order OR the} RETURNING Case(Id, CreatedDate ORDER BY CreatedDate DESC {})"
    everything = session.search(statement.replace("{}", ""))
    dates = [record["CreatedDate"] for record in everything]
    assert len(dates) > 20
    assert dates == sorted(dates, reverse=True)
    assert session.search(statement.replace("{}", "LIMIT 5")) == everything[:5]
    assert session.search(statement.replace("{}", "LIMIT 5 OFFSET 5")) == everything[5:10]
    assert session.search(statement.replace("{}", "OFFSET 2000")) == []


def test_offset_skips_the_best(session: Session) -> None:
    best = ids(session.search("FIND {the} RETURNING EmailMessage(Id LIMIT 30)"))
    page = ids(session.search("FIND {the} RETURNING EmailMessage(Id LIMIT 10 OFFSET 20)"))
    assert len(best) == 30
    assert page == best[20:]


@pytest.mark.parametrize("returning", ["Case(Id LIMIT 0)", "Case(Id WHERE Id != null LIMIT 0)"])
def test_a_limit_of_nothing_finds_nothing(session: Session, returning: str) -> None:
    assert session.search(f"FIND {{the}} RETURNING {returning}") == []
    assert session.search("FIND {the} RETURNING Case LIMIT 0") == []


def test_an_object_gives_250_and_2000_with_a_clause(session: Session) -> None:
    assert len(session.search("FIND {8*} RETURNING OrderItem")) == 0
    number = session.query("SELECT OrderItemNumber FROM OrderItem LIMIT 1").page(0, 1)[0]
    prefix = number["OrderItemNumber"][:2]
    assert len(session.search(f"FIND {{{prefix}*}} RETURNING OrderItem")) == 250
    assert len(session.search(f"FIND {{{prefix}*}} RETURNING OrderItem(Id LIMIT 900)")) == 250
    some = session.search(f"FIND {{{prefix}*}} RETURNING OrderItem(Id WHERE Quantity > 0)")
    assert 250 < len(some) <= 2_000
    two = session.search(f"FIND {{{prefix}*}} RETURNING OrderItem, Order")
    assert types(two).count("OrderItem") == 250


def test_a_limit_is_shared_by_the_objects(session: Session) -> None:
    found = session.search("FIND {the} RETURNING EmailMessage, Case, LiveChatTranscript LIMIT 7")
    assert types(found) == ["EmailMessage"] * 3 + ["Case"] * 2 + ["LiveChatTranscript"] * 2
    found = session.search("FIND {the} RETURNING Case(Id LIMIT 1), EmailMessage LIMIT 7")
    assert types(found) == ["Case"] + ["EmailMessage"] * 6


def test_everything_is_searched_but_articles_and_products(org: Org, session: Session) -> None:
    found = session.search("FIND {the}")
    assert set(types(found)) >= {"Case", "EmailMessage", "LiveChatTranscript"}
    assert not set(types(found)) & {"Knowledge__kav", "Product2", "PricebookEntry"}
    order = list(org.catalog.entities)
    assert [order.index(each) for each in types(found)] == sorted(
        order.index(each) for each in types(found)
    )
    assert all(list(record) == ["attributes", "Id"] for record in found)
    assert session.search("FIND {the} RETURNING Knowledge__kav, Product2")


def test_all_fields_of_articles_and_products_are_searched(session: Session) -> None:
    (article,) = session.query("SELECT Id, UrlName FROM Knowledge__kav LIMIT 1").page(0, 1)
    phrase = article["UrlName"].replace("-", " ")
    for scope in ("ALL", "NAME", "EMAIL"):
        statement = f'FIND {{"{phrase}"}} IN {scope} FIELDS RETURNING Knowledge__kav'
        assert article["Id"] in ids(session.search(statement))


@pytest.mark.parametrize("name", ["PricebookEntry", "ProductCategoryProduct"])
def test_an_object_without_texts_cannot_be_searched(org: Org, session: Session, name: str) -> None:
    assert searched(org.catalog.entities[name]) == ()
    with pytest.raises(OrgError, match=f"entity type {name} does not support search") as refused:
        session.search(f"FIND {{ab}} RETURNING Case, {name}")
    assert refused.value.code == "INVALID_TYPE"
    assert "Column:27" in refused.value.message


@pytest.mark.parametrize(
    ("returning", "code", "column", "message"),
    [
        ("Foo", "INVALID_TYPE", 21, "sObject type 'Foo' is not supported"),
        ("Case, CasePlan(Id)", "INVALID_TYPE", 27, "sObject type 'CasePlan' is not supported"),
        ("Case(Foo)", "INVALID_FIELD", 26, "No such column 'Foo' on entity 'Case'"),
        ("Case(Id WHERE Foo = 1)", "INVALID_FIELD", 35, "No such column 'Foo'"),
        ("Case(Id ORDER BY Foo)", "INVALID_FIELD", 38, "No such column 'Foo'"),
        ("Case(Id WHERE Foo = 1 LIMIT 0)", "INVALID_FIELD", 35, "No such column 'Foo'"),
        ("Case(Foo.Name)", "INVALID_FIELD", 26, "relationship 'Foo'"),
        ("Case(Id), Case(Subject)", "MALFORMED_SEARCH", 31, "RETURNING names Case twice"),
        ("Case(Id), CASE", "MALFORMED_SEARCH", 31, "RETURNING names Case twice"),
        ("Case(Id OFFSET 1), User", "MALFORMED_SEARCH", 21, "OFFSET can be used only when a"),
        ("Case(Id, Subject n)", "MALFORMED_SEARCH", 38, "unexpected token: n"),
    ],
)
def test_what_does_not_exist_is_refused(
    session: Session, returning: str, code: str, column: int, message: str
) -> None:
    for found in ("unheardofword", "the"):
        statement = f"FIND {{ab}} RETURNING {returning}".replace("ab", found)
        with pytest.raises(OrgError) as refused:
            session.search(statement)
        assert refused.value.code == code
        assert message in refused.value.message
        shifted = column + len(found) - len("ab")
        assert f"ERROR at Row:1:Column:{shifted}\n" in refused.value.message


def test_what_soql_calls_a_malformed_query_is_a_malformed_search(session: Session) -> None:
    with pytest.raises(OrgError) as refused:
        session.search("FIND {the} RETURNING Case(Id WHERE DAY_ONLY(Subject) = 2024-01-01)")
    assert refused.value.code != "MALFORMED_QUERY"


def test_products_of_a_price_book(session: Session) -> None:
    entry = session.query(
        "SELECT Pricebook2Id, Product2.Name FROM PricebookEntry WHERE Product2.Name != null LIMIT 1"
    ).page(0, 1)[0]
    word = WORD.findall(entry["Product2"]["Name"])[0]
    priced = session.query(
        "SELECT Product2Id FROM PricebookEntry "
        f"WHERE Pricebook2Id = '{entry['Pricebook2Id']}' LIMIT 2000"
    ).page(0, 2_000)
    statement = f"FIND {{{word}}} RETURNING Product2(Id, Name)"
    found = session.search(f"{statement} WITH PricebookId = '{entry['Pricebook2Id']}'")
    expected = {each["Product2Id"] for each in priced} & set(ids(session.search(statement)))
    assert set(ids(found)) == expected
    assert expected
    assert session.search(f"{statement} WITH PricebookId = '01s000000000000AAA'") == []


def test_highlights(session: Session) -> None:
    (contact,) = session.query("SELECT Id, LastName, Email FROM Contact LIMIT 1").page(0, 1)
    session.update("Contact", contact["Id"], {"FirstName": "<Zyzzyva>", "LastName": "Zyzzyva & Co"})
    statement = "FIND {zyzzyva} RETURNING Contact(Id, LastName, Email, Phone) WITH HIGHLIGHT"
    (found,) = session.search(statement)
    assert found["LastName"] == "Zyzzyva & Co"
    assert found["highlight.LastName"] == "<mark>Zyzzyva</mark> &amp; Co"
    assert not {"highlight.Email", "highlight.Phone", "highlight.FirstName"} & set(found)
    (wild,) = session.search(statement.replace("zyzzyva", "zyzz*"))
    assert "highlight.LastName" not in wild
    (plain,) = session.search(statement.replace(" WITH HIGHLIGHT", ""))
    assert "highlight.LastName" not in plain


def test_highlights_of_the_first_25_records_only(session: Session) -> None:
    statement = "FIND {example.com} IN EMAIL FIELDS RETURNING User(Email) WITH HIGHLIGHT"
    found = session.search(statement)
    marked = ["highlight.Email" in record for record in found]
    assert len(found) > 25 or all(marked)
    assert marked == [place < 25 for place in range(len(found))]
    # As in Salesforce, cases have snippets instead.
    cases = session.search("FIND {the} RETURNING Case(Subject, Description) WITH HIGHLIGHT")
    assert not any("highlight.Subject" in record for record in cases)


def test_snippets(session: Session) -> None:
    (case,) = session.query("SELECT Id FROM Case LIMIT 1").page(0, 1)
    text = "Nothing here. " * 40 + "The <b>zyzzyva</b> came & went. " + "More of it. " * 40
    session.update("Case", case["Id"], {"Subject": "Zyzzyvas, again", "Description": text})
    statement = "FIND {zyzzyva} RETURNING Case(Id, Subject), EmailMessage WITH SNIPPET"
    (found,) = session.search(statement)
    assert "The &lt;b&gt;<mark>zyzzyva</mark>&lt;/b&gt; came &amp; went." in found["snippet.text"]
    assert found["highlight.Subject"] == "<mark>Zyzzyvas</mark>, again"
    assert "Description" not in found
    (short,) = session.search(f"{statement} (target_length=60)")
    assert len(short["snippet.text"]) < len(found["snippet.text"])
    (wild,) = session.search(statement.replace("zyzzyva", "zyzz*"))
    assert "snippet.text" not in wild
    mails = session.search("FIND {the} RETURNING EmailMessage(Id LIMIT 3) WITH SNIPPET")
    assert not any("snippet.text" in record for record in mails)


def test_more_than_20_records_have_no_snippets(session: Session) -> None:
    statement = "FIND {the} RETURNING Case(Id LIMIT {}) WITH SNIPPET"
    twenty = session.search(statement.replace("{}", "20"))
    more = session.search(statement.replace("{}", "21"))
    assert (len(twenty), len(more)) == (20, 21)
    assert all("<mark>" in record["snippet.text"] for record in twenty)
    assert not any("snippet.text" in record for record in more)


def test_labels(org: Org) -> None:
    search = parse(
        "FIND {ab} RETURNING Case(Id, account.owner.name, Account.Name, toLabel(status)), User "
        "WITH METADATA = 'LABELS'"
    )
    nothing_written = Overlay(org.engine.tables, 10_000, org.catalog)
    queried = org.searcher.answer(search, nothing_written, lambda query, among: [])
    assert queried.records == []
    assert queried.metadata is not None
    (case, user) = queried.metadata["entityetadata"]
    assert case["entityName"] == "Case"
    assert [field["name"] for field in case["fieldMetadata"]] == ["Id", "Account.Name", "Status"]
    assert user == {"entityName": "User", "fieldMetadata": [{"name": "Id", "label": "Id"}]}
