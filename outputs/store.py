"""The one Parquet writer: equal rows give equal bytes, however they were cut into frames."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import polars as pl
from pydantic import BaseModel, ConfigDict, NonNegativeInt

from orgsmith.outputs.storage import AtomicFile, storage_errors

if TYPE_CHECKING:
    import pyarrow as pa

ROW_GROUP_SIZE = 8192
"""Rows in a group of a published file, a constant: another value gives other bytes."""

COMPRESSION_LEVEL = 1
NAME_KEY = "orgsmith.table"
"""Key of the table's name in a file's footer."""


class FileEntry(BaseModel):
    """A finished file: where it is, its rows (0 if it is no table), its size and its digest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str
    rows: NonNegativeInt
    bytes: NonNegativeInt
    sha256: str

    def below(self, folder: Path) -> "FileEntry":
        """The same with the path relative to a folder, in POSIX form."""
        relative = Path(self.path).relative_to(folder).as_posix()
        return self.model_copy(update={"path": relative})


class TableWriter:
    """Writes one Parquet file from frames that come in the order of the table.

    Use it as a context manager: an error inside leaves no file. Row groups are filled across
    frames, which is what makes the bytes independent of where frames begin and end.
    """

    def __init__(
        self, path: Path, schema: pl.Schema, name: str | None = None, group: int = ROW_GROUP_SIZE
    ) -> None:
        """Open the file under a temporary name.

        Args:
            path: where the file is to stand.
            schema: its columns and their types, in order.
            name: what the footer calls the table; the file's stem if left out.
            group: rows in a group.
        """
        # pyarrow takes a second or two to import; the command line must not pay it at its start.
        from pyarrow.parquet import ParquetWriter

        self.rows = 0
        self._group = group
        self._path = path
        self._schema = schema
        self._pending: list[pl.DataFrame] = []
        self._waiting = 0
        arrow = _arrow(schema.to_frame())
        with storage_errors(path):
            self._file = AtomicFile(path)
        self._writer = ParquetWriter(
            self._file,
            arrow.schema,
            version="2.6",
            compression="zstd",
            compression_level=COMPRESSION_LEVEL,
            # Readers then see plain Parquet types, not the Arrow flavour Polars happens to use.
            store_schema=False,
        )
        self._writer.add_key_value_metadata({NAME_KEY: name or path.stem})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._file.closed:
            self.abandon()

    def append(self, frame: pl.DataFrame) -> None:
        """Add rows after those that were added before.

        Raises:
            StorageError: the disk is full, or the file may not be written.
            TypeError: the frame's columns or types are not those of the table.
        """
        if frame.schema != self._schema:
            raise TypeError(f"{self._path}: {frame.schema} given, {self._schema} declared")
        self._pending.append(frame)
        self._waiting += frame.height
        self.rows += frame.height
        if self._waiting >= self._group:
            whole = self._waiting - self._waiting % self._group
            waiting = pl.concat(self._pending)
            self._write(waiting[:whole])
            self._pending = [waiting[whole:]]
            self._waiting -= whole

    def finish(self) -> FileEntry:
        """Write what is left and put the file into its place.

        Raises:
            StorageError: the disk is full, or the file may not be written.
        """
        if self._waiting or self.rows == 0:
            self._write(pl.concat(self._pending) if self._pending else self._schema.to_frame())
        with storage_errors(self._path):
            self._writer.close()
            self._file.commit()
        file = self._file
        return FileEntry(path=str(self._path), rows=self.rows, bytes=file.size, sha256=file.sha256)

    def abandon(self) -> None:
        """Leave no file."""
        # Closing writes a footer, which on a full disk fails once more.
        with suppress(OSError):
            self._writer.close()
        self._file.abandon()

    def _write(self, frame: pl.DataFrame) -> None:
        with storage_errors(self._path):
            self._writer.write_table(_arrow(frame), row_group_size=self._group)


def write_table(
    frame: pl.DataFrame,
    path: Path,
    sort_by: Sequence[str],
    name: str | None = None,
    group: int = ROW_GROUP_SIZE,
) -> FileEntry:
    """Write a frame as one Parquet file: sorted, in one chunk, in row groups of a fixed size.

    Args:
        frame: the rows, in any order and any chunks.
        path: where the file is to stand; its folder is made if need be.
        sort_by: columns that together tell every row apart.
        name: what the footer calls the table; the file's stem if left out.
        group: rows in a group.

    Returns:
        The finished file, its path as given.

    Raises:
        StorageError: the disk is full, or the file may not be written; nothing is left of it.
    """
    with TableWriter(path, frame.schema, name, group) as writer:
        writer.append(frame.sort(sort_by))
        return writer.finish()


def write_text(text: str, path: Path) -> FileEntry:
    """Write a text file as UTF-8, whole or not at all.

    Raises:
        StorageError: the disk is full, or the file may not be written; nothing is left of it.
    """
    with storage_errors(path):
        file = AtomicFile(path)
        try:
            file.write(text.encode())
            file.commit()
        finally:
            file.abandon()
    return FileEntry(path=str(path), rows=0, bytes=file.size, sha256=file.sha256)


def to_frame(arrow: object) -> pl.DataFrame:
    """An Arrow table or batch as a frame.

    Raises:
        TypeError: it is neither.
    """
    frame = pl.from_arrow(arrow)
    if not isinstance(frame, pl.DataFrame):
        raise TypeError(f"{type(arrow).__name__} is no table")
    return frame


def _arrow(frame: pl.DataFrame) -> "pa.Table":
    """The frame as an Arrow table in one chunk, in the plainest types there are."""
    table: pa.Table = frame.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    return table.combine_chunks()
