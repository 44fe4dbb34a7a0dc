"""Collections: up to 200 records created, changed, deleted or read in one request."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from orgsmith.arena.errors import OrgError
from orgsmith.arena.ids import full_id
from orgsmith.arena.sandbox.faults import row_faults
from orgsmith.arena.sandbox.rest.bodies import flag, kind, listing, mapping, texts, values
from orgsmith.arena.sandbox.rest.calls import Call, Reply, Resource, field_names
from orgsmith.arena.sandbox.rest.records import saved, shown
from orgsmith.arena.sandbox.schemas import FLAG, NOTHING, RECORD, TEXT, either, part, several, shape

MOST = 200

Saved = dict[str, object]
Step = Callable[[], Saved]


def _create(call: Call) -> Reply:
    def step(record: object) -> Saved:
        given = mapping(record, "a record")
        entity = call.session.entity(kind(given))
        return saved(call.session.create(entity.name, values(call.session, entity, given)))

    return _each(call, step)


def _update(call: Call) -> Reply:
    def step(record: object) -> Saved:
        given = dict(mapping(record, "a record"))
        entity = call.session.entity(kind(given))
        key = _key(given)
        call.session.update(entity.name, key, values(call.session, entity, given))
        return saved(full_id(key) or key)

    return _each(call, step)


def _upsert(call: Call) -> Reply:
    entity, key = call.entity, call.path["key"]

    def step(record: object) -> Saved:
        given = dict(mapping(record, "a record"))
        if call.session.entity(kind(given)) is not entity:
            raise OrgError("INVALID_TYPE", f"a record is not of the object {entity.name}")
        name = next((name for name in given if name.lower() == key.lower()), None)
        if name is None or given[name] is None:
            raise OrgError("MISSING_ARGUMENT", f"{key} not specified", fields=(key,))
        value = given.pop(name)
        found, created = call.session.upsert(
            entity.name, key, value, values(call.session, entity, given)
        )
        return saved(found, created=created)

    return _each(call, step)


def _delete(call: Call) -> Reply:
    def step(record: str) -> Saved:
        entity = call.session.catalog.of_id(record)
        if entity is None:
            raise OrgError("MALFORMED_ID", f"malformed id {record}")
        call.session.delete(entity.name, record)
        return saved(full_id(record) or record)

    ids = call.parameters("ids")
    asked = (call.parameter("allOrNone") or "false").lower()
    if not ids or asked not in ("true", "false"):
        raise OrgError("INVALID_ARGUMENT", "say ?ids=<id>,<id>&allOrNone=true or false")
    _bound(len(ids))
    return _together(call, [partial(step, each) for each in ids], all_or_none=asked == "true")


def _each(call: Call, step: Callable[[object], Saved]) -> Reply:
    """Take a step for each record of the body."""
    content = mapping(call.content, "the body")
    records = listing(content.get("records"), "records")
    _bound(len(records))
    steps = [partial(step, each) for each in records]
    return _together(call, steps, all_or_none=flag(content, "allOrNone"))


def _together(call: Call, steps: Sequence[Step], *, all_or_none: bool) -> Reply:
    """Take steps, each by itself or all or none; what became of each."""
    results: list[Saved] = []
    if not all_or_none and not call.all_or_none:
        results = [_outcome(step) for step in steps]
        return Reply(200, results, failed=_any_failed(results))
    with suppress(OrgError), call.session.transaction():
        results = [_outcome(step) for step in steps]
        if _any_failed(results):
            raise _undone()
    if _any_failed(results):
        undone: Saved = {"success": False, "errors": row_faults(_undone())}
        return Reply(200, [undone if each["success"] else each for each in results], failed=True)
    return Reply(200, results)


def _outcome(step: Step) -> Saved:
    try:
        return step()
    except OrgError as error:
        return {"success": False, "errors": row_faults(error)}


def _any_failed(results: Sequence[Saved]) -> bool:
    return not all(each["success"] for each in results)


def _undone() -> OrgError:
    return OrgError(
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "Record rolled back because not all records were valid and the request was using "
        "AllOrNone header",
    )


def _key(record: dict[str, object]) -> str:
    """The id of a record that is to be changed, taken out of it."""
    name = next((name for name in record if name.lower() == "id"), "Id")
    key = record.pop(name, None)
    if not isinstance(key, str):
        raise OrgError("MISSING_ARGUMENT", "Id not specified in an update call", fields=("Id",))
    return key


def _bound(count: int) -> None:
    """Refuse more records than one request may name."""
    if count > MOST:
        raise OrgError(
            "EXCEEDED_ID_LIMIT",
            f"record limit reached. cannot submit more than {MOST} records into this call",
        )


def _read(call: Call) -> Reply:
    return _records(call, call.parameters("ids"), call.fields)


def _read_by_body(call: Call) -> Reply:
    content = mapping(call.content, "the body")
    return _records(call, texts(content, "ids"), field_names(texts(content, "fields")))


def _records(call: Call, ids: Sequence[str], fields: Sequence[str]) -> Reply:
    """Records in the order of their ids, null for each that is not there."""
    if not ids or not fields:
        raise OrgError("INVALID_ARGUMENT", "say which records and which fields: ids and fields")
    _bound(len(ids))
    entity = call.entity
    keys = [full_id(each) for each in ids]
    known = ", ".join(f"'{key}'" for key in keys if key)
    answer = call.session.query(
        f"SELECT {', '.join(shown(entity, fields))} FROM {entity.name} "
        f"WHERE Id IN ({known or 'null'})"
    )
    found = {record["Id"]: record for record in answer.page(0, answer.total)}
    return Reply(200, [found.get(key or "") for key in keys])


_SAVES = {200: part("Saves")}
_GIVEN = shape(
    {"records": several(shape({"attributes": shape({"type": TEXT})}), most=MOST)}, allOrNone=FLAG
)
_RECORDS = {200: several(either(RECORD, NOTHING))}
_MANY = "composite/sobjects"
_OF_ONE = "composite/sobjects/{entity}"

RESOURCES = (
    Resource("POST", _MANY, _create, "Create records", _SAVES, body=_GIVEN),
    Resource("PATCH", _MANY, _update, "Change records", _SAVES, body=_GIVEN),
    Resource("DELETE", _MANY, _delete, "Delete records", _SAVES, query=("ids", "allOrNone")),
    Resource(
        "PATCH",
        f"{_OF_ONE}/{{key}}",
        _upsert,
        "Change the records with external ids, or create them",
        _SAVES,
        body=_GIVEN,
    ),
    Resource("GET", _OF_ONE, _read, "Read records", _RECORDS, query=("ids", "fields")),
    Resource(
        "POST",
        _OF_ONE,
        _read_by_body,
        "Read records that a body names",
        _RECORDS,
        body=shape({"ids": several(TEXT, most=MOST), "fields": several(TEXT)}),
    ),
)
