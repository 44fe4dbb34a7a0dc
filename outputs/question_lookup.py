"""A question and its answer, found by the id of the question."""

import difflib

from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.questions import (
    TASK_ID,
    TASKS_FOLDER,
    Answer,
    Question,
    answers_of,
    questions_of,
    read_questions,
)
from orgsmith.schema.errors import DatasetError

NEAR_IDS = 3
"""Ids that an error names where the one asked for is not known."""


def find_question(dataset: Dataset, task_id: str) -> Question:
    """A question by its id.

    Raises:
        DatasetError: there is none with this id, or the file is missing or damaged.
    """
    found = TASK_ID.fullmatch(task_id)
    keys = [found["key"]] if found and found["key"] in dataset.manifest.tasks else []
    for key in keys:
        for question in questions_of(dataset, key, task_id):
            return question
    raise DatasetError(f"{dataset.path} has no question {task_id!r}; {_instead(dataset, task_id)}")


def find_answer(dataset: Dataset, question: Question) -> Answer:
    """The answer to a question of a dataset.

    Raises:
        DatasetError: the dataset is a public copy, or the file is missing or damaged.
    """
    for answer in answers_of(dataset, question.task, question.task_id):
        return answer
    raise DatasetError(f"{dataset.path} has no answer to {question.task_id}; {dataset.damaged}")


def _instead(dataset: Dataset, task_id: str) -> str:
    """What to say instead of an id that is not known."""
    keys = list(dataset.manifest.tasks)
    if not keys:
        return "it has none at all: orgsmith generate makes them unless told --questions 0"
    key = task_id.rpartition("-")[0]
    if key not in keys:
        (near,) = difflib.get_close_matches(key or task_id, keys, n=1, cutoff=0)
        return f"an id is a task and 12 digits, such as {_first(dataset, near)}"
    ids = read_questions(dataset, key)["task_id"].to_list()
    near = ", ".join(difflib.get_close_matches(task_id, ids, n=NEAR_IDS, cutoff=0)) or "none"
    return f"near it are {near}; {TASKS_FOLDER}/{key}.parquet lists all"


def _first(dataset: Dataset, key: str) -> str:
    """The first id of a task, or what one looks like."""
    ids = read_questions(dataset, key)["task_id"].to_list()
    return ids[0] if ids else f"{key}-0123456789ab"
