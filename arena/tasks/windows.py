"""Spans of time as questions name them: half-open, in days of UTC, complete before today."""

import calendar
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from orgsmith.schema.organisation import Organisation, months_before

WINDOW_RULE = (
    "Q1, Q2, Q3 and Q4 of a year are calendar quarters. Spring is March to May, summer June to "
    "August, fall September to November; the winter of a year runs from December of that year "
    "through February of the next. Of a range of days both the first and the last count. What is "
    "past ends with yesterday: the past N days are the N days before today, the past N weeks the "
    "7N days before it, and the past N months, or the past quarters as 3 months each, begin on the "
    "same day of the month so many months before today, or on that month's last day if it has no "
    "such day."
)

MOST_CASES = 2_000
"""Cases that a window may hold on average: what a query returns in one page."""

SHORT_RANGE, LONG_RANGE = 10, 150
"""Days of the shortest and longest range of days that is named, where cases are few."""

SETTLED_DAYS = 180
"""Days from the organisation's first on which no question is asked yet."""

LATEST_DAYS = 120
"""Days after its end within which people still ask about a named window."""


@dataclass(frozen=True, slots=True)
class Window:
    """A span [start, end) as a question says it; `words` bring their preposition."""

    start: dt.date
    end: dt.date
    today: dt.date
    words: str
    named: bool
    """Whether it is told by the calendar, not from today."""


Told = tuple[dt.date, dt.date, dt.date, str, bool]
"""The values of a window, in order."""

_SEASONS = {"spring": 3, "summer": 6, "fall": 9, "winter": 12}


def windows(
    organisation: Organisation, cases: int, count: int, rng: np.random.Generator
) -> Iterator[Window]:
    """Windows of every kind, drawn at random; some may come twice.

    Args:
        organisation: whose time is cut.
        cases: how many cases there are in it.
        count: how many windows.
        rng: random stream.
    """
    longest = max(2, int(MOST_CASES * organisation.days / max(cases, 1)))
    kinds: list[tuple[int, Callable[..., Told]]] = [
        (1, _range),
        (14, _days),
        (21, _weeks),
        (31, _month),
        (62, _months),
        (92, _quarter),
        (92, _season),
        (92, _quarters),
    ]
    fitting = [kind for least, kind in kinds if least <= longest]
    for _ in range(count):
        kind = fitting[int(rng.integers(len(fitting)))]
        window = Window(*kind(organisation, longest, rng))
        if organisation.start <= window.start and window.today <= organisation.as_of:
            yield window


def later_day(
    organisation: Organisation, end: dt.date, rng: np.random.Generator, within: int = LATEST_DAYS
) -> dt.date:
    """A day on which something that ended may be asked about."""
    latest = min(organisation.as_of, end + dt.timedelta(days=within))
    return end + dt.timedelta(days=int(rng.integers(0, max((latest - end).days, 0) + 1)))


def long_day(day: dt.date) -> str:
    """A day as it stands in a sentence: `March 1, 2023`."""
    return f"{calendar.month_name[day.month]} {day.day}, {day.year}"


def long_month(day: dt.date) -> str:
    """A month as it stands in a sentence: `March 2023`."""
    return f"{calendar.month_name[day.month]} {day.year}"


def months_after(day: dt.date, months: int) -> dt.date:
    """The first day of the month some months after a first day."""
    return months_before(day, -months)


def counted(number: int, unit: str) -> str:
    """`past week`, `past 3 weeks`."""
    return f"past {unit}" if number == 1 else f"past {number} {unit}s"


def _today(organisation: Organisation, rng: np.random.Generator) -> dt.date:
    first = min(SETTLED_DAYS, organisation.days - 1)
    return organisation.start + dt.timedelta(days=int(rng.integers(first, organisation.days + 1)))


def _named(
    organisation: Organisation, start: dt.date, end: dt.date, words: str, rng: np.random.Generator
) -> Told:
    return start, end, later_day(organisation, end, rng), words, True


def _month(organisation: Organisation, longest: int, rng: np.random.Generator) -> Told:
    del longest
    start = _first(_today(organisation, rng))
    return _named(organisation, start, months_after(start, 1), f"in {long_month(start)}", rng)


def _quarter(organisation: Organisation, longest: int, rng: np.random.Generator) -> Told:
    del longest
    day = _today(organisation, rng)
    number = (day.month - 1) // 3
    start = dt.date(day.year, 3 * number + 1, 1)
    words = f"in Q{number + 1} {day.year}"
    return _named(organisation, start, months_after(start, 3), words, rng)


def _season(organisation: Organisation, longest: int, rng: np.random.Generator) -> Told:
    del longest
    season = list(_SEASONS)[int(rng.integers(len(_SEASONS)))]
    year = _today(organisation, rng).year
    start = dt.date(year, _SEASONS[season], 1)
    words = f"in the {season} of {year}"
    return _named(organisation, start, months_after(start, 3), words, rng)


def _range(organisation: Organisation, longest: int, rng: np.random.Generator) -> Told:
    # Where cases are many, a day or two tell agents apart.
    shortest = min(SHORT_RANGE, max(1, longest // 100))
    days = int(rng.integers(shortest, min(LONG_RANGE, longest) + 1))
    end = _today(organisation, rng)
    start = end - dt.timedelta(days=days)
    last = end - dt.timedelta(days=1)
    first = long_day(start)
    if start.year == last.year:
        first = first.partition(",")[0]
    words = f"between {first} and {long_day(last)}"
    if start == last:
        words = f"on {long_day(start)}"
    return _named(organisation, start, end, words, rng)


def _past(today: dt.date, start: dt.date, number: int, unit: str) -> Told:
    return start, today, today, f"in the {counted(number, unit)}", False


def _days(organisation: Organisation, longest: int, rng: np.random.Generator) -> Told:
    number = int(rng.integers(14, min(90, max(longest, 14)) + 1))
    today = _today(organisation, rng)
    return _past(today, today - dt.timedelta(days=number), number, "day")


def _weeks(organisation: Organisation, longest: int, rng: np.random.Generator) -> Told:
    number = int(rng.integers(3, min(12, max(longest // 7, 3)) + 1))
    today = _today(organisation, rng)
    return _past(today, today - dt.timedelta(weeks=number), number, "week")


def _months(organisation: Organisation, longest: int, rng: np.random.Generator) -> Told:
    number = int(rng.integers(2, min(14, max(longest // 31, 2)) + 1))
    today = _today(organisation, rng)
    return _past(today, months_before(today, number), number, "month")


def _quarters(organisation: Organisation, longest: int, rng: np.random.Generator) -> Told:
    number = int(rng.integers(1, min(4, max(longest // 92, 1)) + 1))
    today = _today(organisation, rng)
    return _past(today, months_before(today, 3 * number), number, "quarter")


def _first(day: dt.date) -> dt.date:
    return day.replace(day=1)
