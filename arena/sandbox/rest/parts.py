"""The requests within a composite one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from orgsmith.arena.errors import OrgError
from orgsmith.arena.sandbox.faults import not_found
from orgsmith.arena.sandbox.rest.bodies import listing, mapping, optional_text, text
from orgsmith.arena.sandbox.rest.calls import ROOT
from orgsmith.arena.sandbox.rest.versions import VERSIONS

MOST = 25
MOST_LIMITED = 5
"""Requests in one, and those among them that query or handle collections."""

_LIMITED = ("query", "queryAll", "composite/sobjects")


@dataclass(frozen=True, slots=True)
class Part:
    """A request within another."""

    method: str
    address: str
    content: object
    headers: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Location:
    """An address below the API's root, taken apart."""

    version: str
    path: str
    query: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, address: str) -> "Location":
        """The location of `/services/data/v59.0/...`, or of `v59.0/...`.

        Raises:
            OrgError: NOT_FOUND, it lies elsewhere.
        """
        try:
            split = urlsplit(address)
        except ValueError:
            raise not_found() from None
        path = unquote(split.path).removeprefix(f"{ROOT}/").strip("/")
        version, _, rest = path.partition("/")
        if split.netloc or version[:1] != "v" or version[1:] not in VERSIONS:
            raise not_found()
        return cls(version[1:], rest, parse_qsl(split.query, keep_blank_values=True))


def composite_parts(content: Mapping[str, object]) -> list[Part]:
    """The parts of a composite request.

    Raises:
        OrgError: there are too many, one lacks something, or two have one reference id.
    """
    parts = [
        Part(
            text(given, "method").upper(),
            text(given, "url"),
            given.get("body"),
            _headers(given),
            _reference(given),
        )
        for given in _given(content, "compositeRequest")
    ]
    names = [part.reference for part in parts]
    for name in names:
        if names.count(name) > 1:
            raise OrgError(
                "INVALID_INPUT", f"Duplicate ReferenceId provided in the request: {name}"
            )
    limited = [part for part in parts if _is_limited(part.address)]
    if len(limited) > MOST_LIMITED:
        raise OrgError(
            "LIMIT_EXCEEDED",
            f"at most {MOST_LIMITED} of the subrequests may query or handle collections",
        )
    return parts


def batch_parts(content: Mapping[str, object]) -> list[Part]:
    """The parts of a batch.

    Raises:
        OrgError: there are too many, or one lacks something.
    """
    return [
        Part(text(given, "method").upper(), text(given, "url"), given.get("richInput"))
        for given in _given(content, "batchRequests")
    ]


def _given(content: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    found = listing(content.get(name), name)
    if len(found) > MOST:
        raise OrgError(
            "LIMIT_EXCEEDED", f"{name} holds {len(found)} subrequests; at most {MOST} are allowed"
        )
    return [mapping(each, f"an entry of {name}") for each in found]


def _reference(given: Mapping[str, object]) -> str:
    name = text(given, "referenceId")
    if not (name.isascii() and name.isidentifier() and name[0] != "_"):
        raise OrgError(
            "INVALID_INPUT",
            f"referenceId {name!r}: it begins with a letter; letters, digits and _ follow",
        )
    return name


def _headers(given: Mapping[str, object]) -> dict[str, str]:
    if given.get("httpHeaders") is None:
        return {}
    headers = mapping(given["httpHeaders"], "httpHeaders")
    read = {name: optional_text(headers, name) for name in headers}
    if not all((name + value).isascii() for name, value in read.items()):
        raise OrgError("INVALID_INPUT", "httpHeaders hold ASCII only")
    return read


def _is_limited(address: str) -> bool:
    try:
        path = Location.of(address.partition("?")[0]).path
    except OrgError:
        return False
    return any(path == each or path.startswith(f"{each}/") for each in _LIMITED)
