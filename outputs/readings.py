"""Readings as they are published: what a blind reader found in a model's texts.

They are kept beside the hidden truth: later checks compare answers with them and call no model.
"""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from orgsmith.outputs.manifest import Readings

READINGS_FOLDER = "readings"


def counted(sources: Sequence[Path]) -> Readings:
    """How many texts were read, and of how many all that was asked was found right.

    Args:
        sources: Parquet files with columns of `validators.readings.READ`.
    """
    texts = pl.scan_parquet(list(sources)).group_by("Id", "round").agg(pl.col("passed").all())
    checked, passed = texts.select(pl.len(), pl.col("passed").sum()).collect().row(0)
    return Readings(checked=checked, passed=passed, refused=checked - passed)
