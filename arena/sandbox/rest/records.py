"""Single records: read, written, reached by an external id or from another record."""

from collections.abc import Sequence

from orgsmith.arena.catalog import Children, Column, Entity
from orgsmith.arena.errors import OrgError
from orgsmith.arena.ids import full_id
from orgsmith.arena.sandbox.faults import not_found
from orgsmith.arena.sandbox.rest.bodies import mapping, values
from orgsmith.arena.sandbox.rest.calls import Call, Reply, Resource
from orgsmith.arena.sandbox.schemas import FIELDS, either, part, several
from orgsmith.arena.session import MOST_RECENT


def saved(key: str, **more: object) -> dict[str, object]:
    """What is said of a record that was saved."""
    return {"id": key, "success": True, "errors": [], **more}


def shown(entity: Entity, fields: Sequence[str]) -> list[str]:
    """The fields that are shown of a record where some are named: its Id always is."""
    declared = (entity.column(name) for name in fields)
    named = [column.name if column else name for column, name in zip(declared, fields, strict=True)]
    return list(dict.fromkeys((*named, "Id"))) if named else []


def address(call: Call, entity: Entity, key: str) -> str:
    """Where a record is found."""
    return f"{call.base}/sobjects/{entity.name}/{key}"


def _create(call: Call) -> Reply:
    entity = call.entity
    given = values(call.session, entity, mapping(call.content, "the body"))
    key = call.session.create(entity.name, given)
    return Reply(201, saved(key), location=address(call, entity, key))


def _read(call: Call) -> Reply:
    return _one(call, call.entity, _key(call))


def _one(call: Call, entity: Entity, key: str) -> Reply:
    return Reply(200, call.session.read(entity.name, key, shown(entity, call.fields)))


def _update(call: Call) -> Reply:
    entity = call.entity
    given = values(call.session, entity, mapping(call.content, "the body"))
    call.session.update(entity.name, _key(call), given)
    return Reply(204)


def _delete(call: Call) -> Reply:
    call.session.delete(call.entity.name, _key(call))
    return Reply(204)


def _key(call: Call) -> str:
    """The id that the path names; what cannot be one is taken for a field's name, as everywhere."""
    key = call.path["record"]
    if full_id(key) is None:
        raise OrgError(
            "NOT_FOUND",
            f"Provided external ID field does not exist or is not accessible: {key}",
            status=404,
        )
    return key


def _read_by_key(call: Call) -> Reply:
    entity, first, second = call.entity, call.path["key"], call.path["value"]
    if entity.column(first) is None and full_id(first) is not None:
        return _related(call, entity, first, second)
    return _one(call, entity, _found(call))


def _upsert(call: Call) -> Reply:
    entity, key = call.entity, call.path["key"]
    body = mapping(call.content, "the body")
    given = values(call.session, entity, body, without=("Id", key))
    value = call.path["value"]
    found, created = call.session.upsert(entity.name, key, value, given)
    location = address(call, entity, found) if created else None
    return Reply(201 if created else 200, saved(found, created=created), location=location)


def _delete_by_key(call: Call) -> Reply:
    call.session.delete(call.entity.name, _found(call))
    return Reply(204)


def _found(call: Call) -> str:
    """The record that has a value in a field that tells records apart."""
    name, field, value = call.entity.name, call.path["key"], call.path["value"]
    found = call.session.find(name, field, value)
    if found is None and "+" in value:
        # simple_salesforce quotes a value as forms do: its spaces arrive as plus signs.
        found = call.session.find(name, field, value.replace("+", " "))
    if found is None:
        raise not_found()
    return found


def _related(call: Call, entity: Entity, record: str, relationship: str) -> Reply:
    """The parent or the children that a relationship leads to."""
    walked, below = entity.parent(relationship), entity.child(relationship)
    if walked is not None:
        return _parent(call, entity, record, walked)
    if below is not None:
        return _children(call, entity, record, below)
    raise OrgError(
        "NOT_FOUND",
        f"The requested resource does not exist: {entity.name} has no relationship {relationship}",
        status=404,
    )


def _parent(call: Call, entity: Entity, record: str, walked: Column) -> Reply:
    parent = call.session.read(entity.name, record, (walked.name,))[walked.name]
    if parent is None or walked.parent is None:
        raise not_found()
    return _one(call, call.session.entity(walked.parent), parent)


def _children(call: Call, entity: Entity, record: str, below: Children) -> Reply:
    key = call.session.read(entity.name, record, ("Id",))["Id"]
    child = call.session.entity(below.entity)
    fields = shown(child, call.fields) or list(child.columns)
    answer = call.session.query(
        f"SELECT {', '.join(fields)} FROM {below.entity} WHERE {below.field} = '{key}'"
    )
    records = answer.page(0, answer.total)
    return Reply(200, {"totalSize": answer.total, "done": True, "records": records})


def _recent(call: Call) -> Reply:
    asked = call.parameter("limit") or str(MOST_RECENT)
    if not asked.isdecimal() or len(asked) > 9 or not 1 <= int(asked) <= MOST_RECENT:
        raise OrgError("INVALID_ARGUMENT", f"limit={asked}: say a number from 1 to {MOST_RECENT}")
    return Reply(200, call.session.recent(int(asked)))


_ONE = "sobjects/{entity}/{record}"
_BY_KEY = "sobjects/{entity}/{key}/{value:path}"

RESOURCES = (
    Resource(
        "POST",
        "sobjects/{entity}",
        _create,
        "Create a record",
        {201: part("Saved")},
        body=FIELDS,
    ),
    Resource("GET", _ONE, _read, "Read a record", {200: part("Record")}, query=("fields",)),
    Resource("PATCH", _ONE, _update, "Change a record", {204: None}, body=FIELDS),
    Resource("DELETE", _ONE, _delete, "Delete a record", {204: None}),
    Resource(
        "GET",
        _BY_KEY,
        _read_by_key,
        "Read a record by an external id, or what a relationship of a record leads to",
        {200: either(part("Record"), part("Page"))},
        query=("fields",),
    ),
    Resource(
        "PATCH",
        _BY_KEY,
        _upsert,
        "Change the record with an external id, or create it",
        {200: part("Saved"), 201: part("Saved")},
        body=FIELDS,
    ),
    Resource("DELETE", _BY_KEY, _delete_by_key, "Delete a record by an external id", {204: None}),
    Resource(
        "GET",
        "recent",
        _recent,
        "List the records looked at last",
        {200: several(part("Record"))},
        query=("limit",),
    ),
)
