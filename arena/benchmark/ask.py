"""Makes the questions of a task: chooses them, phrases them, and answers each a second time."""

import hashlib
import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from orgsmith.arena.benchmark import baselines
from orgsmith.arena.benchmark.double_entry import TEXT, Disagreement, agree, derivation, refuse
from orgsmith.arena.benchmark.wanted import Wanted
from orgsmith.arena.session import Session
from orgsmith.arena.solver.desk import Desk, Found, Memory
from orgsmith.arena.solver.solve import solve
from orgsmith.arena.tasks.deal import deal
from orgsmith.arena.tasks.domain import DOMAIN
from orgsmith.arena.tasks.facts import Facts
from orgsmith.arena.tasks.question import Asked, Candidate
from orgsmith.arena.tasks.task import Task
from orgsmith.outputs import manifest
from orgsmith.outputs.questions import ANSWERS, CANARY_COLUMN, TASKS
from orgsmith.prompts.questions import Request, compose, near_duplicate_share
from orgsmith.schema.errors import CheckError
from orgsmith.schema.streams import stream

MOST_DROPPED = 0.2
"""Share of questions that may be dropped because a reader understood the texts otherwise."""

Second = Callable[[Asked, Sequence[str], Sequence[str]], Found | None]
"""What a blind reader of the texts found, given a question, its evidence and its answers; None
where the solver reads for itself."""

Paraphrase = Callable[[Sequence[Request], list[str]], list[str]]
"""Says composed questions in other words, slots kept."""


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of a task: tables by the schemas of `outputs.questions`, without the canary."""

    questions: pl.DataFrame
    answers: pl.DataFrame
    facts: manifest.Task


def ask(
    task: Task,
    facts: Facts,
    session: Session,
    wanted: Wanted,
    second: Second | None = None,
    paraphrase: Paraphrase | None = None,
) -> Questions:
    """The questions of a task about an organisation, with answers that two entries agree on.

    Args:
        task: what is asked.
        facts: the records, and what is hidden behind them.
        session: the same records as an agent sees them.
        wanted: how many, and how many of them without an answer.
        second: what a reader found, where the texts are a model's.
        paraphrase: who says the questions in other words.

    Raises:
        CheckError: the two entries differ, or a reader differs too often.
    """
    organisation = facts.organisation
    rng = stream(organisation.seed, task.key, 0, "questions")
    number = wanted.of(organisation.scale)
    chosen = deal(list(task.find(facts, rng)), task, number, wanted.none_share, rng)
    requests = [Request(task.key, each.shape, each.slots) for each in chosen]
    texts = compose(requests, rng)
    if paraphrase is not None:
        texts = paraphrase(requests, texts)
    memory = Memory()
    rows: list[_Row] = []
    disagreements: list[Disagreement] = []
    dropped = 0
    for candidate, text in zip(chosen, texts, strict=True):
        asked = Asked(
            task.key, candidate.today, candidate.parameters, task.context(facts, candidate)
        )
        read = second(asked, candidate.evidence, candidate.answers) if second else None
        found, desk = solve(session, asked, memory)
        if agree(candidate.answers, candidate.evidence, read or found, task.answer_type):
            rows.append(_Row(candidate, text, asked.context, desk))
        elif read or task.answer_type == TEXT:
            # Words can be understood otherwise: what a reader does not find is not asked.
            dropped += 1
        else:
            disagreements.append(Disagreement(task.key, text, derivation(candidate), found))
    refuse(disagreements, len(chosen))
    if dropped > MOST_DROPPED * len(chosen):
        raise CheckError(
            f"{task.key}: the reader of the texts understood {dropped} of {len(chosen)} questions "
            "otherwise, nothing is published; another --checker may read better, or the facts of "
            "the industry's articles may need words of their own"
        )
    rows.sort(key=lambda row: row.task_id(task))
    return Questions(
        questions=_questions(task, rows),
        answers=_answers(task, rows),
        facts=_facts(task, rows, number, dropped),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    candidate: Candidate
    text: str
    context: str
    desk: Desk

    def task_id(self, task: Task) -> str:
        """The task's key and twelve digits that say what is asked, and in which words."""
        content = json.dumps([self.candidate.key, self.text, self.context])
        return f"{task.key}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def _questions(task: Task, rows: Sequence[_Row]) -> pl.DataFrame:
    told = [
        {
            "task_id": row.task_id(task),
            "task": task.key,
            "persona": task.persona,
            "question": row.text,
            "context": row.context,
            "domain": DOMAIN,
            "today": row.candidate.today,
            "answer_type": task.answer_type,
            "metric": task.metric,
        }
        for row in rows
    ]
    return pl.DataFrame(told, schema=_without_canary(TASKS))


def _answers(task: Task, rows: Sequence[_Row]) -> pl.DataFrame:
    gold = [
        {
            "task_id": row.task_id(task),
            "answers": list(row.candidate.answers),
            "none_reason": row.candidate.none_reason,
            "parameters": json.dumps(dict(row.candidate.parameters), sort_keys=True),
            "evidence": list(row.candidate.evidence),
            "runner_up": row.candidate.runner_up,
            "margin": row.candidate.margin,
            "solver_query": ";\n".join(row.desk.statements),
        }
        for row in rows
    ]
    return pl.DataFrame(gold, schema=_without_canary(ANSWERS))


def _without_canary(schema: pl.Schema) -> pl.Schema:
    return pl.Schema({name: dtype for name, dtype in schema.items() if name != CANARY_COLUMN})


def _facts(task: Task, rows: Sequence[_Row], number: int, dropped: int) -> manifest.Task:
    asked = [row.candidate for row in rows]
    kinds = baselines.kinds(asked)
    return manifest.Task(
        rows=len(rows),
        asked=number,
        none_share=round(sum(kinds.values()) / len(rows), 4) if rows else 0.0,
        none_kinds=kinds,
        distinct_answers=baselines.distinct(asked),
        constant_baseline=baselines.constant(asked),
        other_baselines=baselines.others(asked),
        facts=baselines.facts(asked),
        dropped=dropped,
        objects=float(statistics.median(len(row.desk.objects) for row in rows)) if rows else 0.0,
        queries=float(statistics.median(len(row.desk.statements) for row in rows)) if rows else 0.0,
        read_text=sum(row.desk.read for row in rows),
        joined=tuple(
            row.task_id(task) for row in rows if row.desk.read and len(row.desk.objects) > 1
        ),
        near_duplicates=round(near_duplicate_share([row.text for row in rows]), 4),
    )
