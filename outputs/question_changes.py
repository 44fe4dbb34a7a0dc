"""Which benchmark questions were added from one version to another, and which were dropped."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from orgsmith.outputs.dataset import SAID, Dataset
from orgsmith.outputs.questions import TASKS_FOLDER
from orgsmith.outputs.shape import UNREADABLE
from orgsmith.schema.errors import DatasetError

QUESTIONS_SHOWN = 3
"""Questions that are told of those added to a task, and of those dropped."""


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """The questions of a task: how many came and went, and the first of them by id."""

    task: str
    added: int
    dropped: int
    kept: int
    first_added: tuple[str, ...]
    first_dropped: tuple[str, ...]


def question_changes(before: Dataset, after: Dataset) -> Iterator[QuestionChange]:
    """The tasks whose questions differ, by key.

    Raises:
        DatasetError: a file of questions is damaged.
    """
    left, right = (_tasks(each) for each in (before, after))
    for task in sorted(left.keys() | right.keys()):
        old = _asked(before, left.get(task))
        new = _asked(after, right.get(task))
        added = [new[each] for each in sorted(new.keys() - old.keys())]
        dropped = [old[each] for each in sorted(old.keys() - new.keys())]
        if added or dropped:
            yield QuestionChange(
                task,
                len(added),
                len(dropped),
                len(old) - len(dropped),
                tuple(added[:QUESTIONS_SHOWN]),
                tuple(dropped[:QUESTIONS_SHOWN]),
            )


def _tasks(dataset: Dataset) -> Mapping[str, Path]:
    """The files of questions by the key of their task."""
    return {file.stem: file for file in sorted((dataset.path / TASKS_FOLDER).glob("*.parquet"))}


def _asked(dataset: Dataset, file: Path | None) -> Mapping[str, str]:
    """The questions of a task by id; none without a file."""
    if file is None:
        return {}
    if file.resolve() != file:
        raise DatasetError(f"{file} is a link; copy the dataset as plain files")
    columns = (pl.col(name).cast(pl.String) for name in ("task_id", "question"))
    try:
        found = pl.scan_parquet(file, glob=False).select(columns).collect()
    except UNREADABLE as error:
        said = " ".join(str(error).split())[:SAID]
        raise DatasetError(f"{file}: cannot be read ({said}); {dataset.damaged}") from error
    return dict(found.iter_rows())
