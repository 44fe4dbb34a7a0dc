"""How far a mean over questions can be trusted: bootstrap intervals, clustered by fact."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from orgsmith.schema.streams import stream

RESAMPLES = 2_000
COVERAGE = 0.95

Sums = npt.NDArray[np.float64]

_PAIR = 2
"""One cluster says nothing about how clusters differ."""

_CLUSTER = pl.coalesce(
    pl.concat_str(pl.lit("fact "), "fact"), pl.concat_str(pl.lit("question "), "task_id")
).alias("cluster")
"""What questions of a task are drawn together by: their fact; without one each is on its own."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a mean lies in 95 % of the resamples."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Stratum:
    """Clusters that are drawn from together: the sum of each one's values, and how many it has."""

    totals: Sums
    sizes: Sums

    def __len__(self) -> int:
        return self.totals.size

    def joined(self, other: "_Stratum") -> "_Stratum":
        return _Stratum(
            np.concatenate((self.totals, other.totals)), np.concatenate((self.sizes, other.sizes))
        )


def interval(questions: pl.DataFrame, column: str) -> Interval | None:
    """The 95 % interval of the mean of a column; None where fewer than two facts are asked about.

    The percentile bootstrap over clusters: facts are drawn with replacement, each with all of its
    questions, as many as there are, and within each task (Davison and Hinkley, "Bootstrap methods
    and their application", 1997, sections 3.8 and 5.3.1; why answers about one fact must stay
    together: Miller, "Adding error bars to evals", 2024). Equal questions give equal intervals,
    in whatever order. Where all values are equal the interval has no width: resamples cannot show
    what was never seen.

    Args:
        questions: a row per question, its epochs averaged: task, task_id, fact, and the column.
        column: numbers, none of them null.
    """
    strata = _strata(questions, column)
    if sum(map(len, strata)) < _PAIR:
        return None
    generator = stream(0, "results", 0, "bootstrap")
    totals, sizes = np.zeros(RESAMPLES), np.zeros(RESAMPLES)
    for each in strata:
        drawn = generator.integers(len(each), size=(RESAMPLES, len(each)))
        totals += each.totals[drawn].sum(axis=1)
        sizes += each.sizes[drawn].sum(axis=1)
    means = totals / sizes
    tail = (1 - COVERAGE) / 2
    low, high = np.quantile(means, (tail, 1 - tail))
    # Rounding may leave the mean itself just outside.
    mean = float(questions[column].sort().sum()) / questions.height
    return Interval(min(float(low), mean), max(float(high), mean))


def facts(questions: pl.DataFrame) -> int:
    """How many facts the questions rest on, those of each task counted apart."""
    return questions.select("task", _CLUSTER).n_unique()


def _clusters(questions: pl.DataFrame, column: str) -> pl.DataFrame:
    """The sum and the number of a column's values for each fact within a task."""
    # Sorted before they are added: a sum of floats depends on the order.
    total = pl.col(column).sort().sum()
    return (
        questions.group_by("task", _CLUSTER).agg(total=total, size=pl.len()).sort("task", "cluster")
    )


def _strata(questions: pl.DataFrame, column: str) -> list[_Stratum]:
    """The clusters of each task, where there are two at least.

    A task with a single fact would never vary, and the interval be too narrow. Such tasks are
    drawn from together, or, where there is only one, with the task that has fewest facts: what
    surveys call collapsed strata.
    """
    strata = [
        _Stratum(task["total"].to_numpy(), task["size"].cast(pl.Float64).to_numpy())
        for task in _clusters(questions, column).partition_by("task", maintain_order=True)
    ]
    several = [each for each in strata if len(each) >= _PAIR]
    single = [each for each in strata if len(each) < _PAIR]
    if not single:
        return several
    pooled, *others = single
    for each in others:
        pooled = pooled.joined(each)
    if len(pooled) < _PAIR and several:
        fewest = min(range(len(several)), key=lambda place: len(several[place]))
        pooled = pooled.joined(several.pop(fewest))
    return [*several, pooled]
