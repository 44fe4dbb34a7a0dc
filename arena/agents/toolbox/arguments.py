"""What tools are given, checked: Ids, days, windows, numbers; a refusal says what to do instead."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.ids import full_id
from orgsmith.arena.solver.desk import Desk, quoted
from orgsmith.arena.tasks.question import Asked, Parameter
from orgsmith.schema.objects import OBJECTS

MOST_IDS = 4_000
"""Ids that a list may hold."""

MOST_SHOWN = 50
"""Records that a search may be asked for."""

_BATCH = 1_000
"""Ids of one statement."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CITED = 60
_LONGEST_NAME = 1_000


def record_id(text: str, object_name: str) -> str:
    """The 18 characters of an Id of an object.

    Raises:
        ToolError: it is no Id, or that of another object.
    """
    prefix = OBJECTS[object_name].key_prefix
    found = full_id(text.strip())
    if found is None:
        raise ToolError(
            f"{cited(text)} is not an Id: Ids of {object_name} are 15 or 18 letters and digits, "
            f"beginning with {prefix}; look the Id up first if you only have a name or a number"
        )
    if not found.startswith(prefix):
        raise ToolError(
            f"{cited(text)} is not the Id of a {object_name}, which begins with {prefix}: "
            f"{_owner_of(found)}"
        )
    return found


def record_ids(texts: Sequence[str], object_name: str, most: int = MOST_IDS) -> list[str]:
    """The Ids of a list, each once.

    Raises:
        ToolError: one is wrong, or they are too many.
    """
    if len(texts) > most:
        raise ToolError(
            f"{len(texts):,} Ids are too many, at most {most:,} are taken: ask for a shorter "
            "window, or for fewer at a time"
        )
    return list(dict.fromkeys(record_id(text, object_name) for text in texts))


def some_ids(texts: Sequence[str], object_name: str, name: str, most: int = MOST_IDS) -> list[str]:
    """The Ids of a condition, each once.

    Raises:
        ToolError: there are none: it may mean that any will do, or that none does; or one is wrong,
            or they are too many.
    """
    if not texts:
        raise ToolError(
            f"the list of Ids for {name} is empty: leave it out if any {object_name} will do; if "
            "none was found before, then nothing fits"
        )
    return record_ids(texts, object_name, most)


def known(desk: Desk, text: str, object_name: str) -> str:
    """The Id of a record that exists.

    Raises:
        ToolError: it is no Id of the object, or no record has it.
    """
    found = record_id(text, object_name)
    if not desk.query(f"SELECT Id FROM {object_name} WHERE Id = {quoted(found)}"):
        raise ToolError(f"there is no {object_name} with the Id {found}: check where it comes from")
    return found


def day(text: str, name: str) -> dt.date:
    """The day of an argument.

    Raises:
        ToolError: it is none.
    """
    try:
        if _DAY.fullmatch(text.strip()):
            return dt.date.fromisoformat(text.strip())
    except ValueError:
        # The thirtieth of February looks like a day.
        pass
    raise ToolError(f"{name} is {cited(text)}, which is no day: write it as YYYY-MM-DD")


def window(desk: Desk, start: str, end: str, **more: Parameter) -> Asked:
    """The window [start, end) as solvers take it, with what else they are to know.

    Raises:
        ToolError: one is no day, or they are in the wrong order.
    """
    first, after = day(start, "start"), day(end, "end")
    if first >= after:
        raise ToolError(
            f"start {first} is not before end {after}: end is the first day that does not count, "
            "for a single day the day after start"
        )
    told = {"start": first.isoformat(), "end": after.isoformat(), **more}
    return Asked("tool", desk.today, told, "")


def at_least(number: int, least: int, name: str) -> int:
    """A number that must not be smaller.

    Raises:
        ToolError: it is.
    """
    if number < least:
        raise ToolError(f"{name} is {number}, but must be {least} or more")
    return number


def one_of(text: str, choices: Sequence[str], name: str) -> str:
    """A word that is one of a few.

    Raises:
        ToolError: it is another.
    """
    if text not in choices:
        raise ToolError(f"{name} is {cited(text)}: take {' or '.join(choices)}")
    return text


def shown(limit: int) -> int:
    """How many records are to be shown.

    Raises:
        ToolError: none, or too many.
    """
    if not 1 <= limit <= MOST_SHOWN:
        raise ToolError(f"limit is {limit}, but must lie between 1 and {MOST_SHOWN}")
    return limit


def name_of(text: str, name: str) -> str:
    """A name that is looked for.

    Raises:
        ToolError: it is empty, or too long for one.
    """
    if not text.strip():
        raise ToolError(f"{name} is empty: say whom or what to look for")
    if len(text) > _LONGEST_NAME:
        raise ToolError(f"{name} has {len(text):,} characters, which no name has: give fewer words")
    return text.strip()


def listed(ids: Sequence[str]) -> str:
    """Ids as SOQL lists them after IN."""
    return f"({', '.join(map(quoted, ids))})"


def batches(ids: Sequence[str]) -> Iterator[str]:
    """Ids as SOQL lists them, in as many lists as it takes."""
    for start in range(0, len(ids), _BATCH):
        yield listed(ids[start : start + _BATCH])


def cited(text: str) -> str:
    """A text as a message quotes it."""
    return repr(text if len(text) <= _CITED else f"{text[:_CITED]}...")


def _owner_of(key: str) -> str:
    for name, declared in OBJECTS.items():
        if key.startswith(declared.key_prefix):
            return f"it is that of a {name}"
    return "it is that of no object of this org"
