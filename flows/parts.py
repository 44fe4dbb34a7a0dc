"""What the tasks of a run have made, told by the files that hold it."""

import json
from dataclasses import dataclass

from orgsmith.prompts.model.usage import NO_USAGE, Usage


@dataclass(frozen=True, slots=True)
class Part:
    """A finished work file: path below the work folder, digest of its bytes, number of rows."""

    path: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Made:
    """What a task has made of a node: one table for each block, and what was refused meanwhile.

    `seen` and `removed` count the texts compared and those removed as near-duplicates. `readings`
    hold what a reader of the texts found, `usage` what the model's calls used up.
    """

    node: str
    tables: tuple[Part, ...]
    refused: tuple[Part, ...] = ()
    seen: int = 0
    removed: int = 0
    readings: tuple[Part, ...] = ()
    usage: Usage = NO_USAGE

    @property
    def rows(self) -> int:
        """Rows of all blocks."""
        return sum(part.rows for part in self.tables)

    @property
    def rejects(self) -> int:
        """Refused records, each counted as often as it was refused."""
        return sum(part.rows for part in self.refused)


def parts_in(record: str) -> list[Part] | None:
    """The parts that a remembered result names; None if it cannot be read."""
    found: list[Part] = []

    def note(values: dict[str, object]) -> dict[str, object]:
        if values.keys() == {"path", "sha256", "rows"}:
            found.append(Part(str(values["path"]), str(values["sha256"]), int(str(values["rows"]))))
        return values

    try:
        json.loads(json.loads(record)["result"], object_hook=note)
    except (ValueError, KeyError, TypeError):
        return None
    return found
