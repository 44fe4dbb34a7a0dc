"""What a query may take: characters, levels, time, rows; and many queries at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
import pytest

from orgsmith.arena.engine import Limits
from orgsmith.arena.errors import OrgError
from orgsmith.arena.org import Org
from orgsmith.arena.soql.conditions import DEEPEST
from orgsmith.arena.soql.tokens import LONGEST
from orgsmith.outputs.dataset import Dataset
from orgsmith.schema.ids import record_ids
from tests.arena.soql.corpus import Entry, canonical, entries
from tests.arena.soql.little import little_frames
from tests.validators.published import publish_frames

ITEMS = 300_000
THREADS = 8

SLOW = (
    "SELECT COUNT_DISTINCT(OrderItemNumber), COUNT_DISTINCT(Id), MAX(Product2.Name),"
    " MIN(Order.OrderNumber), COUNT_DISTINCT(Order.Account.Name) FROM OrderItem"
    " GROUP BY CUBE(OrderItemNumber, Id, PricebookEntryId)"
)
QUICK = "SELECT COUNT() FROM Account"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The tiny organisation with many more items of orders."""
    frames = little_frames()
    items = frames.frames["OrderItem"]
    many = pl.concat([items] * (ITEMS // items.height)).with_columns(
        record_ids("802", np.arange(ITEMS), seed=1).alias("Id"),
        pl.int_range(ITEMS).cast(pl.String).str.zfill(10).alias("OrderItemNumber"),
    )
    folder = tmp_path_factory.mktemp("large")
    return Dataset.open(publish_frames(frames.with_frame("OrderItem", many), folder))


@pytest.fixture(scope="module")
def hurried(large: Dataset) -> Iterator[Org]:
    """An organisation that gives a query next to no time."""
    opened = Org.open(large, limits=Limits(seconds=0.1))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def narrow(large: Dataset) -> Iterator[Org]:
    """An organisation that gives a query few rows."""
    opened = Org.open(large, limits=Limits(rows=1_000))
    yield opened
    opened.close()


def refused(org: Org, query: str) -> OrgError:
    with pytest.raises(OrgError) as error:
        org.session("limits").query(query)
    return error.value


def goes_on(org: Org, token: str) -> bool:
    """Whether a session answers a quick query: at once, or when the machine is less busy."""
    for _ in range(100):
        try:
            return org.session(token).query(QUICK).total == 11
        except OrgError as error:
            if error.code != "QUERY_TIMEOUT":
                raise
    return False


def test_a_query_that_takes_too_long_is_stopped(hurried: Org) -> None:
    for _ in range(3):
        error = refused(hurried, SLOW)
        assert error.code == "QUERY_TIMEOUT"
        assert "running for too long (limit: 0.1 s)" in error.message
        assert goes_on(hurried, "limits")
        assert goes_on(hurried, "other")


def test_slow_queries_are_stopped_side_by_side(hurried: Org) -> None:
    def code(token: str) -> str:
        with pytest.raises(OrgError) as error:
            hurried.session(token).query(SLOW)
        return error.value.code

    tokens = [f"slow {number}" for number in range(4)]
    with ThreadPoolExecutor(len(tokens)) as pool:
        assert list(pool.map(code, tokens)) == ["QUERY_TIMEOUT"] * len(tokens)
    assert all(goes_on(hurried, token) for token in tokens)


def test_a_query_that_finds_too_much_is_refused(narrow: Org) -> None:
    error = refused(narrow, "SELECT Id FROM OrderItem LIMIT 1001")
    assert error.code == "OPERATION_TOO_LARGE"
    assert "more than 1,000 rows" in error.message
    assert narrow.session("limits").query("SELECT Id FROM OrderItem LIMIT 1000").total == 1000
    assert narrow.session("limits").query("SELECT COUNT() FROM OrderItem").total == ITEMS


def test_children_count_as_rows(narrow: Org) -> None:
    answer = narrow.session("limits").query(
        "SELECT Id, (SELECT Id FROM OrderItems LIMIT 200) FROM Order"
    )
    with pytest.raises(OrgError) as error:
        answer.page(0, answer.total)
    assert error.value.code == "OPERATION_TOO_LARGE"
    (record,) = answer.page(0, 1)
    assert record["OrderItems"]["totalSize"] == 200


def test_threads_find_what_one_finds(little: Org) -> None:
    asked = [entry for entry in entries() if entry.answered]

    def found(entry: Entry) -> str:
        answer = little.session(str(entry.today), today=entry.today).query(entry.query)
        return canonical([answer.total, answer.page(0, answer.total)])

    alone = [found(entry) for entry in asked]
    with ThreadPoolExecutor(THREADS) as pool:
        # All of them read every entry, each beginning elsewhere.
        turned = [asked[start:] + asked[:start] for start in range(0, len(asked), len(asked) // 4)]
        together = list(pool.map(lambda order: [found(entry) for entry in order], turned))
    for start, answers in zip(range(0, len(asked), len(asked) // 4), together, strict=True):
        assert answers == alone[start:] + alone[:start]


def test_statements_have_a_length(little: Org) -> None:
    query = "SELECT COUNT() FROM Case WHERE Subject = 'x'"
    longest = query + " " * (LONGEST - len(query))
    assert little.session("limits").query(longest).total == 0
    error = refused(little, longest + " ")
    assert (error.code, LONGEST) == ("MALFORMED_QUERY", 100_000)
    assert "100000 characters" in error.message


def test_long_statements_are_answered(little: Org) -> None:
    values = ", ".join(f"'{number:08}'" for number in range(1001, 8001))
    long_list = f"SELECT COUNT() FROM Case WHERE CaseNumber IN ({values})"
    assert little.session("limits").query(long_list).total == 16
    tests = " OR ".join(f"CaseNumber = '{number:08}'" for number in range(1001, 3001))
    assert little.session("limits").query(f"SELECT COUNT() FROM Case WHERE {tests}").total == 16
    for test in (f"= '{'x' * 90_000}'", f"LIKE '{'%' * 90_000}x'"):
        found = little.session("limits").query(f"SELECT COUNT() FROM Case WHERE Subject {test}")
        assert found.total == 0
    keys = ", ".join(["Subject", "CreatedDate DESC"] * 500)
    assert little.session("limits").query(f"SELECT Id FROM Case ORDER BY {keys}").total == 16


@pytest.mark.parametrize(
    ("opening", "closing"), [("(", ")"), ("(NOT ", ")"), ("NOT (", ")")], ids=repr
)
def test_conditions_are_nested_so_deep(little: Org, opening: str, closing: str) -> None:
    def nested(levels: int) -> str:
        test = "Status = 'New'"
        return f"SELECT COUNT() FROM Case WHERE {opening * levels}{test}{closing * levels}"

    assert little.session("limits").query(nested(20)).total == 3
    for levels in (DEEPEST + 1, 1000, 10_000):
        error = refused(little, nested(levels))
        assert error.code == "MALFORMED_QUERY"
        assert "nested too deeply" in error.message


@pytest.mark.parametrize(
    "query",
    [
        "SELECT " + "(SELECT Id, " * 1000 + "Id FROM Orders) FROM Orders" * 1000 + " FROM Account",
        "SELECT Id FROM Account WHERE Id IN " + "(SELECT AccountId FROM Order WHERE Id IN " * 1000,
        "SELECT " + "FORMAT(" * 1000 + "Id" + ")" * 1000 + " FROM Case",
        "SELECT Id FROM Case WHERE " + "DAY_ONLY(" * 9000,
        "SELECT " + "Account." * 9000 + "Name FROM Case",
    ],
    ids=["children", "semi-joins", "functions", "open functions", "a path"],
)
def test_depth_breaks_nothing(little: Org, query: str) -> None:
    assert refused(little, query).code == "MALFORMED_QUERY"


def test_wildcards_that_match_everywhere_are_answered(little: Org) -> None:
    session = little.session("wildcards")
    session.create("Issue__c", {"Name": "a" * 80, "Description__c": "x"})
    for many in ("%a", "%a_", "%_a"):
        query = f"SELECT COUNT() FROM Issue__c WHERE Name LIKE '{many * 20}%b'"
        assert session.query(query).total == 0
    little.end("wildcards")
