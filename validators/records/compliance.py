"""Compliance: every column of every object is as declared, by pandera schemas derived from it."""

import re
from collections.abc import Container, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from orgsmith.schema.declaration import Node, Object
from orgsmith.schema.declared import nodes_of, objects_of
from orgsmith.schema.industry import Industry
from orgsmith.validators.outcome import (
    FINDINGS_KEPT,
    Finding,
    Outcome,
    Tables,
    counted,
    merged,
)
from orgsmith.validators.records.values import ValueRule, value_rules
from orgsmith.validators.tally import EVERY

if TYPE_CHECKING:
    from pandera.polars import DataFrameSchema, PolarsData

SLICE = 250_000
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
    """The pandera schema of a node's published columns, in any order: it names every fault.

    Uniqueness is left to `uniqueness`, which sees the whole dataset.
    """
    # pandera costs a second or more to import; the command line must not pay it at its start.
    from pandera.polars import Check, Column, DataFrameSchema

    def check(rule: ValueRule) -> Check:
        def holds(data: "PolarsData") -> pl.LazyFrame:
            return data.lazyframe.select(rule.holds(pl.col(data.key or "*")))

        return Check(holds, error=rule.error)

    columns = {
        field.name: Column(
            field.kind.dtype,
            checks=[check(rule) for rule in value_rules(field)],
            nullable=field.optional,
        )
        for field in node.fields
    }
    return DataFrameSchema(columns, strict=True, name=node.name)


@lru_cache(maxsize=256)
def gate(node: Node) -> "DataFrameSchema":
    """A pandera schema with the same rules in one check, that all of them hold or not.

    It looks at every column once and at all of them together, where `schema` takes several steps
    for each rule.
    """
    from pandera.polars import Check, Column, DataFrameSchema

    rules = [
        rule.holds(pl.col(field.name)).all().alias(f"{field.name} {place}")
        for field in node.fields
        for place, rule in enumerate(value_rules(field))
    ]
    rules += [
        pl.col(field.name).is_not_null().all().alias(f"{field.name} filled")
        for field in node.fields
        if not field.optional
    ]

    def holds(data: "PolarsData") -> pl.LazyFrame:
        return data.lazyframe.select(rules).select(pl.all_horizontal(pl.all()))

    columns = {field.name: Column(field.kind.dtype, nullable=True) for field in node.fields}
    return DataFrameSchema(columns, checks=Check(holds), strict=True, name=node.name)


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
        gate(node).validate(frame, lazy=True)
    except SchemaErrors:
        return _named(node, frame)
    return _no_faults()


def _named(node: Node, frame: pl.DataFrame) -> pl.DataFrame:
    """The faults of a frame that has some."""
    from pandera.errors import SchemaErrors

    try:
        schema(node).validate(frame, lazy=True)
    except SchemaErrors as errors:
        return _spelled(_ids(node, frame), errors.failure_cases)
    raise AssertionError(f"{node.name}: a frame with faults has passed")


def check_compliance(tables: Tables) -> Iterator[Outcome]:
    """Each node's values against its declaration, and the shares of an object's gaps."""
    yield from check_values(tables)
    for declared in with_gaps(tables.organisation.industry):
        yield gaps(declared, tables.scan(declared.name))


def check_values(tables: Tables, nodes: Container[str] = EVERY) -> Iterator[Outcome]:
    """Each node's values against its declaration."""
    for name, node in nodes_of(tables.organisation.industry).items():
        if name in nodes:
            yield from merged(_node_outcomes(tables, node))


def with_gaps(industry: Industry) -> list[Object]:
    """The objects of which some fields are left empty."""
    return [each for each in objects_of(industry).values() if any(f.gaps for f in each.fields)]


def gaps(declared: Object, frame: pl.LazyFrame) -> Outcome:
    """Whether the share of empty values of each optional field lies in its declared bounds."""
    return shares_of_gaps(declared, count_gaps(declared, frame))


def count_gaps(declared: Object, frame: pl.LazyFrame) -> pl.DataFrame:
    """One row: how many records there are, n, and how many values of each optional field lack."""
    fields = [field.name for field in declared.fields if field.gaps]
    return frame.select(
        pl.len().cast(pl.Int64).alias("n"), pl.col(fields).null_count().cast(pl.Int64)
    ).collect()


def shares_of_gaps(declared: Object, gaps_counted: pl.DataFrame) -> Outcome:
    """The same of what was counted in parts of the object, a row each."""
    counts = gaps_counted.sum()
    n = int(counts["n"][0])
    found = []
    for field in declared.fields:
        if field.gaps is None:
            continue
        empty = int(counts[field.name][0])
        bounds = field.gaps
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
