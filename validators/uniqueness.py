"""Uniqueness: ids, unique fields, and what no two records of an object share."""

from collections.abc import Iterator

import polars as pl

from orgsmith.schema.declaration import Node, Object
from orgsmith.schema.graph import NODES
from orgsmith.validators.outcome import FINDINGS_KEPT, Finding, Outcome, Tables, counted


def check_uniqueness(tables: Tables) -> Iterator[Outcome]:
    """Every key of every object and latent variable, over the whole dataset."""
    for node in NODES.values():
        yield unique(node, tables.scan(node.name))


def keys(node: Node) -> tuple[tuple[str, ...], ...]:
    """The columns, or groups of columns, whose values no two rows share."""
    if not isinstance(node, Object):
        return (node.key,)
    single = tuple((field.name,) for field in node.fields if field.unique)
    return tuple(dict.fromkeys((*single, *((node.identity,) if node.identity else ()))))


def unique(node: Node, frame: pl.LazyFrame) -> Outcome:
    """Rows of one object or latent variable that share a key with another row."""
    wanted = keys(node)
    # Hashes take eight bytes where ids and texts take dozens; equal keys have equal hashes.
    hashes = (pl.struct(key).hash().n_unique() for key in wanted)
    counts = frame.select(
        pl.len().alias("n"), *(hashed.alias(str(i)) for i, hashed in enumerate(hashes))
    ).collect(engine="streaming")
    n = int(counts["n"][0])
    surplus = 0
    findings: list[Finding] = []
    for i, key in enumerate(wanted):
        if int(counts[str(i)][0]) == n:
            continue
        repeated = n - int(frame.select(pl.struct(key).n_unique()).collect().item())
        if repeated:
            surplus += repeated
            findings.extend(_findings(node, frame, key))
    return counted("uniqueness", node.name, n, surplus, findings)


def _findings(node: Node, frame: pl.LazyFrame, key: tuple[str, ...]) -> list[Finding]:
    """Some values that occur more than once, each at its last record."""
    record = pl.col("Id") if isinstance(node, Object) else _value(node.key)
    shared = (
        frame.select(_value(key).alias("value"), record.alias("record"))
        .group_by("value")
        .agg(
            pl.col("record").max(),
            pl.col("record").min().alias("first"),
            pl.len().alias("n"),
        )
        .filter(pl.col("n") > 1)
        .sort("record")
        .head(FINDINGS_KEPT)
        .collect()
    )
    return [
        Finding(
            "uniqueness",
            node.name,
            str(record),
            "+".join(key),
            value,
            f"is also the value of {first}" if first != record else f"occurs {n} times",
        )
        for value, record, first, n in shared.iter_rows()
    ]


def _value(key: tuple[str, ...]) -> pl.Expr:
    """The columns of a key as one value."""
    if len(key) == 1:
        return pl.col(key[0]).cast(pl.String)
    return pl.concat_str(
        [pl.col(name).cast(pl.String).fill_null("(empty)") for name in key], separator=" / "
    )
