"""The samples below a folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from orgsmith.arena.results.columns import BUDGET, ENDPOINT, FAILED, SAMPLES, SCORED
from orgsmith.schema.errors import DatasetError

NAME = "samples.parquet"

STATUSES = (SCORED, ENDPOINT, BUDGET, FAILED)

SAID = 200
"""Characters of a library's own message that are shown."""

_NEVER_NULL = (
    "run",
    "created_at",
    "fingerprint",
    "industry",
    "dataset_version",
    "scale",
    "agent",
    "settings",
    "task_id",
    "task",
    "persona",
    "epoch",
    "status",
    "none_expected",
)
_OF_SCORED = ("score", "partial", "success", "verdict")


def samples_below(folder: Path) -> pl.DataFrame:
    """The samples of every `samples.parquet` below a folder, those of equal runs included.

    Links are not followed: what they point to is found by itself, or lies elsewhere.

    Raises:
        DatasetError: there is none, or one cannot be read, is empty or holds something else.
    """
    if not folder.is_dir():
        raise DatasetError(
            f"{folder} is no folder; name one that holds runs of `orgsmith evaluate`"
        )
    tables = [samples_of(file) for file in sorted(_files(folder))]
    if not tables:
        raise DatasetError(f"no {NAME} below {folder}; `orgsmith evaluate` writes them")
    return pl.concat(tables)


def samples_of(file: Path) -> pl.DataFrame:
    """The samples of a file; columns that are not of `SAMPLES` are left out.

    Raises:
        DatasetError: it cannot be read, is empty or holds something else.
    """
    try:
        table = pl.read_parquet(file.read_bytes(), use_pyarrow=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).strip().partition("\n")[0][:SAID]
        raise _fault(file, f"cannot be read: {reason}") from error
    for name, dtype in SAMPLES.items():
        if name not in table.schema:
            raise _fault(file, f"holds no samples of an evaluation: it has no column {name}")
        if table.schema[name] != dtype:
            raise _fault(file, f"column {name} is {table.schema[name]}, not {dtype}")
    if table.is_empty():
        raise _fault(file, "is empty")
    samples = table.select(*SAMPLES)
    for fault in _faults(samples):
        raise _fault(file, fault)
    return samples


def _files(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise DatasetError(f"{error.filename} cannot be read: {error.strerror}") from error

    for path, _, names in os.walk(folder, onerror=refuse):
        file = Path(path, NAME)
        if NAME in names and not file.is_symlink():
            yield file


def _faults(samples: pl.DataFrame) -> Iterator[str]:
    """What no evaluation would have written."""
    for name in _NEVER_NULL:
        if samples[name].has_nulls():
            yield f"column {name} is null in a row"
    for (status,) in samples.filter(~pl.col("status").is_in(STATUSES)).select("status").iter_rows():
        yield f"status {status!r} is none of {', '.join(STATUSES)}"
    scored = samples.filter(pl.col("status") == SCORED)
    for name in _OF_SCORED:
        if scored[name].has_nulls():
            yield f"column {name} is null in a row that is scored"
    for name in ("score", "partial"):
        for (value,) in scored.filter(~pl.col(name).is_between(0, 1)).select(name).iter_rows():
            yield f"{name} {value} does not lie between 0 and 1"


def _fault(file: Path, fault: str) -> DatasetError:
    return DatasetError(f"{file} {fault}; remove it, or run `orgsmith evaluate` again")
