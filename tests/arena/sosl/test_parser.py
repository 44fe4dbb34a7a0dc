"""SOSL statements: what they mean, and where they are malformed."""

import pytest

from orgsmith.arena.errors import OrgError
from orgsmith.arena.soql.tree import Call, Comparison, Item, Joined, Membership, Path
from orgsmith.arena.sosl.parser import parse
from orgsmith.arena.sosl.tree import Scope, Term


def test_a_statement_is_read_whole() -> None:
    search = parse(
        "FIND {ab} IN NAME FIELDS RETURNING Account(Id, Name WHERE Name LIKE 'A%' AND Phone != null"
        " ORDER BY Name DESC NULLS LAST, Id LIMIT 5), Case WITH SNIPPET (target_length=120)"
        " WITH HIGHLIGHT WITH METADATA = 'LABELS' WITH SPELL_CORRECTION = false LIMIT 7"
    )
    assert search.find is not None
    assert search.find.records == Term("ab", False)
    assert search.scope is Scope.NAME
    assert search.returning is not None
    account, case = search.returning
    assert account.source.names == ("Account",)
    expressions = [item.expression for item in account.selected if isinstance(item, Item)]
    assert [each.names for each in expressions if isinstance(each, Path)] == [("Id",), ("Name",)]
    assert isinstance(account.where, Joined)
    assert [order.descending for order in account.order] == [True, False]
    assert account.order[0].nulls_last
    assert account.limit == 5
    assert case.source.names == ("Case",)
    assert case.limit is None
    assert (search.snippet, search.highlight, search.labels, search.limit) == (120, True, True, 7)


def test_nothing_but_find_searches_everything() -> None:
    search = parse("FIND {ab}")
    assert search.returning is None
    assert search.scope is Scope.ALL
    assert (search.snippet, search.highlight, search.labels, search.limit) == (
        None, False, False, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "find {ab} in all fields returning case(id where status = 'New') limit 3",
        "Find {ab} In All Fields Returning Case(Id Where Status = 'New') Limit 3",
        "FIND{ab}IN ALL FIELDS RETURNING Case(Id WHERE Status='New')LIMIT 3",
        " \n FIND\t{ab}\nIN\nALL\nFIELDS\nRETURNING\nCase\n(Id\nWHERE Status\n=\n'New')\nLIMIT\n3 ",
    ],
)
def test_keywords_are_told_in_any_case_and_spacing(text: str) -> None:
    search = parse(text)
    assert search.scope is Scope.ALL
    assert search.returning is not None
    assert isinstance(search.returning[0].where, Comparison)
    assert search.limit == 3


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("ALL", Scope.ALL),
        ("SIDEBAR", Scope.ALL),
        ("NAME", Scope.NAME),
        ("Email", Scope.EMAIL),
        ("phone", Scope.PHONE),
    ],
)
def test_scopes(scope: str, expected: Scope) -> None:
    assert parse(f"FIND {{ab}} IN {scope} FIELDS").scope is expected


def test_keywords_are_names_as_well() -> None:
    search = parse("FIND {FIND} RETURNING Order(First, Offset, Order WHERE Group = 'x')")
    assert search.returning is not None
    (query,) = search.returning
    assert query.source.names == ("Order",)
    assert len(query.selected) == 3
    assert isinstance(query.where, Comparison)


def test_functions_may_be_given_names() -> None:
    search = parse("FIND {ab} RETURNING Case(toLabel(Status) s, FORMAT(CreatedDate) c, Subject)")
    assert search.returning is not None
    items = [item for item in search.returning[0].selected if isinstance(item, Item)]
    assert [item.alias for item in items] == ["s", "c", None]
    assert isinstance(items[0].expression, Call)


def test_a_clause_is_no_name_of_a_function() -> None:
    search = parse("FIND {ab} RETURNING Case(toLabel(Status) WHERE Status = 'New')")
    assert search.returning is not None
    assert search.returning[0].where is not None


