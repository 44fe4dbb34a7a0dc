"""Uniqueness: ids, unique fields, and what no two records of an object share."""

from collections import Counter
from collections.abc import Container, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO

import numpy as np
import polars as pl

from orgsmith.schema.declaration import Node, Object
from orgsmith.schema.graph import NODES
from orgsmith.validators.outcome import FINDINGS_KEPT, Finding, Outcome, Tables, counted
from orgsmith.validators.tally import EVERY

HELD = 1 << 23
"""Bytes of the hashes of a key that are held in memory."""


def check_uniqueness(tables: Tables) -> Iterator[Outcome]:
    """Every key of every object and latent variable, over the whole dataset."""
    with ExitStack() as files:
        shared = Shared(tables, files)
        shared.look(tables)
        yield from shared.outcomes()


@dataclass(slots=True)
class Shared:
    """The hashes of all keys of an organisation that is seen in parts; a `Tally`.

    Hashes take eight bytes where ids and texts take dozens; equal keys have equal hashes. Only
    where two hashes are the same are the keys themselves compared, in `tables`. Many hashes wait on
    the disk for those of the other parts, in files that whoever holds `files` closes.
    """

    tables: Tables
    files: ExitStack
    rows: Counter[str] = field(default_factory=Counter)
    hashes: dict[tuple[str, int], IO[bytes]] = field(default_factory=dict)

    def look(self, part: Tables, nodes: Container[str] = EVERY) -> None:
        """Take the hashes of a part's keys."""
        for name, node in NODES.items():
            if name not in nodes:
                continue
            hashes = (pl.struct(key).hash().alias(str(i)) for i, key in enumerate(keys(node)))
            found = part.scan(name).select(hashes).collect()
            self.rows[name] += found.height
            for i, hashed in enumerate(found.iter_columns()):
                if (name, i) not in self.hashes:
                    # The stack closes it.
                    file = SpooledTemporaryFile(max_size=HELD)  # noqa: SIM115
                    self.hashes[name, i] = self.files.enter_context(file)
                self.hashes[name, i].write(hashed.to_numpy().tobytes())

    def outcomes(self) -> Iterator[Outcome]:
        """Whether every key of each object and latent variable is its row's alone."""
        for name, node in NODES.items():
            n = self.rows[name]
            if all(self._distinct(name, i) == n for i in range(len(keys(node)))):
                yield counted("uniqueness", name, n, 0, ())
            else:
                yield unique(node, self.tables.scan(name))

    def _distinct(self, name: str, key: int) -> int:
        """How many different hashes a key has."""
        with self.hashes.pop((name, key)) as file:
            file.seek(0)
            return pl.Series(np.frombuffer(file.read(), dtype=np.uint64)).n_unique()


def keys(node: Node) -> tuple[tuple[str, ...], ...]:
    """The columns, or groups of columns, whose values no two rows share."""
    if not isinstance(node, Object):
        return (node.key,)
    single = tuple((field.name,) for field in node.fields if field.unique)
    return tuple(dict.fromkeys((*single, *((node.identity,) if node.identity else ()))))


def unique(node: Node, frame: pl.LazyFrame) -> Outcome:
    """Rows of one object or latent variable that share a key with another row."""
    n = int(frame.select(pl.len()).collect().item())
    surplus = 0
    findings: list[Finding] = []
    for key in keys(node):
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
