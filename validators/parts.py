"""An organisation cut into parts: some accounts with all that is theirs, small enough to hold.

What belongs to no account is the same in every part. Most work files hold one block of accounts
each and are taken as they are; the files of a dataset are in the order of ids and are dealt out
first (`dealing`). A reference that leads from one part into another is a fault of the
organisation, unless all parts are looked at as one: see `checks.check_tables`.
"""

import tempfile
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

import polars as pl

from orgsmith.schema.declared import nodes_of
from orgsmith.schema.graph import NODES
from orgsmith.schema.organisation import Organisation
from orgsmith.validators.dealing import deal
from orgsmith.validators.outcome import Outcome, Tables
from orgsmith.validators.records.numbers import IDS, number
from orgsmith.validators.tally import EVERY, Look

BLOCKS = 2
"""Blocks of accounts held at a time: 90 MB of tables each, and what checks make of them."""

BLOCKED = frozenset(name for name, node in NODES.items() if node.blocked)
"""What belongs to accounts."""


@dataclass(frozen=True, slots=True)
class View:
    """A part, and what is to be looked at in it: what is the same in all parts only in one.

    `whole` says that the part is the whole organisation.
    """

    tables: Tables
    nodes: Container[str] = EVERY
    whole: bool = True


@runtime_checkable
class Filed(Protocol):
    """Tables that lie in Parquet files."""

    def files(self, node: str) -> tuple[Path, ...]:
        """The files of a node, in the order of its blocks or of its rows."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """Tables held in memory, each read when it is first asked for; a `Tables` of the checks.

    `files` are those of the part, by node; what has none is read from `source`, once for all parts
    that share `common`.
    """

    source: Tables
    files: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    common: dict[str, pl.DataFrame] = field(default_factory=dict)
    own: dict[str, pl.DataFrame] = field(default_factory=dict)
    numbered: dict[str, pl.DataFrame] = field(default_factory=dict)
    """The part's own tables with numbers in the place of ids."""

    @property
    def organisation(self) -> Organisation:
        """What was asked for."""
        return self.source.organisation

    def scan(self, node: str) -> pl.LazyFrame:
        """The fields of an object, or the columns of a latent variable."""
        if node in self.files:
            if node not in self.own:
                self.own[node] = self._read(node)
            return self.own[node].lazy()
        if node not in self.common:
            self.common[node] = self.source.scan(node).collect()
        return self.common[node].lazy()

    def _read(self, node: str) -> pl.DataFrame:
        fields = nodes_of(self.organisation.industry)[node].fields
        files = list(self.files[node])
        if not files:
            return pl.DataFrame(schema={each.name: each.kind.dtype for each in fields})
        return pl.scan_parquet(files, glob=False).select(each.name for each in fields).collect()


@dataclass(frozen=True, slots=True)
class Numbered:
    """A part with numbers in the place of ids (`numbers`); a `Tables` of the checks."""

    part: Part

    @property
    def organisation(self) -> Organisation:
        """What was asked for."""
        return self.part.organisation

    def scan(self, node: str) -> pl.LazyFrame:
        """The columns of an object or latent variable."""
        frames, name = self.part.numbered, node
        if node not in self.part.files:
            frames, name = self.part.common, f"{node} numbered"
        if name not in frames:
            frames[name] = self.part.scan(node).with_columns(map(number, IDS[node])).collect()
        return frames[name].lazy()


def by_numbers(check: Look) -> Look:
    """A check that only compares ids, on numbers as long as there is no fault to be named."""

    def look(tables: Tables, nodes: Container[str]) -> Iterator[Outcome]:
        if isinstance(tables, Part):
            outcomes = list(check(Numbered(tables), nodes))
            if not any(outcome.failed for outcome in outcomes):
                yield from outcomes
                return
        yield from check(tables, nodes)

    return look


@contextmanager
def cut(tables: Tables) -> Iterator[Iterator[View]]:
    """The parts of an organisation, one after the other; each is forgotten when the next comes.

    Tables that cannot be cut are one part, which reads what it is asked for each time.
    """
    blocks = tables.organisation.blocks
    if blocks <= BLOCKS:
        yield iter([View(Part(tables))])
        return
    if not isinstance(tables, Filed):
        yield iter([View(tables)])
        return
    files = {node: tables.files(node) for node in BLOCKED}
    if all(len(of_node) == blocks for of_node in files.values()):
        parts = [
            {node: of_node[first : first + BLOCKS] for node, of_node in files.items()}
            for first in range(0, blocks, BLOCKS)
        ]
        yield _views(tables, parts)
        return
    with tempfile.TemporaryDirectory(prefix="orgsmith-parts-") as folder:
        seed, count = tables.organisation.seed, -(-blocks // BLOCKS)
        yield _views(tables, deal(seed, files, BLOCKS, count, Path(folder)))


def _views(tables: Tables, parts: Sequence[Mapping[str, Sequence[Path]]]) -> Iterator[View]:
    common: dict[str, pl.DataFrame] = {}
    for place, files in enumerate(parts):
        yield View(Part(tables, files, common), BLOCKED if place else EVERY, whole=False)
