"""Spans of time in words, turned into days by the rules that agents are told."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.toolbox.arguments import cited
from orgsmith.arena.agents.toolbox.periods import MONTHS, dates_of, start_before
from orgsmith.arena.solver.desk import Desk
from orgsmith.schema.organisation import months_before


class Span(NamedTuple):
    """The days [start, end)."""

    start: dt.date
    end: dt.date


_Forms = Sequence[tuple[str, Callable[[re.Match[str], dt.date, bool], Span]]]

_SPELLED = "one two three four five six seven eight nine ten eleven twelve"
_NUMBERS = {name: number for number, name in enumerate(_SPELLED.split(), 1)}
_MONTHS = {name.casefold(): number for number, name in enumerate(MONTHS, 1)}
_BY_LETTERS = {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}

_MONTH = rf"(?:{'|'.join(sorted({*_MONTHS, *_BY_LETTERS}, key=len, reverse=True))})"
_YEAR = r"\d{4}"
_UNIT = r"(?P<unit>day|week|month|quarter|year)s?"
_COUNT = rf"(?P<count>\d{{1,4}}|{'|'.join(_NUMBERS)}|a|an)"
_TO = r" ?(?:to|and|until|till|through|-|\u2013) ?"
_LEAD = re.compile(
    r"(?:(?:in|on|during|over|within|between|from|since|for|of|the|cases|created|filed) )*"
)
_UNTIL_NOW = re.compile(rf"(?: on| onwards?|{_TO}(?:now|today))$")


def resolve_window(desk: Desk, words: str, whole_months: bool = False) -> dict[str, str]:
    """Turn words for a span of time into its days: start counts, end is the first that does not.

    Understands "past 3 weeks", "Q2 2023", "winter of 2022", "March 2022", "2022", "April 9 to
    August 5, 2022", "November 2022 to March 2023", "June 3, 2023", "since March 2022" and, for a
    single day, "2 months ago". The last day or month of a range counts. What is past ends with
    yesterday, and so does what lasts since a day or period, which begins with its first day.

    Args:
        words: The words, as the question has them.
        whole_months: Whether "past N months" means the N whole calendar months before the current
            one, as in questions that compare months; otherwise they end with yesterday.
    """
    said = " ".join(re.sub(r"[,\s]+", " ", words.casefold()).split()).rstrip(".?! ")
    said = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", said)
    span = _meant(said, desk.today, whole_months)
    if span is None:
        raise ToolError(
            f"{cited(words)} is not understood: say it like one of past 3 weeks, Q2 2023, winter "
            "of 2022, March 2022, April 9 to August 5, 2022, November 2022 to March 2023, June 3, "
            "2023, since March 2022, 2 months ago"
        )
    return _spelled(span, words)


def _meant(said: str, today: dt.date, whole_months: bool) -> Span | None:
    """The days of words in small letters and without commas; None if they have no known form."""
    lead = _LEAD.match(said)
    before = lead[0] if lead else ""
    rest, until_now = _UNTIL_NOW.subn("", said[len(before) :])
    single = _in_form(_SINGLE, rest, today, whole_months)
    if single is not None:
        return _since(single, today) if until_now or "since" in before else single
    return None if until_now else _in_form(_RANGES, rest, today, whole_months)


def _since(span: Span, today: dt.date) -> Span:
    """From the first of some days on, as far as it is past."""
    if span.start >= today:
        raise ToolError(
            f"what is asked for begins on {span.start}, which is not before today, {today}: only "
            "what is past can be looked at"
        )
    return Span(span.start, today)


def _spelled(span: Span, words: str) -> dict[str, str]:
    if span.start >= span.end:
        raise ToolError(f"{cited(words)} ends before it begins: name the years of both days")
    last = span.end - dt.timedelta(days=1)
    meaning = f"{span.start} to {last}, both counting"
    return {"start": span.start.isoformat(), "end": span.end.isoformat(), "meaning": meaning}


def _past(found: re.Match[str], today: dt.date, whole_months: bool) -> Span:
    unit, count = found["unit"], _number(found["count"] or "1")
    end = today.replace(day=1) if whole_months and unit == "month" else today
    return Span(_before(end, unit, count), end)


def _ago(found: re.Match[str], today: dt.date, whole_months: bool) -> Span:
    del whole_months
    return _one(_before(today, found["unit"], _number(found["count"])))


def _named(found: re.Match[str], today: dt.date, whole_months: bool) -> Span:
    del today, whole_months
    name = found["name"]
    if name in _BY_LETTERS | _MONTHS:
        name = MONTHS[_month(name) - 1]
    return Span(*dates_of(name.capitalize(), int(found["year"])))


def _year(found: re.Match[str], today: dt.date, whole_months: bool) -> Span:
    del today, whole_months
    return Span(*dates_of("Year", int(found["year"])))


def _months(found: re.Match[str], today: dt.date, whole_months: bool) -> Span:
    del today, whole_months
    year = int(found["year2"])
    start = _date(int(found["year1"] or year), _month(found["month1"]), 1)
    return Span(start, months_before(_date(year, _month(found["month2"]), 1), -1))


def _days(found: re.Match[str], today: dt.date, whole_months: bool) -> Span:
    del today, whole_months
    year = int(found["year2"])
    start = _date(int(found["year1"] or year), _month(found["month1"]), int(found["day1"]))
    return Span(start, _one(_date(year, _month(found["month2"]), int(found["day2"]))).end)


def _day(found: re.Match[str], today: dt.date, whole_months: bool) -> Span:
    del today, whole_months
    return _one(_date(int(found["year"]), _month(found["month"]), int(found["day"])))


def _iso(found: re.Match[str], today: dt.date, whole_months: bool) -> Span:
    del today, whole_months
    return _one(_read(found["day"]))


def _isos(found: re.Match[str], today: dt.date, whole_months: bool) -> Span:
    del today, whole_months
    return Span(_read(found["first"]), _one(_read(found["last"])).end)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else _NUMBERS.get(text, 1)


def _month(text: str) -> int:
    number = _MONTHS.get(text) or _BY_LETTERS.get(text)
    if number is None:
        raise ToolError(f"{cited(text)} is no month: write its English name")
    return number


def _before(end: dt.date, unit: str, count: int) -> dt.date:
    if unit == "year":
        return start_before(end, "month", 12 * count)
    return start_before(end, unit, count)


def _one(day: dt.date) -> Span:
    return Span(day, day + dt.timedelta(days=1))


def _date(year: int, month: int, day: int) -> dt.date:
    dates_of("Year", year)
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise ToolError(f"there is no day {day} in {MONTHS[month - 1]} {year}") from error


def _read(text: str) -> dt.date:
    year, month, day = map(int, text.split("-"))
    if not 1 <= month <= len(MONTHS):
        raise ToolError(f"{cited(text)} is no day: write it as YYYY-MM-DD")
    return _date(year, month, day)


def _in_form(forms: _Forms, said: str, today: dt.date, whole_months: bool) -> Span | None:
    for pattern, span in forms:
        found = re.fullmatch(pattern, said)
        if found:
            return span(found, today, whole_months)
    return None


_ISO = r"\d{4}-\d\d-\d\d"
_SINGLE: _Forms = (
    (rf"{_COUNT} {_UNIT} ago", _ago),
    (rf"(?P<name>q[1-4]) (?:of )?(?P<year>{_YEAR})", _named),
    (rf"(?P<name>spring|summer|fall|winter) (?:of )?(?P<year>{_YEAR})", _named),
    (rf"(?P<name>{_MONTH}) (?:of )?(?P<year>{_YEAR})", _named),
    (rf"(?:year )?(?P<year>{_YEAR})", _year),
    (rf"(?P<month>{_MONTH}) (?P<day>\d\d?) (?P<year>{_YEAR})", _day),
    (rf"(?P<day>{_ISO})", _iso),
)
"""Forms of words for one day or period, each with what it means: something may last since then."""

_RANGES: _Forms = (
    # "Last week" may be that of the calendar.
    (rf"(?!(?:last|previous) \w+$)(?:past|last|previous) (?:{_COUNT} )?{_UNIT}", _past),
    (
        rf"(?P<month1>{_MONTH})(?: (?P<year1>{_YEAR}))?{_TO}"
        rf"(?P<month2>{_MONTH}) (?P<year2>{_YEAR})",
        _months,
    ),
    (
        rf"(?P<month1>{_MONTH}) (?P<day1>\d\d?)(?: (?P<year1>{_YEAR}))?{_TO}"
        rf"(?P<month2>{_MONTH}) (?P<day2>\d\d?) (?P<year2>{_YEAR})",
        _days,
    ),
    (rf"(?P<first>{_ISO}){_TO}(?P<last>{_ISO})", _isos),
)
"""Forms of words that have an end of their own, each with what it means."""
