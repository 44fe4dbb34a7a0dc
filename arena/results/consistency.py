"""Whether an agent is right every time: pass^k."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np


@dataclass(frozen=True, slots=True)
class Consistency:
    """How likely `k` answers to the same question are all right.

    `questions` were answered `k` times at least; the others say nothing about it.
    """

    k: int
    chance: float
    questions: int


def consistency(trials: Sequence[int], successes: Sequence[int]) -> tuple[Consistency, ...]:
    """pass^k for k from 1 to the most trials of a question; nothing where nothing was tried.

    The mean over questions of C(successes, k) / C(trials, k): of all ways to pick k of a question's
    answers, the share that picks right ones only (Yao et al., "tau-bench", 2024, section 3.2).

    Args:
        trials: how many answers to each question were scored.
        successes: how many of them were right.
    """
    return tuple(_every_time(k, trials, successes) for k in range(1, max(trials, default=0) + 1))


def _every_time(k: int, trials: Sequence[int], successes: Sequence[int]) -> Consistency:
    shares = sorted(
        comb(right, k) / comb(tried, k)
        for tried, right in zip(trials, successes, strict=True)
        if tried >= k
    )
    return Consistency(k, float(np.mean(shares)), len(shares))