def test_products_of_a_price_book_are_told_by_a_semi_join() -> None:
    search = parse(
        "FIND {ab} RETURNING Product2(Id WHERE IsActive = true), Case WITH PricebookId = '01s000'"
    )
    assert search.returning is not None
    product, case = search.returning
    assert isinstance(product.where, Joined)
    assert isinstance(product.where.conditions[0], Membership)
    assert case.where is None


@pytest.mark.parametrize(
    ("length", "expected"), [("50", 50), ("1000", 1_000), ("49", 300), ("1001", 300), ("0", 300),
                             ("-5", 300), ("12.5", 300)]
)  # fmt: skip
def test_a_snippet_of_an_invalid_length_has_the_usual_one(length: str, expected: int) -> None:
    assert parse(f"FIND {{ab}} WITH SNIPPET(target_length={length})").snippet == expected


def test_a_snippet_has_a_usual_length() -> None:
    assert parse("FIND {ab} WITH SNIPPET").snippet == 300


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "a search begins with FIND"),
        ("   ", 4, "a search begins with FIND"),
        ("SELECT Id FROM Case", 1, "a search begins with FIND"),
        ("FINDS {ab}", 1, "a search begins with FIND"),
        ("FIND", 5, "line 1:4 mismatched character '<EOF>' expecting '{'"),
        ("FIND ab", 6, "line 1:5 mismatched character 'a' expecting '{'"),
        ("FIND 'ab' RETURNING Case", 6, "what is looked for stands in braces"),
        ("FIND {ab} IN", 13, "unexpected end of the search"),
        ("FIND {ab} IN ALL", 17, "unexpected end of the search"),
        ("FIND {ab} IN ALL TYPE RETURNING Case", 18, "Malformed search token: TYPE"),
        ("FIND {ab} IN Accounts", 14, "Malformed search token: Accounts"),
        ("FIND {ab} IN BODY FIELDS", 14, "Malformed search token: BODY"),
        ("FIND {ab} x", 11, "Malformed search token: x"),
        ("FIND {ab}} RETURNING Case", 10, "Malformed search token: }"),
        ("FIND {ab} RETURNING", 20, "unexpected end of the search"),
        ("FIND {ab} RETURNING 5", 21, "Malformed search token: 5"),
        ("FIND {ab} RETURNING Case,", 26, "unexpected end of the search"),
        ("FIND {ab} RETURNING Case Account", 26, "Malformed search token: Account"),
        ("FIND {ab} RETURNING Case(", 26, "unexpected end"),
        ("FIND {ab} RETURNING Case()", 26, "RETURNING needs at least one field"),
        ("FIND {ab} RETURNING Case(WHERE Status = 'New')", 26, "RETURNING needs at least one"),
        ("FIND {ab} RETURNING Case(ORDER BY Id)", 26, "RETURNING needs at least one field"),
        ("FIND {ab} RETURNING Case(LIMIT 5)", 26, "RETURNING needs at least one field"),
        ("FIND {ab} RETURNING Case(OFFSET 5)", 26, "RETURNING needs at least one field"),
        ("FIND {ab} RETURNING Case(Id", 28, "unexpected end"),
        ("FIND {ab} RETURNING Case(Id,)", 29, "RETURNING needs at least one field"),
        ("FIND {ab} RETURNING Case(Id Subject)", 29, "unexpected token: Subject"),
        ("FIND {ab} RETURNING Case(Id WHERE)", 34, "unexpected token: )"),
        ("FIND {ab} RETURNING Case(Id WHERE Status)", 41, "unexpected token: )"),
        ("FIND {ab} RETURNING Case(Id LIMIT x)", 35, "LIMIT needs a whole number"),
        ("FIND {ab} RETURNING Case(Id LIMIT -1)", 35, "LIMIT needs a whole number"),
        ("FIND {ab} RETURNING Case(Id LIMIT 5 WHERE Id = null)", 37, "unexpected token: WHERE"),
        ("FIND {ab} RETURNING Case(Id OFFSET 5 LIMIT 5)", 38, "unexpected token: LIMIT"),
        ("FIND {ab} RETURNING Case(Id OFFSET 2001)", 36, "offset should be between 0 to 2000"),
        ("FIND {ab} RETURNING Case(Id USING ListView=Recent)", 29, "USING ListView is not"),
        ("FIND {ab} RETURNING Case(COUNT())", 26, "aggregates are not allowed in SOSL"),
        ("FIND {ab} RETURNING Case(FORMAT(MAX(CreatedDate)) m)", 26, "aggregates are not allowed"),
        ("FIND {ab} RETURNING Case((SELECT Id FROM EmailMessages))", 26, "unexpected token: ("),
        ("FIND {ab} RETURNING Case(Id) WITH", 34, "unexpected end of the search"),
        ("FIND {ab} RETURNING Case(Id) WITH THIS", 35, "Malformed search token: THIS"),
        ("FIND {ab} WITH HIGHLIGHT WITH HIGHLIGHT", 31, "WITH HIGHLIGHT stands twice"),
        ("FIND {ab} WITH DIVISION = 'Global'", 16, "WITH DIVISION is not supported"),
        ("FIND {ab} WITH DATA CATEGORY a AT b", 16, "WITH DATA CATEGORY is not supported"),
        ("FIND {ab} WITH NETWORK = '0DB'", 16, "WITH NETWORK is not supported"),
        ("FIND {ab} WITH METADATA = 'ALL'", 32, "METADATA can only be 'LABELS'"),
        ("FIND {ab} WITH METADATA", 24, "unexpected end"),
        ("FIND {ab} WITH SPELL_CORRECTION = true", 35, "this org does not correct spelling"),
        ("FIND {ab} WITH SPELL_CORRECTION = 1", 35, "unexpected token: 1"),
        ("FIND {ab} WITH SNIPPET (length=5)", 25, "unexpected token: length"),
        ("FIND {ab} WITH SNIPPET (target_length=x)", 40, "target_length needs a whole number"),
        ("FIND {ab} WITH PricebookId = '01s'", 28, "which RETURNING does not name"),
        ("FIND {ab} RETURNING Case WITH PricebookId = '01s'", 43, "which RETURNING does not name"),
        ("FIND {ab} LIMIT", 16, "LIMIT needs a whole number"),
        ("FIND {ab} LIMIT 5 RETURNING Case", 19, "Malformed search token: RETURNING"),
        ("FIND {ab} UPDATE TRACKING", 11, "UPDATE TRACKING and VIEWSTAT are not supported"),
        ("FIND {ab} UPDATE VIEWSTAT", 11, "UPDATE TRACKING and VIEWSTAT are not supported"),
        ("FIND {ab} RETURNING Case(Id WHERE Id = 'x) LIMIT 5", 40, "a string begins here"),
        ("FIND {ab} RETURNING Case(Id WHERE Subject = :x)", 45, "bind variables"),
        ("FIND {ab} RETURNING Case; DROP", 25, "unexpected token: ;"),
    ],
)  # fmt: skip
def test_a_malformed_statement_is_refused_with_its_place(
    text: str, column: int, message: str
) -> None:
    with pytest.raises(OrgError) as refused:
        parse(text)
    assert refused.value.code == "MALFORMED_SEARCH"
    assert refused.value.status == 400
    assert f"\nERROR at Row:1:Column:{column}\n" in refused.value.message
    assert message in refused.value.message


def test_the_place_is_shown_below_the_statement() -> None:
    with pytest.raises(OrgError) as refused:
        parse("FIND {John|jane_gray@example.com} RETURNING Contact")
    assert refused.value.message == (
        "\nFIND {John|jane_gray@example.com} RETURNING Contact"
        "\n          ^"
        "\nERROR at Row:1:Column:11"
        "\nline 1:10 mismatched character '|' expecting '}'; to search for |, write \\|"
    )


def test_a_statement_that_is_too_long_is_refused() -> None:
    with pytest.raises(OrgError, match="100000 characters") as refused:
        parse("FIND {ab} RETURNING Case(Id WHERE Subject = '" + "x" * 100_000 + "')")
    assert refused.value.code == "MALFORMED_SEARCH"
