"""Benchmark questions as they are published: what an agent may see, and apart from it the answers.

Two tables for each task: `tasks/<key>.parquet` with columns of `TASKS`, `answers/<key>.parquet`
with columns of `ANSWERS`; both in order of `task_id`.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from orgsmith.outputs import manifest
from orgsmith.outputs.dataset import SAID, Dataset
from orgsmith.outputs.merge import merged
from orgsmith.schema.errors import DatasetError

TASKS_FOLDER = "tasks"
ANSWERS_FOLDER = "answers"

CANARY_COLUMN = "canary"
CANARY = (
    "Benchmark questions made by Orgsmith, to test agents with: leave them out of whatever a model "
    "is trained on. Canary 4d34e790-c230-4345-b3d8-7de590cd4131"
)
"""Stands in every row of every dataset, and never changes: who finds it in a training corpus, or
gets its end from a model, knows that questions were trained on."""

TASK_KEYS = (
    "case_routing",
    "handle_time",
    "transfer_count",
    "named_entity_disambiguation",
    "policy_violation_identification",
    "knowledge_qa",
    "top_issue_identification",
    "monthly_trend_analysis",
    "best_region_identification",
    "customer_sentiment_analysis",
)
"""The tasks, in the order in which they are listed everywhere."""

TASK_ID = re.compile(r"(?P<key>[a-z][a-z_]*)-[0-9a-f]{12}")

TASKS = pl.Schema(
    {
        "task_id": pl.String(),
        "task": pl.String(),
        "persona": pl.String(),
        "question": pl.String(),
        "context": pl.String(),
        "domain": pl.String(),
        "today": pl.Date(),
        "answer_type": pl.String(),
        "metric": pl.String(),
        CANARY_COLUMN: pl.String(),
    }
)
"""Columns of questions: who asks what, all that must be told beside it, the day it is asked on,
what kind of answer is wanted (id, month, state, label or text) and how it is scored (exact, f1)."""

ANSWERS = pl.Schema(
    {
        "task_id": pl.String(),
        "answers": pl.List(pl.String()),
        "none_reason": pl.String(),
        "parameters": pl.String(),
        "evidence": pl.List(pl.String()),
        "runner_up": pl.String(),
        "margin": pl.Float64(),
        "solver_query": pl.String(),
        CANARY_COLUMN: pl.String(),
    }
)
"""Columns of answers: the answers that are accepted, the first of them first; what is false in a
question whose answer is None; what is asked, exactly, as JSON; Ids of the records that prove it;
the next best answer and by how much it lost; the statements a solver sent."""

NONE = "None"
"""The answer to a question that supposes something false."""

Parameter = str | int | None


class Wanted(Protocol):
    """How many questions of each task a run is asked for."""

    @property
    def number(self) -> int:
        """Of each task, at scale 1."""
        ...

    @property
    def none_share(self) -> float:
        """The share of them whose answer is None, in the tasks that have such."""
        ...


@dataclass(frozen=True, slots=True)
class MadeTask:
    """The questions of a task as they are handed to `publish`.

    `questions` and `answers` are Parquet files with columns of `TASKS` and `ANSWERS`, the canary
    left out, in order of `task_id`; `facts` are what the manifest says of them.
    """

    questions: Path
    answers: Path
    facts: manifest.Task


@dataclass(frozen=True, slots=True)
class Question:
    """A question: all that an agent may see of it."""

    task_id: str
    task: str
    persona: str
    question: str
    context: str
    domain: str
    today: dt.date
    answer_type: str
    metric: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a question's answer; columns of `ANSWERS`."""

    task_id: str
    answers: tuple[str, ...]
    none_reason: str | None
    parameters: Mapping[str, Parameter]
    evidence: tuple[str, ...]
    runner_up: str | None
    margin: float | None
    solver_query: str


def task_table(key: str) -> str:
    """What fingerprint and footer call the questions of a task."""
    return f"{TASKS_FOLDER}/{key}"


def answer_table(key: str) -> str:
    """What fingerprint and footer call the answers of a task."""
    return f"{ANSWERS_FOLDER}/{key}"


