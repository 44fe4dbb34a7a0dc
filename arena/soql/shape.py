"""How rows of the engine become records: nested parents, values in Salesforce's forms."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orgsmith.arena.record import Record, attributes
from orgsmith.schema.declaration import Kind

Row = Sequence[Any]
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Value:
    """A selected value: its name in the record, its place in the row, its form in JSON."""

    name: str
    place: int
    convert: Convert | None


@dataclass(slots=True)
class Shape:
    """A record: its object, the place of its Id in the row, its values, parents and children.

    `entity` is empty for a group of an aggregate query.
    """

    entity: str
    key: int
    parts: "list[Value | Parent | Children]"

    def record(self, row: Row, children: Sequence[dict[str, Record]] = ()) -> Record | None:
        """The record of a row, None if there is none; `children` by Id, one map per sub-query."""
        if self.entity:
            key = row[self.key]
            if key is None:
                return None
            made: Record = {"attributes": attributes(self.entity, key)}
        else:
            made = {"attributes": {"type": "AggregateResult"}}
        for part in self.parts:
            if isinstance(part, Value):
                value = row[part.place]
                convert = part.convert
                made[part.name] = value if convert is None or value is None else convert(value)
            elif isinstance(part, Parent):
                made[part.name] = part.shape.record(row)
            else:
                made[part.name] = children[part.number].get(row[self.key])
        return made

    @property
    def children(self) -> tuple[str, ...]:
        """Names of the relationships whose children it holds."""
        return tuple(part.name for part in self.parts if isinstance(part, Children))

    def values(self, prefix: str = "") -> Iterator[tuple[str, Value]]:
        """The flat values with their dotted names, in order; children left out."""
        for part in self.parts:
            if isinstance(part, Value):
                yield prefix + part.name, part
            elif isinstance(part, Parent):
                yield from part.shape.values(f"{prefix}{part.name}.")


@dataclass(frozen=True, slots=True)
class Parent:
    """A parent in a record, by its relationship's name."""

    name: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Children:
    """The children in a record, by their relationship's name; the number of their sub-query."""

    name: str
    number: int


def conversion(kind: Kind, shown: str = "") -> Convert | None:
    """How a value of that type is given out; None if it is as the engine has it.

    `shown` is FORMAT for the form that people read in locale en_US.
    """
    if shown == "FORMAT":
        return _FORMATTED.get(kind)
    return _PLAIN.get(kind)


def _moment(value: dt.datetime) -> str:
    return f"{value.isoformat(timespec='milliseconds')}+0000"


def _whole(value: float | Decimal | int) -> int:
    return int(value)


def _clock(value: dt.datetime) -> str:
    hour = value.hour % 12 or 12
    return f"{_day(value)}, {hour}:{value.minute:02d} {'AM' if value.hour < 12 else 'PM'}"


def _day(value: dt.date) -> str:
    return f"{value.month}/{value.day}/{value.year}"


def _dollars(value: float | Decimal) -> str:
    return f"{'-' if value < 0 else ''}${abs(value):,.2f}"


def _grouped(value: float) -> str:
    return f"{value:,.3f}".rstrip("0").rstrip(".")


_PLAIN: dict[Kind, Convert] = {
    Kind.DATETIME: _moment,
    Kind.DATE: dt.date.isoformat,
    Kind.CURRENCY: float,
    Kind.DOUBLE: float,
    Kind.INT: _whole,
}
_FORMATTED: dict[Kind, Convert] = {
    Kind.DATETIME: _clock,
    Kind.DATE: _day,
    Kind.CURRENCY: _dollars,
    Kind.DOUBLE: _grouped,
    Kind.INT: "{:,}".format,
}
