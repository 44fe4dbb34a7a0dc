"""A request to a resource of the REST API, its reply, and how one leads to the other.

Nothing here knows HTTP's details: the composite resources make the same calls.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.routing import compile_path

from orgsmith.arena.catalog import Entity
from orgsmith.arena.errors import OrgError
from orgsmith.arena.sandbox.desk import Desk
from orgsmith.arena.sandbox.faults import faults, not_allowed, not_found
from orgsmith.arena.sandbox.schemas import Schema
from orgsmith.arena.session import Session

ROOT = "/services/data"

_NAME = re.compile(r"\w+(?:\.\w+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Call:
    """A request: who asks, in which version of the API, for what.

    `path` holds what the resource's path names, `headers` are found in any case, `content` is the
    body as JSON has it. `all_or_none` is set where a caller further out takes everything back
    when one record fails.
    """

    desk: Desk
    session: Session
    version: str
    path: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    content: object = None
    all_or_none: bool = False

    @property
    def base(self) -> str:
        """The address below which this version's resources lie."""
        return f"{ROOT}/v{self.version}"

    @property
    def entity(self) -> Entity:
        """The object that the path names.

        Raises:
            OrgError: NOT_FOUND, there is none of that name.
        """
        return self.session.entity(self.path["entity"])

    @property
    def fields(self) -> list[str]:
        """The fields that the request names; none: all.

        Raises:
            OrgError: INVALID_FIELD, one cannot be a field's name.
        """
        return field_names(self.parameters("fields"))

    def parameter(self, name: str) -> str | None:
        """The value of a query parameter, the last one where it is repeated."""
        return next((value for key, value in reversed(self.query) if key == name), None)

    def parameters(self, name: str) -> list[str]:
        """The parts of a list that a query parameter gives with commas; empty without it."""
        parts = (self.parameter(name) or "").split(",")
        return [part.strip() for part in parts if part.strip()]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a call is answered with; `failed` where a record in it could not be saved."""

    status: int
    content: object = None
    location: str | None = None
    failed: bool = False

    @classmethod
    def of(cls, error: OrgError) -> "Reply":
        """The reply to a call that was refused."""
        return cls(error.status, faults(error), failed=True)


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that the API serves: method and path below the version, and what answers.

    The rest describes it: the query parameters it reads, the body it takes, and for each status
    that is no error what the reply holds, None for nothing.
    """

    method: str
    path: str
    answer: Callable[[Call], Reply]
    summary: str
    replies: Mapping[int, Schema | None]
    query: tuple[str, ...] = ()
    body: Schema | None = None


class Table:
    """All resources, in the order in which they are tried."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._routes = [(compile_path(each.path)[0], each) for each in resources]

    def find(self, method: str, path: str) -> tuple[Resource, Mapping[str, str]]:
        """The resource for a method at a path below the version, and what the path names.

        Raises:
            OrgError: NOT_FOUND or METHOD_NOT_ALLOWED, there is none.
        """
        for pattern, resource in self._routes:
            match = pattern.match(path)
            if match and resource.method == method:
                return resource, match.groupdict()
        allowed = self.methods(path)
        raise not_allowed(method, allowed) if allowed else not_found()

    def methods(self, path: str) -> set[str]:
        """The methods that are served at a path below the version."""
        return {each.method for pattern, each in self._routes if pattern.match(path)}


def field_names(given: Sequence[str]) -> list[str]:
    """Names of fields, as they are given.

    Raises:
        OrgError: INVALID_FIELD, one cannot be a field's name.
    """
    for name in given:
        if not _NAME.fullmatch(name):
            raise OrgError("INVALID_FIELD", f"{name!r} is not the name of a field", fields=(name,))
    return list(given)


def answered(resource: Resource, call: Call) -> Reply:
    """The reply to a call, also where it is refused."""
    try:
        return resource.answer(call)
    except OrgError as error:
        return Reply.of(error)
