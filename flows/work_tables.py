"""The tables of a run at work, for what reads an organisation as a whole before it is published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from orgsmith.flows.parts import Made
from orgsmith.flows.work import Work
from orgsmith.outputs.manifest import Table
from orgsmith.schema.declared import nodes_of
from orgsmith.schema.organisation import Organisation


@dataclass(frozen=True, slots=True)
class WorkTables:
    """Work files as checks and solvers read them.

    Fulfils `validators.outcome.Tables` and `arena.source.RecordSource`.
    """

    path: Path
    organisation: Organisation
    made: Mapping[str, Made]
    paths: Mapping[str, Sequence[Path]]

    @classmethod
    def of(cls, work: Work, made: Mapping[str, Made]) -> "WorkTables":
        """The tables that a run has made, each file compared with its digest.

        Raises:
            StorageError: a file is gone or has changed.
        """
        return cls(work.folder, work.organisation, made, files_of(work, made))

    @property
    def damaged(self) -> str:
        """The end of a message about a file that is not as it was written."""
        return "run the same command again, it is made anew"

    def files(self, node: str) -> tuple[Path, ...]:
        """The files of a node, one for each block."""
        return tuple(self.paths[node])

    def scan(self, node: str) -> pl.LazyFrame:
        """The fields of an object, or the columns of a latent variable, all blocks."""
        return pl.scan_parquet(list(self.paths[node])).select(self._names(node))

    def table(self, node: str) -> Table:
        """The size of a node."""
        size = sum(path.stat().st_size for path in self.paths[node])
        return Table(rows=self.made[node].rows, bytes=size, columns=len(self._names(node)))

    def _names(self, node: str) -> list[str]:
        return [field.name for field in nodes_of(self.organisation.industry)[node].fields]


def files_of(work: Work, made: Mapping[str, Made]) -> dict[str, list[Path]]:
    """The files of every node, each compared with its digest.

    Raises:
        StorageError: a file is gone or has changed.
    """
    return {node: [work.path(part) for part in each.tables] for node, each in made.items()}
