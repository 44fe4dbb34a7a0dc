"""Several requests in one: composite, where later ones use earlier answers, and batch."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from starlette.datastructures import Headers

from orgsmith.arena.errors import OrgError
from orgsmith.arena.sandbox.rest.bodies import flag, mapping
from orgsmith.arena.sandbox.rest.calls import Call, Reply, Resource, Table, answered
from orgsmith.arena.sandbox.rest.parts import MOST, Location, Part, batch_parts, composite_parts
from orgsmith.arena.sandbox.rest.substitution import filled, filled_address
from orgsmith.arena.sandbox.schemas import ANYTHING, COUNT, FLAG, TEXT, Schema, several, shape

_FIRST_ERROR = 400


class Composites:
    """The resources that make calls to others: to those of a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def composite(self, call: Call) -> Reply:
        """Make requests in a row, later ones with what earlier ones were answered."""
        content = mapping(call.content, "the body")
        parts = composite_parts(content)
        make = self._all_or_none if flag(content, "allOrNone") else self._in_a_row
        # Collating saves Salesforce work; what comes out is the same.
        flag(content, "collateSubrequests")
        shown = [
            {
                "body": reply.content,
                "httpHeaders": {"Location": reply.location} if reply.location else {},
                "httpStatusCode": reply.status,
                "referenceId": part.reference,
            }
            for part, reply in zip(parts, make(call, parts), strict=True)
        ]
        return Reply(200, {"compositeResponse": shown})

    def batch(self, call: Call) -> Reply:
        """Make requests in a row."""
        content = mapping(call.content, "the body")
        halting = flag(content, "haltOnError")
        any_failed = False
        results: list[Mapping[str, object]] = []
        for part in batch_parts(content):
            halted = halting and any_failed
            reply = Reply.of(_halted()) if halted else self._reply(call, part, {})
            any_failed |= reply.status >= _FIRST_ERROR
            results.append({"statusCode": reply.status, "result": reply.content})
        return Reply(200, {"hasErrors": any_failed, "results": results})

    def _all_or_none(self, call: Call, parts: Sequence[Part]) -> list[Reply]:
        replies: list[Reply] = []
        with suppress(OrgError), call.session.transaction():
            replies = self._in_a_row(replace(call, all_or_none=True), parts)
            if replies and replies[-1].failed:
                raise _undone()
        if replies and replies[-1].failed:
            undone = Reply.of(_undone())
            left_out = len(parts) - len(replies)
            return [undone] * (len(replies) - 1) + replies[-1:] + [undone] * left_out
        return replies

    def _in_a_row(self, call: Call, parts: Sequence[Part]) -> list[Reply]:
        """The replies to requests; where all or none count, up to the first that failed."""
        answers: dict[str, object] = {}
        replies: list[Reply] = []
        for part in parts:
            reply = self._reply(call, part, answers)
            replies.append(reply)
            if reply.status < _FIRST_ERROR:
                answers[part.reference] = reply.content
            if call.all_or_none and reply.failed:
                break
        return replies

    def _reply(self, call: Call, part: Part, answers: Mapping[str, object]) -> Reply:
        try:
            location = Location.of(filled_address(part.address, answers))
            resource, named = self._table.find(part.method, location.path)
            content = filled(part.content, answers)
        except OrgError as error:
            return Reply.of(error)
        return answered(
            resource,
            replace(
                call,
                version=location.version,
                path=named,
                query=location.query,
                headers=Headers(part.headers),
                content=content,
            ),
        )


def _undone() -> OrgError:
    return OrgError(
        "PROCESSING_HALTED",
        "The transaction was rolled back since another operation in the same transaction failed.",
    )


def _halted() -> OrgError:
    return OrgError("BATCH_PROCESSING_HALTED", "Batch processing halted per request", status=412)


def composites(table: Table) -> tuple[Resource, ...]:
    """The composite resources over those of a table."""
    made = Composites(table)
    return (
        Resource(
            "POST",
            "composite",
            made.composite,
            "Make requests in a row, later ones with what earlier ones were answered",
            {200: _COMPOSITE_REPLY},
            body=_COMPOSITE,
        ),
        Resource(
            "POST",
            "composite/batch",
            made.batch,
            "Make requests in a row",
            {200: _BATCH_REPLY},
            body=_BATCH,
        ),
    )


_METHOD: Schema = {"enum": ["GET", "POST", "PATCH", "DELETE"]}
_REFERENCE: Schema = {"type": "string", "pattern": "^[A-Za-z][0-9A-Za-z_]*$"}
_COMPOSITE = shape(
    {
        "compositeRequest": several(
            shape(
                {"method": _METHOD, "url": TEXT, "referenceId": _REFERENCE},
                body=ANYTHING,
                httpHeaders={"type": "object", "additionalProperties": TEXT},
            ),
            most=MOST,
        )
    },
    allOrNone=FLAG,
    collateSubrequests=FLAG,
)
_COMPOSITE_REPLY = shape(
    {
        "compositeResponse": several(
            shape(
                {
                    "body": ANYTHING,
                    "httpHeaders": {"type": "object"},
                    "httpStatusCode": COUNT,
                    "referenceId": TEXT,
                }
            )
        )
    }
)
_BATCH = shape(
    {
        "batchRequests": several(
            shape({"method": _METHOD, "url": TEXT}, richInput=ANYTHING), most=MOST
        )
    },
    haltOnError=FLAG,
)
_BATCH_REPLY = shape(
    {"hasErrors": FLAG, "results": several(shape({"statusCode": COUNT, "result": ANYTHING}))}
)
