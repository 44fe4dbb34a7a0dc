"""Date literals: every one of them, from every kind of day."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgsmith.arena.soql.ranges import MOST, NAMES, span
from tests.arena.soql.days import COUNTED, PLAIN, first_and_last

FIRST, LAST = dt.date(1990, 1, 1), dt.date(2060, 12, 31)

TURNS = [
    dt.date(year, month, day)
    for year in (1999, 2000, 2023, 2024)
    for month, day in ((1, 1), (2, 28), (3, 1), (3, 31), (4, 1), (9, 30), (12, 29), (12, 31))
]
"""Days next to which units begin, in leap years and others."""


def test_all_literals_are_known() -> None:
    assert {*PLAIN, *COUNTED} == NAMES


@pytest.mark.parametrize("name", PLAIN)
@settings(max_examples=40)
@given(today=st.dates(FIRST, LAST))
def test_a_literal_spans(name: str, today: dt.date) -> None:
    assert span(name, None, today) == first_and_last(name, None, today)


@pytest.mark.parametrize("name", COUNTED)
@settings(max_examples=40)
@given(today=st.dates(FIRST, LAST), n=st.integers(0, 25))
def test_a_literal_with_a_number_spans(name: str, today: dt.date, n: int) -> None:
    assert span(name, n, today) == first_and_last(name, n, today)


@pytest.mark.parametrize("today", TURNS, ids=str)
def test_literals_span_from_the_turns_of_the_calendar(today: dt.date) -> None:
    for name in PLAIN:
        assert span(name, None, today) == first_and_last(name, None, today)
    for name in COUNTED:
        for n in (0, 1, 2, 5):
            assert span(name, n, today) == first_and_last(name, n, today)


@settings(max_examples=200)
@given(today=st.dates(FIRST, LAST), n=st.integers(1, 400))
def test_past_present_and_future_touch(today: dt.date, n: int) -> None:
    for unit in ("WEEK", "MONTH", "QUARTER", "YEAR"):
        this = span(f"THIS_{unit}", None, today)
        assert this.start <= today < this.end
        assert span(f"LAST_N_{unit}S", n, today).end == this.start
        assert span(f"NEXT_N_{unit}S", n, today).start == this.end
        assert span(f"N_{unit}S_AGO", 1, today) == span(f"LAST_{unit}", None, today)
        assert span(f"N_{unit}S_AGO", n, today).start == span(f"LAST_N_{unit}S", n, today).start


@pytest.mark.parametrize(
    ("name", "n", "says"),
    [
        ("LAST_CENTURY", None, "there is no date literal LAST_CENTURY"),
        ("today", None, "there is no date literal today"),
        ("LAST_DAY", None, "there is no date literal LAST_DAY"),
        ("THIS_N_WEEKS", 2, "there is no date literal"),
        ("LAST_N_DAYS", None, "LAST_N_DAYS needs a number"),
        ("N_YEARS_AGO", None, "N_YEARS_AGO needs a number"),
        ("TODAY", 1, "TODAY takes no number"),
        ("LAST_90_DAYS", 90, "LAST_90_DAYS takes no number"),
        ("THIS_FISCAL_YEAR", 1, "THIS_FISCAL_YEAR takes no number"),
        ("LAST_N_DAYS", -1, "must lie between 0 and"),
        ("LAST_N_DAYS", MOST + 1, "must lie between 0 and"),
        ("N_YEARS_AGO", MOST, "leads out of the calendar"),
        ("NEXT_N_FISCAL_YEARS", MOST, "leads out of the calendar"),
    ],
)
def test_other_literals_are_refused(name: str, n: int | None, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        span(name, n, dt.date(2024, 5, 15))
