"""Windows: their words mean their bounds, which lie within the organisation's time."""

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.tasks.windows import (
    LATEST_DAYS,
    MOST_CASES,
    Window,
    counted,
    later_day,
    long_day,
    long_month,
    months_after,
    windows,
)
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from orgsmith.schema.streams import stream
from tests.arena.tasks import spoken

INDUSTRY = load("sportswear")
DAYS = st.dates(dt.date(2004, 1, 1), dt.date(2099, 12, 31))


def drawn(as_of: dt.date, cases: int, seed: int = 1, count: int = 60) -> list[Window]:
    organisation = Organisation(INDUSTRY, seed=seed, scale=1.0, as_of=as_of)
    return [*windows(organisation, cases, count, stream(seed, "windows", 0, "test"))]


@given(DAYS, st.integers(0, 1_000_000), st.integers(0, 99))
def test_words_mean_the_bounds(as_of: dt.date, cases: int, seed: int) -> None:
    organisation = Organisation(INDUSTRY, seed=seed, scale=1.0, as_of=as_of)
    for window in drawn(as_of, cases, seed):
        assert spoken.span(window.words, window.today) == (window.start, window.end)
        assert organisation.start <= window.start < window.end <= window.today <= as_of
        assert window.named == ("past" not in window.words)
        assert window.named or window.end == window.today


@given(DAYS, st.integers(0, 1_000_000))
def test_windows_hold_about_as_many_cases_as_a_page(as_of: dt.date, cases: int) -> None:
    organisation = Organisation(INDUSTRY, seed=1, scale=1.0, as_of=as_of)
    for window in drawn(as_of, cases):
        days = (window.end - window.start).days
        assert days <= 2 or days * cases <= MOST_CASES * organisation.days


def _kinds(cases: int) -> set[str]:
    """The kinds of windows, by their words without numbers and names."""
    named = ("past quarter", "quarter", "month", "week", "day", "between", "on ", "Q", "of")
    return {
        next((kind for kind in named if kind in window.words), "month by name")
        for window in drawn(INDUSTRY.as_of, cases, count=2_000)
    }


@pytest.mark.parametrize(
    ("cases", "kinds"),
    [
        (
            977,
            {"past quarter", "quarter", "month", "week", "day", "between", "Q", "of"}
            | {"month by name"},
        ),
        (97_700, {"week", "day", "between", "on "}),
        (977_000, {"between", "on "}),
    ],
)
def test_every_kind_that_fits_is_drawn(cases: int, kinds: set[str]) -> None:
    assert _kinds(cases) == kinds


def test_every_season_and_quarter_is_drawn() -> None:
    words = {window.words for window in drawn(INDUSTRY.as_of, 977, count=4_000)}
    for name in ("spring", "summer", "fall", "winter"):
        assert any(f"in the {name} of " in each for each in words)
    for number in (1, 2, 3, 4):
        assert any(each.startswith(f"in Q{number} ") for each in words)


def test_a_winter_belongs_to_the_year_in_which_it_begins() -> None:
    winters = {
        window for window in drawn(INDUSTRY.as_of, 977, count=4_000) if "winter" in window.words
    }
    assert winters
    for window in winters:
        assert (window.start.month, window.end.month, window.end.day) == (12, 3, 1)
        assert window.end.year == window.start.year + 1
        assert window.words == f"in the winter of {window.start.year}"


def test_equal_streams_draw_equal_windows() -> None:
    assert drawn(INDUSTRY.as_of, 977) == drawn(INDUSTRY.as_of, 977)
    assert drawn(INDUSTRY.as_of, 977) != drawn(INDUSTRY.as_of, 977, seed=2)


@given(st.integers(0, 400), st.integers(0, 200), st.integers(0, 99))
def test_a_later_day_is_near_and_not_in_the_future(before: int, within: int, seed: int) -> None:
    organisation = Organisation(INDUSTRY, seed=1, scale=1.0, as_of=INDUSTRY.as_of)
    end = organisation.as_of - dt.timedelta(days=before)
    day = later_day(organisation, end, stream(seed, "later", 0, "test"), within)
    assert end <= day <= min(organisation.as_of, end + dt.timedelta(days=within))


def test_named_windows_are_asked_about_for_some_time() -> None:
    late = {(each.today - each.end).days for each in drawn(INDUSTRY.as_of, 977, count=2_000)}
    assert min(late) == 0
    assert LATEST_DAYS // 2 < max(late) <= LATEST_DAYS


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (lambda: long_day(dt.date(2023, 3, 1)), "March 1, 2023"),
        (lambda: long_month(dt.date(2023, 3, 1)), "March 2023"),
        (lambda: counted(1, "week"), "past week"),
        (lambda: counted(3, "week"), "past 3 weeks"),
    ],
)
def test_days_and_numbers_are_spelled(said: Callable[[], str], expected: str) -> None:
    assert said() == expected


@pytest.mark.parametrize("months", [0, 1, 11, 12, 25])
def test_months_after_a_first_day(months: int) -> None:
    day = months_after(dt.date(2023, 11, 1), months)
    assert day.day == 1
    assert 12 * day.year + day.month == 12 * 2023 + 11 + months
