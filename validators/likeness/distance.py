"""The exact distance of two texts, if it is small enough: insertions and deletions, as
`rapidfuzz.fuzz.ratio` counts them."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from orgsmith.validators.likeness.compiled import inlined
from orgsmith.validators.likeness.profiles import Codes, Profiles, Whole
from orgsmith.validators.likeness.vectors import ones

Words = npt.NDArray[np.uint64]

NARROW = 58
"""Limit from which a band touches more than two words.

It is at most as wide as the limit, it begins in the first of them, and is moved on by eight.
"""


class Desk(NamedTuple):
    """Where a text is laid out, and compared with others while it lies there."""

    place: Words
    """For each character where its row in `where` begins; 0, an empty row, if it has none."""
    where: Words
    """Rows of bits: which characters of the text are this one."""
    width: np.uint64
    """Words of a row."""
    open: Words
    """Bits of the characters of the text that have no match yet."""
    text: Whole
    """The text that lies there, and where its last row ends."""


def desk(profiles: Profiles) -> Desk:
    """An empty one for these texts."""
    longest = int(profiles.lengths.max())
    # The band of a distance may touch words after the last.
    width = -(-longest // 64) + 3
    rows = min(profiles.alphabet, longest) + 1
    return Desk(
        np.zeros(profiles.alphabet + 1, dtype=np.uint64),
        np.zeros(rows * width, dtype=np.uint64),
        np.uint64(width),
        np.zeros(width, dtype=np.uint64),
        np.array([-1, width]),
    )


@inlined
def distance(texts: Profiles, row: int, other: int, limit: int, desk: Desk) -> int:
    """The distance of two texts if it is at most `limit`; anything greater if it is not.

    A longest common subsequence by bits (Hyyro, "Bit-parallel LCS-length computation revisited",
    2004), within a band of the matrix: what lies farther from its diagonal than `limit` allows is
    left out. That leaves out matches, so it cannot make the texts seem nearer, and an alignment
    within the limit uses none of them.
    """
    if desk.text[0] != row:
        _lay(texts, row, desk)
    size, start, length = texts.lengths[row], texts.starts[other], texts.lengths[other]
    # How many characters of each text may stay without a match.
    inserted, deleted = (limit + length - size) // 2, (limit + size - length) // 2
    if inserted < 0 or deleted < 0:
        return limit + 1
    if limit < NARROW + 64:
        common = _common_near(texts.codes, start, length, inserted, limit >= NARROW, desk)
    else:
        codes = texts.codes[start : start + length]
        common = _common(codes, size, inserted, deleted, desk)
    return int(size + length - 2 * common)


@inlined
def _lay(texts: Profiles, row: int, desk: Desk) -> None:
    """Lays out a text in the place of the one that lies there."""
    last = desk.text[0]
    if last >= 0:
        for code in texts.codes[texts.starts[last] : texts.starts[last] + texts.lengths[last]]:
            desk.place[code] = 0
        desk.where[: desk.text[1]] = 0
    place = desk.width
    codes = texts.codes[texts.starts[row] : texts.starts[row] + texts.lengths[row]]
    for at in range(codes.size):
        if desk.place[codes[at]] == 0:
            desk.place[codes[at]] = place
            place += desk.width
        bit = np.uint64(1) << np.uint64(at & 63)
        desk.where[desk.place[codes[at]] + np.uint64(at >> 6)] |= bit
    desk.text[0], desk.text[1] = row, place


@inlined
def _common_near(
    codes: Codes, start: int, length: int, inserted: int, wide: bool, desk: Desk
) -> int:
    """Matches in a narrow band: it touches two words at a time, or three if it is wide.

    Characters are taken by eight; what fills a text up matches nothing.
    """
    one, two, three, past = ~np.uint64(0), ~np.uint64(0), ~np.uint64(0), 0
    until, word = (64 + inserted + 7) // 8 * 8, np.uint64(0)
    for at in range(0, length, 8):
        if at == until:
            past += ones(~one)
            one, two, three = two, three, ~np.uint64(0)
            until, word = until + 64, word + np.uint64(1)
        # So many have no match already, whatever follows.
        if at - past - ones(~one) - ones(~two) - ones(~three) > inserted:
            break
        for step in range(8):
            place = desk.place[codes[np.uint64(start + at + step)]] + word
            taken = one & desk.where[place]
            summed = one + taken
            carry = np.uint64(summed < one)
            one = summed | (one - taken)
            taken = two & desk.where[place + np.uint64(1)]
            summed = two + taken
            over = np.uint64(summed < two)
            summed += carry
            carry = over | np.uint64(summed < carry)
            two = summed | (two - taken)
            if wide:
                taken = three & desk.where[place + np.uint64(2)]
                three = (three + taken + carry) | (three - taken)
    return past + ones(~one) + ones(~two) + ones(~three)


@inlined
def _common(codes: Codes, size: int, inserted: int, deleted: int, desk: Desk) -> int:
    """Matches in a band of any width."""
    words = (size + 63) >> 6
    desk.open[:words] = ~np.uint64(0)
    for at in range(codes.size):
        place = desk.place[codes[at]]
        carry = np.uint64(0)
        for word in range(max(at - inserted, 0) >> 6, (min(at + deleted, size - 1) >> 6) + 1):
            before = desk.open[word]
            taken = before & desk.where[place + np.uint64(word)]
            summed = before + taken
            over = np.uint64(summed < before)
            summed += carry
            carry = over | np.uint64(summed < carry)
            desk.open[word] = summed | (before - taken)
        if at & 31 == 31 and at + 1 - _matched(desk, words) > inserted:
            break
    return _matched(desk, words)


@inlined
def _matched(desk: Desk, words: int) -> int:
    """Characters of the text that lies there that have a match."""
    count = 0
    for word in range(words):
        count += ones(~desk.open[word])
    return count
