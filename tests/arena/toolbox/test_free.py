"""Statements of an agent's own: what they find, without what only programs read."""

import datetime as dt
from collections.abc import Callable

import polars as pl
import pytest

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.toolbox.free import describe, query, search, tidy
from orgsmith.arena.errors import OrgError
from orgsmith.arena.solver.desk import Desk
from orgsmith.outputs.dataset import Dataset
from tests.arena.solver.stage import Stage
from tests.arena.toolbox.conftest import DeskOn


def test_records_hold_only_what_was_asked_for(desk_on: DeskOn) -> None:
    desk = desk_on("2024-01-01")
    soql = "SELECT Id, Owner.Name, (SELECT Id FROM EmailMessages) FROM Case ORDER BY Id LIMIT 40"
    found = query(desk, soql)
    raw = desk.query(soql)
    assert "attributes" in raw[0]
    assert "attributes" not in str(found)
    assert [each["Id"] for each in found] == [each["Id"] for each in raw]
    assert {tuple(each["Owner"]) for each in found} == {("Name",)}
    children = [each["EmailMessages"] for each in raw if each["EmailMessages"]]
    assert sum(len(each["EmailMessages"] or ()) for each in found) == sum(
        each["totalSize"] for each in children
    )


def test_columns_that_are_empty_in_all_records_are_left_out(desk_on: DeskOn) -> None:
    desk = desk_on("2024-01-01")
    assert query(desk, "SELECT Name, DutyEnd__c FROM User WHERE DutyEnd__c = null LIMIT 3") == [
        {"Name": each["Name"]}
        for each in desk.query("SELECT Name FROM User WHERE DutyEnd__c = null LIMIT 3")
    ]
    assert tidy([{"a": None, "b": 1}, {"a": None, "b": None}]) == [{"b": 1}, {"b": None}]
    assert query(desk, "SELECT Id FROM Case WHERE Id = null") == []


@pytest.mark.parametrize("soql", ["SELECT COUNT() FROM Case", " select count( ) from Case "])
def test_what_is_counted_is_told(desk_on: DeskOn, dataset: Dataset, soql: str) -> None:
    rows = dataset.scan("Case").select(pl.len()).collect().item()
    assert query(desk_on("2024-01-01"), soql) == [{"total": rows}]
    assert query(desk_on("2024-01-01"), f"{soql} LIMIT 3") == [{"total": 3}]
    assert query(desk_on("2024-01-01"), f"{soql} WHERE Id = null") == [{"total": 0}]


def test_a_search_says_of_which_object_a_record_is(desk_on: DeskOn, dataset: Dataset) -> None:
    title = dataset.scan("Knowledge__kav").sort("Id").collect()["Title"][0]
    desk = desk_on("2024-01-01")
    found = search(desk, f'FIND {{"{title}"}} RETURNING Knowledge__kav(Id, Title), Product2(Id)')
    assert {"type": "Knowledge__kav", "Title": title}.items() <= found[0].items()
    assert set(found[0]) == {"type", "Id", "Title"}
    assert search(desk, "FIND {qqqzzzxxx}") == []


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda desk: query(desk, "SELECT Nothing FROM Case"), "INVALID_FIELD"),
        (lambda desk: query(desk, "SELECT COUNT() FROM Nothing"), "INVALID_TYPE"),
        (lambda desk: query(desk, "DELETE FROM Case"), "MALFORMED_QUERY"),
        (lambda desk: search(desk, "FIND words"), "MALFORMED_SEARCH"),
    ],
)
def test_wrong_statements_are_refused_as_the_org_does(
    desk_on: DeskOn, call: Callable[[Desk], object], code: str
) -> None:
    with pytest.raises(OrgError) as refused:
        call(desk_on("2024-01-01"))
    assert refused.value.code == code


def test_an_org_is_described(desk_on: DeskOn, dataset: Dataset) -> None:
    desk = desk_on("2024-01-01")
    rows = dataset.scan("Case").select(pl.len()).collect().item()
    every = describe(desk).split("\n")
    assert len(every) == 16
    assert any(line.startswith(f"Case ({rows:,} records): ") for line in every)
    one = describe(desk, "casehistory__c")
    assert "- CaseId__c [reference to Case, walked as CaseId__r.<field>" in one
    with pytest.raises(ToolError, match="there is no object 'Lead': take one of User, "):
        describe(desk, "Lead")


def test_queries_ask_on_the_desks_day(stage: Stage) -> None:

    from orgsmith.arena.solver.desk import Desk

    agent = stage.agent("early")
    stage.case(agent, "2031-03-01 10:00")
    for today, number in (("2031-03-01", 0), ("2031-03-02", 1)):
        desk = Desk(stage.session, dt.date.fromisoformat(today))
        soql = "SELECT COUNT() FROM Case WHERE CreatedDate = YESTERDAY"
        assert query(desk, soql) == [{"total": number}]
