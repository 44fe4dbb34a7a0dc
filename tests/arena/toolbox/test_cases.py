"""Cases of a kind: counted from the tables, and in small situations."""

import datetime as dt
from collections import Counter

import polars as pl
import pytest

from orgsmith.arena.agents.toolbox.cases import (
    count_cases_by_month,
    get_cases,
    get_cases_without_transfer,
    get_states_of_cases,
)
from orgsmith.arena.agents.toolbox.durations import compute_mean_closing_time_by_state
from orgsmith.arena.solver.desk import Desk
from orgsmith.outputs.dataset import Dataset
from tests.arena.solver.books import Books, midnight
from tests.arena.solver.stage import Stage
from tests.arena.toolbox.conftest import DeskOn

TODAY = "2024-02-15"
DAY = dt.date.fromisoformat(TODAY)


def test_no_condition_gives_every_case_before_today(desk_on: DeskOn, books: Books) -> None:
    known = [case.key for case in books.cases if case.created < midnight(DAY)]
    found = get_cases(desk_on(TODAY))
    assert set(found) == set(known)
    assert len(found) == len(known) < len(books.cases)


@pytest.mark.parametrize(
    ("start", "end"), [("2023-01-01", "2023-07-01"), ("2023-12-20", "2025-01-01")]
)
def test_windows_are_half_open(desk_on: DeskOn, books: Books, start: str, end: str) -> None:
    first, after = dt.date.fromisoformat(start), min(dt.date.fromisoformat(end), DAY)
    created = {c.key for c in books.cases if midnight(first) <= c.created < midnight(after)}
    closed = {
        c.key
        for c in books.cases
        if c.closed is not None and midnight(first) <= c.closed < midnight(after)
    }
    desk = desk_on(TODAY)
    assert set(get_cases(desk, created_start=start, created_end=end)) == created
    assert set(get_cases(desk, closed_start=start, closed_end=end)) == closed
    assert created
    since = {c.key for c in books.cases if midnight(first) <= c.created < midnight(DAY)}
    assert set(get_cases(desk, created_start=start)) == since
    until = {c.key for c in books.cases if c.created < midnight(after)}
    assert set(get_cases(desk, created_end=end)) == until


def test_issues_items_and_status_count(desk_on: DeskOn, dataset: Dataset) -> None:
    known = dataset.scan("Case").filter(pl.col("CreatedDate") < midnight(DAY)).collect()
    issue, item = known["IssueId__c"][0], known["OrderItemId__c"][1]
    desk = desk_on(TODAY)
    of_issue = known.filter(IssueId__c=issue)["Id"].to_list()
    assert sorted(get_cases(desk, issue_ids=[issue])) == sorted(of_issue)
    of_item = known.filter(OrderItemId__c=item)["Id"].to_list()
    assert sorted(get_cases(desk, order_item_ids=[item])) == sorted(of_item)
    closed = known.filter(pl.col("ClosedDate") < midnight(DAY))["Id"]
    assert set(get_cases(desk, status="closed")) == set(closed)
    assert set(get_cases(desk, status="open")) == set(known["Id"]) - set(closed)
    some = known["Id"][:7].to_list()
    assert set(get_cases(desk, case_ids=some, status="closed")) == set(some) & set(closed)


def test_managers_and_owners_are_those_before_today(desk_on: DeskOn, books: Books) -> None:
    first: dict[str, str] = {}
    last: dict[str, str] = {}
    for one in books.before(DAY):
        first.setdefault(one.case, one.new)
        last[one.case] = one.new
    assert first != last
    desk = desk_on(TODAY)
    for agent in sorted(set(last.values()))[:6]:
        managed = {case for case, manager in first.items() if manager == agent}
        owned = {case for case, owner in last.items() if owner == agent}
        assert set(get_cases(desk, managed_by=[agent])) == managed
        assert set(get_cases(desk, owned_by=[agent])) == owned
        both = get_cases(desk, managed_by=[agent], owned_by=[agent])
        assert set(both) == managed & owned


