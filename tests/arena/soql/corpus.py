"""The corpus: queries with what they find, or with the error they give, written down by hand.

Each file of `corpus/` is a list of entries. Where an error is expected, the sign ‸ in the query,
which is no part of it, marks the place of the fault.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.arena.soql.little import TODAY

FOLDER = Path(__file__).with_name("corpus")
FAULT = "\N{CARET}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A query and what is expected of it; what is None is not told.

    `rows` are flat values in the order of `columns`, `records` are as REST gives them, with `bare`
    without their attributes; `place` is row and column of the fault.
    """

    name: str
    query: str
    today: dt.date
    columns: Sequence[str] | None
    rows: Sequence[Sequence[object]] | None
    records: Sequence[object] | None
    bare: bool
    total: int | None
    error: str | None
    place: tuple[int, int]
    says: str

    @property
    def answered(self) -> bool:
        """Whether it finds something, if only nothing."""
        return self.error is None


class _Loader(yaml.SafeLoader):
    """Reads scalars as JSON does: no dates, no octal numbers, no yes and no."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", "null", "n"),
    ("bool", "true|false", "tf"),
    ("int", "-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )


def entries() -> list[Entry]:
    """Every entry, by file and name; names begin with that of their file."""
    return [
        _entry(file.stem, given)
        for file in sorted(FOLDER.glob("*.yaml"))
        for given in yaml.load(file.read_text(), _Loader)
    ]


def canonical(value: object) -> str:
    """A value as JSON, which tells 1 from 1.0 and from true."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def without_attributes(value: object) -> object:
    """Records without their attributes, at any depth."""
    if isinstance(value, list):
        return [without_attributes(each) for each in value]
    if isinstance(value, dict):
        return {key: without_attributes(each) for key, each in value.items() if key != "attributes"}
    return value


def _entry(file: str, given: Mapping[str, Any]) -> Entry:
    known = {*Entry.__dataclass_fields__, "row", "column"}
    assert set(given) <= known, f"{file}: {given['name']}: {set(given) - known}"
    assert ("error" in given) == (FAULT in given["query"]), f"{file}: {given['name']}"
    marked = given["query"]
    query = marked.replace(FAULT, "")
    before = marked.partition(FAULT)[0]
    place = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    assert (given.get("row", place[0]), given.get("column", place[1])) == place
    rows = given.get("rows")
    return Entry(
        name=f"{file}: {given['name']}",
        query=query,
        today=dt.date.fromisoformat(given["today"]) if "today" in given else TODAY,
        columns=given.get("columns"),
        rows=None if rows is None else [row if isinstance(row, list) else [row] for row in rows],
        records=given.get("records"),
        bare=given.get("bare", False),
        total=given.get("total"),
        error=given.get("error"),
        place=place,
        says=given.get("says", ""),
    )
