"""Days of periods: of those that have a name, and of those that are counted back from a day."""

import datetime as dt
from typing import Literal, get_args

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.toolbox.arguments import at_least, cited, day
from orgsmith.arena.solver.desk import Desk
from orgsmith.schema.organisation import months_before

Unit = Literal["day", "week", "month", "quarter"]
Quarter = Literal["Q1", "Q2", "Q3", "Q4"]
Season = Literal["Spring", "Summer", "Fall", "Winter"]
Month = Literal[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
Period = Literal[Quarter, Season, Month, "Year"]

MONTHS: tuple[str, ...] = get_args(Month)
_FIRST_MONTHS: dict[str, tuple[int, int]] = {
    **{name: (3 * number + 1, 3) for number, name in enumerate(get_args(Quarter))},
    **{name: (3 * number + 3, 3) for number, name in enumerate(get_args(Season))},
    **{name: (number, 1) for number, name in enumerate(MONTHS, 1)},
    "Year": (1, 12),
}
"""First month and number of months of each period."""

_YEARS = range(1900, 2200)


def compute_start_of_period(desk: Desk, end: str, unit: Unit, count: int) -> str:
    """Count back from a day: the first day of the period of so many units that ends before it.

    "The past 3 weeks" is the period with today as end, unit week and count 3. Months and quarters
    begin on the same day of the month, or on the month's last day if it has no such day.

    Args:
        end: First day after the period, YYYY-MM-DD; today's date for what is past.
        unit: What is counted: day, week, month or quarter.
        count: How many of them.
    """
    del desk
    return start_before(day(end, "end"), unit, count).isoformat()


def compute_dates_of_period(desk: Desk, period: Period, year: int) -> dict[str, str]:
    """Tell the days of a named period: start counts, end is the first day that does not.

    Quarters are calendar quarters; the winter of a year begins in December of that year and ends
    with February of the next.

    Args:
        period: Q1 to Q4, Spring, Summer, Fall, Winter, a month's English name, or Year.
        year: The year in four digits; for a winter the one in which it begins.
    """
    del desk
    start, end = dates_of(period, year)
    return {"start": start.isoformat(), "end": end.isoformat()}


def start_before(end: dt.date, unit: str, count: int) -> dt.date:
    """The first day of the units that end before a day.

    Raises:
        ToolError: the unit is none, or the number cannot be meant.
    """
    at_least(count, 1, "count")
    try:
        match unit:
            case "day" | "week":
                return end - dt.timedelta(days=count * (7 if unit == "week" else 1))
            case "month" | "quarter":
                return months_before(end, count * (3 if unit == "quarter" else 1))
            case _:
                raise ToolError(f"unit is {cited(unit)}: take day, week, month or quarter")
    except (ValueError, OverflowError) as error:
        raise ToolError(f"count is {count:,}, which leads to before the year 1") from error


def dates_of(period: str, year: int) -> tuple[dt.date, dt.date]:
    """The days [start, end) of a named period.

    Raises:
        ToolError: there is no such period, or it is out of any organisation's time.
    """
    found = _FIRST_MONTHS.get(period)
    if found is None:
        raise ToolError(f"period is {cited(period)}: take one of {', '.join(_FIRST_MONTHS)}")
    if year not in _YEARS:
        raise ToolError(f"year is {year}: write it in four digits, as in 2023")
    first, months = found
    start = dt.date(year, first, 1)
    return start, months_before(start, -months)
