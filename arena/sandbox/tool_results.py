"""What tools return of records: few enough to read, and honest about what was left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import BaseModel, Field

from orgsmith.arena.record import Record

MOST_RECORDS = 200
MOST_CHARACTERS = 40_000
"""Of one result; an agent has to read it all."""

_LONGEST = 4_000
_MOST_LISTED = 50
"""Characters of a value, and children of a record, where a record is too large as a whole."""


class Found(BaseModel):
    """Records that were found."""

    total: int = Field(description="How many were found in all; what COUNT() counted")
    records: list[dict[str, Any]] = Field(description="Those that are returned")
    note: str = Field(description="What was left out, and how to get it; empty if nothing was")


@dataclass(frozen=True, slots=True)
class Fitted:
    """As many records as may be returned, each as JSON; `cut` if one had to be shortened."""

    records: list[Record]
    lines: list[str]
    cut: bool


def fitted(records: Iterable[Record], *, typed: bool = False) -> Fitted:
    """The first records that fit together; one at least.

    Args:
        records: as the REST API returns them.
        typed: whether each says of which object it is.
    """
    kept: list[Record] = []
    lines: list[str] = []
    room, cut = MOST_CHARACTERS, False
    for record in records:
        plain: Record = _without_attributes(record)
        if typed:
            plain = {"type": record["attributes"]["type"], **plain}
        line = _line(plain)
        if len(line) > room:
            if kept:
                break
            cut, plain = True, _shortened(plain)
            line = _line(plain)
        kept.append(plain)
        lines.append(line)
        room -= len(line)
    return Fitted(kept, lines, cut)


def _line(record: Record) -> str:
    return orjson.dumps(record).decode()


def _without_attributes(value: Any) -> Any:  # noqa: ANN401 - whatever a record holds
    """A value without the attributes of the records in it."""
    if isinstance(value, dict):
        return {
            name: _without_attributes(each) for name, each in value.items() if name != "attributes"
        }
    return [_without_attributes(each) for each in value] if isinstance(value, list) else value


def _shortened(record: Record) -> Record:
    """A record that fits: long values and lists of children are cut, as often as needed."""
    longest, listed = _LONGEST, _MOST_LISTED
    while len(_line(short := _short(record, longest, listed))) > MOST_CHARACTERS:
        longest, listed = longest // 2, max(1, listed // 2)
    return short  # type: ignore[no-any-return]


def _short(value: Any, longest: int, listed: int) -> Any:  # noqa: ANN401 - as _without_attributes
    if isinstance(value, str) and len(value) > longest:
        return f"{value[:longest]}... ({len(value) - longest:,} more characters)"
    if isinstance(value, dict):
        return {name: _short(each, longest, listed) for name, each in value.items()}
    if isinstance(value, list):
        return [_short(each, longest, listed) for each in value[:listed]]
    return value
