"""Time as a solver reckons with it: the window of a question, instants, and means of durations."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from orgsmith.arena.solver.desk import moment
from orgsmith.arena.tasks.question import Asked

_MICROSECOND = dt.timedelta(microseconds=1)
_PER_SECOND = 1_000_000


def within(field: str, asked: Asked) -> str:
    """The SOQL condition that a date-time lies in a question's window, and before its day."""
    start, end = asked.day("start"), min(asked.day("end"), asked.today)
    return f"{field} >= {moment(start)} AND {field} < {moment(end)}"


def window(asked: Asked) -> str:
    """A question's window as people read it."""
    return f"[{asked.text('start')}, {asked.text('end')})"


def instant(text: str) -> dt.datetime:
    """A date-time as records write it, in UTC."""
    return dt.datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Closing:
    """A closed case: how long it was open."""

    case: str
    took: dt.timedelta

    @classmethod
    def of(cls, case: str, created: str, closed: str) -> "Closing":
        """A case by its date-times as records write them."""
        return cls(case, instant(closed) - instant(created))


def mean(closings: list[Closing]) -> Fraction:
    """The mean time to close, in microseconds and exact; there must be a case."""
    total = sum((closing.took for closing in closings), dt.timedelta())
    return Fraction(total // _MICROSECOND, len(closings))


def spelled(microseconds: Fraction) -> str:
    """A duration in hours and minutes, rounded: "7 h 12 min"."""
    minutes = round(microseconds / (60 * _PER_SECOND))
    return f"{minutes // 60} h {minutes % 60} min"
