"""Likeness of texts: which of one scope come too near to an earlier one that is kept.

The answer is exactly what comparing all pairs gives; lengths alone prune. Texts are taken a chunk
at a time, so that memory depends on the number of texts, never on the number of pairs.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

CHUNK = 256
"""Texts compared at a time."""

TILE = 256
"""Kept texts of similar length that a chunk is compared with at a time."""

SMALL = 8
"""Scopes up to this size are compared pair by pair: setting up a matrix would cost more."""

THREADED = 1 << 14
"""Pairs from which threads pay."""

MARGIN = 1e-3
"""A matrix holds 32-bit floats: what lies this close below is scored again."""

Rows = npt.NDArray[np.int64]
Best = tuple[float, int]
"""A partner, as the negative score and its row: the least is the best one."""


def too_near(words: Sequence[str], threshold: float) -> Iterator[tuple[int, int, float]]:
    """The texts to remove: those that reach the threshold with an earlier one that is kept.

    Args:
        words: normalised texts, in the order in which they are taken.
        threshold: least `rapidfuzz.fuzz.ratio` (0 to 100) that counts.

    Yields:
        Row, partner and score, in ascending order of row; the partner is the kept text before it
        with the greatest score, the first of them if there are several.
    """
    if len(words) <= SMALL:
        yield from _one_by_one(words, threshold)
        return
    lengths = np.array([len(word) for word in words])
    kept: list[int] = []
    for start in range(0, len(words), CHUNK):
        chunk = np.arange(start, min(start + CHUNK, len(words)))
        best = _near_kept(words, lengths, chunk, np.array(kept, dtype=np.int64), threshold)
        new = np.array([row for row in chunk.tolist() if row not in best], dtype=np.int64)
        matrix = _scores(words, chunk, new, threshold)
        is_kept = np.zeros(new.size, dtype=bool)
        # Removed texts are no partners, so the order of the rows matters here.
        for place, row in enumerate(chunk.tolist()):
            nearest = best.get(row, (0.0, -1))
            column = int(np.searchsorted(new, row))
            scores = np.where(is_kept[:column], matrix[place, :column], 0)
            nearest = min([nearest, *_nearest(words, row, new[:column], scores, threshold)])
            if nearest[1] >= 0:
                yield row, nearest[1], -nearest[0]
            else:
                is_kept[column] = True
                kept.append(row)


def _one_by_one(words: Sequence[str], threshold: float) -> Iterator[tuple[int, int, float]]:
    """The definition itself."""
    kept: list[int] = []
    for row, word in enumerate(words):
        scores = [(-fuzz.ratio(word, words[other]), other) for other in kept]
        score, partner = min(scores, default=(0.0, -1))
        if partner >= 0 and -score >= threshold:
            yield row, partner, -score
        else:
            kept.append(row)


def _near_kept(
    words: Sequence[str], lengths: Rows, rows: Rows, kept: Rows, threshold: float
) -> dict[int, Best]:
    """The best partner of each row that has one among texts known to be kept.

    The ratio of texts of lengths a <= b is 200 m / (a + b) for m matching characters, m <= a; it
    reaches t only if b <= a (200 / t - 1).
    """
    stretch = 200 / max(threshold - MARGIN, MARGIN) - 1
    best: dict[int, Best] = {}
    kept = kept[np.argsort(lengths[kept], kind="stable")]
    for start in range(0, kept.size, TILE):
        tile = kept[start : start + TILE]
        shortest, longest = lengths[tile[0]], lengths[tile[-1]]
        fitting = (lengths[rows] * stretch >= shortest) & (lengths[rows] <= longest * stretch)
        candidates = rows[fitting]
        matrix = _scores(words, candidates, tile, threshold)
        for place in np.flatnonzero((matrix >= threshold - MARGIN).any(axis=1)).tolist():
            row = int(candidates[place])
            found = _nearest(words, row, tile, matrix[place], threshold)
            if row in best:
                found.append(best[row])
            if found:
                best[row] = min(found)
    return best


def _scores(
    words: Sequence[str], rows: Rows, columns: Rows, threshold: float
) -> npt.NDArray[np.float32]:
    """Scores of shape (rows, columns), 0 where they cannot reach the threshold."""
    if not rows.size or not columns.size:
        return np.zeros((rows.size, columns.size), dtype=np.float32)
    return process.cdist(
        [words[row] for row in rows],
        [words[column] for column in columns],
        scorer=fuzz.ratio,
        score_cutoff=max(threshold - MARGIN, 0),
        dtype=np.float32,
        workers=-1 if rows.size * columns.size >= THREADED else 1,
    )


def _nearest(
    words: Sequence[str],
    row: int,
    columns: Rows,
    scores: npt.NDArray[np.float32],
    threshold: float,
) -> list[Best]:
    """The columns that may be nearest to a row and do reach the threshold, scored exactly."""
    top = float(scores.max(initial=0))
    if top < threshold - MARGIN:
        return []
    near = columns[scores >= max(top, threshold) - MARGIN].tolist()
    exact = [(-fuzz.ratio(words[row], words[other]), other) for other in near]
    return [(score, other) for score, other in exact if -score >= threshold]
