"""The OpenAPI document's words for an operation, and the document."""

from collections.abc import Mapping
from typing import Any

from orgsmith.arena.catalog import Catalog
from orgsmith.arena.sandbox.rest.versions import VERSIONS
from orgsmith.arena.sandbox.schemas import COMPONENTS, TEXT, Schema, part

SESSION = "session"
ERRORS = (400, 401, 403, 404, 405, 413, 415)
"""Statuses of what is refused."""

Operation = dict[str, object]

QUERY: Mapping[str, Schema] = {
    "q": {"type": "string", "description": "A statement, or what is searched for"},
    "fields": {"type": "string", "description": "Names of fields, with commas between them"},
    "ids": {"type": "string", "description": "Ids of records, with commas between them"},
    "limit": {"type": "integer", "minimum": 1, "maximum": 200},
    "start": {"type": "string", "format": "date-time"},
    "end": {"type": "string", "format": "date-time"},
    "allOrNone": {"type": "boolean"},
    "defaultLimit": {"type": "integer", "minimum": 1, "maximum": 2000},
    "overallLimit": {"type": "integer", "minimum": 1, "maximum": 2000},
    "snippet": {"type": "integer", "minimum": 50, "maximum": 1000},
}
"""Query parameters of several resources; others are strings."""


def operation(
    summary: str,
    replies: Mapping[int, Schema | None],
    *,
    path: Mapping[str, Schema] | None = None,
    query: tuple[str, ...] = (),
    body: Schema | None = None,
    media: str = "application/json",
    open_to_all: bool = False,
) -> Operation:
    """An operation in the document's words.

    Args:
        summary: what it does.
        replies: by status, the schema of what is sent, None for nothing; errors are added.
        path: schemas of what its path names.
        query: names of the query parameters it reads.
        body: the schema of the body it takes.
        media: the body's type; replies that are text are of it too.
        open_to_all: whether it asks for no session.
    """
    described: Operation = {
        "summary": summary,
        "parameters": [
            *(_parameter(name, "path", schema) for name, schema in (path or {}).items()),
            *(_parameter(name, "query", QUERY.get(name, TEXT)) for name in query),
        ],
        "responses": {
            **{str(status): _response(part("Errors")) for status in ERRORS},
            **{
                str(status): _response(schema, media if schema is TEXT else "application/json")
                for status, schema in replies.items()
            },
        },
        "security": [] if open_to_all else [{SESSION: []}],
    }
    if body is not None:
        described["requestBody"] = {"required": True, "content": {media: {"schema": body}}}
    return described


def tidy(described: dict[str, Any]) -> None:
    """Correct what FastAPI adds to an operation of its own."""
    # It would refuse what a route declares with 422; the app refuses it with 400.
    described["responses"].pop("422", None)
    # What the operation says of a parameter comes after what the route's function says.
    last = {(each["in"], each["name"]): each for each in described.get("parameters", [])}
    described["parameters"] = list(last.values())


def shared(catalog: Catalog) -> Mapping[str, Mapping[str, object]]:
    """What operations share: schemas, and how a request says which session it belongs to."""
    return {
        "schemas": {
            **COMPONENTS,
            "Version": {"enum": list(VERSIONS)},
            "Entity": {"enum": list(catalog.entities)},
        },
        "securitySchemes": {SESSION: {"type": "http", "scheme": "bearer"}},
    }


def _parameter(name: str, place: str, schema: Schema) -> Mapping[str, object]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def _response(schema: Schema | None, media: str = "application/json") -> Mapping[str, object]:
    content = {} if schema is None else {media: {"schema": schema}}
    return {"description": "Nothing" if schema is None else "Reply", "content": content}
