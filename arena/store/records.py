"""Records as the org itself writes them: with an Id, running numbers and its dates, unchecked."""

import datetime as dt
from collections.abc import Mapping, Sequence

from orgsmith.arena.catalog import Entity
from orgsmith.arena.store.defaults import RULES
from orgsmith.arena.store.overlay import Overlay
from orgsmith.arena.store.row import Change, Row, Value
from orgsmith.arena.store.serials import new_id, next_number
from orgsmith.schema.declaration import Kind

_MODIFIED = ("LastModifiedDate", "SystemModstamp")


def blank(entity: Entity) -> Row:
    """A record without a value: checkboxes are false."""
    return {
        name: False if column.kind is Kind.BOOLEAN else None
        for name, column in entity.columns.items()
    }


def insert(
    overlay: Overlay,
    entity: Entity,
    values: Mapping[str, Value],
    now: dt.datetime,
    given: frozenset[str] = frozenset(),
) -> Change:
    """Write a new record.

    Args:
        overlay: the session's writes.
        entity: the object.
        values: what it holds, the rest is left empty.
        now: when, UTC without a zone.
        given: the fields that the request named.
    """
    numbers = {
        name: next_number(overlay, entity, name, width)
        for name, width in RULES[entity.name].numbers.items()
    }
    dates = dict.fromkeys(("CreatedDate", *_MODIFIED), now)
    key = new_id(overlay, entity.key_prefix)
    row = {**blank(entity), **values, **numbers, **dates, "Id": key}
    change = Change(entity, None, row, given)
    overlay.put([change])
    return change


def amend(
    overlay: Overlay,
    entity: Entity,
    rows: Sequence[Row],
    values: Mapping[str, Value],
    now: dt.datetime,
    given: frozenset[str] = frozenset(),
) -> list[Change]:
    """Give records of an object, one or many, other values in some fields; arguments as insert."""
    dated = {**values, **dict.fromkeys(_MODIFIED, now)}
    changes = [Change(entity, row, {**row, **dated}, given) for row in rows]
    overlay.put(changes)
    return changes


def parent_entity(overlay: Overlay, change: Change, reference: str) -> Entity:
    """The object that a reference leads to."""
    parent = change.entity.columns[reference].parent
    assert parent is not None
    return overlay.catalog.entities[parent]


def parent_row(overlay: Overlay, change: Change, reference: str) -> Row:
    """The record that a reference leads to, which is known to be there."""
    found = overlay.row(parent_entity(overlay, change, reference), str(change.new[reference]))
    assert found is not None
    return found
