"""What is known of each sample of an evaluation: a question, answered once by an agent."""

import polars as pl

SCORED, ENDPOINT, BUDGET, FAILED = "scored", "endpoint", "budget", "failed"
"""How a sample stands: scored; or not, because the model's endpoint failed, the limit on the cost
was reached, or Orgsmith itself failed. Only what is scored counts for or against an agent."""

SAMPLES = pl.Schema(
    {
        "run": pl.String(),
        "created_at": pl.Datetime("us", "UTC"),
        "fingerprint": pl.String(),
        "industry": pl.String(),
        "dataset_version": pl.String(),
        "scale": pl.Float64(),
        "seed": pl.Int64(),
        "agent": pl.String(),
        "tool_level": pl.String(),
        "model": pl.String(),
        "settings": pl.String(),
        "task_id": pl.String(),
        "task": pl.String(),
        "persona": pl.String(),
        "fact": pl.String(),
        "epoch": pl.Int64(),
        "status": pl.String(),
        "error": pl.String(),
        "ending": pl.String(),
        "answer": pl.String(),
        "gold": pl.List(pl.String()),
        "verdict": pl.String(),
        "score": pl.Float64(),
        "partial": pl.Float64(),
        "success": pl.Boolean(),
        "none_expected": pl.Boolean(),
        "none_said": pl.Boolean(),
        "cause": pl.String(),
        "calls": pl.Int64(),
        "cached_calls": pl.Int64(),
        "prompt_tokens": pl.Int64(),
        "completion_tokens": pl.Int64(),
        "cost_usd": pl.Float64(),
        "turns": pl.Int64(),
        "seconds": pl.Float64(),
        "tool_calls": pl.Int64(),
        "tool_errors": pl.Int64(),
        "format_errors": pl.Int64(),
    }
)
"""Columns of `samples.parquet`, one row per question and epoch.

`run` names the folder of the run; `tool_level` and `model` are null where an agent has none;
`settings` are the other settings of the agent as JSON with sorted keys. `fact` is what an answer
rests on: questions with the same fact are not independent. `ending` says how the agent ended, null
if it never did. `score` is what counts, 0 to 1; `partial` gives credit for a part; `success` is
whether the score is full. These and `verdict`, `none_said` and `cause` (why it is wrong) are null
unless the status is scored. Tokens and cost are those of all calls, as if none had been answered
from the cache; `cost_usd` is null where the price is not known."""
