"""A table as it lies on the disk: what its files say and what their values hash to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from orgsmith.outputs.fingerprint import TableDigest
from orgsmith.outputs.schema_file import COLUMN_TYPES
from orgsmith.outputs.store import to_frame

BATCH_ROWS = 65_536


@dataclass(slots=True)
class StoredTable:
    """What reading a table found, by the relative path of each file.

    `columns` are the types by name, spelled as in schema.json where they are known there; `faults`
    say why a file could not be read; `digest` is None if the values could not be hashed.
    """

    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    digest: str | None = None


def read_table(files: Mapping[str, Path]) -> StoredTable:
    """Read a table's files in the order of their rows, in bounded memory; never raises for them."""
    from pyarrow import ArrowException

    found = StoredTable()
    digest: TableDigest | None = None
    sound = True
    for path, file in files.items():
        try:
            digest = _read(path, file, found, digest)
        except (ArrowException, OSError, ValueError, pl.exceptions.PolarsError) as error:
            found.faults[path] = f"cannot be read as Parquet: {' '.join(str(error).split())}"
            sound = False
        except TypeError:
            # A type no dataset has, or another than the part before: `columns` tells.
            sound = False
    if sound and digest is not None:
        found.digest = digest.hexdigest()
    return found


def _read(path: str, file: Path, found: StoredTable, digest: TableDigest | None) -> TableDigest:
    """Read one file into what was found; the digest goes on from the file before."""
    from pyarrow.parquet import ParquetFile

    with ParquetFile(file) as parquet:
        schema = to_frame(parquet.schema_arrow.empty_table()).schema
        found.columns[path] = {
            name: COLUMN_TYPES.get(dtype, str(dtype)) for name, dtype in schema.items()
        }
        found.rows[path] = int(parquet.metadata.num_rows)
        digest = digest or TableDigest(schema)
        for batch in parquet.iter_batches(batch_size=BATCH_ROWS):
            digest.update(to_frame(batch))
    return digest