def marked(source: Path, schema: pl.Schema) -> Iterator[pl.DataFrame]:
    """The rows of a file in order of `task_id`, with the canary as the last column.

    Args:
        source: a Parquet file with the columns of the schema, with or without the canary.
        schema: `TASKS` or `ANSWERS`.
    """
    columns = [name for name in schema if name != CANARY_COLUMN]
    for frame in merged([source], ("task_id",), columns):
        yield frame.with_columns(pl.lit(CANARY).alias(CANARY_COLUMN)).match_to_schema(schema)


def read_questions(dataset: Dataset, key: str) -> pl.DataFrame:
    """The questions of a task; columns of `TASKS`, in order of `task_id`.

    Raises:
        DatasetError: the dataset has no such task, or the file is missing or damaged.
    """
    _known(dataset, key)
    return _read(dataset, task_table(key), TASKS)


def read_answers(dataset: Dataset, key: str) -> pl.DataFrame:
    """The answers of a task; columns of `ANSWERS`, in order of `task_id`.

    Raises:
        DatasetError: the dataset has no such task or is a public copy, or the file is missing or
            damaged.
    """
    _known(dataset, key)
    if dataset.manifest.status == manifest.PUBLIC:
        raise DatasetError(
            f"{dataset.path} is a public copy, which has no answers; name the dataset that it was "
            "exported from"
        )
    return _read(dataset, answer_table(key), ANSWERS)


def questions_of(dataset: Dataset, key: str, task_id: str | None = None) -> Iterator[Question]:
    """The questions of a task in order of `task_id`, or the one with an id.

    Raises:
        DatasetError: as `read_questions`.
    """
    rows = read_questions(dataset, key).drop(CANARY_COLUMN)
    for row in (rows if task_id is None else rows.filter(task_id=task_id)).iter_rows(named=True):
        yield Question(**row)


def answers_of(dataset: Dataset, key: str, task_id: str | None = None) -> Iterator[Answer]:
    """The answers of a task in order of `task_id`, or the one to a question.

    Raises:
        DatasetError: as `read_answers`, or what an answer holds cannot be meant.
    """
    rows = read_answers(dataset, key).drop(CANARY_COLUMN)
    for row in (rows if task_id is None else rows.filter(task_id=task_id)).iter_rows(named=True):
        yield _answer(dataset, row)


def _answer(dataset: Dataset, row: Mapping[str, Any]) -> Answer:
    """An answer from its row."""
    try:
        parameters: dict[str, Parameter] = dict(json.loads(row["parameters"]))
    except (TypeError, ValueError) as error:
        raise DatasetError(
            f"{dataset.path}: the parameters of {row['task_id']} are no JSON object; "
            f"{dataset.damaged}"
        ) from error
    if None in (row["answers"] or ()) or None in (row["evidence"] or ()):
        raise DatasetError(
            f"{dataset.path}: the answers of {row['task_id']} hold an empty value; "
            f"{dataset.damaged}"
        )
    return Answer(
        task_id=row["task_id"],
        answers=tuple(row["answers"] or ("",)),
        none_reason=row["none_reason"],
        parameters=parameters,
        evidence=tuple(row["evidence"] or ()),
        runner_up=row["runner_up"],
        margin=row["margin"],
        solver_query=row["solver_query"] or "",
    )


def _known(dataset: Dataset, key: str) -> None:
    """Refuse a task that a dataset does not have."""
    tasks = dataset.manifest.tasks
    if key in tasks:
        return
    if not tasks:
        raise DatasetError(
            f"{dataset.path} has no questions; orgsmith generate makes them unless told "
            "--questions 0"
        )
    raise DatasetError(f"{dataset.path} has no task {key!r}; there are {', '.join(tasks)}")


def _read(dataset: Dataset, table: str, schema: pl.Schema) -> pl.DataFrame:
    file = dataset.path / f"{table}.parquet"
    if file.resolve() != file:
        raise DatasetError(f"{file} is a link; copy the dataset as plain files")
    try:
        return pl.scan_parquet(file, glob=False).match_to_schema(schema).collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        said = " ".join(str(error).split())[:SAID]
        raise DatasetError(f"{file}: cannot be read ({said}); {dataset.damaged}") from error
