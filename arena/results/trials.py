"""Samples as trials: each counts once, and those of a question belong together."""

import polars as pl

from orgsmith.arena.results.columns import SAMPLES, SCORED

ENTRY = ("fingerprint", "agent", "tool_level", "model", "settings")
"""What samples have in common that compete as one."""

_TRIAL = (*ENTRY, "task_id", "epoch")
_FIRST = (*_TRIAL, "run", "created_at")
_ORDER: tuple[str | pl.Expr, ...] = (
    *_FIRST,
    pl.col("status") == SCORED,
    # All columns that can be sorted by, so that no order of rows or files makes a difference.
    *(name for name in SAMPLES if name not in {*_FIRST, "gold"}),
)


def newest(samples: pl.DataFrame) -> pl.DataFrame:
    """The samples that count, in an order of their own.

    Of the same run, question and epoch that is the newest. The same question and epoch in another
    run is another trial, unless all calls were answered from the cache (or there were none): then
    it says again what an earlier run has said, and counts only where nothing else does.
    """
    latest = samples.sort(*_ORDER, nulls_last=True).unique(
        [*_TRIAL, "run"], keep="last", maintain_order=True
    )
    told = (pl.col("status") == SCORED) & (pl.col("cached_calls") >= pl.col("calls"))
    repeated = told.fill_null(value=False)
    original = latest.filter(~repeated)
    repeats = (
        latest.filter(repeated)
        .sort("created_at", maintain_order=True)
        .unique(_TRIAL, keep="last", maintain_order=True)
        .join(original.filter(pl.col("status") == SCORED), on=_TRIAL, how="anti", nulls_equal=True)
    )
    return pl.concat([original, repeats]).sort(*_ORDER, nulls_last=True)


def by_question(samples: pl.DataFrame) -> pl.DataFrame:
    """A row per question that was scored: its facts, and the means of its trials.

    Columns: task, task_id, fact, trials, successes, score, partial, success.
    """
    return (
        samples.filter(pl.col("status") == SCORED)
        .group_by("task", "task_id")
        .agg(
            fact=pl.col("fact").min(),
            trials=pl.len().cast(pl.Int64),
            successes=pl.col("success").sum().cast(pl.Int64),
            score=pl.col("score").sort().mean(),
            partial=pl.col("partial").sort().mean(),
            success=pl.col("success").mean(),
        )
        .sort("task", "task_id")
    )
