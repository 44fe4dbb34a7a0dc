"""Many sorted Parquet files read as one sorted table, in bounded memory."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from orgsmith.outputs.store import ROW_GROUP_SIZE, to_frame

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

HELD_ROWS = 100_000
"""Rows that are held while files are merged, a group of each, about."""

LEAST_GROUP = 512
"""Rows in the smallest groups: still smaller ones take longer to read than they save."""

CHUNK_ROWS = 65_536
"""Rows handed on at a time, about; what is written does not depend on it."""


@dataclass(frozen=True, slots=True)
class _Group:
    """A row group: the file it is in, its number there, its rows, and its least first key."""

    file: int
    number: int
    rows: int
    least: str | int


def merged(
    paths: Sequence[Path], key: Sequence[str], columns: Sequence[str], chunk_rows: int = CHUNK_ROWS
) -> Iterator[pl.DataFrame]:
    """The rows of all files in the order of a key, every row group read once.

    What is held is a chunk, and of each file the row group that lies across the chunk's end, as
    long as each file is sorted; an unsorted one costs memory but gives the same rows.

    Args:
        paths: Parquet files with row group statistics, as `store` writes them.
        key: columns that together tell every row apart; the first is a String or Int64 without
            nulls.
        columns: the columns wanted; the others are never decoded.
        chunk_rows: rows to hand on at a time, about.

    Yields:
        Frames, each sorted, all keys of a frame greater than those of the one before. At least
        one frame, which is empty if the files are.
    """
    from pyarrow.parquet import ParquetFile

    wanted = [*columns, *(name for name in key if name not in columns)]
    with ExitStack() as stack:
        files = [stack.enter_context(ParquetFile(path)) for path in paths]
        groups = sorted(_groups(files, key[0]), key=lambda group: group.least)
        waiting = to_frame(files[0].schema_arrow.empty_table()).select(wanted)
        first = True
        for part, bound in _portions(groups, chunk_rows):
            read = (files[group.file].read_row_group(group.number, wanted) for group in part)
            waiting = pl.concat([waiting, *(to_frame(table).select(wanted) for table in read)])
            ready = waiting if bound is None else waiting.filter(pl.col(key[0]) < bound)
            if bound is not None:
                waiting = waiting.filter(pl.col(key[0]) >= bound).rechunk()
            if ready.height or (first and bound is None):
                first = False
                yield ready.sort(key).select(columns)


def group_rows(files: int) -> int:
    """Rows in a group of each of so many files that are to be merged."""
    return min(ROW_GROUP_SIZE, max(LEAST_GROUP, HELD_ROWS // files))


def row_count(paths: Sequence[Path]) -> int:
    """Rows in all files, from their footers."""
    from pyarrow.parquet import read_metadata

    return sum(int(read_metadata(path).num_rows) for path in paths)


def _groups(files: Sequence["ParquetFile"], key: str) -> Iterator[_Group]:
    """The row groups that hold rows."""
    for number, file in enumerate(files):
        metadata = file.metadata
        position = file.schema_arrow.names.index(key)
        for index in range(metadata.num_row_groups):
            group = metadata.row_group(index)
            if group.num_rows:
                least = group.column(position).statistics.min
                yield _Group(number, index, int(group.num_rows), least)


def _portions(
    groups: Sequence[_Group], chunk_rows: int
) -> Iterator[tuple[Sequence[_Group], str | int | None]]:
    """Row groups to read next, with the first key that may still come after; None at the end."""
    start, rows = 0, 0
    for position, group in enumerate(groups):
        if rows >= chunk_rows and group.least != groups[position - 1].least:
            yield groups[start:position], group.least
            start, rows = position, 0
        rows += group.rows
    yield groups[start:], None
