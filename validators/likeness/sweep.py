"""The comparison of texts as compiled loops: bounds on profiles first, then the exact distance.

Texts of a and b characters whose longest common subsequence has m are a + b - 2 m apart. A pair
counts if that is at most `limits.exact[a + b]`; among kept texts that count, the nearest is the one
with the least distance / (a + b), which is the greatest ratio.
"""

from typing import NamedTuple

import numpy as np

from orgsmith.validators.likeness.compiled import compiled, inlined
from orgsmith.validators.likeness.distance import Desk, desk, distance
from orgsmith.validators.likeness.profiles import LETTERS, PAIRS, Bytes, Profiles, Whole
from orgsmith.validators.likeness.vectors import GROUP, apart, lowest, near

LEAF = 1024
"""Most texts of a scope that are swept."""

BLOCK = 256
"""Texts that are compared with a tile before the next one."""

TILE = 32 * GROUP
"""Kept texts that a block is compared with: few enough for the profiles of all to stay near."""

OPEN = 1 << 15
"""Pairs that are left open until their distances are computed, text by text."""


class Limits(NamedTuple):
    """Greatest distances that count; below 0 where none does."""

    exact: Whole
    """By the number of characters of both texts."""
    up_to: Whole
    """The greatest up to that number."""
    most: Whole
    """By the number of characters of one text: the greatest with any other."""


class Best(NamedTuple):
    """The nearest kept text of each text so far."""

    row: Whole
    """-1 where there is none."""
    distance: Whole
    total: Whole
    """Characters of both; the ratio is 1 - distance / total."""
    turn: Whole
    """When each text is taken."""


class Scratch(NamedTuple):
    """What one thread works with."""

    desk: Desk
    heads: Whole
    """For each text of a block its last open pair, -1 if it has none."""
    pairs: Whole
    """Shape (pairs, 2): open pairs, the other text of each and the pair of the same text before."""
    kept: Whole
    packed: Bytes
    """The texts of a scope that are kept, and their profiles as `pack` lays them out."""
    tally: Whole
    """Texts done, pairs looked at, pairs that no bound settled; and pairs that are open."""
    stop: Bytes
    """Not 0 when the work is to end early."""


def scratch(profiles: Profiles, stop: Bytes) -> Scratch:
    """Empty scratch for these texts."""
    return Scratch(
        desk(profiles),
        np.full(BLOCK, -1),
        np.zeros((OPEN, 2), dtype=np.int64),
        np.zeros(LEAF, dtype=np.int64),
        np.zeros(LEAF * LETTERS, dtype=np.uint8),
        np.zeros(4, dtype=np.int64),
        stop,
    )


@compiled
def sweep(
    texts: Profiles,
    limits: Limits,
    order: Whole,
    scopes: Whole,
    first: int,
    step: int,
    best: Best,
    work: Scratch,
) -> None:
    """Compares every text of some scopes with the kept ones before it, and keeps it or not.

    `scopes` is of shape (scopes, 2): from where to where in `order` their texts stand, `LEAF` at
    most; those at first, first + step, ... are taken.
    """
    for scope in range(first, len(scopes), step):
        count = 0
        for at in range(scopes[scope, 0], scopes[scope, 1]):
            if work.stop[0]:
                return
            row = order[at]
            limit = int(limits.most[texts.lengths[row]])
            _meet(texts, limits, row, 0, work.kept, work.packed, 0, count, limit, best, work)
            if work.tally[3]:
                _close(texts, limits, order[at : at + 1], best, work)
            work.tally[0] += 1
            if best.row[row] < 0:
                work.kept[count] = row
                _pack(texts.letters, row, work.packed, count)
                count += 1


