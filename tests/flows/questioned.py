"""A small published dataset with some questions of every task, answered by the tasks themselves."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import polars as pl

from orgsmith.arena.benchmark import baselines
from orgsmith.arena.tasks import TASKS
from orgsmith.arena.tasks.domain import DOMAIN
from orgsmith.arena.tasks.facts import Facts
from orgsmith.arena.tasks.question import Candidate
from orgsmith.arena.tasks.task import Task
from orgsmith.outputs import manifest
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.publish import Made, publish
from orgsmith.outputs.questions import ANSWERS, CANARY_COLUMN, MadeTask
from orgsmith.outputs.questions import TASKS as COLUMNS
from orgsmith.outputs.store import write_table
from orgsmith.schema.graph import NODES
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from orgsmith.schema.streams import stream
from orgsmith.validators.checks import check_tables
from tests.validators.published import make, publish_frames

FEW = 4
"""Questions of each task, and as many without an answer where there are such."""

STATEMENT = "SELECT COUNT() FROM Case WHERE Subject = 'what a solver asks'"
SEED = 731_904_552_186_403_917
"""A seed that stands nowhere by accident."""


def questioned(folder: Path) -> Path:
    """Publish the small dataset with questions; the folder that `--out` names."""
    industry = load("sportswear")
    organisation = Organisation(industry, seed=SEED, scale=0.1, as_of=industry.as_of)
    bare = Dataset.open(publish_frames(make(organisation), folder / "bare"))
    facts = Facts(bare)
    tasks = {key: _made(task, facts, folder / "questions") for key, task in TASKS.items()}
    made = Made(
        writer=manifest.Writer(kind="phrasebook"),
        started=time.monotonic(),
        outcomes=list(check_tables(bare)),
        duplicates={
            name: manifest.Duplicates(scope=rule.scope, threshold=rule.threshold, seen=0, removed=0)
            for name, declared in OBJECTS.items()
            if (rule := declared.near_duplicates)
        },
        tasks=tasks,
    )
    sources = {name: bare.files(name) for name in NODES}
    publish(folder / "datasets", bare.organisation, sources, {}, made)
    return folder / "datasets"


def _made(task: Task, facts: Facts, folder: Path) -> MadeTask:
    rng = stream(facts.organisation.seed, task.key, 0, "questions")
    found = list(task.find(facts, rng))
    answered = (each for each in found if each.none_reason is None)
    nothing = (each for each in found if each.none_reason is not None)
    chosen = [*islice(answered, FEW), *islice(nothing, FEW)]
    questions, answers = _tables(task, facts, chosen)
    files = (folder / f"{task.key}-questions.parquet", folder / f"{task.key}-answers.parquet")
    write_table(questions, files[0], ("task_id",))
    write_table(answers, files[1], ("task_id",))
    return MadeTask(*files, _facts(chosen))


def _tables(
    task: Task, facts: Facts, chosen: Sequence[Candidate]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    asked, gold = [], []
    for each in chosen:
        task_id = f"{task.key}-{hashlib.sha256(each.key.encode()).hexdigest()[:12]}"
        words = ", ".join(map(str, each.slots.values()))
        asked.append(
            {
                "task_id": task_id,
                "task": task.key,
                "persona": task.persona,
                "question": f"Which one ({each.shape}), {words}?",
                "context": task.context(facts, each),
                "domain": DOMAIN,
                "today": each.today,
                "answer_type": task.answer_type,
                "metric": task.metric,
            }
        )
        gold.append(
            {
                "task_id": task_id,
                "answers": list(each.answers),
                "none_reason": each.none_reason,
                "parameters": json.dumps(dict(each.parameters), sort_keys=True),
                "evidence": list(each.evidence),
                "runner_up": each.runner_up,
                "margin": each.margin,
                "solver_query": STATEMENT,
            }
        )
    return pl.DataFrame(asked, schema=_unmarked(COLUMNS)), pl.DataFrame(
        gold, schema=_unmarked(ANSWERS)
    )


def _facts(chosen: Sequence[Candidate]) -> manifest.Task:
    kinds = baselines.kinds(chosen)
    return manifest.Task(
        rows=len(chosen),
        asked=len(chosen),
        none_share=round(sum(kinds.values()) / len(chosen), 4),
        none_kinds=kinds,
        distinct_answers=baselines.distinct(chosen),
        constant_baseline=baselines.constant(chosen),
        other_baselines=baselines.others(chosen),
        facts=baselines.facts(chosen),
        dropped=0,
        objects=3,
        queries=4,
        read_text=0,
        near_duplicates=0,
    )


def _unmarked(schema: Mapping[str, pl.DataType]) -> pl.Schema:
    return pl.Schema({name: dtype for name, dtype in schema.items() if name != CANARY_COLUMN})
