"""Spans of time in words: every phrasing of the questions, and what else people write."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.toolbox.phrases import resolve_window
from orgsmith.arena.session import Session
from orgsmith.arena.solver.desk import Desk
from orgsmith.arena.tasks.facts import Facts
from orgsmith.arena.tasks.windows import windows
from orgsmith.schema.streams import stream
from tests.arena.toolbox.conftest import DeskOn

TODAY = "2024-03-31"


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("past 3 weeks", "2024-03-10", "2024-03-31"),
        ("in the past week", "2024-03-24", "2024-03-31"),
        ("over the last two months", "2024-01-31", "2024-03-31"),
        ("the past month", "2024-02-29", "2024-03-31"),
        ("past quarter", "2023-12-31", "2024-03-31"),
        ("past 2 years", "2022-03-31", "2024-03-31"),
        ("Q2 2023", "2023-04-01", "2023-07-01"),
        ("in q4 of 2023?", "2023-10-01", "2024-01-01"),
        ("winter of 2022", "2022-12-01", "2023-03-01"),
        ("Winter 2022", "2022-12-01", "2023-03-01"),
        ("in the fall of 2022", "2022-09-01", "2022-12-01"),
        ("March 2022", "2022-03-01", "2022-04-01"),
        ("in Sept 2022", "2022-09-01", "2022-10-01"),
        ("2022", "2022-01-01", "2023-01-01"),
        ("April 9 to August 5, 2022", "2022-04-09", "2022-08-06"),
        ("between December 30, 2021 and January 2nd, 2022", "2021-12-30", "2022-01-03"),
        ("from November 2022 to March 2023", "2022-11-01", "2023-04-01"),
        ("January to March 2023", "2023-01-01", "2023-04-01"),
        ("on June 3, 2023", "2023-06-03", "2023-06-04"),
        ("2023-06-03", "2023-06-03", "2023-06-04"),
        ("2023-06-03 to 2023-06-05", "2023-06-03", "2023-06-06"),
        ("1 month ago", "2024-02-29", "2024-03-01"),
        ("a week ago", "2024-03-24", "2024-03-25"),
        # What is open ends with yesterday.
        ("since March 2022", "2022-03-01", "2024-03-31"),
        ("since June 3rd, 2022", "2022-06-03", "2024-03-31"),
        ("cases since 2022", "2022-01-01", "2024-03-31"),
        ("cases created since the winter of 2022", "2022-12-01", "2024-03-31"),
        ("Since Q1 2024?", "2024-01-01", "2024-03-31"),
        ("since 2024-03-30", "2024-03-30", "2024-03-31"),
        ("since 2 weeks ago", "2024-03-17", "2024-03-31"),
        ("since March 2022 until now", "2022-03-01", "2024-03-31"),
        ("from March 2022 until today", "2022-03-01", "2024-03-31"),
        ("between 2022 and now", "2022-01-01", "2024-03-31"),
        ("from June 3, 2022 on", "2022-06-03", "2024-03-31"),
        ("2022 onwards", "2022-01-01", "2024-03-31"),
        ("2022-06-03 - today", "2022-06-03", "2024-03-31"),
        # What has an end of its own keeps it.
        ("from March 2022", "2022-03-01", "2022-04-01"),
        ("since the past 3 weeks", "2024-03-10", "2024-03-31"),
        ("since April 9 until August 5, 2022", "2022-04-09", "2022-08-06"),
    ],
)
def test_words_have_their_days(desk_on: DeskOn, words: str, start: str, end: str) -> None:
    found = resolve_window(desk_on(TODAY), words)
    assert (found["start"], found["end"]) == (start, end)
    assert found["meaning"].startswith(f"{start} to ")


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("past 3 months", "2023-12-01", "2024-03-01"),
        ("past 3 weeks", "2024-03-10", "2024-03-31"),
        ("November 2022 to March 2023", "2022-11-01", "2023-04-01"),
    ],
)
def test_months_may_be_whole_ones(desk_on: DeskOn, words: str, start: str, end: str) -> None:
    found = resolve_window(desk_on(TODAY), words, whole_months=True)
    assert (found["start"], found["end"]) == (start, end)


def test_every_window_of_the_questions_is_understood(facts: Facts, session: Session) -> None:
    rng = stream(3, "any", 0, "windows")
    drawn = list(windows(facts.organisation, len(facts.cases.ids), 400, rng))
    assert len({each.words.split()[-2] for each in drawn}) > 10
    for each in drawn:
        found = resolve_window(Desk(session, each.today), each.words)
        told = (found["start"], found["end"])
        assert told == (each.start.isoformat(), each.end.isoformat()), each.words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "is not understood: say it like one of past 3 weeks"),
        ("last week", "is not understood"),
        ("Q5 2023", "is not understood"),
        ("soon'; DROP", "is not understood"),
        ("x" * 9_999, "is not understood"),
        ("past 0 days", "count is 0, but must be 1 or more"),
        ("9999 years ago", "leads to before the year 1"),
        ("February 30, 2023", "there is no day 30 in February 2023"),
        ("2023-13-01", "is no day: write it as YYYY-MM-DD"),
        ("0000-01-01", "year is 0: write it in four digits"),
        ("March 9999", "year is 9999"),
        ("May 5 to April 1, 2023", "ends before it begins: name the years of both days"),
        ("since last week", "is not understood"),
        ("since", "is not understood"),
        ("until now", "is not understood"),
        ("2022 to 2023 until now", "is not understood"),
        ("January to March 2023 until now", "is not understood"),
        ("since 2025", "begins on 2025-01-01, which is not before today, 2024-03-31"),
        ("from 2024-03-31 on", "begins on 2024-03-31, which is not before today, 2024-03-31"),
    ],
)
def test_other_words_are_refused(desk_on: DeskOn, words: str, said: str) -> None:
    with pytest.raises(ToolError) as refused:
        resolve_window(desk_on(TODAY), words)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 400


@given(st.dates(dt.date(1950, 1, 1), dt.date(2150, 1, 1)), st.integers(1, 400))
def test_ranges_of_days_hold_both_ends(start: dt.date, days: int) -> None:
    last = start + dt.timedelta(days=days)
    words = f"from {start:%B} {start.day}, {start.year} to {last:%B} {last.day}, {last.year}"
    found = resolve_window(_Nowhere(), words)
    assert found["start"] == start.isoformat()
    assert found["end"] == (last + dt.timedelta(days=1)).isoformat()


class _Nowhere(Desk):
    """A desk at which nothing is asked."""

    def __init__(self) -> None:
        self.today = dt.date(2024, 1, 1)
