"""Queries page by page, and searches."""

import httpx2
import pytest

from orgsmith.arena.sandbox.locators import MOST_OPEN
from orgsmith.arena.sandbox.rest.searches import Among, Wanted, statement
from orgsmith.arena.session import Session
from tests.arena.sandbox.serving import Served

ENTRIES = "SELECT Id FROM PricebookEntry ORDER BY Id"


def query(
    client: httpx2.Client, q: str, resource: str = "query", **headers: str
) -> httpx2.Response:
    return client.get(resource, params={"q": q}, headers=headers)


def test_a_query_is_answered_as_salesforce_does(rest: httpx2.Client) -> None:
    q = "SELECT Subject, Account.Name FROM Case ORDER BY CaseNumber LIMIT 1"
    answer = query(rest, q, "query/")

    found = answer.json()
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert list(found) == ["totalSize", "done", "records"]
    assert (found["totalSize"], found["done"]) == (1, True)
    (record,) = found["records"]
    assert list(record) == ["attributes", "Subject", "Account"]
    assert record["Account"]["attributes"]["type"] == "Account"


def test_counting_gives_no_records(rest: httpx2.Client) -> None:
    counted = query(rest, "SELECT COUNT() FROM PricebookEntry").json()

    assert counted == {"totalSize": counted["totalSize"], "done": True, "records": []}
    assert counted["totalSize"] > 2_000


def test_results_are_read_page_by_page(rest: httpx2.Client, session: Session) -> None:
    expected = [key for (key,) in session.query(ENTRIES).rows()]
    page = query(rest, ENTRIES).json()
    read = page["records"]
    sizes = [len(read)]
    while not page["done"]:
        assert page["nextRecordsUrl"].startswith("/services/data/v59.0/query/01g")
        assert page["nextRecordsUrl"].endswith(f"-{len(read)}")
        page = rest.get(page["nextRecordsUrl"].removeprefix("/services/data/v59.0/")).json()
        read += page["records"]
        sizes.append(len(page["records"]))

    assert [record["Id"] for record in read] == expected
    assert set(sizes[:-1]) == {2_000}
    assert page["totalSize"] == len(expected)
    assert "nextRecordsUrl" not in page


@pytest.mark.parametrize(
    ("option", "size"),
    [
        ("batchSize=300", 300),
        ("batchSize = 2000", 2_000),
        ("BATCHSIZE=1", 200),
        ("batchSize=99999", 2_000),
    ],
)
def test_a_client_says_how_large_pages_are(rest: httpx2.Client, option: str, size: int) -> None:
    page = query(rest, ENTRIES, **{"Sforce-Query-Options": option}).json()
    more = rest.get(page["nextRecordsUrl"].removeprefix("/services/data/v59.0/")).json()

    assert len(page["records"]) == size
    assert len(more["records"]) == min(size, page["totalSize"] - size)


@pytest.mark.parametrize("option", ["", "batchSize", "batchSize=x", "batchSize=-5", "size=200"])
def test_a_page_size_that_is_none_is_refused(rest: httpx2.Client, option: str) -> None:
    answer = query(rest, ENTRIES, **{"Sforce-Query-Options": option})

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_BATCH_SIZE")


def test_pages_show_what_was_there_when_the_query_ran(rest: httpx2.Client) -> None:
    newest = "SELECT Id, UnitPrice FROM PricebookEntry ORDER BY Id"
    (before,) = query(rest, f"{newest} LIMIT 1").json()["records"]
    page = query(rest, f"{newest} DESC").json()
    locator = page["nextRecordsUrl"].rpartition("/")[2].partition("-")[0]
    changed = rest.patch(f"sobjects/PricebookEntry/{before['Id']}", json={"UnitPrice": 0.5})

    last = rest.get(f"query/{locator}-{page['totalSize'] - 1}").json()
    (after,) = query(rest, f"{newest} LIMIT 1").json()["records"]

    assert changed.status_code == 204
    assert last["records"] == [before]
    assert after["UnitPrice"] == 0.5


