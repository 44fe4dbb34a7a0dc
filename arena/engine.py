"""Runs SQL within limits: what takes too long is stopped, what finds too much refused."""

import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from orgsmith.arena.errors import OrgError
from orgsmith.arena.store.overlay import aborted
from orgsmith.arena.store.tables import Tables

LOOK_EVERY_S = 0.05

OF_SESSION = re.compile(r'\bs\d+\."')
"""Rows that a session has written, in SQL."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may take: seconds of time, rows found."""

    seconds: float = 30.0
    rows: int = 200_000


class Engine:
    """The tables of an org, asked by many threads at once."""

    def __init__(self, tables: Tables, limits: Limits) -> None:
        self.tables = tables
        self.limits = limits
        self._running: dict[int, tuple[duckdb.DuckDBPyConnection, float]] = {}
        self._lock = threading.Lock()
        self._started = threading.Event()
        self._closed = False
        self._watch = threading.Thread(target=self._stop_late, name="query limits", daemon=True)
        self._watch.start()

    def rows(
        self, cursor: duckdb.DuckDBPyConnection, sql: str, bound: Sequence[object]
    ) -> list[tuple[Any, ...]]:
        """What a query finds, asked over a connection that no other thread uses.

        Raises:
            OrgError: QUERY_TIMEOUT, it ran too long; OPERATION_TOO_LARGE, it found too much;
                QUERY_TOO_COMPLICATED, it needs more memory than there is; INVALID_SESSION_ID, its
                session expired meanwhile.
        """
        number = id(cursor)
        with self._lock:
            self._running[number] = (cursor, time.monotonic() + self.limits.seconds)
        self._started.set()
        try:
            found: list[tuple[Any, ...]] = cursor.execute(sql, list(bound)).fetchmany(
                self.limits.rows + 1
            )
        except duckdb.InterruptException:
            raise OrgError(
                "QUERY_TIMEOUT",
                f"Your query request was running for too long (limit: {self.limits.seconds:g} s).",
            ) from None
        except duckdb.CatalogException:
            if not OF_SESSION.search(sql):
                raise
            # The session's rows are gone: it expired while it asked.
            raise OrgError("INVALID_SESSION_ID", "Session expired or invalid", status=401) from None
        except duckdb.TransactionException:
            raise aborted() from None
        except duckdb.OutOfMemoryException:
            raise OrgError(
                "QUERY_TOO_COMPLICATED", "the query needs more memory than this org has"
            ) from None
        finally:
            with self._lock:
                del self._running[number]
        if len(found) > self.limits.rows:
            raise OrgError(
                "OPERATION_TOO_LARGE",
                f"the query finds more than {self.limits.rows:,} rows; narrow it, or raise the "
                "limit with --rows",
            )
        return found

    @property
    def watching(self) -> bool:
        """Whether late queries are stopped."""
        return self._watch.is_alive()

    def close(self) -> None:
        """Stop watching and what is running, and let the tables go."""
        self._closed = True
        self._started.set()
        self._watch.join()
        with self._lock:
            for cursor, _ in self._running.values():
                cursor.interrupt()
        self.tables.close()

    def _stop_late(self) -> None:
        while not self._closed:
            if not self._running:
                self._started.wait()
                self._started.clear()
            # Locked, so that none is interrupted in what it does next.
            with self._lock:
                now = time.monotonic()
                for cursor, deadline in self._running.values():
                    if now > deadline:
                        cursor.interrupt()
            time.sleep(LOOK_EVERY_S)
