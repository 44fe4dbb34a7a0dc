"""Dealing evenly and choosing exactly: what must come out exact is never left to chance."""

import numpy as np

from orgsmith.flows.draw.frames import Bools, Floats, Ints


def deck(counts: Ints, rng: np.random.Generator) -> Ints:
    """Kind k exactly `counts[k]` times, shuffled."""
    return rng.permutation(np.repeat(np.arange(counts.size), counts))


def even_deck(kinds: int, count: int, rng: np.random.Generator) -> Ints:
    """`count` draws from `kinds` kinds: whole shuffled rounds, so that no kind leads by two."""
    rounds = np.tile(np.arange(kinds), (-(-count // kinds), 1))
    return rng.permuted(rounds, axis=1).ravel()[:count]


def deal(groups: Ints, kinds: Ints, rng: np.random.Generator) -> Ints:
    """Deal each row a kind from its group's own deck, in the order of the rows.

    Args:
        groups: group of each row, shape (n,).
        kinds: number of kinds of each group, shape (groups,).

    Returns:
        One of 0..kinds[group)-1 for each row; rows that follow each other in a group differ.
    """
    dealt = np.zeros(groups.size, dtype=np.int64)
    order = np.argsort(groups, kind="stable")
    bounds = np.searchsorted(groups[order], np.arange(kinds.size + 1))
    for group, size in enumerate(kinds.tolist()):
        rows = order[bounds[group] : bounds[group + 1]]
        if rows.size:
            dealt[rows] = even_deck(size, rows.size, rng)
    return dealt


def exactly(count: int, weights: Floats, rng: np.random.Generator) -> Bools:
    """Choose `count` rows without replacement, probability by weight; weight 0 never.

    Efraimidis and Spirakis, "Weighted random sampling with a reservoir", IPL 2006. Chooses fewer
    only where fewer rows have a weight.
    """
    chosen = np.zeros(weights.size, dtype=np.bool_)
    possible = np.flatnonzero(weights > 0)
    keys = rng.standard_exponential(possible.size) / weights[possible]
    chosen[possible[np.argsort(keys, kind="stable")[:count]]] = True
    return chosen


def pick_column(weights: Floats, uniforms: Floats) -> Ints:
    """One column for each row, probability by weight; -1 where a row has no weight.

    Args:
        weights: shape (n, k).
        uniforms: in [0, 1), shape (n,).
    """
    if not weights.size:
        return np.full(weights.shape[0], -1, dtype=np.int64)
    cumulative = np.cumsum(weights, axis=1)
    total = cumulative[:, -1]
    column = (cumulative <= (uniforms * total)[:, None]).sum(axis=1)
    return np.where(total > 0, np.minimum(column, weights.shape[1] - 1), -1).astype(np.int64)


def pick_first(weights: Floats, sizes: Ints, uniforms: Floats) -> Ints:
    """One of the first `sizes[i]` kinds for each row i, probability by weight.

    Args:
        weights: shape (k,).
        sizes: how many of the first kinds each row can have; where it is 0, one. Shape (n,).
        uniforms: in [0, 1), shape (n,).
    """
    cumulative = np.cumsum(weights)
    last = np.maximum(sizes, 1) - 1
    kind = np.searchsorted(cumulative, uniforms * cumulative[last], side="right")
    inside: Ints = np.minimum(kind, last)
    return inside


def rank_within(groups: Ints, keys: Floats) -> Ints:
    """The place of each row in its group by ascending key, from 0."""
    order = np.lexsort((keys, groups))
    ordered = groups[order]
    first = np.searchsorted(ordered, ordered)
    ranks = np.empty(groups.size, dtype=np.int64)
    ranks[order] = np.arange(groups.size) - first
    return ranks
