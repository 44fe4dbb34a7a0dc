"""What callers send: JSON, its members, and the values of a record in it."""

from collections.abc import Mapping

import orjson

from orgsmith.arena.catalog import Column, Entity
from orgsmith.arena.errors import OrgError
from orgsmith.arena.session import Session

ATTRIBUTES = "attributes"
DEEPEST = 100
"""Levels of objects and arrays in a body."""

_TYPES = ("", "application/json")


def parsed(body: bytes, content_type: str) -> object:
    """The JSON of a body.

    Raises:
        OrgError: it is of another type, or no JSON; says where.
    """
    if content_type.partition(";")[0].strip().lower() not in _TYPES:
        raise OrgError(
            "UNSUPPORTED_MEDIA_TYPE",
            f"Content-Type {content_type!r} is not supported; send application/json",
            status=415,
        )
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _unreadable(f"{error.msg} at [line:{error.lineno}, column:{error.colno}]") from None
    if _deeper(content, DEEPEST):
        raise _unreadable(f"the body is nested deeper than {DEEPEST} levels")
    return content


def mapping(value: object, what: str) -> Mapping[str, object]:
    """A JSON object; OrgError where `what` is none."""
    if not isinstance(value, dict):
        raise _unreadable(f"{what} must be an object")
    return value


def listing(value: object, what: str) -> list[object]:
    """A JSON array; OrgError where `what` is none."""
    if not isinstance(value, list):
        raise _unreadable(f"{what} must be an array")
    return value


def text(content: Mapping[str, object], name: str) -> str:
    """A member that must be there and be a string that is not empty."""
    value = content.get(name)
    if not isinstance(value, str) or not value:
        raise _unreadable(f"{name} is missing, or is not a string")
    return value


def optional_text(content: Mapping[str, object], name: str) -> str:
    """A member that is a string; empty where it is not there."""
    return "" if content.get(name) is None else text(content, name)


def flag(content: Mapping[str, object], name: str) -> bool:
    """A member that is true or false; false where it is not there."""
    value = content.get(name)
    if value is not None and not isinstance(value, bool):
        raise _unreadable(f"{name} must be true or false")
    return bool(value)


def optional_listing(content: Mapping[str, object], name: str) -> list[object]:
    """A member that is a JSON array; empty where it is not there."""
    return [] if content.get(name) is None else listing(content[name], name)


def texts(content: Mapping[str, object], name: str) -> list[str]:
    """A member that is a list of strings; empty where it is not there."""
    found = optional_listing(content, name)
    if not all(isinstance(each, str) for each in found):
        raise _unreadable(f"{name} must hold strings only")
    return [str(each) for each in found]


def kind(record: Mapping[str, object]) -> str:
    """The object that a record in a list says it is of, in its attributes."""
    return text(mapping(record.get(ATTRIBUTES), ATTRIBUTES), "type")


def values(
    session: Session,
    entity: Entity,
    record: Mapping[str, object],
    *,
    without: tuple[str, ...] = ("Id",),
) -> dict[str, object]:
    """The fields that a record in a body sets.

    A parent given as `{"Account": {"External_ID__c": "7"}}` becomes its Id.

    Raises:
        OrgError: a field of `without` is among them, or there is no such parent.
    """
    refused = {name.lower() for name in without}
    found: dict[str, object] = {}
    for name, value in record.items():
        if name.lower() == ATTRIBUTES:
            continue
        if name.lower() in refused:
            raise OrgError(
                "INVALID_FIELD",
                f"The {name} field should not be specified in the sobject data.",
                fields=(name,),
            )
        walked = entity.parent(name)
        if walked is not None and isinstance(value, dict):
            found[walked.name] = _parent(session, walked, value)
        else:
            found[name] = value
    return found


def _parent(session: Session, walked: Column, given: Mapping[str, object]) -> str:
    keys = [name for name in given if name.lower() != ATTRIBUTES]
    if len(keys) != 1 or walked.parent is None:
        raise _unreadable(f"{walked.relationship} must hold one field that tells records apart")
    value = given[keys[0]]
    found = session.find(walked.parent, keys[0], value)
    if found is None:
        raise OrgError(
            "INVALID_FIELD",
            f"Foreign key external ID: {value} not found for field {keys[0]} in entity "
            f"{walked.parent}",
            fields=(walked.name,),
        )
    return found


def _unreadable(message: str) -> OrgError:
    return OrgError("JSON_PARSER_ERROR", message)


def _deeper(content: object, levels: int) -> bool:
    """Whether JSON is nested deeper than so many levels."""
    level = [content]
    for _ in range(levels):
        inside: list[object] = []
        for each in level:
            if isinstance(each, dict):
                inside += each.values()
            elif isinstance(each, list):
                inside += each
        level = [each for each in inside if isinstance(each, dict | list)]
    return bool(level)
