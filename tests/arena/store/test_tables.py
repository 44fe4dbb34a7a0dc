"""The published objects in memory: complete, typed, in order, locked."""

import shutil
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl
import pytest

from orgsmith.arena.catalog import IDS, Catalog
from orgsmith.arena.store.tables import Tables, sql_type
from orgsmith.outputs.dataset import Dataset
from orgsmith.schema.errors import DatasetError
from orgsmith.schema.objects import OBJECTS
from tests.arena.store.desk import STORED_NOW

THREADS = 8


def cells(tables: Tables, sql: str, *bound: object) -> list[tuple[object, ...]]:
    """What a query finds."""
    with closing(tables.cursor()) as cursor:
        found: list[tuple[object, ...]] = cursor.execute(sql, list(bound)).fetchall()
    return found


@pytest.mark.parametrize("name", OBJECTS)
def test_views_hold_every_field_typed_and_in_order(
    tables: Tables, catalog: Catalog, name: str
) -> None:
    described = cells(tables, f'DESCRIBE main."{name}"')
    columns = catalog.entities[name].columns.values()
    assert [(row[0], row[1]) for row in described] == [
        (column.name, sql_type(column)) for column in columns
    ]


@pytest.mark.parametrize("name", OBJECTS)
def test_rows_are_as_published_in_order_of_id(tables: Tables, dataset: Dataset, name: str) -> None:
    moments = pl.selectors.datetime()
    published = dataset.scan(name).with_columns(moments.dt.replace_time_zone(None)).collect()
    names = ", ".join(f'"{column}"' for column in published.columns)
    found = cells(tables, f'SELECT {names} FROM main."{name}"')
    assert published["Id"].is_sorted()
    loaded = pl.DataFrame(found, schema=published.schema, orient="row", strict=False)
    assert loaded.equals(published)


def test_system_fields_tell_of_the_creation(tables: Tables) -> None:
    (different,) = cells(
        tables,
        """SELECT count(*) FROM main."Case" WHERE "IsDeleted"
        OR "LastModifiedDate" <> "CreatedDate" OR "SystemModstamp" <> "CreatedDate" """,
    )
    assert different == (0,)


def test_nothing_hidden_is_loaded(tables: Tables) -> None:
    names = cells(tables, "SELECT table_name FROM duckdb_tables() WHERE NOT internal")
    assert {name for (name,) in names if " rows" not in str(name)} == set(OBJECTS)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_parquet('{file}')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM glob('{folder}/*')",
        "COPY main.\"User\" TO '{folder}/copy.csv'",
        "ATTACH '{folder}/other.db'",
        "EXPORT DATABASE '{folder}/export'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET temp_directory = '{folder}'",
        "SET threads = 64",
        "PRAGMA memory_limit = '1MB'",
    ],
)
def test_the_engine_reaches_no_file_and_keeps_its_settings(
    tables: Tables, dataset: Dataset, tmp_path: Path, sql: str
) -> None:
    (file,) = dataset.files("User")
    with pytest.raises(duckdb.Error):
        cells(tables, sql.format(file=file, folder=tmp_path))
    assert not list(tmp_path.iterdir())


def test_variables_of_python_are_no_tables(tables: Tables) -> None:
    frame = pl.DataFrame({"secret": [1]})
    with pytest.raises(duckdb.CatalogException):
        cells(tables, "SELECT * FROM frame")
    assert frame.height


