"""Writes and reads of a session, by names of objects."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from orgsmith.arena.catalog import Entity
from orgsmith.arena.errors import OrgError
from orgsmith.arena.store import writes
from orgsmith.arena.store.overlay import Overlay
from orgsmith.arena.store.row import Row

NOW = dt.datetime(2026, 1, 5, 9, 30, 15, 250_000, tzinfo=dt.UTC)
STORED_NOW = dt.datetime.fromisoformat("2026-01-05T09:30:15")
LATER = NOW + dt.timedelta(minutes=7)
STORED_LATER = STORED_NOW + dt.timedelta(minutes=7)


@dataclass(frozen=True)
class Desk:
    """A session at work."""

    overlay: Overlay

    def entity(self, name: str) -> Entity:
        """An object."""
        return self.overlay.catalog.entities[name]

    def create(self, name: str, values: Mapping[str, object], now: dt.datetime = NOW) -> str:
        """A new record's Id."""
        return writes.create(self.overlay, self.entity(name), values, now)

    def update(
        self, name: str, record: str, values: Mapping[str, object], now: dt.datetime = LATER
    ) -> None:
        """Change a record."""
        writes.update(self.overlay, self.entity(name), record, values, now)

    def delete(self, name: str, record: str, now: dt.datetime = LATER) -> None:
        """Delete a record."""
        writes.delete(self.overlay, self.entity(name), record, now)

    def rows(self, name: str, condition: str = "true", *bound: object) -> list[Row]:
        """What a reader finds, deleted ones too, in order of Id."""
        with self.overlay.cursor() as cursor:
            found = cursor.execute(
                f'SELECT * FROM {self.overlay.source(name)} WHERE {condition} ORDER BY "Id"',
                list(bound),
            ).fetchall()
        return [dict(zip(self.entity(name).columns, row, strict=True)) for row in found]

    def row(self, name: str, record: str) -> Row:
        """One record."""
        (found,) = self.rows(name, '"Id" = $1', record)
        return found

    def some(self, name: str, condition: str = "true", *bound: object) -> Row:
        """The first live record that meets a condition."""
        return self.rows(name, f'({condition}) AND NOT "IsDeleted"', *bound)[0]


def refusal(action: Callable[[], object]) -> OrgError:
    """The error with which an action is refused."""
    with pytest.raises(OrgError) as caught:
        action()
    return caught.value
