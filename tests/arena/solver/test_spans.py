"""Windows, instants and means of durations."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.solver.spans import Closing, instant, mean, spelled, window, within
from tests.arena.solver.books import asked


def test_a_window_is_half_open() -> None:
    question = asked("any", "2025-05-01", start="2025-01-01", end="2025-03-01")
    assert within("CreatedDate", question) == (
        "CreatedDate >= 2025-01-01T00:00:00Z AND CreatedDate < 2025-03-01T00:00:00Z"
    )
    assert window(question) == "[2025-01-01, 2025-03-01)"


def test_a_window_does_not_reach_into_today() -> None:
    question = asked("any", "2025-02-01", start="2025-01-01", end="2025-03-01")
    assert within("X", question).endswith("X < 2025-02-01T00:00:00Z")


@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2100, 1, 1)))  # noqa: DTZ001
def test_instants_are_read_as_records_write_them(moment: dt.datetime) -> None:
    written = f"{moment.isoformat(timespec='milliseconds')}+0000"
    whole = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=dt.UTC)
    assert instant(written) == whole


@given(st.lists(st.integers(0, 10**6), min_size=1))
def test_means_are_exact(seconds: list[int]) -> None:
    start = "2025-01-01T00:00:00.000+0000"
    closings = [Closing("x", dt.timedelta(seconds=each)) for each in seconds]
    assert mean(closings) == Fraction(sum(seconds) * 10**6, len(seconds))
    assert Closing.of("x", start, start).took == dt.timedelta()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 h 0 min"),
        (29, "0 h 0 min"),
        (3_599, "1 h 0 min"),
        (25_920, "7 h 12 min"),
        (360_000, "100 h 0 min"),
    ],
)
def test_durations_are_told_in_hours_and_minutes(seconds: int, text: str) -> None:
    assert spelled(Fraction(seconds * 10**6)) == text
