"""A tiny organisation written down by hand, so that what a query finds can be told by eye.

Its day is Wednesday, 15 May 2024. A record's Id is its object's prefix, twelve characters that end
in what the first column says, and the suffix: case 7 is 500000000000007AAA. References are written
the same way, an empty cell is null, and fields that have no column are null throughout.
"""

import datetime as dt
from pathlib import Path

import polars as pl

from orgsmith.schema.declaration import Field, Kind
from orgsmith.schema.graph import NODES
from orgsmith.schema.ids import suffix
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from tests.validators.tables import Frames

TODAY = dt.date(2024, 5, 15)

TABLES = Path(__file__).with_name("little.txt")


def little_frames() -> Frames:
    """The organisation's tables; latent variables have no rows."""
    organisation = Organisation(load("sportswear"), seed=1, scale=0.1, as_of=TODAY)
    tables = _tables()
    return Frames(organisation, {node: _frame(node, tables.get(node, [])) for node in NODES})


def record_id(name: str, ending: str) -> str:
    """The Id of an object's record, from what its table calls it."""
    short = f"{OBJECTS[name].key_prefix}{ending:0>12}"
    return short + suffix(short)


def _tables() -> dict[str, list[list[str]]]:
    """The rows of each object as they are written, their header first."""
    found: dict[str, list[list[str]]] = {}
    for block in TABLES.read_text().split("## ")[1:]:
        name, *lines = block.strip().splitlines()
        found[name] = [[cell.strip() for cell in line.split("|")] for line in lines]
    return found


def _frame(node: str, lines: list[list[str]]) -> pl.DataFrame:
    """The table of an object; a latent variable has no rows."""
    fields = {field.name: field for field in NODES[node].fields}
    header, *rows = lines or [list(fields)]
    assert set(header) <= set(fields)
    columns = {
        name: [_value(node, field, dict(zip(header, row, strict=True)).get(name)) for row in rows]
        for name, field in fields.items()
    }
    return pl.DataFrame(columns, schema={name: each.kind.dtype for name, each in fields.items()})


def _value(name: str, field: Field, cell: str | None) -> object:
    if not cell:
        return None
    match field.kind:
        case Kind.ID:
            return record_id(name, cell)
        case Kind.REFERENCE:
            assert field.reference is not None
            return record_id(field.reference.parent, cell)
        case Kind.BOOLEAN:
            return {"true": True, "false": False}[cell]
        case Kind.INT:
            return int(cell)
        case Kind.DOUBLE | Kind.CURRENCY:
            return float(cell)
        case Kind.DATE:
            return dt.date.fromisoformat(cell)
        case Kind.DATETIME:
            return dt.datetime.fromisoformat(cell)
        case _:
            return cell
