"""Date literals: spans of days that are told from today, such as LAST_N_DAYS:30.

Spans are half-open, [start, end). Weeks begin on Sunday, as in Salesforce's locale en_US, and
fiscal years in January. Source: Salesforce, "SOQL and SOSL Reference", Date Formats and Date
Literals.
"""

import datetime as dt
import re
from typing import NamedTuple

LAST_DAYS = 90
"""Days of LAST_90_DAYS and NEXT_90_DAYS."""

MOST = 10_000
"""Greatest n; what leads out of the calendar is refused anyway."""


class Span(NamedTuple):
    """Days from start up to, but not with, end."""

    start: dt.date
    end: dt.date


_SINGLE = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
_PATTERN = re.compile(
    r"(?P<which>LAST|THIS|NEXT)_(?P<many>N_)?(?P<unit>DAY|WEEK|(?:FISCAL_)?(?:MONTH|QUARTER|YEAR))S?"
    r"|N_(?P<ago>DAY|WEEK|(?:FISCAL_)?(?:MONTH|QUARTER|YEAR))S_AGO"
)
_UNITS = ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR")
NAMES = frozenset(
    {*_SINGLE, "LAST_90_DAYS", "NEXT_90_DAYS"}
    | {f"{which}_{unit}" for which in ("LAST", "THIS", "NEXT") for unit in _UNITS[1:]}
    | {f"{which}_N_{unit}S" for which in ("LAST", "NEXT") for unit in _UNITS}
    | {f"N_{unit}S_AGO" for unit in _UNITS}
)


def span(name: str, count: int | None, today: dt.date) -> Span:
    """The days that a literal means.

    Args:
        name: the literal in capitals, without its number.
        count: its number, None if it has none.
        today: the day it is told from.

    Raises:
        ValueError: there is no such literal, or its number is missing, superfluous or too great.
    """
    if name not in NAMES:
        raise ValueError(f"there is no date literal {name}")
    counted = "N_" in name.replace("_IN_", "")
    if counted and count is None:
        raise ValueError(f"{name} needs a number: {name}:n")
    if not counted and count is not None:
        raise ValueError(f"{name} takes no number")
    if count is not None and not 0 <= count <= MOST:
        raise ValueError(f"the number of {name} must lie between 0 and {MOST}")
    try:
        return _span(name, count or 0, today)
    except (OverflowError, ValueError):
        raise ValueError(f"{name} leads out of the calendar") from None


def _span(name: str, n: int, today: dt.date) -> Span:
    if name in _SINGLE:
        return _days(today, _SINGLE[name], 1)
    if name in {"LAST_90_DAYS", "NEXT_90_DAYS"}:
        name, n = name.replace("90", "N"), LAST_DAYS
    match = _PATTERN.fullmatch(name)
    assert match is not None
    if match["ago"]:
        return _units(match["ago"], today, -n, 1)
    unit, which = match["unit"], match["which"]
    if match["many"]:
        if unit == "DAY" and which == "LAST":
            # Today belongs to it: Salesforce counts up to this moment.
            return _days(today, -n, n + 1)
        return _units(unit, today, -n if which == "LAST" else 1, n)
    return _units(unit, today, {"LAST": -1, "THIS": 0, "NEXT": 1}[which], 1)


def _units(unit: str, today: dt.date, first: int, many: int) -> Span:
    """`many` units on end, the first of them `first` units after that of today."""
    unit = unit.removeprefix("FISCAL_")
    if unit == "DAY":
        return _days(today, first, many)
    if unit == "WEEK":
        sunday = today - dt.timedelta(days=today.isoweekday() % 7)
        return _days(sunday, 7 * first, 7 * many)
    months = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}[unit]
    here = (today.year * 12 + today.month - 1) // months
    return Span(_month((here + first) * months), _month((here + first + many) * months))


def _days(day: dt.date, first: int, many: int) -> Span:
    start = day + dt.timedelta(days=first)
    return Span(start, start + dt.timedelta(days=many))


def _month(number: int) -> dt.date:
    """The first day of a month counted from year 0."""
    return dt.date(number // 12, number % 12 + 1, 1)
