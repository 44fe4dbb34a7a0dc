"""Named periods, and those counted back from a day."""

import datetime as dt

import pytest

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.toolbox.periods import (
    Period,
    Unit,
    compute_dates_of_period,
    compute_start_of_period,
)
from tests.arena.toolbox.conftest import DeskOn


@pytest.mark.parametrize(
    ("end", "unit", "count", "start"),
    [
        ("2024-03-31", "day", 1, "2024-03-30"),
        ("2024-03-01", "day", 365, "2023-03-02"),
        ("2024-03-31", "week", 3, "2024-03-10"),
        ("2024-03-31", "month", 1, "2024-02-29"),
        ("2023-03-31", "month", 13, "2022-02-28"),
        ("2024-05-31", "quarter", 1, "2024-02-29"),
        ("2024-01-01", "quarter", 4, "2023-01-01"),
    ],
)
def test_periods_are_counted_back(
    desk_on: DeskOn, end: str, unit: Unit, count: int, start: str
) -> None:
    assert compute_start_of_period(desk_on("2020-01-01"), end, unit, count) == start


@pytest.mark.parametrize("count", [0, -1, 10**6, 10**30])
@pytest.mark.parametrize("unit", ["day", "week", "month", "quarter"])
def test_other_numbers_are_refused(desk_on: DeskOn, unit: Unit, count: int) -> None:
    with pytest.raises(ToolError, match="count is"):
        compute_start_of_period(desk_on("2020-01-01"), "2024-01-01", unit, count)


@pytest.mark.parametrize(
    ("period", "year", "start", "end"),
    [
        ("Q1", 2023, "2023-01-01", "2023-04-01"),
        ("Q4", 2023, "2023-10-01", "2024-01-01"),
        ("Spring", 2023, "2023-03-01", "2023-06-01"),
        ("Summer", 2023, "2023-06-01", "2023-09-01"),
        ("Fall", 2023, "2023-09-01", "2023-12-01"),
        ("Winter", 2023, "2023-12-01", "2024-03-01"),
        ("February", 2024, "2024-02-01", "2024-03-01"),
        ("December", 2023, "2023-12-01", "2024-01-01"),
        ("Year", 2023, "2023-01-01", "2024-01-01"),
    ],
)
def test_periods_have_their_days(
    desk_on: DeskOn, period: Period, year: int, start: str, end: str
) -> None:
    found = compute_dates_of_period(desk_on("2020-01-01"), period, year)
    assert found == {"start": start, "end": end}


def test_the_periods_of_a_year_follow_each_other(desk_on: DeskOn) -> None:
    names: tuple[Period, ...] = ("Spring", "Summer", "Fall", "Winter")
    found = [compute_dates_of_period(desk_on("2020-01-01"), name, 2022) for name in names]
    assert [each["end"] for each in found[:-1]] == [each["start"] for each in found[1:]]
    days = dt.date.fromisoformat(found[-1]["end"]) - dt.date.fromisoformat(found[0]["start"])
    assert days.days == 365


@pytest.mark.parametrize("year", [0, 23, -2023, 20233])
def test_years_have_four_digits(desk_on: DeskOn, year: int) -> None:
    with pytest.raises(ToolError, match="write it in four digits"):
        compute_dates_of_period(desk_on("2020-01-01"), "Q1", year)


def test_other_words_are_refused(desk_on: DeskOn) -> None:
    desk = desk_on("2020-01-01")
    with pytest.raises(ToolError, match="period is 'Q5': take one of Q1, Q2"):
        compute_dates_of_period(desk, "Q5", 2023)  # type: ignore[arg-type]
    with pytest.raises(ToolError, match="unit is 'year': take day, week, month or quarter"):
        compute_start_of_period(desk, "2024-01-01", "year", 1)  # type: ignore[arg-type]
