"""The arrays that tasks count with hold what the rows say."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.tasks.facts import NEVER, NOBODY, day_of, moment, sampled
from orgsmith.schema.streams import stream
from tests.arena.tasks import naive
from tests.arena.tasks.world import World

FOREVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


@given(st.dates(dt.date(1971, 1, 1), dt.date(2199, 12, 31)))
def test_days_and_moments(day: dt.date) -> None:
    first = int(naive.midnight(day).timestamp()) * 1_000_000
    assert moment(day) == first
    assert day_of(first) == day_of(first + 86_400_000_000 - 1) == day
    assert day_of(first - 1) == day - dt.timedelta(days=1)


def _microseconds(at: dt.datetime | None) -> int:
    if at is None:
        return NEVER
    return (at - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)


def test_cases_are_what_the_rows_say(world: World) -> None:
    facts, rows, cases = world.facts, world.rows, world.facts.cases
    assert sorted(cases.ids) == sorted(row["Id"] for row in rows["Case"])
    assert np.all(np.diff(cases.created) >= 0)
    agents, issues = facts.agents["Id"], facts.issues["Id"]
    for place, key in enumerate(cases.ids):
        case = rows.one("Case", key)
        assert cases.created[place] == _microseconds(case["CreatedDate"])
        assert cases.closed[place] == _microseconds(case["ClosedDate"])
        assert issues[int(cases.issue[place])] == case["IssueId__c"]
        assert facts.products["Id"][int(cases.product[place])] == rows.product(case)
        assert agents[int(cases.owner[place])] == case["OwnerId"]
        assert agents[int(cases.manager[place])] == naive.first_owner(rows, case, FOREVER)
        assert cases.handed_over[place] == naive.handed_over(rows, case, FOREVER)
        assert agents[int(cases.owner[place])] == naive.last_owner(rows, case, FOREVER)
        state = rows.one("Account", case["AccountId"])["ShippingState"]
        assert facts.states[int(cases.state[place])] == state


def test_assignments_are_what_the_rows_say(world: World) -> None:
    steps, agents = world.facts.assignments, [*world.facts.agents["Id"], None]
    assert np.all(np.diff(steps.at) >= 0)
    given_away = [
        row for row in world.rows["CaseHistory__c"] if row["Field__c"] == "Owner Assignment"
    ]
    assert sorted(steps.ids) == sorted(row["Id"] for row in given_away)
    for place, key in enumerate(steps.ids):
        row = world.rows.one("CaseHistory__c", key)
        assert steps.at[place] == _microseconds(row["CreatedDate"])
        assert world.facts.cases.ids[int(steps.case[place])] == row["CaseId__c"]
        # The place after the last, by which `NOBODY` is nobody.
        assert agents[int(steps.giver[place])] == row["OldValue__c"]
        assert agents[int(steps.receiver[place])] == row["NewValue__c"]
    assert NOBODY == -1


def test_between_is_half_open(world: World) -> None:
    created = world.facts.cases.created
    first, last = int(created[3]), int(created[-3])
    inside = world.facts.cases.between(first, last)
    assert created[inside].tolist() == [each for each in created.tolist() if first <= each < last]
    steps = world.facts.assignments
    first, last = int(steps.at[3]), int(steps.at[-3])
    assert steps.at[steps.between(first, last)].tolist() == [
        each for each in steps.at.tolist() if first <= each < last
    ]


@pytest.mark.parametrize("back", [0, 1, 400, 1400])
def test_duty_is_what_the_rows_say(world: World, back: int) -> None:
    day = world.facts.organisation.as_of - dt.timedelta(days=back)
    found = {world.facts.agents["Id"][int(place)] for place in world.facts.on_duty(day)}
    assert found == {
        user["Id"]
        for user in world.rows["User"]
        if user["DutyStart__c"] <= day and (user["DutyEnd__c"] is None or day < user["DutyEnd__c"])
    }


def test_the_last_day_on_duty_is_the_day_before_the_end(world: World) -> None:
    users = [user for user in world.rows["User"] if user["DutyEnd__c"]]
    assert users
    for user in users:
        place = world.facts.agents["Id"].to_list().index(user["Id"])
        assert place not in world.facts.on_duty(user["DutyEnd__c"])
        assert place in world.facts.on_duty(user["DutyEnd__c"] - dt.timedelta(days=1))
        assert place in world.facts.on_duty(user["DutyStart__c"])


@given(st.integers(0, 40), st.integers(0, 40))
def test_samples_keep_the_order(height: int, most: int) -> None:
    rows = pl.DataFrame({"number": range(height)}, schema={"number": pl.Int64})
    found = sampled(rows, stream(1, "sample", 0, "test"), most)["number"].to_list()
    assert len(found) == min(height, most)
    assert found == sorted(set(found))
