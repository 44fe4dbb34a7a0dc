"""The records that a solver asks: tables loaded into the sandbox's engine, for one session."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from orgsmith.arena.catalog import Catalog
from orgsmith.arena.engine import Engine, Limits
from orgsmith.arena.session import Session
from orgsmith.arena.sosl.search import Searcher
from orgsmith.arena.source import RecordSource
from orgsmith.arena.store.overlay import Overlay
from orgsmith.arena.store.tables import Tables

LIMITS = Limits(seconds=600.0, rows=10_000_000)
"""A question is never given up for the time its answer takes."""

IN_MEMORY = 2_000_000
"""Rows of all objects up to which their tables are held in memory, some 500 bytes each."""


@dataclass(frozen=True, slots=True)
class Records:
    """An org that nobody is served from; threads may share its session."""

    session: Session
    _engine: Engine
    _searcher: Searcher
    _scratch: "TemporaryDirectory[str] | None"

    @classmethod
    def open(
        cls,
        source: RecordSource,
        catalog: Catalog,
        today: dt.date,
        *,
        scratch: Path | None = None,
        in_memory: int = IN_MEMORY,
    ) -> "Records":
        """Load the records.

        Args:
            source: where they are.
            catalog: their objects.
            today: the session's day.
            scratch: the folder in which tables lie that are too large for memory; the system's for
                such, if left out. What is put there is removed by `close`.
            in_memory: rows up to which they are not.

        Raises:
            DatasetError: a file is missing or damaged, or does not fit into memory.
        """
        rows = sum(source.table(name).rows for name in catalog.entities)
        lying = None if rows <= in_memory else TemporaryDirectory(prefix="orgsmith-", dir=scratch)
        try:
            file = None if lying is None else Path(lying.name) / "records.duckdb"
            # Questions are many and small, and are asked beside each other.
            tables = Tables.open(source, catalog, file=file, threads=1)
            engine = Engine(tables, LIMITS)
        except BaseException:
            if lying is not None:
                lying.cleanup()
            raise
        searcher = Searcher(source, catalog)
        overlay = Overlay(engine.tables, 1, catalog)
        session = Session("solver", catalog, engine, searcher, overlay, today)
        return cls(session, engine, searcher, lying)

    def close(self) -> None:
        """Let everything go."""
        self._searcher.close()
        self._engine.close()
        if self._scratch is not None:
            self._scratch.cleanup()
