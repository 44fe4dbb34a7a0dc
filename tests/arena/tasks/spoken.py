"""What the words of a question mean, read anew from the rules that an agent is told."""

import calendar
import datetime as dt
import re

_MONTHS = {name: number for number, name in enumerate(calendar.month_name) if name}
_SEASONS = {"spring": 3, "summer": 6, "fall": 9, "winter": 12}
_DAY = r"(?P<{0}month>[A-Z][a-z]+) (?P<{0}day>\d+)(?:, (?P<{0}year>\d+))?"

_PAST = re.compile(r"in the past (?:(?P<number>\d+) )?(?P<unit>day|week|month|quarter)s?")
_QUARTER = re.compile(r"in Q(?P<number>[1-4]) (?P<year>\d{4})")
_SEASON = re.compile(r"in the (?P<season>spring|summer|fall|winter) of (?P<year>\d{4})")
_MONTH = re.compile(r"in (?P<month>[A-Z][a-z]+) (?P<year>\d{4})")
_ONE_DAY = re.compile(f"on {_DAY.format('')}")
_DAYS = re.compile(f"between {_DAY.format('first_')} and {_DAY.format('last_')}")
_MONTHS_LONG = re.compile(
    r"from (?P<first>[A-Z][a-z]+)(?: (?P<first_year>\d{4}))? to (?P<last>[A-Z][a-z]+) "
    r"(?P<last_year>\d{4})"
)
_AGO = re.compile(r"(?P<number>\d+) (?P<unit>day|week|month)s? ago")

Span = tuple[dt.date, dt.date]


def span(words: str, today: dt.date) -> Span:
    """The days [start, end) that a question's window means."""
    if found := _PAST.fullmatch(words):
        return _earlier(today, int(found["number"] or 1), found["unit"]), today
    if found := _QUARTER.fullmatch(words):
        return _whole_months(int(found["year"]), 3 * int(found["number"]) - 2, 3)
    if found := _SEASON.fullmatch(words):
        return _whole_months(int(found["year"]), _SEASONS[found["season"]], 3)
    if found := _MONTH.fullmatch(words):
        return _whole_months(int(found["year"]), _MONTHS[found["month"]], 1)
    if found := _ONE_DAY.fullmatch(words):
        day = dt.date(int(found["year"]), _MONTHS[found["month"]], int(found["day"]))
        return day, day + dt.timedelta(days=1)
    found = _DAYS.fullmatch(words)
    assert found, f"no window: {words!r}"
    year = int(found["last_year"])
    last = dt.date(year, _MONTHS[found["last_month"]], int(found["last_day"]))
    year = int(found["first_year"] or year)
    first = dt.date(year, _MONTHS[found["first_month"]], int(found["first_day"]))
    return first, last + dt.timedelta(days=1)


def month_span(words: str, today: dt.date) -> Span:
    """The days [start, end) that a window of whole months means."""
    if found := _PAST.fullmatch(words):
        assert found["unit"] == "month", words
        end = today.replace(day=1)
        start = end
        for _ in range(int(found["number"])):
            start = (start - dt.timedelta(days=1)).replace(day=1)
        return start, end
    found = _MONTHS_LONG.fullmatch(words)
    assert found, f"no window of months: {words!r}"
    last = dt.date(int(found["last_year"]), _MONTHS[found["last"]], 1)
    first = dt.date(int(found["first_year"] or last.year), _MONTHS[found["first"]], 1)
    _, end = _whole_months(last.year, last.month, 1)
    return first, end


def day_ago(words: str, today: dt.date) -> dt.date:
    """The day that `3 weeks ago` means."""
    found = _AGO.fullmatch(words)
    assert found, f"no day: {words!r}"
    return _earlier(today, int(found["number"]), found["unit"])


def more_than(words: str) -> int:
    """The n of `more than n cases`."""
    if words == "at least one case":
        return 0
    found = re.fullmatch(r"more than (\d+) cases?", words)
    assert found, f"no number of cases: {words!r}"
    return int(found[1])


def _earlier(today: dt.date, number: int, unit: str) -> dt.date:
    """So many units before a day; months keep its number, or end the month they come to."""
    if unit in ("day", "week"):
        return today - dt.timedelta(days=number * {"day": 1, "week": 7}[unit])
    month = today.replace(day=1)
    for _ in range(number * {"month": 1, "quarter": 3}[unit]):
        month = (month - dt.timedelta(days=1)).replace(day=1)
    for day in range(today.day, 0, -1):
        try:
            return month.replace(day=day)
        except ValueError:
            continue
    raise AssertionError(today)


def _whole_months(year: int, month: int, number: int) -> Span:
    start = end = dt.date(year, month, 1)
    for _ in range(number):
        end = (end + dt.timedelta(days=31)).replace(day=1)
    return start, end
