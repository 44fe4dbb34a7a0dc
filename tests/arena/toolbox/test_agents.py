"""Agents' cases, hand-overs and times: counted from the tables, and in small situations."""

import datetime as dt
from collections import Counter

import pytest

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.toolbox.agents import (
    compute_mean_handle_time_by_agent,
    compute_transfer_count_by_agent,
    count_managed_cases_by_agent,
    find_agents_managing_more_than,
    find_agents_with_fewest_cases,
    find_agents_with_most_cases,
)
from orgsmith.arena.agents.toolbox.durations import compute_mean_closing_time_by_state
from orgsmith.arena.agents.toolbox.values import (
    find_ids_with_highest_value,
    find_ids_with_lowest_value,
)
from orgsmith.arena.solver.desk import Desk
from tests.arena.solver.books import Books, asked, inside
from tests.arena.solver.stage import Stage
from tests.arena.toolbox.conftest import DeskOn

TODAY, START, END = "2024-02-15", "2023-03-01", "2023-12-01"
DAY = dt.date.fromisoformat(TODAY)
NEVER = ("2010-01-01", "2011-01-01")


def test_managed_cases_are_counted(desk_on: DeskOn, books: Books) -> None:
    managed = books.managed(asked("any", TODAY, start=START, end=END))
    expected = {agent: len(cases) for agent, cases in managed.items()}
    desk = desk_on(TODAY)
    assert count_managed_cases_by_agent(desk, START, END) == expected
    most = max(expected.values())
    for more_than in range(most + 1):
        above = sorted(agent for agent, cases in expected.items() if cases > more_than)
        assert find_agents_managing_more_than(desk, START, END, more_than) == above
    assert count_managed_cases_by_agent(desk, *NEVER) == {}
    assert find_agents_managing_more_than(desk, *NEVER, 0) == []


def test_handle_times_are_those_of_the_tables(desk_on: DeskOn, books: Books) -> None:
    manager = {one.case: one.new for one in books.before(DAY) if one.old is None}
    took: dict[str, list[float]] = {}
    for case in books.cases:
        if case.closed is not None and case.closed_before(DAY):
            hours = (case.closed - case.created).total_seconds() / 3600
            took.setdefault(manager[case.key], []).append(hours)
    found = compute_mean_handle_time_by_agent(desk_on(TODAY), [case.key for case in books.cases])
    assert [each["agent"] for each in found] == sorted(took)
    for each in found:
        times = took[each["agent"]]
        assert each["cases"] == len(times)
        assert each["mean_hours"] == pytest.approx(sum(times) / len(times), abs=1e-4)
    assert compute_mean_handle_time_by_agent(desk_on(TODAY), []) == []


def test_transfers_count_for_whoever_gave_the_case_away(desk_on: DeskOn, books: Books) -> None:
    window = asked("any", TODAY, start=START, end=END)
    given = Counter(one.old for one in books.assignments if one.old and inside(one.at, window))
    desk = desk_on(TODAY)
    assert compute_transfer_count_by_agent(desk, START, END) == dict(given)
    assert given
    agents = [str(each["Id"]) for each in books.agents]
    told = compute_transfer_count_by_agent(desk, START, END, agents)
    assert told == {agent: given[agent] for agent in agents}
    assert 0 in told.values()
    assert compute_transfer_count_by_agent(desk, START, END, []) == {}
    assert compute_transfer_count_by_agent(desk, *NEVER) == {}


@pytest.mark.parametrize("on_duty_only", [False, True])
def test_owners_are_counted(desk_on: DeskOn, books: Books, on_duty_only: bool) -> None:
    owner = {one.case: one.new for one in books.before(DAY)}
    closed = [case.key for case in books.cases if case.closed_before(DAY)]
    owned = Counter(owner[case] for case in closed)
    compared = set(owned)
    if on_duty_only:
        compared = {str(each["Id"]) for each in books.agents if _on_duty(each)}
    numbers = {agent: owned[agent] for agent in sorted(compared)}
    desk = desk_on(TODAY)
    for find, best in (
        (find_agents_with_most_cases, max(numbers.values())),
        (find_agents_with_fewest_cases, min(numbers.values())),
    ):
        agents = [agent for agent, number in numbers.items() if number == best]
        found = find(desk, closed, on_duty_only=on_duty_only)
        assert found == {"agents": agents, "cases": best}


