"""References: every id has its object's form, and every reference leads to a record."""

from collections.abc import Container, Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from orgsmith.schema.declaration import Node
from orgsmith.schema.graph import NODES
from orgsmith.schema.ids import LENGTH, SUFFIXES, letters, suffix
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from orgsmith.validators.outcome import (
    FINDINGS_KEPT,
    Finding,
    Outcome,
    Tables,
    all_collected,
    collected,
    counted,
    merged,
)
from orgsmith.validators.records.numbers import TOLD, number
from orgsmith.validators.tally import EVERY

FIFTEEN = 15
SLICE = 1_000_000
"""Ids looked at at a time."""


def check_ids(tables: Tables, nodes: Container[str] = EVERY) -> Iterator[Outcome]:
    """Whether each record's id is 18 characters with its object's prefix and the right suffix."""
    for declared in (each for each in OBJECTS.values() if each.name in nodes):
        yield from merged(_id_outcomes(tables, declared.name, declared.key_prefix))


def check_references(tables: Tables, nodes: Container[str] = EVERY) -> Iterator[Outcome]:
    """Whether each filled reference of each object and latent variable leads to a record."""
    for node in (each for each in NODES.values() if each.name in nodes):
        outcomes = [
            dangling(tables, node, field, parent) for field, parent in references(node).items()
        ]
        if node.name == "EmailMessage":
            outcomes.append(receivers(tables))
        yield from merged(outcomes)


def references(node: Node) -> dict[str, str]:
    """The columns of a node that hold ids of records, and the object each leads to."""
    told = {
        field: LATENTS[latent].field(column)
        for (owner, field), (latent, column) in TOLD.items()
        if owner == node.name
    }
    columns = {field.name: field for field in node.fields} | told
    return {name: field.reference.parent for name, field in columns.items() if field.reference}


def dangling(tables: Tables, node: Node, field: str, parent: str) -> Outcome:
    """References of one column that lead nowhere."""
    key = _key(node)
    rows = tables.scan(node.name).select(record=key, value=pl.col(field))
    return _unresolved(tables, node.name, field, parent, rows)


def receivers(tables: Tables) -> Outcome:
    """Receivers of messages (`ToIds`, a JSON list) that are neither contact nor user."""
    rows = tables.scan("EmailMessage").select(
        record="Id", value=pl.col("ToIds").str.strip_chars('[]"'), incoming="Incoming"
    )
    return next(
        merged(
            _unresolved(
                tables,
                "EmailMessage",
                "ToIds",
                parent,
                rows.filter(pl.col("incoming") == incoming).drop("incoming"),
            )
            for parent, incoming in (("User", True), ("Contact", False))
        )
    )


def malformed(key_prefix: str, ids: pl.Series) -> pl.Series:
    """Which ids have not the form of an object's ids; a Boolean series of the same length."""
    if not ids.len():
        return pl.Series(dtype=pl.Boolean)
    wrong = (ids.str.len_bytes() != LENGTH).to_numpy() | (ids.str.len_chars() != LENGTH).to_numpy()
    text = letters(ids.set(pl.Series(wrong), key_prefix.ljust(LENGTH)) if wrong.any() else ids)
    prefix = np.frombuffer(key_prefix.encode(), dtype=np.uint8)
    wrong |= (text[:, : prefix.size] != prefix).any(axis=1)
    wrong |= (text[:, FIFTEEN:] != _suffixes(text)).any(axis=1)
    return pl.Series(wrong)


def _suffixes(text: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The suffixes that ids should have, from their first fifteen characters; shape (n, 3)."""
    capitals = (text[:, :FIFTEEN] >= ord("A")) & (text[:, :FIFTEEN] <= ord("Z"))
    bits = capitals.reshape(-1, 3, 5) @ (1 << np.arange(5))
    return np.frombuffer(SUFFIXES.encode(), dtype=np.uint8)[bits]


def _id_outcomes(tables: Tables, name: str, key_prefix: str) -> Iterator[Outcome]:
    """The check of one object's ids, slice by slice."""
    lazy = tables.scan(name).select("Id")
    rows = int(lazy.select(pl.len()).collect().item())
    for offset in range(0, max(rows, 1), SLICE):
        ids = lazy.slice(offset, SLICE).collect()["Id"].fill_null("")
        wrong = ids.filter(malformed(key_prefix, ids))
        findings = [
            Finding("ids", name, value, "Id", value, _form(value, key_prefix))
            for value in wrong.sort().head(FINDINGS_KEPT)
        ]
        yield counted("ids", name, ids.len(), wrong.len(), findings)


def _unresolved(tables: Tables, name: str, field: str, parent: str, rows: pl.LazyFrame) -> Outcome:
    """Ids in `value` without a record of the parent; `record` names the row they stand in."""
    ids = tables.scan(parent).select("Id")
    rows = rows.drop_nulls("value")
    if rows.collect_schema()["value"] != ids.collect_schema()["Id"]:
        # An id that stands in a text, where others have been replaced by their numbers.
        rows = rows.with_columns(number("value"))
    lost = rows.join(ids, left_on="value", right_on="Id", how="anti")
    n, faults = (
        int(counts.item())
        for counts in all_collected([rows.select(pl.len()), lost.select(pl.len())])
    )
    if not faults:
        return counted("references", name, n, 0, ())
    found = lost.select("record", value=pl.col("value").cast(pl.String))
    missing = found.group_by("value").agg(pl.col("record").min()).sort("record")
    prefix = OBJECTS[parent].key_prefix
    findings = [
        Finding(
            "references",
            name,
            str(record),
            field,
            value,
            f"leads to no {parent}{_hint(value, prefix)}",
        )
        for value, record in collected(missing.head(FINDINGS_KEPT)).iter_rows()
    ]
    return counted("references", name, n, faults, findings)


def _key(node: Node) -> pl.Expr:
    """What names a row: the Id of a record, the key columns of a latent variable's row."""
    if node.name in OBJECTS:
        return pl.col("Id")
    latent_key = getattr(node, "key", ())
    return pl.concat_str([pl.col(name).cast(pl.String) for name in latent_key], separator="/")


def _hint(value: str, key_prefix: str) -> str:
    """What is wrong with the id itself, if anything is."""
    form = _form(value, key_prefix)
    return f": it {form}" if form else ""


def _form(value: str, key_prefix: str) -> str:
    """How an id departs from the form of its object's ids; empty if it does not."""
    if len(value) != LENGTH:
        return f"has {len(value)} characters, not {LENGTH}"
    if not value.startswith(key_prefix):
        return f"has not the key prefix {key_prefix}"
    if suffix(value[:FIFTEEN]) != value[FIFTEEN:]:
        return f"has not the suffix {suffix(value[:FIFTEEN])} of its first fifteen characters"
    return ""