def test_cursors_of_threads_do_not_wait_for_each_other(tables: Tables) -> None:
    found: list[object] = []

    def read() -> None:
        found.extend(cells(tables, 'SELECT count(*) FROM main."Case"'))

    threads = [threading.Thread(target=read) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == THREADS
    assert len(set(found)) == 1


def test_tables_are_let_go_while_threads_ask(dataset: Dataset, catalog: Catalog) -> None:
    """Who asks meanwhile is told so; closing never fails."""
    for _ in range(20):
        tables = Tables.open(dataset, catalog)
        stopped: list[BaseException] = []

        def ask(tables: Tables = tables, stopped: list[BaseException] = stopped) -> None:
            try:
                while True:
                    cells(tables, 'SELECT count(*) FROM main."User"')
            except duckdb.Error as error:
                stopped.append(error)

        threads = [threading.Thread(target=ask) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        tables.close()
        for thread in threads:
            thread.join()
        assert len(stopped) == THREADS


def test_facts_are_asked_once(tables: Tables) -> None:
    sql = 'SELECT max("CreatedDate") FROM base."Case"'
    assert tables.once(sql) is tables.once(sql)
    assert tables.once('SELECT "Id" FROM base."Case" WHERE false') is None


def test_indexes_change_nothing_that_is_found(
    tables: Tables, dataset: Dataset, catalog: Catalog
) -> None:
    with closing(Tables.open(dataset, catalog, indexed_from=0)) as indexed:
        for entity in catalog.entities.values():
            for column in entity.columns.values():
                if column.kind in IDS:
                    sql = f'SELECT "Id" FROM main."{entity.name}" WHERE "{column.name}" = $1'
                elif column.unique:
                    sql = f'SELECT "Id" FROM main."{entity.name}" WHERE lower("{column.name}") = $1'
                else:
                    continue
                values = cells(
                    tables, f'SELECT DISTINCT lower("{column.name}") FROM base."{entity.name}"'
                    if column.kind not in IDS
                    else f'SELECT DISTINCT "{column.name}" FROM base."{entity.name}"',
                )  # fmt: skip
                for value in sorted(str(value) for (value,) in values)[:20]:
                    assert cells(indexed, sql, value) == cells(tables, sql, value)


def copied(dataset: Dataset, folder: Path) -> Dataset:
    """A copy of a dataset that a test may damage."""
    shutil.copytree(dataset.path, folder / "copy")
    return Dataset.open(folder / "copy")


def cut_off(file: Path) -> None:
    """Leave the first half of a file."""
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def drop_column(file: Path) -> None:
    """Leave a column out."""
    pl.read_parquet(file).drop("Subject").write_parquet(file)


def retype(file: Path) -> None:
    """Write moments as text."""
    frame = pl.read_parquet(file)
    frame.with_columns(pl.col("CreatedDate").cast(pl.String)).write_parquet(file)


def retype_number(file: Path) -> None:
    """Write a text as a number."""
    pl.read_parquet(file).with_columns(Subject=pl.lit(STORED_NOW.year)).write_parquet(file)


def replace_by_text(file: Path) -> None:
    """Write something else."""
    file.write_text("no Parquet\n")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut_off, "cannot be read"),
        (replace_by_text, "cannot be read"),
        (drop_column, "column Subject is missing"),
        (retype, "column CreatedDate is VARCHAR"),
        (retype_number, "column Subject is "),
    ],
)
def test_a_damaged_file_is_named(
    dataset: Dataset,
    catalog: Catalog,
    tmp_path: Path,
    damage: Callable[[Path], None],
    said: str,
) -> None:
    broken = copied(dataset, tmp_path)
    (file,) = broken.files("Case")
    damage(file)
    with pytest.raises(DatasetError, match=said) as caught:
        Tables.open(broken, catalog)
    assert str(file) in str(caught.value)


def test_missing_rows_and_files_are_named(
    dataset: Dataset, catalog: Catalog, tmp_path: Path
) -> None:
    broken = copied(dataset, tmp_path)
    (file,) = broken.files("Case")
    pl.read_parquet(file)[1:].write_parquet(file)
    with pytest.raises(DatasetError, match=r"objects/Case has \d+ rows, the manifest says"):
        Tables.open(broken, catalog)
    file.unlink()
    with pytest.raises(DatasetError, match="no file of Case"):
        Tables.open(broken, catalog)


@pytest.mark.parametrize("name", ["a*", "a?", "[a]b", "Subject=hidden", "it's", "a b;c"])
def test_a_path_is_no_pattern(
    dataset: Dataset, catalog: Catalog, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).mkdir()
    # What the name matches as a pattern lies beside.
    copied(dataset, tmp_path / "ab")
    moved = copied(dataset, tmp_path / name)
    with closing(Tables.open(moved, catalog)) as tables:
        found = cells(tables, 'SELECT "Subject" FROM main."Case"')
    assert found == [(subject,) for subject in dataset.scan("Case").collect()["Subject"]]
