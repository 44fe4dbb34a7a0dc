"""Who is compared: agents by the cases they manage, and the words for how many."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.tasks.agents import ASKED_NUMBERS, counts, managed, nobody, spoken, thresholds
from orgsmith.arena.tasks.facts import moment
from orgsmith.arena.tasks.windows import Window
from tests.arena.tasks import naive
from tests.arena.tasks import spoken as words
from tests.arena.tasks.world import World
from tests.validators.tables import Frames


@given(st.integers(0, 99))
def test_words_mean_the_number(more_than: int) -> None:
    assert words.more_than(spoken(more_than)) == more_than


@given(st.lists(st.integers(0, 40), max_size=30), st.integers(1, 4))
def test_thresholds_leave_enough_to_compare(numbers: list[int], compared: int) -> None:
    found = thresholds(np.array(numbers, dtype=np.int64), compared)
    assert found == sorted(set(found))
    for more_than in found:
        assert sum(number > more_than for number in numbers) >= compared
    asked = sum(sum(number > n for number in numbers) >= compared for n in range(40))
    assert len(found) == min(asked, ASKED_NUMBERS)


def test_nobody_is_not_counted() -> None:
    assert counts(np.array([2, -1, 0, 2], dtype=np.int64), 4).tolist() == [1, 0, 2, 0]


def _window(world: World, today: dt.date) -> Window:
    start = today - dt.timedelta(days=200)
    return Window(start, today, today, "in the past 200 days", named=False)


@pytest.mark.parametrize("back", [0, 90, 500])
def test_cases_are_managed_by_their_first_owners(world: World, back: int) -> None:
    facts = world.facts
    window = _window(world, facts.organisation.as_of - dt.timedelta(days=back))
    inside = facts.cases.between(moment(window.start), moment(window.end))
    found = counts(managed(facts, window, inside), facts.agents.height)
    span = naive.Span.of(window.start, window.end, window.today)
    expected = {agent: len(cases) for agent, cases in naive.managed(world.rows, span).items()}
    told = dict(zip(facts.agents["Id"], found.tolist(), strict=True))
    assert {agent: number for agent, number in told.items() if number} == expected


def test_a_case_that_is_assigned_later_is_nobodys_yet(stranger: World) -> None:
    tables = stranger.facts.tables
    assert isinstance(tables, Frames)
    later = tables.frames["CaseHistory__c"].with_columns(
        pl.col("CreatedDate") + pl.duration(days=9)
    )
    world = World.of(tables.with_frame("CaseHistory__c", later))
    test_cases_are_managed_by_their_first_owners(world, 90)


def test_a_question_about_nobody_tells_its_reason(world: World) -> None:
    window = _window(world, world.facts.organisation.as_of)
    asked = nobody(world.facts, window, 99, "highest", "nobody_above_n")
    assert (asked.answers, asked.none_reason) == (("None",), "nobody_above_n")
    assert asked.slots == {"window": "in the past 200 days", "agents": "more than 99 cases"}
    assert asked.evidence == ()
