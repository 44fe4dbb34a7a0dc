"""Verifying the questions of a published dataset: every answer is found a second time."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import polars as pl

from orgsmith.arena.benchmark.double_entry import agree
from orgsmith.arena.benchmark.readings import StoredReadings
from orgsmith.arena.catalog import Catalog
from orgsmith.arena.errors import OrgError
from orgsmith.arena.solver.desk import Found, Memory
from orgsmith.arena.solver.records import Records
from orgsmith.arena.solver.solve import solve
from orgsmith.arena.tasks import TASKS
from orgsmith.arena.tasks.facts import Facts
from orgsmith.arena.tasks.question import Asked, Candidate
from orgsmith.arena.tasks.task import Task
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.integrity import COLUMNS, WHOLE
from orgsmith.outputs.manifest import PUBLIC
from orgsmith.outputs.questions import read_answers, read_questions
from orgsmith.outputs.readings import read_readings
from orgsmith.outputs.schema_file import read_schema
from orgsmith.outputs.verify import verify as verify_tables
from orgsmith.schema.errors import DatasetError
from orgsmith.schema.streams import stream
from orgsmith.validators.outcome import Finding, Outcome, Status, counted

SOLVED = "solved again"
RECOUNTED = "counted again"


def verify(path: Path) -> Iterator[Outcome]:
    """Run every check on the dataset in a folder, and answer its questions again.

    Questions are left alone where the tables cannot be read: that has been said by then.

    Raises:
        DatasetError: it is no dataset, or its manifest cannot be read.
    """
    readable = True
    for outcome in verify_tables(path):
        readable = readable and not (outcome.name == COLUMNS and outcome.failed)
        yield outcome
    if not readable:
        return
    try:
        yield from check_answers(Dataset.open(path))
    except (DatasetError, pl.exceptions.PolarsError, LookupError, TypeError, ValueError) as error:
        reason = "is what ended the checks of answers"
        said = " ".join(str(error).split()) or type(error).__name__
        finding = Finding(SOLVED, WHOLE, "(all)", "answers", said, reason)
        yield counted(SOLVED, WHOLE, 0, 1, [finding])


def check_answers(dataset: Dataset) -> Iterator[Outcome]:
    """Answer every question of a dataset again, by the solver and by the task's own count.

    Yields:
        For each task `solved again`: the solver's answer, or where the texts are a model's the
        stored reading, is the published one; `counted again`: so is the task's own, of as many
        questions as this version of Orgsmith would ask.

    Raises:
        DatasetError: a table is missing or damaged.
    """
    if not dataset.manifest.tasks or dataset.manifest.status == PUBLIC:
        return
    catalog = Catalog.of(read_schema(dataset.path))
    facts = Facts(dataset)
    stored = None
    if dataset.manifest.readings:
        stored = StoredReadings.of(list(read_readings(dataset)), dataset)
    with closing(Records.open(dataset, catalog, dataset.manifest.as_of)) as records:
        for key in dataset.manifest.tasks:
            asked = _asked(dataset, key)
            yield _solved(TASKS[key], asked, records, stored)
            yield _recounted(TASKS[key], asked, facts)


def _asked(dataset: Dataset, key: str) -> pl.DataFrame:
    """Questions and answers of a task side by side."""
    questions = read_questions(dataset, key).select("task_id", "today", "context")
    return questions.join(read_answers(dataset, key), on="task_id", how="inner")


def _solved(
    task: Task, rows: pl.DataFrame, records: Records, stored: StoredReadings | None
) -> Outcome:
    memory = Memory()
    findings = []
    for row in rows.iter_rows(named=True):
        asked = Asked(task.key, row["today"], json.loads(row["parameters"]), row["context"])
        found = stored.second(asked, row["evidence"], row["answers"]) if stored else None
        if found is None:
            try:
                found, _ = solve(records.session, asked, memory)
            except (OrgError, KeyError, TypeError, ValueError) as error:
                found = Found("", f"the question cannot be solved: {error}")
        if not agree(row["answers"], row["evidence"], found, task.answer_type):
            derived = " ".join(found.derivation.split())
            findings.append(_finding(task, SOLVED, row, f"is the answer; {derived}"))
    return counted(SOLVED, task.key, rows.height, len(findings), findings)


def _recounted(task: Task, rows: pl.DataFrame, facts: Facts) -> Outcome:
    rng = stream(facts.organisation.seed, task.key, 0, "questions")
    known = {each.key: each for each in task.find(facts, rng)}
    findings = []
    compared = 0
    for row in rows.iter_rows(named=True):
        parameters = {"today": row["today"].isoformat(), **json.loads(row["parameters"])}
        own: Candidate | None = known.get(json.dumps(parameters, sort_keys=True))
        compared += own is not None
        if own is not None and list(own.answers) != row["answers"]:
            reason = f"is the answer; the task counts {own.answer} from {len(own.evidence)} records"
            findings.append(_finding(task, RECOUNTED, row, reason))
    if rows.height and not compared:
        # Another version of Orgsmith asks otherwise: nothing was counted again.
        return Outcome(RECOUNTED, task.key, Status.TOO_FEW, 0, 0.0, 0.0)
    return counted(RECOUNTED, task.key, compared, len(findings), findings)


def _finding(task: Task, check: str, row: dict[str, object], reason: str) -> Finding:
    answers = row["answers"]
    told = answers[0] if isinstance(answers, list) and answers else ""
    return Finding(check, task.key, str(row["task_id"]), "answers", str(told), reason)
