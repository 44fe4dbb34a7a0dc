"""What a record must be within its org: complete, unique, and led by references to live records."""

from collections.abc import Collection

from orgsmith.arena.catalog import Column, Entity
from orgsmith.arena.errors import OrgError
from orgsmith.arena.store.defaults import RULES, nillable
from orgsmith.arena.store.overlay import Overlay
from orgsmith.arena.store.refusals import refused
from orgsmith.arena.store.row import Row, Value
from orgsmith.arena.store.values import is_id, receivers

UNIQUE = frozenset({"Username", "UrlName"})
"""Standard fields that tell the records of an org apart, beside its custom ones."""


def check_complete(entity: Entity, row: Row, names: Collection[str]) -> None:
    """Refuse a record that is empty, in some of its fields, where it may not be.

    Raises:
        OrgError: REQUIRED_FIELD_MISSING; it names them all.
    """
    missing = tuple(
        name for name in names if row[name] is None and not nillable(entity.columns[name])
    )
    if missing:
        raise OrgError(
            "REQUIRED_FIELD_MISSING",
            f"Required fields are missing: [{', '.join(missing)}]",
            fields=missing,
        )


def check_references(overlay: Overlay, entity: Entity, row: Row, names: Collection[str]) -> None:
    """Refuse fields that lead to records that are not there, or are deleted.

    Raises:
        OrgError: INVALID_CROSS_REFERENCE_KEY.
    """
    for name in names:
        column, value = entity.columns[name], row[name]
        for record in receivers(column, value):
            _check_alive(overlay, column, record)
        if value is None:
            continue
        if column.parent is not None:
            _check_alive(overlay, column, str(value))
        elif is_id(column) and not _known(overlay, column, value):
            raise _dangling(column, str(value))


def tells_apart(column: Column) -> bool:
    """Whether no two records of an org may have the same value; published ones differ in more."""
    return column.unique and (column.custom or column.name in UNIQUE)


def check_unique(
    overlay: Overlay, entity: Entity, row: Row, names: Collection[str], key: str = ""
) -> None:
    """Refuse a record that another one is the same as, where no two may be.

    Args:
        overlay: the session's writes.
        entity: the object.
        row: the record.
        names: the fields that are looked at.
        key: the record's own Id, if it has one yet.

    Raises:
        OrgError: DUPLICATE_VALUE.
    """
    for name in names:
        if tells_apart(entity.columns[name]) and row[name] is not None:
            twins = overlay.find(
                entity, f'lower("{name}") = lower($1) AND "Id" <> $2', [row[name], key]
            )
            if twins:
                raise _duplicate((name,), twins[0])
    together = RULES[entity.name].together
    if together and not key:
        condition = " AND ".join(f'"{name}" = ${place}' for place, name in enumerate(together, 1))
        twins = overlay.find(entity, condition, [row[name] for name in together])
        if twins:
            raise _duplicate(together, twins[0])


def _check_alive(overlay: Overlay, column: Column, record: str) -> None:
    parent = overlay.catalog.of_id(record)
    if parent is None or not overlay.alive(parent, record):
        raise _dangling(column, record)


def _known(overlay: Overlay, column: Column, value: Value) -> bool:
    """Whether any record of the org has an id of an object that the org does not show.

    The session of a visitor is each chat's own.
    """
    if column.name == "LiveChatVisitorId":
        return True
    entity = overlay.catalog.entities[column.entity]
    return bool(overlay.find(entity, f'"{column.name}" = $1', [value]))


def _dangling(column: Column, record: str) -> OrgError:
    return refused(
        "INVALID_CROSS_REFERENCE_KEY",
        column,
        f"{column.label}: invalid cross reference id: {record}",
    )


def _duplicate(names: tuple[str, ...], twin: Row) -> OrgError:
    return OrgError(
        "DUPLICATE_VALUE",
        f"duplicate value found: {', '.join(names)} duplicates value on record with id: "
        f"{twin['Id']}",
        fields=names,
    )