def test_a_locator_is_its_sessions_own(sandbox: Served, rest: httpx2.Client) -> None:
    address = query(rest, ENTRIES).json()["nextRecordsUrl"].removeprefix("/services/data/v59.0/")
    with sandbox.rest() as other:
        theirs = other.get(address)

    assert (theirs.status_code, theirs.json()) == (
        400,
        [{"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}],
    )
    assert rest.get(address).status_code == 200


def test_the_oldest_of_many_results_is_closed(rest: httpx2.Client) -> None:
    addresses = [
        query(rest, ENTRIES).json()["nextRecordsUrl"].removeprefix("/services/data/v59.0/")
        for _ in range(MOST_OPEN + 1)
    ]

    statuses = [rest.get(address).status_code for address in addresses]
    assert statuses == [400] + [200] * MOST_OPEN


@pytest.mark.parametrize(
    "locator", ["x", "01gOr0000000001", "01gOr0000000001-0", "01gOr0000000001AAA-x", "-2000"]
)
def test_a_locator_that_is_none_is_refused(rest: httpx2.Client, locator: str) -> None:
    for resource in ("query", "queryAll"):
        answer = rest.get(f"{resource}/{locator}")
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


def test_a_locator_does_not_lead_past_the_end(rest: httpx2.Client) -> None:
    page = query(rest, ENTRIES).json()
    locator = page["nextRecordsUrl"].rpartition("/")[2].partition("-")[0]

    inside = rest.get(f"query/{locator}-{page['totalSize'] - 1}").json()
    past = rest.get(f"query/{locator}-{page['totalSize']}")

    assert (len(inside["records"]), inside["done"]) == (1, True)
    assert past.json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"


def test_query_all_finds_what_was_deleted(rest: httpx2.Client) -> None:
    key = rest.post("sobjects/Contact", json={"LastName": "Smith"}).json()["id"]
    rest.delete(f"sobjects/Contact/{key}")
    q = f"SELECT Id, IsDeleted FROM Contact WHERE Id = '{key}'"

    assert query(rest, q).json()["totalSize"] == 0
    (record,) = query(rest, q, "queryAll/").json()["records"]
    assert record["IsDeleted"] is True
    more = query(rest, ENTRIES, "queryAll").json()["nextRecordsUrl"]
    assert more.startswith("/services/data/v59.0/queryAll/")
    assert rest.get(more.removeprefix("/services/data/v59.0/")).status_code == 200


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({}, 400, "MALFORMED_QUERY"),
        ({"q": ""}, 400, "MALFORMED_QUERY"),
        ({"q": "SELECT"}, 400, "MALFORMED_QUERY"),
        ({"q": "SELECT Nothing FROM Case"}, 400, "INVALID_FIELD"),
        ({"q": "SELECT Id FROM Nothing"}, 400, "INVALID_TYPE"),
        ({"q": "SELECT Id FROM Case\x00"}, 400, "MALFORMED_QUERY"),
        ({"explain": "SELECT Id FROM Case"}, 403, "FUNCTIONALITY_NOT_ENABLED"),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused(
    rest: httpx2.Client, params: dict[str, str], status: int, code: str
) -> None:
    answer = rest.get("query", params=params)

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)


def name_of(rest: httpx2.Client) -> str:
    """A word that a contact's name has."""
    found = query(rest, "SELECT LastName FROM Contact ORDER BY Id LIMIT 1").json()
    return str(found["records"][0]["LastName"])


def test_a_search_is_answered_as_salesforce_does(rest: httpx2.Client) -> None:
    word = name_of(rest)
    q = f"FIND {{{word}}} IN NAME FIELDS RETURNING Contact(Id, LastName)"

    found = rest.get("search/", params={"q": q}).json()

    assert list(found) == ["searchRecords"]
    assert word in {record["LastName"] for record in found["searchRecords"]}
    assert {record["attributes"]["type"] for record in found["searchRecords"]} == {"Contact"}


def test_parameters_search_as_their_statement_does(rest: httpx2.Client) -> None:
    word = name_of(rest)
    q = f"FIND {{{word}}} IN NAME FIELDS RETURNING Contact(Id, Name LIMIT 2), Account(Id, Name)"
    sosl = rest.get("search", params={"q": q}).json()
    by_address = rest.get(
        "parameterizedSearch/",
        params=[
            ("q", word),
            ("in", "name"),
            ("sobject", "Contact"),
            ("sobject", "Account"),
            ("fields", "Id,Name"),
            ("Contact.limit", "2"),
        ],
    ).json()
    by_body = rest.post(
        "parameterizedSearch",
        json={
            "q": word,
            "in": "NAME",
            "fields": ["Id", "Name"],
            "sobjects": [{"name": "Contact", "limit": 2}, {"name": "Account"}],
        },
    ).json()

    assert sosl["searchRecords"]
    assert by_address == sosl
    assert by_body == sosl


def test_a_statement_says_all_that_parameters_say() -> None:
    wanted = Wanted(
        text='a{b} "c d" e*-f',
        scope="email",
        among=(
            Among("Case", ("Id", "toLabel(Status)"), "IsClosed = true", "Id DESC", "5"),
            Among("Account", (), "", "", ""),
        ),
        snippet="120",
        limit="9",
    )

    assert statement(wanted) == (
        'FIND {a\\{b\\} "c d" e*\\-f} IN EMAIL FIELDS RETURNING Case(Id, toLabel(Status) '
        "WHERE IsClosed = true ORDER BY Id DESC LIMIT 5), Account(Id) "
        "WITH SNIPPET (target_length=120) LIMIT 9"
    )


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({}, 400, "INVALID_SEARCH"),
        ({"q": "x", "in": "EVERYTHING"}, 400, "INVALID_SEARCH"),
        ({"q": "xx", "sobject": "Account)"}, 400, "INVALID_SEARCH"),
        ({"q": "xx", "sobject": "Nothing"}, 400, "INVALID_TYPE"),
        ({"q": "xx", "sobject": "Account", "fields": "Id),Case(Id"}, 400, "INVALID_SEARCH"),
        ({"q": "xx", "sobject": "Account", "fields": "Nothing"}, 400, "INVALID_FIELD"),
        ({"q": "xx", "sobject": "Account", "Account.limit": "x"}, 400, "INVALID_SEARCH"),
        ({"q": "xx", "overallLimit": "-1"}, 400, "INVALID_SEARCH"),
        ({"q": "xx", "metadata": "LABELS"}, 403, "FUNCTIONALITY_NOT_ENABLED"),
    ],
)
def test_a_search_that_cannot_be_meant_is_refused(
    rest: httpx2.Client, params: dict[str, str], status: int, code: str
) -> None:
    answer = rest.get("parameterizedSearch", params=params)

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "JSON_PARSER_ERROR"),
        ({"q": 5}, 400, "JSON_PARSER_ERROR"),
        ({"q": "xx", "sobjects": [5]}, 400, "JSON_PARSER_ERROR"),
        ({"q": "xx", "sobjects": {}}, 400, "JSON_PARSER_ERROR"),
        ({"q": "xx", "sobjects": [{"name": "Case", "limit": {}}]}, 400, "INVALID_SEARCH"),
        ({"q": "xx", "fields": [5]}, 400, "JSON_PARSER_ERROR"),
        ({"q": "xx", "dataCategories": []}, 403, "FUNCTIONALITY_NOT_ENABLED"),
    ],
)
def test_a_searching_body_that_cannot_be_meant_is_refused(
    rest: httpx2.Client, body: object, status: int, code: str
) -> None:
    answer = rest.post("parameterizedSearch", json=body)

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)


@pytest.mark.parametrize("words", ["a-b", "{x}", "'", '"', "(", "AND NOT", "a:b", "\\", "&|!^~"])
def test_any_words_may_be_searched_for(rest: httpx2.Client, words: str) -> None:
    answer = rest.get("parameterizedSearch", params={"q": f"ab {words}"})

    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        assert words == "AND NOT"
