"""Schemas derived from the declarations, and what their faults say."""

import datetime as dt
import re

import polars as pl
import pytest

from orgsmith.schema.declaration import Field, Kind
from orgsmith.schema.objects import OBJECTS
from orgsmith.validators.records.compliance import faults, gaps

SAMPLES: dict[Kind, object] = {
    Kind.ID: "500Or00000CklR0IAJ",
    Kind.REFERENCE: "500Or00000CklR0IAJ",
    Kind.BOOLEAN: True,
    Kind.INT: 5,
    Kind.DOUBLE: 5.0,
    Kind.CURRENCY: 5.0,
    Kind.DATE: dt.date(2025, 3, 5),
    Kind.DATETIME: dt.datetime(2025, 3, 5, tzinfo=dt.UTC),
}
PATTERNS = {
    "555": "(415) 555-0100",
    "@": "ann@example.com",
    "{2}$": "CA",
    "\\d{5}$": "94110",
    "012": "012Or00000CklR0IAJ",
    "00e": "00eOr00000CklR0IAJ",
    "0ZS": "0ZSOr00000CklR0IAJ",
    "5710": "5710Or0000CklR0IAJ",
    "[A-Z]{3}-": "ABC-12345",
    "EXT": "EXT-0123456789",
    "{9}": "000000001",
    "{8,10}": "00000001",
    "{10,12}": "0000000001",
    "a-z0-9]+(-": "an-article",
    '["': '["003Or00000CklR0IAJ"]',
}


def sample(field: Field) -> object:
    """A value that is as declared."""
    if field.values:
        return field.values[0]
    if field.pattern:
        return next(v for v in PATTERNS.values() if re.search(field.pattern, v))
    return SAMPLES.get(field.kind, "word")


def sound(name: str) -> pl.DataFrame:
    """Two records of an object that are as declared."""
    fields = OBJECTS[name].fields
    schema = {field.name: field.kind.dtype for field in fields}
    return pl.DataFrame([{f.name: sample(f) for f in fields}] * 2, schema=schema)


def spoiled(name: str, field: str, value: object) -> pl.DataFrame:
    """The same with a value in the second record."""
    frame = sound(name)
    column = pl.Series(field, [frame[field][0], value], dtype=frame.schema[field])
    return frame.with_columns(column)


CASES = [
    (name, field.name, rule, value)
    for name, declared in OBJECTS.items()
    for field in declared.fields
    for rule, value, applies in (
        ("not_nullable", None, not field.optional),
        ("values", "Nonsense", bool(field.values)),
        ("pattern", "?", field.pattern is not None or field.reference is not None),
        ("length", "x" * 200_000, field.max_length is not None and not field.pattern),
        ("minimum", -1, field.minimum is not None),
        ("maximum", 10**6, field.maximum is not None),
    )
    if applies
]


@pytest.mark.parametrize("name", OBJECTS)
def test_what_is_declared_passes(name: str) -> None:
    assert faults(OBJECTS[name], sound(name)).height == 0


@pytest.mark.parametrize(("name", "field", "rule", "value"), CASES)
def test_every_declared_rule_is_checked(name: str, field: str, rule: str, value: object) -> None:
    frame = spoiled(name, field, value)
    found = faults(OBJECTS[name], frame)
    assert (field, rule) in found.select("field", "rule").rows()
    named = found.filter(pl.col("field") == field)
    assert named["Id"].to_list() == [frame["Id"][1] or "(all)"] * named.height


@pytest.mark.parametrize("name", OBJECTS)
def test_columns_are_missing_or_of_another_type(name: str) -> None:
    declared = OBJECTS[name]
    last = declared.fields[-1].name
    dropped = faults(declared, sound(name).drop(last))
    assert dropped.select("Id", "field", "reason").rows() == [("(all)", last, "is missing")]
    cast = faults(declared, sound(name).with_columns(pl.lit([1]).alias(last)))
    assert cast["field"].unique().to_list() == [last]
    assert "is the column's type" in cast["reason"][0]


def test_shares_of_gaps() -> None:
    declared = OBJECTS["Account"]
    frame = pl.concat([sound("Account")] * 2500)
    assert not gaps(declared, frame[:8].lazy()).failed
    full = gaps(declared, frame.lazy())
    assert {f.field for f in full.findings} == {f.name for f in declared.fields if f.gaps}
    holes = pl.int_range(5000) % 100 >= 17
    some = frame.with_columns(
        pl.when(holes).then(pl.col(f.name)).alias(f.name) for f in declared.fields if f.gaps
    )
    assert not gaps(declared, some.lazy()).failed