def _on_duty(agent: dict[str, object]) -> bool:
    start, end = agent["DutyStart__c"], agent["DutyEnd__c"]
    assert isinstance(start, dt.date)
    return start <= DAY and (not isinstance(end, dt.date) or end > DAY)


def test_agents_without_a_case_are_compared_if_they_are_named(stage: Stage) -> None:
    busy, idle, gone = (
        stage.agent("busy"),
        stage.agent("idle"),
        stage.agent("gone", end="2031-01-01"),
    )
    case = stage.case(busy, "2031-03-01 10:00")
    desk = Desk(stage.session, dt.date(2031, 4, 1))
    assert find_agents_with_most_cases(desk, [case]) == {"agents": [busy], "cases": 1}
    assert find_agents_with_fewest_cases(desk, [case]) == {"agents": [busy], "cases": 1}
    some = [busy, idle, gone]
    fewest = find_agents_with_fewest_cases(desk, [case], some)
    assert (set(fewest["agents"]), fewest["cases"]) == ({idle, gone}, 0)
    on_duty = find_agents_with_fewest_cases(desk, [case], some, on_duty_only=True)
    assert on_duty == {"agents": [idle], "cases": 0}
    assert find_agents_with_most_cases(desk, []) == {"agents": [], "cases": 0}
    nobody = find_agents_with_most_cases(desk, [], [idle, busy])
    assert (set(nobody["agents"]), nobody["cases"]) == ({idle, busy}, 0)


def test_extreme_values_name_all_that_are_equal(desk_on: DeskOn) -> None:
    desk = desk_on(TODAY)
    ids, values = ["TX", "CA", "NY", "WA"], [2.5, 1.0, 2.5, 1.0]
    assert find_ids_with_highest_value(desk, ids, values) == ["TX", "NY"]
    assert find_ids_with_lowest_value(desk, ids, values) == ["CA", "WA"]
    assert find_ids_with_highest_value(desk, ["a", "b"], [-3.0, -2.0]) == ["b"]
    assert find_ids_with_lowest_value(desk, [], []) == []
    for find in (find_ids_with_highest_value, find_ids_with_lowest_value):
        with pytest.raises(ToolError, match="4 ids but 1 values: give one value for each id"):
            find(desk, ids, [1.0])


def test_transfers_of_today_are_not_known_yet(stage: Stage) -> None:
    one, other = stage.agent("one"), stage.agent("other")
    case = stage.case(one, "2031-01-01 10:00")
    stage.hand_over(case, other, "2031-03-05 00:00")
    window = ("2031-03-01", "2031-04-01")
    assert compute_transfer_count_by_agent(Desk(stage.session, dt.date(2031, 3, 5)), *window) == {}
    assert compute_transfer_count_by_agent(Desk(stage.session, dt.date(2031, 3, 6)), *window) == {
        one: 1
    }


def test_cases_closed_today_have_no_time_yet(stage: Stage) -> None:
    agent, account = stage.agent("agent"), stage.account("TX")
    early = stage.case(agent, "2031-03-01 10:00", "2031-03-01 12:30", AccountId=account)
    late = stage.case(agent, "2031-03-01 10:00", "2031-03-05 00:00", AccountId=account)
    told = {"mean_hours": 2.5, "cases": 1}
    desk = Desk(stage.session, dt.date(2031, 3, 5))
    assert compute_mean_handle_time_by_agent(desk, [early, late]) == [{"agent": agent, **told}]
    assert compute_mean_closing_time_by_state(desk, [early, late]) == [{"state": "TX", **told}]
    tomorrow = Desk(stage.session, dt.date(2031, 3, 6))
    assert compute_mean_handle_time_by_agent(tomorrow, [early, late])[0]["cases"] == 2
    assert compute_mean_closing_time_by_state(tomorrow, [early, late])[0]["cases"] == 2
