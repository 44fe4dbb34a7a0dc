"""Readings as they are published: what a blind reader found in a model's texts.

They are kept beside the hidden truth: later checks compare answers with them and call no model.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.manifest import Readings
from orgsmith.schema.errors import DatasetError
from orgsmith.validators.readings import READ

READINGS_FOLDER = "readings"


def counted(sources: Sequence[Path]) -> Readings:
    """How many texts were read, and of how many all that was asked was found right.

    Args:
        sources: Parquet files with columns of `validators.readings.READ`.
    """
    texts = pl.scan_parquet(list(sources)).group_by("Id", "round").agg(pl.col("passed").all())
    checked, passed = texts.select(pl.len(), pl.col("passed").sum()).collect().row(0)
    return Readings(checked=checked, passed=passed, refused=checked - passed)


def read_readings(dataset: Dataset) -> Iterator[pl.DataFrame]:
    """The readings of a dataset, object by object.

    Raises:
        DatasetError: a file is missing or damaged.
    """
    for name in dataset.manifest.readings:
        file = dataset.path / READINGS_FOLDER / f"{name}.parquet"
        try:
            yield pl.read_parquet(file, glob=False).match_to_schema(READ)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise DatasetError(f"{file}: cannot be read ({error}); {dataset.damaged}") from error
