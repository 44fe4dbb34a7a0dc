"""What is known of an agent from some of its samples."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from orgsmith.arena.results.columns import BUDGET, ENDPOINT, FAILED, SCORED
from orgsmith.arena.results.consistency import Consistency, consistency
from orgsmith.arena.results.intervals import Interval, facts, interval
from orgsmith.arena.results.trials import by_question

UNNAMED = "not known"
"""The cause of a failure for which none is named."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many samples are of a kind, and which share of those that it is counted among."""

    name: str
    samples: int
    share: float


@dataclass(frozen=True, slots=True)
class NoneSaid:
    """How well an agent says None.

    `precision` is how often None is right where it was said, `recall` how often it was said where
    it is right; each is None where there is no such sample. `share` is how often it was said.
    """

    precision: float | None
    recall: float | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of some samples; whatever cannot be known is None, never nought.

    `asked` counts questions, `answered` those of them with a scored sample, `facts` what these
    rest on; `endpoint`, `budget` and `failed` count samples that are not scored, by why. `score`,
    `success` (how often the score is full) and `partial` are means over questions, the epochs of
    each averaged before. Tokens, cost, turns, seconds and errors are means over scored samples;
    `total_cost_usd` is that of all samples. Costs are None if that of any sample is not known.
    """

    asked: int
    answered: int
    facts: int
    samples: int
    scored: int
    endpoint: int
    budget: int
    failed: int
    score: float | None
    score_interval: Interval | None
    success: float | None
    success_interval: Interval | None
    partial: float | None
    consistency: tuple[Consistency, ...]
    none: NoneSaid
    prompt_tokens: float | None
    completion_tokens: float | None
    cost_usd: float | None
    total_cost_usd: float | None
    turns: float | None
    seconds: float | None
    tool_errors: float | None
    format_errors: float | None
    verdicts: tuple[Share, ...]
    causes: tuple[Share, ...]

    @property
    def not_scored(self) -> int:
        """How many samples count neither for nor against the agent."""
        return self.samples - self.scored

    @property
    def tokens(self) -> float | None:
        """Mean tokens of a sample, prompt and completion together."""
        if self.prompt_tokens is None or self.completion_tokens is None:
            return None
        return self.prompt_tokens + self.completion_tokens


def figures(samples: pl.DataFrame) -> Figures:
    """The figures of samples of one entry, each of which counts."""
    scored = samples.filter(pl.col("status") == SCORED)
    questions = by_question(samples)
    wrong = scored.filter(~pl.col("success"))
    return Figures(
        asked=samples["task_id"].n_unique(),
        answered=questions.height,
        facts=facts(questions),
        samples=samples.height,
        scored=scored.height,
        endpoint=_count(samples, ENDPOINT),
        budget=_count(samples, BUDGET),
        failed=_count(samples, FAILED),
        score=_mean(questions["score"]),
        score_interval=interval(questions, "score"),
        success=_mean(questions["success"]),
        success_interval=interval(questions, "success"),
        partial=_mean(questions["partial"]),
        consistency=consistency(questions["trials"].to_list(), questions["successes"].to_list()),
        none=_none(scored),
        prompt_tokens=_mean(scored["prompt_tokens"]),
        completion_tokens=_mean(scored["completion_tokens"]),
        cost_usd=_mean(scored["cost_usd"]),
        total_cost_usd=_sum(samples["cost_usd"]),
        turns=_mean(scored["turns"]),
        seconds=_mean(scored["seconds"]),
        tool_errors=_mean(scored["tool_errors"]),
        format_errors=_mean(scored["format_errors"]),
        verdicts=_shares(scored["verdict"], scored.height),
        causes=_shares(wrong["cause"], scored.height),
    )


def _count(samples: pl.DataFrame, status: str) -> int:
    return samples.filter(pl.col("status") == status).height


def _sum(values: pl.Series) -> float | None:
    """The sum, added in a fixed order; None if there is no value, or one is not known."""
    return None if values.is_empty() or values.has_nulls() else float(values.sort().sum())


def _mean(values: pl.Series) -> float | None:
    """The mean; None as for the sum."""
    total = _sum(values)
    return None if total is None else total / len(values)


def _none(scored: pl.DataFrame) -> NoneSaid:
    said, expected = scored["none_said"].fill_null(value=False), scored["none_expected"]
    both = int((said & expected).sum())
    return NoneSaid(
        precision=_part(both, int(said.sum())),
        recall=_part(both, int(expected.sum())),
        share=_part(int(said.sum()), scored.height),
    )


def _part(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _shares(names: Iterable[str | None], whole: int) -> tuple[Share, ...]:
    """How often each name occurs, the most frequent first."""
    counts = pl.Series("name", list(names), pl.String).fill_null(UNNAMED).value_counts()
    return tuple(
        Share(name, count, count / whole)
        for name, count in counts.sort(["count", "name"], descending=[True, False]).iter_rows()
    )
