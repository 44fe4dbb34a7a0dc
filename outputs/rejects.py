"""Refused records as they are published: what was wrong with what, in bounded number."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from orgsmith.outputs.merge import merged, row_count

REJECTS_FOLDER = "rejects"

REJECTS_KEPT = 100_000
"""Refused records kept of an object; of more, evenly spaced ones in order of Id."""

REJECTS = pl.Schema(
    {
        "Id": pl.String(),
        "round": pl.Int64(),
        "rule": pl.String(),
        "reason": pl.String(),
        "duplicate": pl.String(),
        "score": pl.Float64(),
        "record": pl.String(),
    }
)
"""Columns of a rejects file: whose record, in which round of writing, what it broke and why, for a
near-duplicate its partner and score, and the refused values as JSON text."""


def kept(sources: Sequence[Path], at_most: int = REJECTS_KEPT) -> Iterator[pl.DataFrame]:
    """The refused records of an object in order of Id, or a sample that every run draws alike.

    Args:
        sources: Parquet files with columns of `REJECTS`; those that are missing, the same in all
            files, are filled with nulls.
        at_most: how many rows to keep.
    """
    if not sources:
        return iter([REJECTS.to_frame()])
    rows = row_count(sources)
    frames = _all(sources)
    return frames if rows <= at_most else _sampled(frames, rows, at_most)


def _all(sources: Sequence[Path]) -> Iterator[pl.DataFrame]:
    known = pl.read_parquet_schema(sources[0])
    present = [name for name in REJECTS if name in known]
    missing = [pl.lit(None).alias(name) for name in REJECTS if name not in known]
    for frame in merged(sources, present, present):
        yield frame.with_columns(missing).select(REJECTS.names()).cast(REJECTS)


def _sampled(frames: Iterator[pl.DataFrame], rows: int, at_most: int) -> Iterator[pl.DataFrame]:
    """Those rows at which the running share of `at_most` reaches the next whole number."""
    seen = 0
    for frame in frames:
        place = pl.int_range(seen, seen + frame.height, dtype=pl.Int64)
        yield frame.filter((place + 1) * at_most // rows > place * at_most // rows)
        seen += frame.height
