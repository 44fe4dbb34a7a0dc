"""What a manifest claims of questions, against the questions and answers that are there."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

import polars as pl

from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.manifest import PUBLIC, Task
from orgsmith.outputs.questions import (
    ANSWERS_FOLDER,
    CANARY,
    CANARY_COLUMN,
    NONE,
    TASK_ID,
    TASK_KEYS,
    TASKS_FOLDER,
    read_answers,
    read_questions,
)
from orgsmith.schema.errors import DatasetError
from orgsmith.validators.outcome import Finding, Outcome, counted

QUESTIONS = "questions"

ROUNDED = 0.5e-4
"""Shares in the manifest have four digits."""


def check_questions(dataset: Dataset) -> Iterator[Outcome]:
    """Questions and answers belong together, and the manifest counts them as they are.

    Files that cannot be read are left alone: the checks of files and columns say that of them.

    Yields:
        `questions` for each task that there are files of, or that the manifest names.
    """
    for key in sorted(_listed(dataset) - dataset.manifest.tasks.keys()):
        yield counted(QUESTIONS, key, 0, 1, [_claim(key, "task", key, "is not in the manifest")])
    for key, claimed in dataset.manifest.tasks.items():
        try:
            findings = list(_findings(dataset, key, claimed))
        except DatasetError:
            continue
        yield counted(QUESTIONS, key, claimed.rows, len(findings), findings)


def _listed(dataset: Dataset) -> set[str]:
    """The tasks whose files the manifest lists."""
    paths = (PurePosixPath(entry.path) for entry in dataset.manifest.files)
    return {path.stem for path in paths if path.parts[:1] in {(TASKS_FOLDER,), (ANSWERS_FOLDER,)}}


def _findings(dataset: Dataset, key: str, claimed: Task) -> Iterator[Finding]:
    if key not in TASK_KEYS:
        yield _claim(key, "task", key, f"is none of {', '.join(TASK_KEYS)}")
    questions = read_questions(dataset, key)
    yield from _asked(dataset, key, questions)
    if questions.height != claimed.rows:
        yield _claim(key, "rows", questions.height, f"in the table, {claimed.rows} in the manifest")
    if dataset.manifest.status != PUBLIC:
        answers = read_answers(dataset, key)
        yield from _pairs(key, questions, answers)
        yield from _answered(key, answers)
        yield from _claims(key, answers, claimed)


def _asked(dataset: Dataset, key: str, questions: pl.DataFrame) -> Iterator[Finding]:
    """Faults of questions that can be told without their answers."""
    seen: set[str] = set()
    for row in questions.iter_rows(named=True):
        task_id = str(row["task_id"])
        found = TASK_ID.fullmatch(task_id)
        if not found or found["key"] != key:
            yield _fault(key, task_id, "task_id", task_id, f"is not {key}, - and 12 digits")
        if task_id in seen:
            yield _fault(key, task_id, "task_id", task_id, "stands there more than once")
        seen.add(task_id)
        if row["task"] != key:
            yield _fault(key, task_id, "task", row["task"], "stands in another task's table")
        if row["today"] is None or row["today"] > dataset.manifest.as_of:
            reason = f"is after the as-of date, {dataset.manifest.as_of}, or empty"
            yield _fault(key, task_id, "today", row["today"], reason)
        empty = [name for name, value in row.items() if value is None or value == ""]
        for name in empty:
            yield _fault(key, task_id, name, row[name], "is empty")
        if row[CANARY_COLUMN] != CANARY:
            yield _fault(key, task_id, CANARY_COLUMN, row[CANARY_COLUMN], "is not the canary")


def _pairs(key: str, questions: pl.DataFrame, answers: pl.DataFrame) -> Iterator[Finding]:
    """Where a question lacks its answer, or an answer its question."""
    asked, answered = (Counter(map(str, table["task_id"])) for table in (questions, answers))
    for task_id in sorted((asked - answered).keys()):
        yield _fault(key, task_id, "task_id", task_id, "has no answer")
    for task_id in sorted((answered - asked).keys()):
        yield _fault(
            key, task_id, "task_id", task_id, "is answered, but not asked, or not as often"
        )


def _answered(key: str, answers: pl.DataFrame) -> Iterator[Finding]:
    """Faults of answers."""
    for row in answers.iter_rows(named=True):
        task_id, accepted, reason = str(row["task_id"]), row["answers"] or [], row["none_reason"]
        if not accepted or any(not each for each in accepted):
            yield _fault(key, task_id, "answers", accepted, "is empty")
        elif (accepted == [NONE]) != (reason is not None):
            yield _fault(key, task_id, "none_reason", reason, f"does not go with {accepted}")
        if not _is_object(row["parameters"]):
            yield _fault(key, task_id, "parameters", row["parameters"], "is no JSON object")
        if row[CANARY_COLUMN] != CANARY:
            yield _fault(key, task_id, CANARY_COLUMN, row[CANARY_COLUMN], "is not the canary")


def _claims(key: str, answers: pl.DataFrame, claimed: Task) -> Iterator[Finding]:
    """Where the manifest counts answers otherwise than they are."""
    rows = max(answers.height, 1)
    first = Counter(str(each[0]) for each in answers["answers"].to_list() if each)
    kinds = Counter(answers["none_reason"].drop_nulls().to_list())
    shares = {
        "none_share": (sum(kinds.values()) / rows, claimed.none_share),
        "constant_baseline": (max(first.values(), default=0) / rows, claimed.constant_baseline),
    }
    for field, (share, told) in shares.items():
        if abs(share - told) > ROUNDED + 1e-9:
            yield _claim(key, field, round(share, 4), f"in the table, {told} in the manifest")
    if len(first) != claimed.distinct_answers:
        reason = f"in the table, {claimed.distinct_answers} in the manifest"
        yield _claim(key, "distinct_answers", len(first), reason)
    if kinds != claimed.none_kinds:
        reason = f"in the table, {claimed.none_kinds} in the manifest"
        yield _claim(key, "none_kinds", dict(sorted(kinds.items())), reason)


def _is_object(text: str | None) -> bool:
    """Whether a text is a JSON object in its one spelling."""
    try:
        value: object = json.loads(text or "")
    except ValueError:
        return False
    return isinstance(value, dict) and json.dumps(value, sort_keys=True) == text


def _claim(key: str, field: str, value: object, reason: str) -> Finding:
    return Finding(QUESTIONS, key, "(manifest)", field, str(value), reason)


def _fault(key: str, task_id: str, field: str, value: object, reason: str) -> Finding:
    return Finding(QUESTIONS, key, task_id, field, None if value is None else str(value), reason)
