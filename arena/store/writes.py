"""Creating, changing and deleting records by Salesforce's rules, as requests ask for it."""

import datetime as dt
from collections.abc import Mapping

from orgsmith.arena.catalog import Catalog, Column, Entity
from orgsmith.arena.errors import OrgError
from orgsmith.arena.ids import full_id
from orgsmith.arena.store.checks import check_complete, check_references, check_unique
from orgsmith.arena.store.defaults import (
    RULES,
    Computed,
    createable,
    running_user,
    updateable,
    usual,
)
from orgsmith.arena.store.deletion import remove
from orgsmith.arena.store.effects import On, completed, follow
from orgsmith.arena.store.overlay import Overlay
from orgsmith.arena.store.records import amend, blank, insert
from orgsmith.arena.store.refusals import cut
from orgsmith.arena.store.row import Change, Row, Value
from orgsmith.arena.store.scalars import utc
from orgsmith.arena.store.serials import new_id
from orgsmith.arena.store.values import decoded

VISITOR_PREFIX = "571"
"""How ids of visitors' sessions begin; the org does not show that object."""


def normalised_id(entity: Entity, text: str) -> str:
    """The 18 characters of the Id of a record of an object, from 15, or from 18 in any case.

    Raises:
        OrgError: MALFORMED_ID, it is no id of that object.
    """
    whole = full_id(text)
    if whole is None or not whole.startswith(entity.key_prefix):
        raise OrgError(
            "MALFORMED_ID", f"{entity.label} ID: id value of incorrect type: {cut(text)}"
        )
    return whole


def create(overlay: Overlay, entity: Entity, values: Mapping[str, object], now: dt.datetime) -> str:
    """Write a new record.

    Args:
        overlay: the session's writes.
        entity: the object.
        values: JSON values by the names of fields, in any case.
        now: when, with a zone.

    Returns:
        Its Id.

    Raises:
        OrgError: a value does not fit, or one is missing.
    """
    given = _given(overlay.catalog, entity, values, new=True)
    at = utc(now)
    with overlay.transaction():
        row: Row = {**blank(entity), **given}
        check_complete(entity, row, RULES[entity.name].required)
        check_references(overlay, entity, row, given)
        row = _with_defaults(overlay, entity, row, given, at)
        change = completed(overlay, Change(entity, None, row, frozenset(given)), at)
        check_unique(overlay, entity, change.new, given)
        written = insert(overlay, entity, change.new, at, change.given)
        follow(overlay, written, at, On.CREATE)
        return written.key


def update(
    overlay: Overlay,
    entity: Entity,
    record_id: str,
    values: Mapping[str, object],
    now: dt.datetime,
) -> None:
    """Change fields of a record; arguments as `create`.

    Raises:
        OrgError: MALFORMED_ID, NOT_FOUND or ENTITY_IS_DELETED (404), or a value does not fit.
    """
    key = normalised_id(entity, record_id)
    given = _given(overlay.catalog, entity, values, new=False)
    at = utc(now)
    with overlay.transaction():
        old = _existing(overlay, entity, key)
        row = {**old, **given}
        check_complete(entity, row, given)
        check_references(overlay, entity, row, given)
        change = completed(overlay, Change(entity, old, row, frozenset(given)), at)
        check_unique(overlay, entity, change.new, given, key)
        for written in amend(overlay, entity, [old], change.new, at, change.given):
            follow(overlay, written, at, On.UPDATE)


def delete(overlay: Overlay, entity: Entity, record_id: str, now: dt.datetime) -> None:
    """Put a record into the recycle bin, with what belongs to it (see `deletion`).

    Raises:
        OrgError: MALFORMED_ID, NOT_FOUND or ENTITY_IS_DELETED (404), or DELETE_FAILED: others need
            it.
    """
    key = normalised_id(entity, record_id)
    with overlay.transaction():
        remove(overlay, entity, [_existing(overlay, entity, key)], utc(now))


def _existing(overlay: Overlay, entity: Entity, key: str) -> Row:
    found = overlay.row(entity, key)
    if found is None:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    if found["IsDeleted"]:
        raise OrgError("ENTITY_IS_DELETED", "entity is deleted", status=404)
    return found


def _given(
    catalog: Catalog, entity: Entity, values: Mapping[str, object], *, new: bool
) -> dict[str, Value]:
    """The values of a request, by the names of the fields as declared.

    Raises:
        OrgError: INVALID_FIELD, INVALID_FIELD_FOR_INSERT_UPDATE, or a value does not fit.
    """
    columns = [_column(entity, name) for name in values]
    if len({column.name for column in columns}) < len(columns):
        raise OrgError("INVALID_FIELD", "a field is given twice, in different cases")
    refused = tuple(
        column.name for column in columns if not (createable(column) if new else updateable(column))
    )
    if refused:
        raise _not_writable(refused, new=new)
    return {
        column.name: decoded(catalog, column, value)
        for column, value in zip(columns, values.values(), strict=True)
    }


def _column(entity: Entity, name: str) -> Column:
    column = entity.column(name)
    if column is None:
        raise OrgError(
            "INVALID_FIELD",
            f"No such column '{cut(name)}' on sobject of type {entity.name}",
            fields=(cut(name),),
        )
    return column


def _not_writable(names: tuple[str, ...], *, new: bool) -> OrgError:
    if "Id" in names:
        said = (
            "cannot specify Id in an insert call"
            if new
            else "The Id field should not be specified in the sobject data."
        )
    else:
        said = (
            f"Unable to create/update fields: {', '.join(names)}. Please check the security "
            "settings of this field and verify that it is read/write for your profile or "
            "permission set."
        )
    return OrgError("INVALID_FIELD_FOR_INSERT_UPDATE", said, fields=names)


def _with_defaults(
    overlay: Overlay, entity: Entity, row: Row, given: Mapping[str, Value], now: dt.datetime
) -> Row:
    """A new record with the defaults of what is left empty and must not be."""
    found: dict[str, Value] = {}
    for name, default in RULES[entity.name].defaults.items():
        if given.get(name) is None:
            found[name] = (
                _computed(overlay, entity.columns[name], default, now)
                if isinstance(default, Computed)
                else default
            )
    return {**row, **found}


def _computed(overlay: Overlay, column: Column, default: Computed, now: dt.datetime) -> Value:
    match default:
        case Computed.NOW:
            return now
        case Computed.TODAY:
            return now.date()
        case Computed.RUNNING_USER:
            return running_user(overlay.tables)
        case Computed.USUAL:
            return usual(overlay.tables, column)
        case Computed.VISITOR:
            return new_id(overlay, VISITOR_PREFIX)
        case Computed.RELATED:
            return None