@compiled
def against(
    texts: Profiles,
    limits: Limits,
    rows: Whole,
    reach: Whole,
    kept: Whole,
    packed: Bytes,
    first: int,
    step: int,
    best: Best,
    work: Scratch,
) -> None:
    """Compares texts with kept ones.

    Args:
        rows: texts in order of their length; of their blocks first, first + step, ... are taken.
        reach: shape (rows, 2): from where to where in `kept` lie texts of a length that fits.
        kept: texts in order of their length.
        packed: their profiles of letters, as `pack` lays them out.
    """
    for block in range(first * BLOCK, rows.size, step * BLOCK):
        end = min(block + BLOCK, rows.size)
        for tile in range(reach[block, 0] // TILE * TILE, reach[end - 1, 1], TILE):
            for at in range(block, end):
                low, high = max(reach[at, 0], tile), min(reach[at, 1], tile + TILE)
                if low < high:
                    if work.stop[0]:
                        return
                    if work.tally[3] + TILE > OPEN:
                        _close(texts, limits, rows[block:end], best, work)
                    total = _total(texts, rows[at], int(kept[high - 1]))
                    limit = _tightened(limits.up_to[total], total, rows[at], best)
                    _meet(
                        texts,
                        limits,
                        rows[at],
                        at - block,
                        kept,
                        packed,
                        low,
                        high,
                        limit,
                        best,
                        work,
                    )
        _close(texts, limits, rows[block:end], best, work)


@compiled
def pack(letters: Bytes, rows: Whole, packed: Bytes) -> None:
    """Lays out the profiles of letters of rows by groups of 16.

    Of a group 4 at a time have their first 8 bytes side by side, then their next: so one
    instruction gives as many sums as a vector has lanes.
    """
    for place in range(rows.size):
        _pack(letters, rows[place], packed, place)


@inlined
def _pack(letters: Bytes, row: int, packed: Bytes, place: int) -> None:
    """Lays out one profile."""
    to = (place >> 2) * (4 * LETTERS) + (place & 3) * 8
    for at in range(LETTERS):
        packed[to + (at >> 3) * 32 + (at & 7)] = letters[row, at]


@inlined
def _total(texts: Profiles, one: int, two: int) -> int:
    """Characters of two texts."""
    return int(texts.lengths[one] + texts.lengths[two])


@inlined
def _tightened(limit: int, total: int, row: int, best: Best) -> int:
    """A limit, or less where only less would be as near as the nearest so far."""
    if best.row[row] < 0:
        return limit
    return min(limit, int(best.distance[row] * total // best.total[row]))


@inlined
def _meet(
    texts: Profiles,
    limits: Limits,
    row: int,
    head: int,
    kept: Whole,
    packed: Bytes,
    low: int,
    high: int,
    limit: int,
    best: Best,
    work: Scratch,
) -> None:
    """Opens the pairs of a text with those from `low` to `high` of `kept` that bounds leave open.

    Letters come first, against `limit`, which holds for all of them.
    """
    work.tally[1] += high - low
    for group in range(low // GROUP, (high + GROUP - 1) // GROUP):
        hits = near(texts.letters, row, packed, group, limit)
        while hits:
            place = group * GROUP + lowest(hits)
            hits &= hits - 1
            if low <= place < high:
                other = kept[place]
                total = _total(texts, row, other)
                most = _tightened(limits.exact[total], total, row, best)
                if (
                    apart(texts.letters, row, other, LETTERS) <= most
                    and apart(texts.pairs, row, other, PAIRS) <= 3 * most
                ):
                    pair = work.tally[3]
                    work.pairs[pair, 0], work.pairs[pair, 1] = other, work.heads[head]
                    work.heads[head] = pair
                    work.tally[3] += 1


@compiled
def _close(texts: Profiles, limits: Limits, rows: Whole, best: Best, work: Scratch) -> None:
    """Computes the distances of open pairs; the nearest text is noted, of equally near ones the
    first."""
    for head in range(rows.size):
        row, pair = rows[head], work.heads[head]
        while pair >= 0:
            if work.stop[0]:
                return
            other, known = work.pairs[pair, 0], best.row[row]
            total = _total(texts, row, other)
            limit = _tightened(limits.exact[total], total, row, best)
            edits = distance(texts, row, other, limit, work.desk)
            if edits <= limit:
                equal = known >= 0 and edits * best.total[row] == best.distance[row] * total
                if not equal or best.turn[other] < best.turn[known]:
                    best.row[row], best.distance[row], best.total[row] = other, edits, total
            pair = work.pairs[pair, 1]
        work.heads[head] = -1
    work.tally[2] += work.tally[3]
    work.tally[3] = 0
