"""Samples as an evaluation might leave them, made up from fixed streams."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from orgsmith.arena.results.columns import SAMPLES
from orgsmith.outputs.questions import TASK_KEYS
from orgsmith.schema.streams import stream

MORNING = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)

PERSONAS: Mapping[str, str] = {
    task: persona
    for tasks, persona in (
        (TASK_KEYS[:3], "service manager"),
        ((*TASK_KEYS[3:6], TASK_KEYS[9]), "service agent"),
        (TASK_KEYS[6:9], "service analyst"),
    )
    for task in tasks
}

CAUSES = (
    "wrong tool",
    "wrong window",
    "next best",
    "said none",
    "missed none",
    "gave up",
    "turn limit",
    "format",
    "context full",
    "refused",
    "several answers",
    "wrong value",
)


@dataclass(frozen=True, slots=True)
class Made:
    """Who is made to answer, and how well."""

    agent: str
    model: str | None = None
    skill: float = 0.5
    tool_level: str | None = None
    settings: str = "{}"
    price: float | None = 0.01
    epochs: int = 1
    questions: int = 12
    tasks: Sequence[str] = TASK_KEYS
    outage: float = 0.0
    run: str = "first"


def sample(**values: object) -> dict[str, object]:
    """A sample that is scored and right, unless values say otherwise."""
    task = str(values.get("task", "handle_time"))
    return {
        "run": "first",
        "created_at": MORNING,
        "fingerprint": "f" * 64,
        "industry": "sportswear",
        "dataset_version": "20260301T000000Z",
        "scale": 1.0,
        "seed": 7,
        "agent": "react",
        "tool_level": None,
        "model": "lab/large",
        "settings": "{}",
        "task_id": f"{task}-000000000001",
        "task": task,
        "persona": PERSONAS.get(task, "service agent"),
        "fact": "one",
        "epoch": 1,
        "status": "scored",
        "error": None,
        "ending": "answered",
        "answer": "x",
        "gold": ["x"],
        "verdict": "right",
        "score": 1.0,
        "partial": 1.0,
        "success": True,
        "none_expected": False,
        "none_said": False,
        "cause": None,
        "calls": 3,
        "cached_calls": 0,
        "prompt_tokens": 1000,
        "completion_tokens": 100,
        "cost_usd": 0.01,
        "turns": 3,
        "seconds": 2.0,
        "tool_calls": 2,
        "tool_errors": 0,
        "format_errors": 0,
        **values,
    }


def wrong(**values: object) -> dict[str, object]:
    """A sample that is scored and wrong."""
    return sample(
        **{
            "verdict": "wrong",
            "score": 0.0,
            "partial": 0.0,
            "success": False,
            "cause": "wrong value",
            **values,
        }
    )


def unscored(**values: object) -> dict[str, object]:
    """A sample that is not scored."""
    nothing = dict.fromkeys(
        ("ending", "answer", "verdict", "score", "partial", "success", "none_said", "cause")
    )
    return sample(**{**nothing, "status": "endpoint", "error": "503 from the endpoint", **values})


def frame(rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    """Samples as a table."""
    return pl.DataFrame(list(rows), SAMPLES)


def plausible(made: Sequence[Made], *, fingerprint: str = "f" * 64, seed: int = 7) -> pl.DataFrame:
    """The samples of several entries, with skill that varies by task and question."""
    rows: list[dict[str, object]] = []
    for number, each in enumerate(made):
        generator = stream(seed, "plausible", number, "samples")
        for task in each.tasks:
            bent = generator.normal(0, 0.12)
            for question in range(each.questions):
                hard = float(np.clip(each.skill + bent + generator.normal(0, 0.15), 0, 1))
                rows += [
                    _answer(each, task, question, epoch + 1, hard, generator)
                    | {"fingerprint": fingerprint, "seed": seed}
                    for epoch in range(each.epochs)
                ]
    return frame(rows)


def _answer(
    made: Made, task: str, question: int, epoch: int, chance: float, generator: np.random.Generator
) -> dict[str, object]:
    turns = int(generator.integers(2, 16)) if made.model else 0
    tokens = turns * int(generator.integers(1500, 5000))
    none_expected = question % 7 == 0
    values: dict[str, object] = {
        "run": made.run,
        "agent": made.agent,
        "tool_level": made.tool_level,
        "model": made.model,
        "settings": made.settings,
        "task": task,
        "task_id": f"{task}-{question:012x}",
        "persona": PERSONAS[task],
        "fact": f"fact {question // 2}",
        "epoch": epoch,
        "none_expected": none_expected,
        "calls": turns,
        "prompt_tokens": tokens,
        "completion_tokens": tokens // 12,
        "cost_usd": None if made.price is None else made.price * tokens / 1000,
        "turns": turns,
        "seconds": float(turns * generator.uniform(0.5, 2.5)),
        "tool_errors": int(generator.poisson(0.3)) if made.model else 0,
        "format_errors": int(generator.poisson(0.1)) if made.model else 0,
    }
    if generator.random() < made.outage:
        return unscored(**values)
    if generator.random() < chance:
        verdict = "none right" if none_expected else "right"
        return sample(**values, verdict=verdict, none_said=none_expected)
    cause = CAUSES[int(generator.beta(1.2, 2) * len(CAUSES))]
    said = cause == "said none" and not none_expected
    return wrong(**values, cause=cause, none_said=said, verdict="none wrong" if said else "wrong")
