"""Date literals once more: told by stepping from day to day, as a calendar on the wall is read."""

import datetime as dt
from collections.abc import Callable

Begins = Callable[[dt.date], bool]

ONE = dt.timedelta(days=1)

BEGINS: dict[str, Begins] = {
    "DAY": lambda day: True,
    "WEEK": lambda day: day.strftime("%A") == "Sunday",
    "MONTH": lambda day: day.day == 1,
    "QUARTER": lambda day: day.day == 1 and day.month in {1, 4, 7, 10},
    "YEAR": lambda day: (day.month, day.day) == (1, 1),
}
"""Whether a unit of the calendar begins on a day; fiscal years are calendar years."""

PLAIN = {
    "YESTERDAY": ("DAY", -1, 0),
    "TODAY": ("DAY", 0, 1),
    "TOMORROW": ("DAY", 1, 2),
    "LAST_WEEK": ("WEEK", -1, 0),
    "THIS_WEEK": ("WEEK", 0, 1),
    "NEXT_WEEK": ("WEEK", 1, 2),
    "LAST_MONTH": ("MONTH", -1, 0),
    "THIS_MONTH": ("MONTH", 0, 1),
    "NEXT_MONTH": ("MONTH", 1, 2),
    "LAST_90_DAYS": ("DAY", -90, 1),
    "NEXT_90_DAYS": ("DAY", 1, 91),
    "LAST_QUARTER": ("QUARTER", -1, 0),
    "THIS_QUARTER": ("QUARTER", 0, 1),
    "NEXT_QUARTER": ("QUARTER", 1, 2),
    "LAST_YEAR": ("YEAR", -1, 0),
    "THIS_YEAR": ("YEAR", 0, 1),
    "NEXT_YEAR": ("YEAR", 1, 2),
    "LAST_FISCAL_QUARTER": ("QUARTER", -1, 0),
    "THIS_FISCAL_QUARTER": ("QUARTER", 0, 1),
    "NEXT_FISCAL_QUARTER": ("QUARTER", 1, 2),
    "LAST_FISCAL_YEAR": ("YEAR", -1, 0),
    "THIS_FISCAL_YEAR": ("YEAR", 0, 1),
    "NEXT_FISCAL_YEAR": ("YEAR", 1, 2),
}
"""Of a literal without a number: its unit, and which after this one it begins and ends with."""

COUNTED: dict[str, tuple[str, Callable[[int], tuple[int, int]]]] = {
    "LAST_N_DAYS": ("DAY", lambda n: (-n, 1)),
    "NEXT_N_DAYS": ("DAY", lambda n: (1, n + 1)),
    "N_DAYS_AGO": ("DAY", lambda n: (-n, -n + 1)),
    "LAST_N_WEEKS": ("WEEK", lambda n: (-n, 0)),
    "NEXT_N_WEEKS": ("WEEK", lambda n: (1, n + 1)),
    "N_WEEKS_AGO": ("WEEK", lambda n: (-n, -n + 1)),
    "LAST_N_MONTHS": ("MONTH", lambda n: (-n, 0)),
    "NEXT_N_MONTHS": ("MONTH", lambda n: (1, n + 1)),
    "N_MONTHS_AGO": ("MONTH", lambda n: (-n, -n + 1)),
    "LAST_N_QUARTERS": ("QUARTER", lambda n: (-n, 0)),
    "NEXT_N_QUARTERS": ("QUARTER", lambda n: (1, n + 1)),
    "N_QUARTERS_AGO": ("QUARTER", lambda n: (-n, -n + 1)),
    "LAST_N_YEARS": ("YEAR", lambda n: (-n, 0)),
    "NEXT_N_YEARS": ("YEAR", lambda n: (1, n + 1)),
    "N_YEARS_AGO": ("YEAR", lambda n: (-n, -n + 1)),
    "LAST_N_FISCAL_QUARTERS": ("QUARTER", lambda n: (-n, 0)),
    "NEXT_N_FISCAL_QUARTERS": ("QUARTER", lambda n: (1, n + 1)),
    "N_FISCAL_QUARTERS_AGO": ("QUARTER", lambda n: (-n, -n + 1)),
    "LAST_N_FISCAL_YEARS": ("YEAR", lambda n: (-n, 0)),
    "NEXT_N_FISCAL_YEARS": ("YEAR", lambda n: (1, n + 1)),
    "N_FISCAL_YEARS_AGO": ("YEAR", lambda n: (-n, -n + 1)),
}
"""The same of a literal with a number."""


def first_and_last(name: str, n: int | None, today: dt.date) -> tuple[dt.date, dt.date]:
    """The first day of a literal, and the first day after it."""
    if n is None:
        unit, start, end = PLAIN[name]
    else:
        unit, ends = COUNTED[name]
        start, end = ends(n)
    return step(today, BEGINS[unit], start), step(today, BEGINS[unit], end)


def step(today: dt.date, begins: Begins, units: int) -> dt.date:
    """The day on which the unit begins that is so many after that of today."""
    day = today
    while not begins(day):
        day -= ONE
    for _ in range(abs(units)):
        day += ONE if units > 0 else -ONE
        while not begins(day):
            day += ONE if units > 0 else -ONE
    return day
