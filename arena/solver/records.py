"""The records that a solver asks: tables loaded into the sandbox's engine, for one session."""

import datetime as dt
from dataclasses import dataclass

from orgsmith.arena.catalog import Catalog
from orgsmith.arena.engine import Engine, Limits
from orgsmith.arena.session import Session
from orgsmith.arena.sosl.search import Searcher
from orgsmith.arena.source import RecordSource
from orgsmith.arena.store.overlay import Overlay
from orgsmith.arena.store.tables import Tables

LIMITS = Limits(seconds=600.0, rows=10_000_000)
"""A question is never given up for the time its answer takes."""


@dataclass(frozen=True, slots=True)
class Records:
    """An org that nobody is served from; threads may share its session."""

    session: Session
    _engine: Engine
    _searcher: Searcher

    @classmethod
    def open(cls, source: RecordSource, catalog: Catalog, today: dt.date) -> "Records":
        """Load the records.

        Raises:
            DatasetError: a file is missing or damaged, or does not fit into memory.
        """
        engine = Engine(Tables.open(source, catalog), LIMITS)
        searcher = Searcher(source, catalog)
        overlay = Overlay(engine.tables, 1, catalog)
        session = Session("solver", catalog, engine, searcher, overlay, today)
        return cls(session, engine, searcher)

    def close(self) -> None:
        """Let everything go."""
        self._searcher.close()
        self._engine.close()
