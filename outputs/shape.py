"""What an object's table looks like: for each key column a distribution, in bounded memory.

Everything follows from the dataset's own schema.json, so that versions with other fields, or made
by another Orgsmith, can be compared.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from orgsmith.outputs.dataset import OBJECTS_FOLDER, SAID, Dataset
from orgsmith.outputs.schema_file import COLUMN_TYPES, FieldEntry, ObjectEntry, SchemaFile
from orgsmith.schema.declaration import Kind
from orgsmith.schema.errors import DatasetError

DIGITS = 3
"""Significant digits of a number that are told apart: few enough to count each value."""

OTHER = "(other)"
"""Stands for all values of a picklist that schema.json does not name."""

NUMBERS = frozenset({Kind.INT, Kind.DOUBLE, Kind.CURRENCY})
DAYS = frozenset({Kind.DATE, Kind.DATETIME})

_TYPES = {spelled: dtype for dtype, spelled in COLUMN_TYPES.items()}
UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)


@dataclass(frozen=True, slots=True)
class Values:
    """How often each value of a picklist, or of a boolean, is taken; nulls are left out."""

    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The values of a number, ascending, and how often each is taken; nulls are left out.

    Numbers have three significant digits. Dates and times are whole days since the as-of date,
    negative before it.
    """

    values: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def deciles(self) -> tuple[float, ...]:
        """The least value, the nine deciles and the greatest value; nothing if there is none."""
        total = sum(self.counts)
        found: list[float] = []
        upto = 0
        for value, count in zip(self.values, self.counts, strict=True):
            upto += count
            while len(found) <= 10 and upto * 10 >= len(found) * total:
                found.append(value)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Parents:
    """To how many records a reference leads, and the rows of the one it leads to most."""

    distinct: int
    busiest: int


@dataclass(frozen=True, slots=True)
class Length:
    """Mean length of a written text in characters; None if there is no text."""

    mean: float | None


Content = Values | Numbers | Parents | Length | None


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """A column: rows with and without a value, and what the values are like.

    A number that is not finite counts as a null. Of strings that are neither picklists nor written
    texts only the nulls are known: `content` is None.
    """

    kind: Kind
    filled: int
    nulls: int
    content: Content


@dataclass(frozen=True, slots=True)
class TableShape:
    """A table: its rows, and its key columns by name in order of declaration."""

    rows: int
    columns: Mapping[str, ColumnShape]


def shape_of(dataset: Dataset, schema: SchemaFile, node: str) -> TableShape:
    """The shape of an object's rows, counted in one pass over its files.

    Memory is bounded by the distinct values counted, not by the rows; of a reference it is a hash
    of eight bytes and a count for each parent.

    Raises:
        DatasetError: a file is missing, cut off or no Parquet, or has other columns than the
            dataset's schema.json says.
    """
    fields = [each for each in schema.nodes[node].fields if each.type is not Kind.ID]
    counters = {each.name: _counter(each, dataset) for each in fields}

    def queries(rows: pl.LazyFrame) -> list[pl.LazyFrame]:
        return [rows.select(pl.len()), *(count(rows) for count in counters.values())]

    size, *counted = _collect(dataset, schema, node, queries)
    columns = {
        field.name: _column(field, frame) for field, frame in zip(fields, counted, strict=True)
    }
    return TableShape(int(size.item()), columns)


