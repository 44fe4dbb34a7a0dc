"""Versions of the API, and the resources of one."""

from orgsmith.arena.sandbox.rest.calls import ROOT, Call, Reply, Resource
from orgsmith.arena.sandbox.schemas import TEXT, Schema, several, shape

FIRST, LAST = 20, 68
_SEASONS = ("Winter", "Spring", "Summer")
_FIRST_WINTER = 11
"""Version 20.0 was Winter '11; three follow each other in a year."""

VERSIONS = tuple(f"{number}.0" for number in range(FIRST, LAST + 1))

VERSION_LIST: Schema = several(shape({"label": TEXT, "url": TEXT, "version": TEXT}))

_LISTED = (
    "composite",
    "jobs",
    "limits",
    "parameterizedSearch",
    "query",
    "queryAll",
    "recent",
    "search",
    "sobjects",
)


def version_list() -> list[dict[str, str]]:
    """Every version that is served, with its address."""
    return [
        {"label": _label(number), "url": f"{ROOT}/v{number}.0", "version": f"{number}.0"}
        for number in range(FIRST, LAST + 1)
    ]


def _label(number: int) -> str:
    year, season = divmod(number - FIRST, len(_SEASONS))
    return f"{_SEASONS[season]} '{_FIRST_WINTER + year}"


def _resources(call: Call) -> Reply:
    return Reply(200, {name: f"{call.base}/{name}" for name in _LISTED})


RESOURCES = (
    Resource(
        "GET",
        "",
        _resources,
        "List the resources of a version",
        {200: {"type": "object", "additionalProperties": TEXT}},
    ),
)
