"""SOSL searches, and searches told by parameters."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orgsmith.arena.errors import OrgError
from orgsmith.arena.sandbox.faults import not_served
from orgsmith.arena.sandbox.rest.bodies import mapping, optional_listing, optional_text, text, texts
from orgsmith.arena.sandbox.rest.calls import Call, Reply, Resource
from orgsmith.arena.sandbox.schemas import COUNT, TEXT, Schema, part, several, shape
from orgsmith.arena.sosl.find import RESERVED

SCOPES = ("ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR")
NOT_SERVED = ("dataCategory", "dataCategories", "division", "netId", "netIds", "metadata")
"""Parameters of Salesforce's that would change what is found."""

_NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)
_FIELD = re.compile(r"\w+(?:\.\w+)*|\w+\(\w+(?:\.\w+)*\)", re.ASCII)
_KEPT = frozenset('*?"')
"""Reserved characters that mean in a search string what they mean in SOSL."""


@dataclass(frozen=True, slots=True)
class Among:
    """An object that is searched: what of it is returned, and which records."""

    name: str
    fields: tuple[str, ...]
    where: str
    order: str
    limit: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search told by parameters."""

    text: str
    scope: str
    among: tuple[Among, ...]
    snippet: str
    limit: str


def statement(wanted: Wanted) -> str:
    """The SOSL that finds what parameters ask for.

    Raises:
        OrgError: a name, a number or the scope cannot be meant.
    """
    scope = wanted.scope.upper()
    if scope not in SCOPES:
        raise OrgError("INVALID_SEARCH", f"in={wanted.scope}: the scopes are {', '.join(SCOPES)}")
    parts = [f"FIND {{{_escaped(wanted.text)}}} IN {scope} FIELDS"]
    if wanted.among:
        parts.append("RETURNING " + ", ".join(_returning(each) for each in wanted.among))
    if wanted.snippet:
        parts.append(f"WITH SNIPPET (target_length={_number(wanted.snippet, 'snippet')})")
    if wanted.limit:
        parts.append(f"LIMIT {_number(wanted.limit, 'overallLimit')}")
    return " ".join(parts)


def _returning(among: Among) -> str:
    for pattern, names in ((_NAME, (among.name,)), (_FIELD, among.fields)):
        for name in names:
            if not pattern.fullmatch(name):
                raise OrgError("INVALID_SEARCH", f"{name!r} is not a name")
    inner = ", ".join(among.fields or ("Id",))
    inner += f" WHERE {among.where}" if among.where else ""
    inner += f" ORDER BY {among.order}" if among.order else ""
    inner += f" LIMIT {_number(among.limit, 'limit')}" if among.limit else ""
    return f"{among.name}({inner})"


def _escaped(words: str) -> str:
    """A search string with every reserved sign taken as itself, but for wildcards and quotes."""
    kept = _KEPT if words.count('"') % 2 == 0 else _KEPT - {'"'}
    return "".join(f"\\{sign}" if sign in RESERVED - kept else sign for sign in words)


def _number(given: str, name: str) -> str:
    if not re.fullmatch(r"\d{1,6}", given, re.ASCII):
        raise OrgError("INVALID_SEARCH", f"{name}={given} is not a number")
    return given


def _by_query(call: Call) -> Wanted:
    """What the parameters of an address ask for."""
    for name in NOT_SERVED:
        if call.parameter(name) is not None:
            raise not_served(f"searches with {name}")
    fields = tuple(call.parameters("fields"))
    limit = call.parameter("defaultLimit") or ""
    among = tuple(
        Among(
            name,
            tuple(call.parameters(f"{name}.fields")) or fields,
            call.parameter(f"{name}.where") or "",
            call.parameter(f"{name}.orderBy") or "",
            call.parameter(f"{name}.limit") or limit,
        )
        for key, value in call.query
        if key == "sobject"
        for name in value.split(",")
    )
    return Wanted(
        call.parameter("q") or "",
        call.parameter("in") or "ALL",
        among,
        call.parameter("snippet") or "",
        call.parameter("overallLimit") or "",
    )


def _by_body(content: Mapping[str, object]) -> Wanted:
    """What a body asks for."""
    for name in NOT_SERVED:
        if name in content:
            raise not_served(f"searches with {name}")
    fields = tuple(texts(content, "fields"))
    limit = _spoken(content, "defaultLimit")
    return Wanted(
        text(content, "q"),
        optional_text(content, "in") or "ALL",
        tuple(_among(content, fields, limit)),
        _spoken(content, "snippet"),
        _spoken(content, "overallLimit"),
    )


def _among(content: Mapping[str, object], fields: tuple[str, ...], limit: str) -> Iterator[Among]:
    for each in optional_listing(content, "sobjects"):
        given = mapping(each, "an entry of sobjects")
        yield Among(
            text(given, "name"),
            tuple(texts(given, "fields")) or fields,
            optional_text(given, "where"),
            optional_text(given, "orderBy"),
            _spoken(given, "limit") or limit,
        )


def _spoken(content: Mapping[str, object], name: str) -> str:
    """A number that JSON gives as a number or as a string."""
    value = content.get(name)
    return "" if value is None else str(value)


def _found(call: Call, sosl: str) -> Reply:
    found = call.session.found(sosl)
    told = {} if found.metadata is None else {"metadata": found.metadata}
    return Reply(200, {"searchRecords": found.records, **told})


def _search(call: Call) -> Reply:
    sosl = call.parameter("q")
    if not sosl:
        raise OrgError("MALFORMED_SEARCH", "A search string has to be specified: ?q=FIND {...}")
    return _found(call, sosl)


def _parameterized(call: Call) -> Reply:
    return _found(call, statement(_by_query(call)))


def _parameterized_body(call: Call) -> Reply:
    return _found(call, statement(_by_body(mapping(call.content, "the body"))))


_FOUND = {200: part("Found")}
_NUMBER: Schema = {"anyOf": [COUNT, {"type": "string", "pattern": "^[0-9]{1,6}$"}]}
_BODY = shape(
    {"q": TEXT},
    fields=several(TEXT),
    sobjects=several(
        shape({"name": TEXT}, fields=several(TEXT), where=TEXT, orderBy=TEXT, limit=_NUMBER)
    ),
    defaultLimit=_NUMBER,
    overallLimit=_NUMBER,
    snippet=_NUMBER,
    **{"in": {"enum": list(SCOPES)}},
)
_PARAMETERS = ("q", "sobject", "fields", "in", "defaultLimit", "overallLimit", "snippet")

RESOURCES = (
    Resource("GET", "search", _search, "Run a SOSL search", _FOUND, query=("q",)),
    Resource(
        "GET",
        "parameterizedSearch",
        _parameterized,
        "Search by parameters; for an object X also X.fields, X.where, X.orderBy, X.limit",
        _FOUND,
        query=_PARAMETERS,
    ),
    Resource(
        "POST",
        "parameterizedSearch",
        _parameterized_body,
        "Search by parameters in a body",
        _FOUND,
        body=_BODY,
    ),
)
