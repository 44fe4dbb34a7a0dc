"""A record as the store holds it, and a change of one."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from orgsmith.arena.catalog import Entity

Value = str | int | float | bool | Decimal | dt.date | None
"""A value of a field: datetimes without a zone are UTC, currency is Decimal in whole cents."""

Row = Mapping[str, Value]
"""A record: every field of its object by name, in the order of the catalog."""

Values = Mapping[str, Value]
"""Some fields of a record."""


@dataclass(frozen=True, slots=True)
class Change:
    """A record before and after a write.

    `old` is None for a new record; a deleted one stays, as `new` with IsDeleted. `given` are the
    fields that the request named.
    """

    entity: Entity
    old: Row | None
    new: Row
    given: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """The record's Id."""
        return str(self.new["Id"])

    def changes(self, name: str) -> bool:
        """Whether the value of a field becomes another; that of a new record from nothing."""
        before = None if self.old is None else self.old[name]
        return before != self.new[name]
