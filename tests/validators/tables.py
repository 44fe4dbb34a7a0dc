"""Tables for tests: frames by name, in the place of a work folder or a dataset."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from orgsmith.schema.graph import NODES
from orgsmith.schema.organisation import Organisation


@dataclass(frozen=True)
class Frames:
    """An organisation in memory; nodes that were not given are empty tables."""

    organisation: Organisation
    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    def scan(self, node: str) -> pl.LazyFrame:
        """The declared columns of a node."""
        columns = {f.name: f.kind.dtype for f in NODES[node].fields}
        if node not in self.frames:
            return pl.LazyFrame(schema=columns)
        return self.frames[node].lazy()

    def with_frame(self, node: str, frame: pl.DataFrame) -> "Frames":
        """The same with another table."""
        return replace(self, frames={**self.frames, node: frame})


def rows(node: str, *records: Mapping[str, object]) -> pl.DataFrame:
    """A table of a node from records that give only some columns; the others are null."""
    columns = {f.name: f.kind.dtype for f in NODES[node].fields}
    return pl.DataFrame([{name: r.get(name) for name in columns} for r in records], schema=columns)


def at(day: int, hour: int = 12, minute: int = 0) -> dt.datetime:
    """A moment in March 2025 (UTC)."""
    return dt.datetime(2025, 3, day, hour, minute, tzinfo=dt.UTC)
