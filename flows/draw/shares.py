"""Shares: the pack's weights, and dealing by quota what must not be left to chance."""

from collections.abc import Sequence

import numpy as np

from orgsmith.flows.draw.frames import Bools, Floats, Ints
from orgsmith.schema.industry import Industry


def issue_weights(industry: Industry) -> Floats:
    """Relative number of cases of each issue of the pack, sum 1.

    What the pack leaves open falls with the root of the issue's rank (question spread simulation).
    """
    weights = [
        issue.weight if issue.weight is not None else rank**-0.5
        for rank, issue in enumerate(industry.issues, start=1)
    ]
    return normalised(weights)


def category_weights(industry: Industry) -> Floats:
    """Relative number of products and sales of each category of the pack, sum 1."""
    return normalised([category.weight for category in industry.categories])


def state_weights(industry: Industry) -> Floats:
    """Relative number of customers of each state of the pack, sum 1: root of its population."""
    return normalised(np.sqrt(np.array([*industry.places.states.values()], dtype=np.float64)))


def normalised(weights: Sequence[float] | Floats) -> Floats:
    """Weights divided by their sum."""
    values = np.asarray(weights, dtype=np.float64)
    shares: Floats = values / values.sum()
    return shares


def quotas(weights: Floats, total: int, floor: int = 0) -> Ints:
    """Whole numbers in proportion to weights, with the sum `total`: largest remainders.

    Each is at least `floor`, or as near to it as `total` allows for all.
    """
    floor = min(floor, total // weights.size)
    left = total - floor * weights.size
    exact = weights / weights.sum() * left
    counts = np.floor(exact).astype(np.int64)
    by_remainder = np.argsort(counts - exact, kind="stable")
    counts[by_remainder[: left - int(counts.sum())]] += 1
    dealt: Ints = counts + floor
    return dealt


def deal(rng: np.random.Generator, weights: Floats, total: int, floor: int = 0) -> Ints:
    """`total` indices in shares that follow the weights as closely as whole numbers can, mixed."""
    dealt = np.repeat(np.arange(weights.size), quotas(weights, total, floor))
    rng.shuffle(dealt)
    return dealt


def even(rng: np.random.Generator, count: int) -> Floats:
    """Uniform numbers of [0, 1), one from each of `count` equal parts, mixed."""
    values = (np.arange(count) + rng.random(count)) / max(count, 1)
    rng.shuffle(values)
    return values


def pick(weights: Floats, uniform: Floats) -> Ints:
    """Indices drawn by weight, one for each uniform number of [0, 1)."""
    edges = np.cumsum(weights)
    found = np.searchsorted(edges, uniform * edges[-1], side="right")
    drawn: Ints = np.minimum(found, weights.size - 1).astype(np.int64)
    return drawn


def share_of(rng: np.random.Generator, count: int, share: float) -> Bools:
    """A mask with true in exactly the rounded share of `count` places."""
    chosen = np.zeros(count, dtype=np.bool_)
    chosen[: round(share * count)] = True
    rng.shuffle(chosen)
    return chosen
