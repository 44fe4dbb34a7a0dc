"""Where an org's records come from: a published dataset, or the tables of a run at work."""

from pathlib import Path
from typing import Protocol

import polars as pl

from orgsmith.outputs.manifest import Table


class RecordSource(Protocol):
    """Tables of the sixteen objects; `outputs.dataset.Dataset` is one."""

    @property
    def path(self) -> Path:
        """The folder, for messages."""
        ...

    @property
    def damaged(self) -> str:
        """The end of a message about a file that is not as it was written."""
        ...

    def files(self, node: str) -> tuple[Path, ...]:
        """The Parquet files of an object."""
        ...

    def scan(self, node: str) -> pl.LazyFrame:
        """The records of an object."""
        ...

    def table(self, node: str) -> Table:
        """The size of an object."""
        ...
