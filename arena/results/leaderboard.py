"""Leaderboards: who scored what on the same organisation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from orgsmith.arena.results.names import names, tag
from orgsmith.arena.results.summary import Entry, entries, task_order
from orgsmith.arena.results.trials import ENTRY, by_question, newest

EQUAL = 1e-9
"""Scores this near to each other are the same but for rounding."""

Scores = Mapping[str, float]
"""The score of each question that was scored, by its id."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Where an entry stands among those that answered its questions too, going by these alone."""

    place: int
    among: int


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in a board.

    `rank` is among agents with an answer to every question of the board; baselines have none, nor
    has an agent with fewer: `shared` says what its score is worth.
    """

    tag: str
    name: str
    entry: Entry
    rank: int | None
    of: int
    shared: Shared | None

    @property
    def is_partial(self) -> bool:
        """Whether there are questions of the board that it has no scored answer to."""
        return self.entry.overall.answered < self.of


@dataclass(frozen=True, slots=True)
class Board:
    """The entries of one organisation with its questions: those of one fingerprint."""

    fingerprint: str
    industry: str
    scale: float
    seed: int | None
    versions: tuple[str, ...]
    questions: int
    tasks: tuple[str, ...]
    personas: tuple[str, ...]
    rows: tuple[Row, ...]


def boards(samples: pl.DataFrame) -> list[Board]:
    """The boards of samples (columns `SAMPLES`), by industry, scale and seed.

    Scores of different organisations are never put side by side. In a board, entries that answered
    every question come first, by score; then those with fewer, the most questions first; then what
    is not scored.
    """
    found = [
        _board(each) for each in newest(samples).partition_by("fingerprint", maintain_order=True)
    ]
    return sorted(
        found,
        key=lambda board: (
            board.industry,
            -board.scale,
            board.seed is None,
            board.seed or 0,
            board.fingerprint,
        ),
    )


def _board(samples: pl.DataFrame) -> Board:
    industry, scale, seed = samples.sort("created_at").select("industry", "scale", "seed").row(-1)
    return Board(
        fingerprint=samples["fingerprint"][0],
        industry=industry,
        scale=scale,
        seed=seed,
        versions=tuple(sorted(set(samples["dataset_version"]))),
        questions=samples["task_id"].n_unique(),
        tasks=tuple(sorted(set(samples["task"]), key=task_order)),
        personas=tuple(sorted(set(samples["persona"]))),
        rows=_rows(samples),
    )


def _rows(samples: pl.DataFrame) -> tuple[Row, ...]:
    total = samples["task_id"].n_unique()
    # Both in the order of the entries' names, as partitions of the same samples.
    found = entries(samples)
    scores = [
        dict(by_question(each).select("task_id", "score").iter_rows())
        for each in samples.partition_by(ENTRY, maintain_order=True)
    ]
    rivals = [own for entry, own in zip(found, scores, strict=True) if not entry.is_baseline]
    order = sorted(range(len(found)), key=lambda place: _standing(found[place], total, place))
    called = names(found)
    rows = []
    for number, place in enumerate(order):
        entry, shared = found[place], None
        if not entry.is_baseline and scores[place]:
            shared = _shared(scores[place], rivals)
        full = shared is not None and entry.overall.answered == total
        rows.append(
            Row(
                tag=tag(number),
                name=called[place],
                entry=entry,
                rank=shared.place if shared and full else None,
                of=total,
                shared=None if full else shared,
            )
        )
    return tuple(rows)


def _standing(entry: Entry, total: int, place: int) -> tuple[int, float, int]:
    """What a board is sorted by: questions left out (all, if nothing is scored), score, name."""
    known = entry.overall
    return (total - known.answered, -(known.score or 0.0), place)


def _shared(own: Scores, rivals: Sequence[Scores]) -> Shared:
    means = [_mean(rival, own) for rival in rivals if own.keys() <= rival.keys()]
    mine = _mean(own, own)
    return Shared(1 + sum(mean > mine + EQUAL for mean in means), len(means))


def _mean(scores: Scores, questions: Scores) -> float:
    return float(np.mean([scores[each] for each in sorted(questions)]))
