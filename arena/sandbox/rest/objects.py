"""The objects of the org: listed, described, and which of their records changed when."""

import datetime as dt
import re
from contextlib import suppress

from orgsmith.arena.errors import OrgError
from orgsmith.arena.sandbox.rest.calls import Call, Reply, Resource
from orgsmith.arena.sandbox.rest.describe import brief, described
from orgsmith.arena.sandbox.schemas import COUNT, RECORD_ID, TEXT, part, several, shape

ENCODING = "UTF-8"
LARGEST_BATCH = 200
RECORD_TYPE = "RecordTypeId"

_ZONE = re.compile(r"[ +-]\d\d:?\d\d$|Z$", re.ASCII | re.IGNORECASE)


def _list(call: Call) -> Reply:
    entities = call.session.catalog.entities.values()
    return Reply(
        200,
        {
            "encoding": ENCODING,
            "maxBatchSize": LARGEST_BATCH,
            "sobjects": [brief(entity, call.base) for entity in entities],
        },
    )


def _basic(call: Call) -> Reply:
    entity = call.entity
    recent = call.session.recent(of=entity.name)
    return Reply(200, {"objectDescribe": brief(entity, call.base), "recentItems": recent})


def _describe(call: Call) -> Reply:
    entity = call.entity
    types: list[str] = []
    if RECORD_TYPE in entity.columns:
        answer = call.session.query(
            f"SELECT {RECORD_TYPE} FROM {entity.name} WHERE {RECORD_TYPE} != null "
            f"GROUP BY {RECORD_TYPE} ORDER BY {RECORD_TYPE}"
        )
        types = [str(value) for (value,) in answer.rows()]
    return Reply(200, described(entity, call.base, types))


def _updated(call: Call) -> Reply:
    start, end = _span(call)
    answer = call.session.query(
        f"SELECT Id FROM {call.entity.name} "
        f"WHERE SystemModstamp >= {_literal(start)} AND SystemModstamp < {_literal(end)}"
    )
    ids = [key for (key,) in answer.rows()]
    return Reply(200, {"ids": ids, "latestDateCovered": _spoken(end)})


def _deleted(call: Call) -> Reply:
    start, end = _span(call)
    answer = call.session.query(
        f"SELECT Id, SystemModstamp FROM {call.entity.name} WHERE IsDeleted = true "
        f"AND SystemModstamp >= {_literal(start)} AND SystemModstamp < {_literal(end)}",
        deleted=True,
    )
    records = [{"id": key, "deletedDate": when} for key, when in answer.rows()]
    return Reply(
        200,
        {
            "deletedRecords": records,
            # Nothing ever leaves the recycle bin: whatever was asked for is covered.
            "earliestDateAvailable": _spoken(start),
            "latestDateCovered": _spoken(end),
        },
    )


def _span(call: Call) -> tuple[dt.datetime, dt.datetime]:
    """The time that the request asks about, in UTC."""
    start, end = _moment(call, "start"), _moment(call, "end")
    if end <= start:
        raise OrgError("INVALID_REPLICATION_DATE", "end must be later than start")
    return start, end


def _moment(call: Call, name: str) -> dt.datetime:
    given = call.parameter(name) or ""
    # A plus sign that was not escaped arrives as a space.
    text = given[:-6] + given[-6:].replace(" ", "+")
    with suppress(ValueError, OverflowError):
        if _ZONE.search(text):
            return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    raise OrgError(
        "INVALID_REPLICATION_DATE",
        f"{name}={given}: say a time with its zone, such as 2024-01-31T09:00:00+00:00",
    )


def _literal(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="microseconds")


def _spoken(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "+0000")


RESOURCES = (
    Resource(
        "GET",
        "sobjects",
        _list,
        "List the objects",
        {
            200: shape(
                {"encoding": TEXT, "maxBatchSize": COUNT, "sobjects": several(part("Object"))}
            )
        },
    ),
    Resource(
        "GET",
        "sobjects/{entity}",
        _basic,
        "Read what an object is, and its records looked at last",
        {200: shape({"objectDescribe": part("Object"), "recentItems": several(part("Record"))})},
    ),
    Resource(
        "GET",
        "sobjects/{entity}/describe",
        _describe,
        "Describe an object: its fields, its children, its record types",
        {200: {"allOf": [part("Object"), shape({"fields": several(part("Field"))})]}},
    ),
    Resource(
        "GET",
        "sobjects/{entity}/updated",
        _updated,
        "List the records that were made or changed in a span of time",
        {200: shape({"ids": several(RECORD_ID), "latestDateCovered": TEXT})},
        query=("start", "end"),
    ),
    Resource(
        "GET",
        "sobjects/{entity}/deleted",
        _deleted,
        "List the records that were deleted in a span of time",
        {
            200: shape(
                {
                    "deletedRecords": several(shape({"id": RECORD_ID, "deletedDate": TEXT})),
                    "earliestDateAvailable": TEXT,
                    "latestDateCovered": TEXT,
                }
            )
        },
        query=("start", "end"),
    ),
)
