"""The published objects as tables of an engine, which all sessions share."""

import glob
import os
import threading
import time
from contextlib import closing
from pathlib import Path

import duckdb

from orgsmith.arena.catalog import IDS, Catalog, Column, Entity
from orgsmith.arena.source import RecordSource
from orgsmith.outputs.dataset import SAID
from orgsmith.schema.declaration import Kind, Scaling
from orgsmith.schema.errors import DatasetError
from orgsmith.schema.objects import OBJECTS

SQL_TYPES = {
    Kind.BOOLEAN: "BOOLEAN",
    Kind.INT: "BIGINT",
    Kind.DOUBLE: "DOUBLE",
    Kind.CURRENCY: "DECIMAL(18,2)",
    Kind.DATE: "DATE",
    Kind.DATETIME: "TIMESTAMP",
}
"""The engine's type of a kind; of any other kind, VARCHAR."""

_PUBLISHED_TYPES = {
    Kind.CURRENCY: "DOUBLE",
    Kind.DATETIME: "TIMESTAMP WITH TIME ZONE",
}
"""The engine's type of a published column where it is not that of the table."""

_SYSTEM_VALUES = {
    "LastModifiedDate": '"CreatedDate"',
    "SystemModstamp": '"CreatedDate"',
    "IsDeleted": "false",
}

CLOSE_EVERY_S = 0.01

INDEXED_FROM = 20_000
"""Rows from which an index pays: a smaller table is scanned as fast as an index is asked."""

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    # Nothing is written beside the dataset: what does not fit into memory is refused.
    "temp_directory": "",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}
_IN_A_FILE: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "1GiB",
    # The file is gone again in minutes; finding out how it would be smallest takes longer than
    # reading more of it.
    "force_compression": "uncompressed",
}

# Files stay within reach until the tables are loaded.
_LOCK = "SET enable_external_access = false; SET lock_configuration = true"


class Tables:
    """The sixteen objects of a dataset.

    The rows of an object are the table `base."<object>"`, in order of Id, and nothing changes them.
    The view `main."<object>"` has the system's fields beside: every field of the catalog, in its
    order. Latent variables, questions, answers and rejects are never read.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._opening = threading.Lock()
        self._facts: dict[str, object] = {}
        self.catalog_lock = threading.Lock()
        """Held while tables and views are made or dropped: one session at a time."""

    @classmethod
    def open(
        cls,
        dataset: RecordSource,
        catalog: Catalog,
        *,
        indexed_from: int = INDEXED_FROM,
        file: Path | None = None,
        threads: int | None = None,
    ) -> "Tables":
        """Load a dataset's objects into memory, or into a file.

        Args:
            dataset: what is loaded.
            catalog: its objects.
            indexed_from: rows from which an object's ids and unique texts are indexed.
            file: where the tables are to lie instead, if they are too large for memory; must not
                exist, and is the caller's to remove.
            threads: what one query may use; all cores, if left out. They cost a small query more
                than they save.

        Raises:
            DatasetError: a file is missing, damaged or not as its schema says, or there is not
                memory enough.
        """
        cores = os.cpu_count() or 1
        place, lying = (":memory:", {}) if file is None else (str(file), _IN_A_FILE)
        connection = duckdb.connect(place, config={**_CONFIG, **lying, "threads": cores})
        try:
            connection.execute("SET GLOBAL TimeZone = 'UTC'; CREATE SCHEMA base")
            for entity in catalog.entities.values():
                rows = _load(connection, dataset, entity)
                if rows >= indexed_from:
                    _index(connection, entity)
            connection.execute(f"SET threads = {threads or cores}; {_LOCK}")
        except BaseException:
            connection.close()
            raise
        return cls(connection)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own, for one thread at a time; close it after use.

        Raises:
            duckdb.ConnectionException: the tables have been let go.
        """
        # A connection that two threads use at once refuses one of them.
        with self._opening:
            return self._connection.cursor()

    def once(self, sql: str) -> object:
        """The one value that a query finds in published rows; asked once, as they never change."""
        if sql not in self._facts:
            with closing(self.cursor()) as cursor:
                found = cursor.execute(sql).fetchone()
            self._facts[sql] = found[0] if found else None
        return self._facts[sql]

    def close(self) -> None:
        """Let the tables go, once no query is running any more."""
        # Held to the end: whoever comes for a connection now finds the tables gone.
        with self._opening:
            while True:
                try:
                    self._connection.close()
                except duckdb.ResourceInUseException:
                    time.sleep(CLOSE_EVERY_S)
                else:
                    return


