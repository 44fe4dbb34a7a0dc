"""The entries of samples: what each agent scored, overall, per task and per persona."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from orgsmith.arena.agents.kinds import BASELINES
from orgsmith.arena.results.figures import Figures, Share, figures
from orgsmith.arena.results.intervals import Interval
from orgsmith.arena.results.trials import ENTRY, newest
from orgsmith.outputs.questions import TASK_KEYS

ALL, TASK, PERSONA = "all", "task", "persona"

_SHARES = pl.List(pl.Struct({"name": pl.String(), "samples": pl.Int64(), "share": pl.Float64()}))

RESULTS = pl.Schema(
    {
        **dict.fromkeys(ENTRY, pl.String()),
        "baseline": pl.Boolean(),
        "scope": pl.String(),
        "name": pl.String(),
        **dict.fromkeys(
            ("asked", "answered", "facts", "samples", "scored", "endpoint", "budget", "failed"),
            pl.Int64(),
        ),
        **dict.fromkeys(("score", "score_low", "score_high"), pl.Float64()),
        **dict.fromkeys(("success", "success_low", "success_high", "partial"), pl.Float64()),
        "pass_k": pl.List(pl.Float64()),
        "pass_k_questions": pl.List(pl.Int64()),
        **dict.fromkeys(
            ("none_precision", "none_recall", "none_share", "prompt_tokens", "completion_tokens"),
            pl.Float64(),
        ),
        **dict.fromkeys(
            ("cost_usd", "total_cost_usd", "turns", "seconds", "tool_errors", "format_errors"),
            pl.Float64(),
        ),
        "verdicts": _SHARES,
        "causes": _SHARES,
    }
)
"""Columns of `results.parquet`: a row per entry, scope (all, task or persona) and name in it.

The figures are those of `figures.Figures`; null is what is not known, as a score where nothing was
scored. `pass_k` holds pass^1, pass^2 and so on, `pass_k_questions` over how many questions each."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The figures of all samples of an entry, or of those of one task or persona."""

    kind: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Entry:
    """An agent with its settings on one organisation."""

    fingerprint: str
    agent: str
    tool_level: str | None
    model: str | None
    settings: str
    overall: Figures
    tasks: tuple[Scope, ...]
    personas: tuple[Scope, ...]

    @property
    def is_baseline(self) -> bool:
        """Whether it is no agent to be ranked, but a mark to compare with."""
        return self.model is None and self.agent in BASELINES

    def scope(self, kind: str, name: str) -> Figures | None:
        """The figures of a task or persona; None if the entry was not asked about it."""
        scopes = self.tasks if kind == TASK else self.personas
        return next((each.figures for each in scopes if each.name == name), None)


def entries(samples: pl.DataFrame) -> tuple[Entry, ...]:
    """The entries of samples (columns `SAMPLES`), in the order of their names."""
    return tuple(
        _entry(of_entry) for of_entry in newest(samples).partition_by(ENTRY, maintain_order=True)
    )


def task_order(task: str) -> tuple[int, str]:
    """Where a task stands in a list: those of the benchmark first, as they do everywhere."""
    return (TASK_KEYS.index(task) if task in TASK_KEYS else len(TASK_KEYS), task)


def results(entries: Iterable[Entry]) -> pl.DataFrame:
    """The entries as a table (`RESULTS`)."""
    rows = [
        row
        for entry in entries
        for scope in (Scope(ALL, ALL, entry.overall), *entry.tasks, *entry.personas)
        for row in [_row(entry, scope)]
    ]
    return pl.DataFrame(rows, RESULTS, orient="row")


def _entry(samples: pl.DataFrame) -> Entry:
    fingerprint, agent, tool_level, model, settings = samples.select(ENTRY).row(0)
    return Entry(
        fingerprint,
        agent,
        tool_level,
        model,
        settings,
        overall=figures(samples),
        tasks=tuple(
            _scope(samples, TASK, name) for name in sorted(set(samples["task"]), key=task_order)
        ),
        personas=tuple(_scope(samples, PERSONA, name) for name in sorted(set(samples["persona"]))),
    )


def _scope(samples: pl.DataFrame, kind: str, name: str) -> Scope:
    return Scope(kind, name, figures(samples.filter(pl.col(kind) == name)))


def _row(entry: Entry, scope: Scope) -> tuple[object, ...]:
    known = scope.figures
    values = {
        **{name: getattr(entry, name) for name in ENTRY},
        "baseline": entry.is_baseline,
        "scope": scope.kind,
        "name": scope.name,
        **_ends("score", known.score_interval),
        **_ends("success", known.success_interval),
        "pass_k": [each.chance for each in known.consistency],
        "pass_k_questions": [each.questions for each in known.consistency],
        "none_precision": known.none.precision,
        "none_recall": known.none.recall,
        "none_share": known.none.share,
        "verdicts": list(_plain(known.verdicts)),
        "causes": list(_plain(known.causes)),
    }
    return tuple(values[name] if name in values else getattr(known, name) for name in RESULTS)


def _ends(name: str, interval: Interval | None) -> dict[str, float | None]:
    low, high = (interval.low, interval.high) if interval else (None, None)
    return {f"{name}_low": low, f"{name}_high": high}


def _plain(shares: Sequence[Share]) -> Iterator[dict[str, object]]:
    for each in shares:
        yield {"name": each.name, "samples": each.samples, "share": each.share}
