"""Likeness of texts: which of one scope come too near to an earlier one that is kept.

The answer is exactly what comparing all pairs gives. Few pairs are scored one by one; of many,
bounds leave out those that provably cannot reach the threshold (search.py). Memory depends on the
number of texts, never on the number of pairs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz import fuzz, process

START_S = 1.0
"""Seconds of scoring from which the start of the compiled search pays."""

PAIR_S, CELL_S = 5e-7, 2e-11
"""What rapidfuzz takes for a pair, and for each of its characters times the other's."""

BATCH = 1 << 16
"""Pairs scored at a time."""

SLACK = 1e-6
"""Farther than this from a whole number, a computed limit is on the side it seems to be."""

Rows = npt.NDArray[np.int64]
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Near:
    """The texts to remove, in ascending order of row, and what it took to find them."""

    rows: Rows
    partners: Rows
    """The kept text before it with the greatest score, the first of them if there are several."""
    scores: npt.NDArray[np.float64]
    pairs: int
    """Pairs of texts that were looked at."""
    unsettled: int
    """Those of them that no bound settled, so that their distance was computed."""


def too_near(
    words: pl.Series,
    scopes: Rows,
    threshold: float,
    *,
    start_s: float = START_S,
    workers: int | None = None,
    tell: Tell | None = None,
) -> Near:
    """The texts to remove: those that reach the threshold with an earlier one that is kept.

    Args:
        words: normalised texts, none empty, in the order in which they are taken.
        scopes: shape (scopes, 2): first row and end of each; texts are compared within them.
        threshold: least `rapidfuzz.fuzz.ratio` (0 to 100) that counts.
        start_s: seconds that scoring every pair may take before bounds are put to use.
        workers: threads; as many as there are cores where it is left out.
        tell: told now and then how far a long search is, and if it is a hard one.
    """
    lengths = words.str.len_chars().cast(pl.Int64).to_numpy()
    sizes = scopes[:, 1] - scopes[:, 0]
    # As floats: whole numbers of so many pairs could overflow.
    pairs = float((sizes * (sizes - 1.0)).sum() / 2)
    most = limits(2 * int(lengths.max(initial=0)), threshold)
    if pairs * (PAIR_S + CELL_S * float((lengths**2.0).mean() if pairs else 0)) <= start_s:
        return _one_by_one(words, lengths, scopes, threshold, most)
    # numba takes a second to import.
    from orgsmith.validators.likeness.search import search

    found = search(words, scopes, most, workers, tell)
    rows = np.flatnonzero(found.partners >= 0)
    partners = found.partners[rows]
    return Near(rows, partners, _scores(words, rows, partners), found.pairs, found.unsettled)


def limits(longest: int, threshold: float) -> Rows:
    """For each number of characters of two texts the greatest distance that counts, or less than 0.

    The ratio of two texts is a function of their characters s and distance d alone: 100 (1 - d / s)
    in floating point; and d is s less twice what they have in common, so that both are even or both
    odd. Where that lies too near to the threshold to be sure, rapidfuzz itself is asked.
    """
    totals = np.arange(longest + 1)
    real = totals * (1 - threshold / 100)
    most: Rows = np.floor(np.minimum(real + SLACK, totals)).astype(np.int64)
    most -= (totals - most) % 2
    for total in np.flatnonzero((np.abs(real - most) <= SLACK) & (most >= 0)).tolist():
        distance = int(most[total])
        common = "a" * ((total - distance) // 2)
        if fuzz.ratio(common, common + "b" * distance) < threshold:
            most[total] -= 2
    return most


def _one_by_one(
    words: pl.Series, lengths: Rows, scopes: Rows, threshold: float, most: Rows
) -> Near:
    """The definition: every text is scored with every kept one before it."""
    texts = words.to_list()
    kept = np.ones(len(texts), dtype=np.bool_)
    found: list[tuple[int, int, float]] = []
    looked = scored = 0
    for rows, others in _pairs(scopes):
        looked += rows.size
        near = np.abs(lengths[rows] - lengths[others]) <= most[lengths[rows] + lengths[others]]
        near &= kept[others]
        rows, others = rows[near], others[near]
        scored += rows.size
        scores = process.cpdist(
            [texts[row] for row in rows.tolist()],
            [texts[row] for row in others.tolist()],
            scorer=fuzz.ratio,
            dtype=np.float64,
            score_cutoff=max(threshold - SLACK, 0),
        )
        order = np.lexsort((others, -scores, rows))
        order = order[scores[order] >= threshold]
        removed = -1
        # By row, so that it is known of a partner whether it is kept.
        for row, other, score in zip(
            rows[order].tolist(), others[order].tolist(), scores[order].tolist(), strict=True
        ):
            if row != removed and kept[other]:
                found.append((row, other, score))
                kept[row], removed = False, row
    table = np.array(found, dtype=np.float64).reshape(-1, 3)
    rows, others = table[:, :2].astype(np.int64).T
    return Near(rows, others, table[:, 2], looked, scored)


def _pairs(scopes: Rows) -> Iterator[tuple[Rows, Rows]]:
    """Each text of each scope with each before it, some texts at a time."""
    sizes = scopes[:, 1] - scopes[:, 0]
    first = np.repeat(scopes[:, 0], sizes)
    before = np.arange(first.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    ends = np.cumsum(before)
    total = int(ends[-1]) if ends.size else 0
    cuts = np.unique(np.searchsorted(ends, np.arange(0, total, BATCH), side="right"))
    for start, end in pairwise(np.append(cuts, first.size).tolist()):
        count, begin = before[start:end], first[start:end]
        rows = np.repeat(begin + count, count)
        within = np.arange(rows.size) - np.repeat(np.cumsum(count) - count, count)
        yield rows, np.repeat(begin, count) + within


def _scores(words: pl.Series, rows: Rows, others: Rows) -> npt.NDArray[np.float64]:
    """The scores of pairs."""
    parts = [
        process.cpdist(
            words.gather(rows[start : start + BATCH]).to_list(),
            words.gather(others[start : start + BATCH]).to_list(),
            scorer=fuzz.ratio,
            dtype=np.float64,
        )
        for start in range(0, rows.size, BATCH)
    ]
    return np.concatenate([np.zeros(0), *parts])