def sql_type(column: Column) -> str:
    """The engine's type of a field."""
    return SQL_TYPES.get(column.kind, "VARCHAR")


def _load(connection: duckdb.DuckDBPyConnection, dataset: RecordSource, entity: Entity) -> int:
    """Make the table and the view of an object; how many rows it has.

    Raises:
        DatasetError: a file is missing, damaged or not as its schema says.
    """
    published = [column for column in entity.columns.values() if not column.system]
    types = ", ".join(f'"{column.name}" {sql_type(column)}' for column in published)
    connection.execute(f'CREATE TABLE base."{entity.name}" ({types})')
    files = dataset.files(entity.name)
    rows = sum(_read(connection, dataset, entity, published, file) for file in files)
    expected = dataset.table(entity.name).rows
    if rows != expected:
        raise DatasetError(
            f"{files[0].parent} has {rows} rows, the manifest says {expected}; {dataset.damaged}"
        )
    system = ", ".join(
        f'{_SYSTEM_VALUES[column.name]} AS "{column.name}"'
        for column in entity.columns.values()
        if column.system
    )
    connection.execute(
        f'CREATE VIEW main."{entity.name}" AS SELECT *, {system} FROM base."{entity.name}"'
    )
    return rows


def _read(
    connection: duckdb.DuckDBPyConnection,
    dataset: RecordSource,
    entity: Entity,
    published: list[Column],
    file: Path,
) -> int:
    """Append the rows of a file; how many there are.

    Raises:
        DatasetError: the file cannot be read, or has other columns.
    """
    values = ", ".join(_value(column) for column in published)
    # A path is a pattern to the engine, and would tell it columns by `name=value`.
    source = "FROM read_parquet($1, hive_partitioning = false)"
    path = [glob.escape(str(file))]
    try:
        found = connection.execute(f"SELECT * {source} LIMIT 0", path).description
        types = {name: str(kind) for name, kind, *_ in found}
        for column in published:
            expected = _PUBLISHED_TYPES.get(column.kind, sql_type(column))
            if types.get(column.name) != expected:
                raise DatasetError(
                    f"{file}: column {column.name} is {types.get(column.name, 'missing')}, not "
                    f"{expected}; {dataset.damaged}"
                )
        added = connection.execute(
            f'INSERT INTO base."{entity.name}" SELECT {values} {source}', path
        ).fetchone()
    except duckdb.OutOfMemoryException as error:
        raise DatasetError(
            f"{file} does not fit into this machine's memory; generate a smaller --scale"
        ) from error
    except duckdb.Error as error:
        said = " ".join(str(error).split())[:SAID]
        raise DatasetError(f"{file}: cannot be read ({said}); {dataset.damaged}") from error
    return int(added[0]) if added else 0


def _value(column: Column) -> str:
    """The expression of a table's value from the published one."""
    if column.kind is Kind.DATETIME:
        return f'make_timestamp(epoch_us("{column.name}"))'
    return f'CAST("{column.name}" AS {sql_type(column)})'


def _index(connection: duckdb.DuckDBPyConnection, entity: Entity) -> None:
    """Index what few rows are looked up by: ids, parents that are many, and unique texts, which are
    equal in any case."""
    columns = entity.columns.values()
    keys = [f'"{each.name}"' for each in columns if each.kind in IDS and _is_selective(each)]
    keys += [f'lower("{each.name}")' for each in columns if each.unique and each.kind not in IDS]
    for place, key in enumerate(keys):
        connection.execute(f'CREATE INDEX "{entity.name} {place}" ON base."{entity.name}"({key})')


def _is_selective(column: Column) -> bool:
    """Whether a value is that of few rows: the children of a product or an agent are many, and are
    found sooner by a scan."""
    if column.parent is None:
        return True
    return OBJECTS[column.parent].scaling is Scaling.LINEAR