def test_cases_without_transfer_were_assigned_once(desk_on: DeskOn, books: Books) -> None:
    times = Counter(one.case for one in books.before(DAY))
    every = [case.key for case in books.cases]
    once = [case for case in every if times[case] == 1]
    assert get_cases_without_transfer(desk_on(TODAY), every) == once
    assert 0 < len(once) < len(times)
    assert get_cases_without_transfer(desk_on(TODAY), []) == []


def test_states_and_months_are_told(desk_on: DeskOn, books: Books) -> None:
    known = [case for case in books.cases if case.created < midnight(DAY)]
    every = [case.key for case in books.cases]
    desk = desk_on(TODAY)
    states = {each["case"]: each["state"] for each in get_states_of_cases(desk, every)}
    assert states == {case.key: case.state for case in known}
    months = Counter(f"{case.created:%Y-%m}" for case in known)
    assert count_cases_by_month(desk, every) == dict(sorted(months.items()))
    assert count_cases_by_month(desk, []) == {}
    assert get_states_of_cases(desk, []) == []


def test_mean_closing_times_are_those_of_the_tables(desk_on: DeskOn, books: Books) -> None:
    took: dict[str, list[float]] = {}
    for case in books.cases:
        if case.closed is not None and case.closed_before(DAY) and case.state is not None:
            hours = (case.closed - case.created).total_seconds() / 3600
            took.setdefault(case.state, []).append(hours)
    found = compute_mean_closing_time_by_state(desk_on(TODAY), [case.key for case in books.cases])
    assert [each["state"] for each in found] == sorted(took)
    for each in found:
        times = took[each["state"]]
        assert each["cases"] == len(times)
        assert each["mean_hours"] == pytest.approx(sum(times) / len(times), abs=1e-4)


def test_what_happens_today_is_not_known_yet(stage: Stage) -> None:
    one, other = stage.agent("one"), stage.agent("other")
    case = stage.case(one, "2031-03-01 10:00")
    stage.hand_over(case, other, "2031-03-02 00:00")
    stage.close(case, "2031-03-03 00:00")

    def on(day: str) -> Desk:
        return Desk(stage.session, dt.date.fromisoformat(day))

    window = ("2031-03-01", "2031-03-02")
    assert get_cases(on("2031-03-01"), *window) == []
    assert get_cases(on("2031-03-02"), *window, owned_by=[one]) == [case]
    assert get_cases_without_transfer(on("2031-03-02"), [case]) == [case]
    assert get_cases(on("2031-03-03"), *window, owned_by=[one]) == []
    assert get_cases(on("2031-03-03"), *window, owned_by=[other], managed_by=[one]) == [case]
    assert get_cases_without_transfer(on("2031-03-03"), [case]) == []
    assert get_cases(on("2031-03-03"), *window, status="open") == [case]
    assert get_cases(on("2031-03-04"), *window, status="closed") == [case]
    tomorrow = on("2031-03-04")
    assert get_cases(tomorrow, closed_start="2031-03-02", closed_end="2031-03-03") == []
    assert get_cases(tomorrow, closed_start="2031-03-03", closed_end="2031-03-04") == [case]
    assert get_cases(on("2031-03-03"), closed_start="2031-03-02", closed_end="2031-03-04") == []


def test_an_account_without_a_state_has_none(stage: Stage) -> None:
    agent = stage.agent("agent")
    account = stage.account(None)
    with_account = stage.case(agent, "2031-03-01 10:00", "2031-03-02 10:00", AccountId=account)
    without = stage.case(agent, "2031-03-01 10:00", "2031-03-02 10:00")
    desk = Desk(stage.session, dt.date(2031, 4, 1))
    found = get_states_of_cases(desk, [with_account, without])
    assert {each["case"]: each["state"] for each in found} == {with_account: None, without: None}
    assert compute_mean_closing_time_by_state(desk, [with_account, without]) == []