def _counter(field: FieldEntry, dataset: Dataset) -> Callable[[pl.LazyFrame], pl.LazyFrame]:
    """The query of a column: rows by `value` in `count`, or a row of `count` and what is known."""
    column = pl.col(field.name)

    def counts(value: pl.Expr) -> Callable[[pl.LazyFrame], pl.LazyFrame]:
        return lambda rows: rows.group_by(value.alias("value")).agg(count=pl.len())

    if field.type is Kind.BOOLEAN:
        return counts(pl.when(column).then(pl.lit("true")).when(~column).then(pl.lit("false")))
    if field.values:
        return counts(
            pl.when(column.is_null() | column.is_in(field.values))
            .then(column)
            .otherwise(pl.lit(OTHER))
        )
    if field.type in NUMBERS:
        number = column.cast(pl.Float64)
        return counts(pl.when(number.is_finite()).then(number.round_sig_figs(DIGITS)))
    if field.type in DAYS:
        return counts(column.dt.epoch("d") - pl.lit(dataset.manifest.as_of).dt.epoch("d"))
    if field.type is Kind.REFERENCE:
        parents = counts(pl.when(column.is_not_null()).then(column.hash()))
        given = pl.col("value").is_not_null()
        return lambda rows: parents(rows).select(
            filled=pl.col("count").filter(given).sum(),
            nulls=pl.col("count").filter(~given).sum(),
            distinct=given.sum(),
            busiest=pl.col("count").filter(given).max().fill_null(0),
        )
    length = column.str.len_chars().mean() if field.type is Kind.TEXTAREA else pl.lit(None)
    return lambda rows: rows.select(
        filled=column.count(), nulls=column.null_count(), mean=length.cast(pl.Float64)
    )


def _column(field: FieldEntry, counted: pl.DataFrame) -> ColumnShape:
    """The shape of a column from what its query has counted."""
    if "value" not in counted.columns:
        row = counted.row(0, named=True)
        content: Content = None
        if field.type is Kind.REFERENCE:
            content = Parents(row["distinct"], row["busiest"])
        elif field.type is Kind.TEXTAREA:
            content = Length(row["mean"])
        return ColumnShape(field.type, row["filled"], row["nulls"], content)
    known = counted.drop_nulls("value").sort("value")
    filled = int(known["count"].sum())
    if known["value"].dtype == pl.String:
        content = Values(dict(known.iter_rows()))
    else:
        content = Numbers(
            tuple(known["value"].cast(pl.Float64).to_list()), tuple(known["count"].to_list())
        )
    return ColumnShape(field.type, filled, int(counted["count"].sum()) - filled, content)


def _collect(
    dataset: Dataset,
    schema: SchemaFile,
    node: str,
    queries: Callable[[pl.LazyFrame], Sequence[pl.LazyFrame]],
) -> list[pl.DataFrame]:
    """What queries say of the rows of a node."""
    columns = pl.Schema({each.name: _dtype(each) for each in schema.nodes[node].fields})
    files = _files(dataset, schema, node)

    def answer(some: Sequence[Path]) -> list[pl.DataFrame]:
        rows = pl.scan_parquet(list(some), glob=False).match_to_schema(columns)
        return pl.collect_all(queries(rows), engine="streaming")

    try:
        return answer(files)
    except UNREADABLE as error:
        said = " ".join(str(error).split())
        raise DatasetError(
            f"{_first_broken(files, answer)}: cannot be read ({said[:SAID]}); {dataset.damaged}"
        ) from error


def _first_broken(files: Sequence[Path], answer: Callable[[Sequence[Path]], object]) -> Path:
    """The file that cannot be read or has other columns; the first if all seem so."""

    def broken() -> Iterator[Path]:
        for file in files:
            try:
                answer([file])
            except UNREADABLE:
                yield file

    return next(broken(), files[0])


def _dtype(field: FieldEntry) -> pl.DataType:
    """The type of a column as schema.json spells it; that of its kind where it spells another."""
    return _TYPES.get(field.column, field.type.dtype)


def _files(dataset: Dataset, schema: SchemaFile, node: str) -> tuple[Path, ...]:
    """The files of a node, also where this Orgsmith does not know the object."""
    if isinstance(schema.nodes[node], ObjectEntry):
        folder = dataset.path / OBJECTS_FOLDER / node
        files = tuple(sorted(folder.glob("part-*.parquet")))
        if files and all(file.resolve() == file for file in files):
            return files
    # It says what is wrong.
    return dataset.files(node)
