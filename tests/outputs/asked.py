"""Little tables of questions and answers, made by hand, for datasets of random records."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from orgsmith.outputs.manifest import Task
from orgsmith.outputs.questions import ANSWERS, CANARY_COLUMN, NONE, TASK_KEYS, TASKS, MadeTask
from orgsmith.outputs.store import write_table

NOTHING = "nothing in the window"


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and what is known of its answer."""

    number: int
    answers: Sequence[str]
    parameters: Mapping[str, str | int]
    evidence: Sequence[str] = ()
    runner_up: str | None = None
    margin: float | None = None
    today: dt.date = dt.date(2025, 6, 1)
    context: str = "Today is 2025-06-01."
    solver_query: str = "SELECT Id FROM Case"

    def task_id(self, key: str) -> str:
        return f"{key}-{self.number:012x}"


def pairs(first: str, second: str) -> list[Pair]:
    """Four questions: two have the first answer, one the second, one none."""
    answers = ([first, f"{first}, in other words"], [second], [NONE], [first])
    return [
        Pair(number, each, {"number": number, "extreme": "most"}, [first, second], second, 2.0)
        for number, each in enumerate(answers)
    ]


def tables(key: str, told: Sequence[Pair]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Questions and answers of a task, without the canary, in no order."""
    answer_type = {"knowledge_qa": "text", "monthly_trend_analysis": "month"}.get(key, "id")
    questions = [
        {
            "task_id": each.task_id(key),
            "task": key,
            "persona": "service manager",
            "question": f"Question {each.number} of {key}?",
            "context": each.context,
            "domain": "A case is a customer's request.",
            "today": each.today,
            "answer_type": answer_type,
            "metric": "f1" if answer_type == "text" else "exact",
        }
        for each in told
    ]
    answers = [
        {
            "task_id": each.task_id(key),
            "answers": list(each.answers),
            "none_reason": NOTHING if each.answers == [NONE] else None,
            "parameters": json.dumps(dict(each.parameters), sort_keys=True),
            "evidence": list(each.evidence),
            "runner_up": each.runner_up,
            "margin": each.margin,
            "solver_query": each.solver_query,
        }
        for each in told
    ]
    return (
        pl.DataFrame(questions, schema=_unmarked(TASKS)).reverse(),
        pl.DataFrame(answers, schema=_unmarked(ANSWERS)).reverse(),
    )


def facts(told: Sequence[Pair]) -> Task:
    """What the manifest says of them."""
    first = Counter(each.answers[0] for each in told)
    nothing = first[NONE]
    return Task(
        rows=len(told),
        asked=len(told) + 1,
        none_share=round(nothing / len(told), 4),
        none_kinds={NOTHING: nothing} if nothing else {},
        distinct_answers=len(first),
        constant_baseline=round(max(first.values()) / len(told), 4),
        other_baselines={"random answer": 0.3333},
        facts=len(first),
        dropped=0,
        objects=3.0,
        queries=4.5,
        read_text=1,
        near_duplicates=0.25,
    )


def made(folder: Path, told: Mapping[str, Sequence[Pair]]) -> dict[str, MadeTask]:
    """Work files of questions, by the key of their task."""
    tasks = {}
    for key, each in told.items():
        questions, answers = tables(key, each)
        files = (folder / f"{key}-questions.parquet", folder / f"{key}-answers.parquet")
        write_table(questions, files[0], ("task_id",))
        write_table(answers, files[1], ("task_id",))
        tasks[key] = MadeTask(*files, facts(each))
    return tasks


def every_task() -> dict[str, list[Pair]]:
    """Questions of all tasks, answered by Ids no record has."""
    return {key: pairs(f"{key} one", f"{key} two") for key in reversed(TASK_KEYS)}


def _unmarked(schema: pl.Schema) -> pl.Schema:
    return pl.Schema({name: dtype for name, dtype in schema.items() if name != CANARY_COLUMN})
