"""Compliance: every column of every object is as declared, by pandera schemas derived from it."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from orgsmith.schema.declaration import Field, Kind, Node, Object
from orgsmith.schema.declared import nodes_of, objects_of
from orgsmith.schema.objects.standard import ID_PATTERN
from orgsmith.validators.outcome import (
    FINDINGS_KEPT,
    Finding,
    Outcome,
    Tables,
    counted,
    merged,
)

if TYPE_CHECKING:
    from pandera.polars import Check, DataFrameSchema, PolarsData

SLICE = 100_000
"""Rows validated at a time."""

REFUSED = pl.Schema(
    {
        "Id": pl.String(),
        "rule": pl.String(),
        "reason": pl.String(),
        "duplicate": pl.String(),
        "score": pl.Float64(),
    }
)
"""Columns of refused records: which rule, why, and for a duplicate its partner and score."""

WHOLE = "(all)"
"""Stands for the record where a fault concerns a whole column."""

FALSE_ALARM_SIGMAS = 5.0
"""How far beyond its bounds a share of gaps may lie: one-sided 3e-7 for a binomial count."""


@lru_cache(maxsize=256)
def schema(node: Node) -> "DataFrameSchema":
    """The pandera schema of a node's published columns, in any order.

    Uniqueness is left to `uniqueness`, which sees the whole dataset.
    """
    # pandera costs a second or more to import; the command line must not pay it at its start.
    from pandera.polars import Column, DataFrameSchema

    columns = {
        field.name: Column(
            field.kind.dtype,
            checks=_checks(field),
            nullable=field.optional,
        )
        for field in node.fields
    }
    return DataFrameSchema(columns, strict=True, name=node.name)


def faults(node: Node, frame: pl.DataFrame) -> pl.DataFrame:
    """What in a frame of a node's published columns is not as declared.

    Args:
        node: the object or latent variable.
        frame: its rows, eager: pandera looks at the values of eager frames only.

    Returns:
        A frame Id, field, value, rule, reason; one row for each broken rule of each record. A
        fault of a whole column (type, missing, not declared) has Id "(all)"; the Id of a latent
        variable's row is its key.
    """
    from pandera.errors import SchemaErrors

    try:
        schema(node).validate(frame, lazy=True)
    except SchemaErrors as errors:
        return _spelled(_ids(node, frame), errors.failure_cases)
    return _no_faults()


def check_compliance(tables: Tables) -> Iterator[Outcome]:
    """Each node's values against its declaration, and the shares of an object's gaps."""
    industry = tables.organisation.industry
    for node in nodes_of(industry).values():
        yield from merged(_node_outcomes(tables, node))
    for declared in objects_of(industry).values():
        if any(field.gaps for field in declared.fields):
            yield gaps(declared, tables.scan(declared.name))


def gaps(declared: Object, frame: pl.LazyFrame) -> Outcome:
    """Whether the share of empty values of each optional field lies in its declared bounds."""
    fields = [field for field in declared.fields if field.gaps]
    counts = frame.select(
        pl.len().alias("n"), *(pl.col(field.name).null_count() for field in fields)
    ).collect()
    n = int(counts["n"][0])
    found = []
    for field in fields:
        empty = int(counts[field.name][0])
        bounds = field.gaps or (0.0, 1.0)
        if not gaps_fit(n, empty, bounds):
            found.append(gap_finding(declared.name, field.name, n, empty, bounds))
    return counted("gaps", declared.name, n, len(found), found)


def gaps_fit(n: int, empty: int, declared: tuple[float, float]) -> bool:
    """Whether so many empty values among n can come from a share in the declared bounds."""
    low, high = declared
    return _least(n, low) <= empty <= n - _least(n, 1 - high)


def gap_finding(
    node: str, field: str, n: int, empty: int, declared: tuple[float, float]
) -> Finding:
    """The fault that `gaps_fit` found."""
    low, high = declared
    reason = f"is the share of empty values; {low:g} to {high:g} is declared"
    return Finding("gaps", node, WHOLE, field, f"{empty / n:.3f}", reason)


def _least(n: int, share: float) -> float:
    """The fewest hits in n draws that a share as small as this explains."""
    return n * share - FALSE_ALARM_SIGMAS * float((n * share * (1 - share)) ** 0.5)


def _node_outcomes(tables: Tables, node: Node) -> Iterator[Outcome]:
    """Compliance of one object or latent variable, slice by slice."""
    lazy = tables.scan(node.name)
    rows = int(lazy.select(pl.len()).collect().item())
    for offset in range(0, max(rows, 1), SLICE):
        frame = lazy.slice(offset, SLICE).collect()
        wrong = faults(node, frame)
        findings = (
            Finding("compliance", node.name, row["Id"], row["field"], row["value"], row["reason"])
            for row in wrong.sort("Id", "field").head(FINDINGS_KEPT).iter_rows(named=True)
        )
        yield counted("compliance", node.name, frame.height, wrong.height, findings)


def _checks(field: Field) -> list["Check"]:
    """The checks of a field's values; the error of each is "<rule>: <reason>"."""
    from pandera.polars import Check

    found: list[Check] = []
    pattern = ID_PATTERN if field.kind in {Kind.ID, Kind.REFERENCE} else field.pattern
    if pattern is not None:
        found.append(Check.str_matches(pattern, error=f"pattern: does not match {pattern}"))
    if field.values:
        listed = ", ".join(field.values)
        found.append(Check.isin(list(field.values), error=f"values: is none of {listed}"))
    if field.max_length is not None:
        reason = f"length: is longer than {field.max_length} characters"
        found.append(Check.str_length(max_value=field.max_length, error=reason))
    if field.kind.dtype == pl.Float64:
        # Polars orders NaN above every number: a bound alone would let it through.
        found.append(Check(_finite, error="finite: is no finite number"))
    if field.minimum is not None:
        found.append(Check.ge(field.minimum, error=f"minimum: is less than {field.minimum:g}"))
    if field.maximum is not None:
        found.append(Check.le(field.maximum, error=f"maximum: is more than {field.maximum:g}"))
    return found


