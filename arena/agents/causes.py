"""Why an answer is wrong, as far as what an agent did tells it: no model is asked."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from orgsmith.arena.agents.exam import Item
from orgsmith.arena.scoring.verdict import Kind, Verdict

LOOKED_UP = frozenset({"User", "Issue__c", "Contact", "Product2"})
"""Objects that are only asked for names and Ids: nothing is counted in them."""

_OBJECTS = re.compile(r"\b(?:FROM|RETURNING)\s+(\w+)", re.IGNORECASE)
_DAYS = re.compile(r"\b\d{4}-\d\d-\d\d")
_DAY = dt.timedelta(days=1)


class Cause(StrEnum):
    """Why an answer is wrong.

    `TURN_LIMIT`, `FORMAT` (most replies held no action that could be carried out), `CONTEXT_FULL`
    and `REFUSED` tell how the work ended. `GAVE_UP` answered nothing of the kind that was asked
    for, `GUESSED` never asked the org. `WRONG_TOOL` never asked for the objects in which the answer
    lies, `WRONG_WINDOW` asked for other days than the question's. `NEXT_BEST` names who came
    second: a rule about ties, support or what counts was missed. `SAID_NONE` and `MISSED_NONE` are
    about None, `SEVERAL` names more than was asked for, `WRONG_VALUE` is all else.
    """

    TURN_LIMIT = "turn limit"
    FORMAT = "format"
    CONTEXT_FULL = "context full"
    REFUSED = "refused"
    GAVE_UP = "gave up"
    GUESSED = "guessed"
    SEVERAL = "several answers"
    WRONG_TOOL = "wrong tool"
    WRONG_WINDOW = "wrong window"
    SAID_NONE = "said none"
    MISSED_NONE = "missed none"
    NEXT_BEST = "next best"
    WRONG_VALUE = "wrong value"


@dataclass(frozen=True, slots=True)
class Sought:
    """What a question asks for, as far as causes tell it.

    `objects` are those in which the answer lies, `start` and `end` the days of its window (the end
    is the first day after it), `runner_up` is the answer that came second.
    """

    objects: tuple[str, ...]
    start: str | None
    end: str | None
    runner_up: str | None

    @classmethod
    def of(cls, item: Item) -> "Sought":
        """What a question asks for."""
        answer = item.answer
        needed = set(_OBJECTS.findall(answer.solver_query))
        start, end = (answer.parameters.get(name) for name in ("start", "end"))
        return cls(
            tuple(sorted(needed - LOOKED_UP or needed)),
            start if isinstance(start, str) else None,
            end if isinstance(end, str) else None,
            answer.runner_up,
        )


@dataclass(frozen=True, slots=True)
class Work:
    """What an agent did on a question.

    `unfinished` says why it never answered, None if it did; `idle` is the number of its `turns`
    that held no action that could be carried out. `statements` are those that the org was sent,
    `objects` what they asked for.
    """

    unfinished: Cause | None
    turns: int
    idle: int
    statements: Sequence[str]
    objects: Iterable[str]


def cause_of(sought: Sought, verdict: Verdict, work: Work) -> Cause | None:
    """Why an answer is wrong; None if it is right."""
    if verdict.score >= 1:
        return None
    if work.unfinished is not None:
        mostly = work.unfinished is Cause.TURN_LIMIT and 2 * work.idle > work.turns
        return Cause.FORMAT if mostly else work.unfinished
    if verdict.kind is Kind.REFUSED:
        return Cause.REFUSED
    if verdict.kind in {Kind.UNREADABLE, Kind.UNANSWERED}:
        return Cause.GAVE_UP
    if not work.statements:
        return Cause.GUESSED
    if verdict.kind is Kind.SEVERAL:
        return Cause.SEVERAL
    return _by_what_was_asked(sought, work) or _by_answer(sought, verdict)


def _by_what_was_asked(sought: Sought, work: Work) -> Cause | None:
    if set(sought.objects).isdisjoint(work.objects):
        return Cause.WRONG_TOOL
    return None if _window_fits(sought, work.statements) else Cause.WRONG_WINDOW


def _window_fits(sought: Sought, statements: Iterable[str]) -> bool:
    """Whether the days of a question's window stand in what was asked; of none, nothing is said."""
    days = {day for each in statements for day in _DAYS.findall(each)}
    if sought.start is None or sought.end is None or not days:
        return True
    # The end is the first day after the window: many write the last one in it.
    last = dt.date.fromisoformat(sought.end) - _DAY
    return sought.start in days and not days.isdisjoint({sought.end, last.isoformat()})


def _by_answer(sought: Sought, verdict: Verdict) -> Cause:
    if verdict.kind is Kind.NONE_WRONG:
        return Cause.SAID_NONE
    if verdict.kind is Kind.NONE_MISSED:
        return Cause.MISSED_NONE
    return Cause.NEXT_BEST if sought.runner_up in verdict.said else Cause.WRONG_VALUE
