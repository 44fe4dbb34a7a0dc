"""What one session has written, over the published tables that it shares with all others."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice

import duckdb

from orgsmith.arena.catalog import Catalog, Entity
from orgsmith.arena.errors import OrgError
from orgsmith.arena.store.row import Change, Row
from orgsmith.arena.store.statements import Statements, make_schema
from orgsmith.arena.store.tables import Tables

AT_ONCE = 400
"""Rows that one statement adds."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a session has made of an object's rows.

    `ids` are those of all rows that are new, changed or deleted: none of them counts as published
    any more. `rows` are the ones among them that are not deleted, in order of their first change.
    """

    ids: frozenset[str]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class _Committed:
    """What readers see: how often was written, and to which objects."""

    commits: int = 0
    touched: frozenset[str] = frozenset()


class Overlay:
    """The writes of a session. Threads may share it: they write one after another.

    At the first write the engine gets a schema of the session's own, with a table of rows and a
    view for each object. Rows are read and put within `transaction` only; what is read there is
    what was put there. Everybody else sees what is committed.
    """

    def __init__(self, tables: Tables, number: int, catalog: Catalog) -> None:
        self.tables = tables
        self.catalog = catalog
        self._schema = f"s{number}"
        self._closed = False
        self._statements = {
            name: Statements(self._schema, entity) for name, entity in catalog.entities.items()
        }
        self._lock = threading.RLock()
        self._writer: duckdb.DuckDBPyConnection | None = None
        self._thread: int | None = None
        """The thread whose transaction is open."""
        self._committed = _Committed()
        # Of these only the thread of the open transaction knows; `_own` is told by every step of
        # the journal what to forget again.
        self._own: dict[str, set[str]] = {name: set() for name in catalog.entities}
        self._journal: list[tuple[Entity, str, Row | None]] = []
        self._serials: Counter[str] = Counter()

    @property
    def version(self) -> int:
        """Grows with every write that is committed; 0 as long as nothing is written."""
        committed = self._committed
        return committed.commits if committed.touched else 0

    def source(self, entity_name: str) -> str:
        """The engine's name of an object's rows as the session sees them.

        It can be read from until the overlay is closed, after a reset too.
        """
        if self._inside:
            touched = bool(self._own[entity_name])
        else:
            touched = entity_name in self._committed.touched
        return self._statements[entity_name].view if touched else f'main."{entity_name}"'

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to read what `source` names: in a transaction, what it has put so far."""
        if self._inside and self._writer is not None:
            yield self._writer
            return
        with closing(self.tables.cursor()) as cursor:
            yield cursor

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is put inside is kept, or nothing: an exception undoes it.

        Transactions nest: an exception out of an inner one undoes what was put inside of it, and
        the outer one goes on if it catches it.
        """
        with self._lock:
            if self._inside:
                mark = len(self._journal)
                try:
                    yield
                except BaseException:
                    self._take_back(mark)
                    raise
                return
            self._begin()
            try:
                yield
                self._commit()
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._journal.clear()
                self._thread = None

    def row(self, entity: Entity, record: str) -> Row | None:
        """The record of an Id, deleted ones too; None if there is none."""
        found = self._rows(entity, self._where(entity, record), '"Id" = $1', [record])
        return found[0] if found else None

    def alive(self, entity: Entity, record: str) -> bool:
        """Whether there is a record of an Id that is not deleted."""
        sql = f'SELECT 1 FROM {self._where(entity, record)} WHERE "Id" = $1 AND NOT "IsDeleted"'
        return bool(self._run(sql, [record]).fetchall())

    def find(self, entity: Entity, condition: str, bound: Sequence[object]) -> list[Row]:
        """The records that meet a condition of the engine's, without deleted ones."""
        return self._rows(
            entity, self.source(entity.name), f'({condition}) AND NOT "IsDeleted"', bound
        )

    def put(self, changes: Sequence[Change]) -> None:
        """Write rows of one object: at most one change of each record."""
        new = [change for change in changes if change.key not in self._own[change.entity.name]]
        for change in changes:
            if change.key in self._own[change.entity.name]:
                self._write(change.entity, change.new)
                self._journal.append((change.entity, change.key, change.old))
        remaining = iter(new)
        while some := list(islice(remaining, AT_ONCE)):
            entity = some[0].entity
            values = [change.new[name] for change in some for name in entity.columns]
            self._run(self._statements[entity.name].insert(len(some)), values)
            for change in some:
                self._own[entity.name].add(change.key)
                self._journal.append((entity, change.key, None))

    def serial(self, of: str) -> int:
        """The next number of a series, from 1: the same in every session; not given back."""
        self._serials[of] += 1
        return self._serials[of]

    def changed(self, entity_name: str) -> Changed:
        """What the session has made of an object's rows."""
        entity = self.catalog.entities[entity_name]
        if self.source(entity_name) == f'main."{entity_name}"':
            return Changed(frozenset(), ())
        with self.cursor() as cursor:
            sql = f"SELECT * FROM {self._statements[entity_name].rows} ORDER BY rowid"
            found = [_named(entity, values) for values in cursor.execute(sql).fetchall()]
        return Changed(
            frozenset(str(row["Id"]) for row in found),
            tuple(row for row in found if not row["IsDeleted"]),
        )

    def reset(self) -> None:
        """Forget every write; ids and numbers begin again."""
        with self._lock:
            touched = self._committed.touched
            if self._writer is not None and touched:
                emptied = "; ".join(self._statements[name].empty for name in touched)
                with self.tables.catalog_lock:
                    self._empty(self._writer, emptied)
            self._committed = _Committed(self._committed.commits)
            self._own = {name: set() for name in self._own}
            self._serials.clear()

    def close(self) -> None:
        """Forget every write, and let the session's schema go; there is no writing after it."""
        with self._lock:
            self._closed = True
            if self._writer is not None:
                with self.tables.catalog_lock:
                    self._writer.execute(f"DROP SCHEMA {self._schema} CASCADE")
                self._writer.close()
                self._writer = None
            self.reset()

    @property
    def _inside(self) -> bool:
        """Whether the transaction that is open is this thread's."""
        return self._thread == threading.get_ident()

    def _begin(self) -> None:
        if self._closed:
            raise OrgError("INVALID_SESSION_ID", "Session expired or invalid", status=401)
        if self._writer is None:
            writer = self.tables.cursor()
            with self.tables.catalog_lock:
                writer.execute(make_schema(self._schema, self.catalog))
            self._writer = writer
        self._writer.execute("BEGIN")
        self._thread = threading.get_ident()

    def _commit(self) -> None:
        # An aborted transaction would be committed without an error, and without its writes.
        self._run("SELECT 1", [])
        self._run("COMMIT", [])
        if self._journal:
            touched = frozenset(name for name, ids in self._own.items() if ids)
            self._committed = _Committed(self._committed.commits + 1, touched)

    def _roll_back(self) -> None:
        # A commit that fails has rolled back already.
        with suppress(OrgError):
            self._run("ROLLBACK", [])
        for entity, record, before in self._journal:
            if before is None:
                self._own[entity.name].discard(record)

    def _take_back(self, mark: int) -> None:
        """Undo what the journal has from a mark on, latest first."""
        while len(self._journal) > mark:
            entity, record, before = self._journal.pop()
            # The engine goes on after none of its own errors: then all will be rolled back.
            with suppress(OrgError):
                if before is not None:
                    self._write(entity, before)
                else:
                    self._run(self._statements[entity.name].delete, [record])
            if before is None:
                self._own[entity.name].discard(record)

    def _write(self, entity: Entity, row: Row) -> None:
        """Replace a row that the session has written."""
        self._run(self._statements[entity.name].update, [row[name] for name in entity.columns])

    def _empty(self, writer: duckdb.DuckDBPyConnection, statements: str) -> None:
        try:
            writer.execute(f"BEGIN; {statements}; COMMIT")
        except duckdb.Error:
            with suppress(duckdb.Error):
                writer.execute("ROLLBACK")
            raise

    def _where(self, entity: Entity, record: str) -> str:
        """The table that has the row of an Id."""
        own = record in self._own[entity.name]
        return self._statements[entity.name].rows if own else f'main."{entity.name}"'

    def _rows(
        self, entity: Entity, source: str, condition: str, bound: Sequence[object]
    ) -> list[Row]:
        found = self._run(f"SELECT * FROM {source} WHERE {condition}", bound).fetchall()
        return [_named(entity, values) for values in found]

    def _run(self, sql: str, bound: Sequence[object]) -> duckdb.DuckDBPyConnection:
        if self._writer is None or not self._inside:
            raise RuntimeError("rows are read and put within a transaction of the overlay")
        try:
            return self._writer.execute(sql, list(bound))
        except duckdb.TransactionException as error:
            raise aborted() from error


def aborted() -> OrgError:
    """The error of a transaction in which a query was stopped."""
    return OrgError(
        "PROCESSING_HALTED", "a query of this transaction was stopped; nothing of it is kept"
    )


def _named(entity: Entity, values: Sequence[object]) -> Row:
    """A row of the engine by the names of its fields."""
    return dict(zip(entity.columns, values, strict=True))  # type: ignore[arg-type]