def _finite(data: "PolarsData") -> pl.LazyFrame:
    """Which values of a column are finite numbers."""
    return data.lazyframe.select(pl.col(data.key or "*").is_finite())


_DTYPE = re.compile(r"^dtype\('(.*)'\)$")

_REASONS = {
    "not_nullable": "is empty, but the field is required",
    "column_in_schema": "is no declared field",
    "column_in_dataframe": "is missing",
}
"""What pandera's own rules mean, by the name it gives them."""


def _ids(node: Node, frame: pl.DataFrame) -> pl.Series:
    """What names each row: a record's Id, a latent variable's key."""
    key = ("Id",) if isinstance(node, Object) else node.key
    if not set(key) <= set(frame.columns):
        return pl.Series([None] * frame.height, dtype=pl.String)
    parts = [pl.col(name).cast(pl.String) for name in key]
    return frame.select(pl.concat_str(parts, separator="/")).to_series()


def _spelled(ids: pl.Series, cases: pl.DataFrame) -> pl.DataFrame:
    """pandera's failure cases as faults: with the record's id, and words for the reason."""
    # A check on a column of another type fails as a whole; the type itself is reported already.
    noise = (
        (pl.col("schema_context") == "Column")
        & pl.col("index").is_null()
        & (~pl.col("check").str.starts_with("dtype"))
    )
    rows = [_fault(ids, case) for case in cases.filter(~noise).iter_rows(named=True)]
    return pl.DataFrame(rows, schema=_no_faults().schema, orient="row")


def _fault(ids: pl.Series, case: dict[str, object]) -> tuple[str | None, ...]:
    """One failure case as Id, field, value, rule, reason."""
    value = None if case["failure_case"] is None else str(case["failure_case"])
    check, index = str(case["check"]), case["index"]
    if case["schema_context"] != "Column":
        return WHOLE, value, None, check, _REASONS.get(check, check)
    column = str(case["column"])
    if not isinstance(index, int):
        declared = _DTYPE.sub(r"\1", check)
        return WHOLE, column, value, "type", f"is the column's type; {declared} is declared"
    rule, _, reason = check.partition(": ")
    return str(ids[index] or WHOLE), column, value, rule, reason or _REASONS.get(check, check)


def _no_faults() -> pl.DataFrame:
    names = ("Id", "field", "value", "rule", "reason")
    return pl.DataFrame(schema=dict.fromkeys(names, pl.String()))
