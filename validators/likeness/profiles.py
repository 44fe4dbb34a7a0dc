"""Texts as compiled loops read them: numbered characters, and how often each occurs.

Two texts that are d insertions and deletions apart have profiles that cannot be far apart:

- letters: one insertion or deletion changes one count by one, so the counts differ by d at most,
  summed over all characters (their L1 distance);
- pairs: it makes at most two pairs of neighbours and breaks one, or the other way round: 3 d.

Counting several characters together, or no further than 255, brings profiles only closer: for
whole numbers |min(a, 255) - min(b, 255)| <= |a - b|, and |a + b - c - d| <= |a - c| + |b - d|. So
how characters are shared out over bins decides how much is pruned, never what is found.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from orgsmith.validators.likeness.compiled import compiled

LETTERS = 32
"""Bins of characters."""

PAIRS = 256
"""Bins of pairs of neighbouring characters."""

_BATCH = 1 << 16
"""Texts taken out of Polars at a time."""

_POINTS = 0x110000
_KINDS = 256
"""Characters told apart in pairs: the most frequent ones, and all others as one."""

_SAMPLE = 1 << 22
"""Characters that bins are balanced by."""

Bytes = npt.NDArray[np.uint8]
Whole = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8 | np.uint32]


class Profiles(NamedTuple):
    """Texts one after another; text i has the `lengths[i]` codes from `starts[i]` on."""

    codes: Codes
    """Characters, numbered by how often they occur. Each text is filled up to a multiple of 8 with
    the next number, which is no character's."""
    starts: Whole
    lengths: Whole
    letters: Bytes
    """Shape (texts, LETTERS): how often the characters of each bin occur, 255 at most."""
    pairs: Bytes
    """Shape (texts, PAIRS): the same for pairs of neighbours."""
    alphabet: int
    """Number of different characters."""


def profiled(texts: pl.Series) -> Profiles:
    """The profiles of texts without nulls."""
    counts = np.zeros(_POINTS, dtype=np.int64)
    for offsets, encoded in _batches(texts):
        _count_points(encoded[offsets[0] : offsets[-1]], counts)
    used = np.flatnonzero(counts)
    alphabet = used.size
    code_of: Codes = np.zeros(_POINTS, dtype=np.uint32)
    code_of[used[np.argsort(-counts[used], kind="stable")]] = np.arange(alphabet, dtype=np.uint32)
    if alphabet < _KINDS:
        code_of = code_of.astype(np.uint8)
    lengths = texts.str.len_chars().cast(pl.Int64).to_numpy()
    filled = -(-lengths // 8) * 8
    starts = np.cumsum(filled) - filled
    codes = np.full(int(filled.sum()), alphabet, dtype=code_of.dtype)
    done = 0
    for offsets, encoded in _batches(texts):
        _write_codes(offsets, encoded, code_of, codes, starts[done:])
        done += offsets.size - 1
    letters = np.zeros((len(texts), LETTERS), dtype=np.uint8)
    pairs = np.zeros((len(texts), PAIRS), dtype=np.uint8)
    profiles = Profiles(codes, starts, lengths, letters, pairs, alphabet)
    # Frequent characters and pairs get bins of their own, as far as there are enough.
    seen = np.zeros(_KINDS * _KINDS, dtype=np.int64)
    _count_pairs(codes[:_SAMPLE], seen)
    rank = np.argsort(np.argsort(-seen, kind="stable"), kind="stable")
    _fill(profiles, _dealt(np.arange(alphabet), LETTERS), _dealt(rank, PAIRS))
    return profiles


def _dealt(rank: npt.NDArray[np.intp], bins: int) -> Bytes:
    """A bin for each rank, dealt to and fro, so that a frequent one meets a rare one."""
    turn = rank % (2 * bins)
    return np.minimum(turn, 2 * bins - 1 - turn).astype(np.uint8)


def _batches(texts: pl.Series) -> Iterator[tuple[Whole, Bytes]]:
    """UTF-8 bytes and where each text begins in them, with the end of the last."""
    for start in range(0, len(texts), _BATCH):
        part = texts[start : start + _BATCH].to_arrow(compat_level=pl.CompatLevel.oldest())
        _, offsets, encoded = part.buffers()
        places = np.frombuffer(offsets, dtype=np.int64)[part.offset :][: len(part) + 1]
        yield places, np.frombuffer(encoded or b"", dtype=np.uint8)


@compiled
def _point(encoded: Bytes, at: int) -> tuple[int, int]:
    """The code point that begins at a byte of UTF-8, and its number of bytes."""
    first = int(encoded[at])
    if first < 0x80:
        return first, 1
    if first < 0xE0:
        return (first & 0x1F) << 6 | encoded[at + 1] & 0x3F, 2
    if first < 0xF0:
        point = (first & 0x0F) << 12 | (encoded[at + 1] & 0x3F) << 6 | encoded[at + 2] & 0x3F
        return point, 3
    point = (first & 0x07) << 18 | (encoded[at + 1] & 0x3F) << 12
    return point | (encoded[at + 2] & 0x3F) << 6 | encoded[at + 3] & 0x3F, 4


@compiled
def _count_points(encoded: Bytes, counts: Whole) -> None:
    """Adds how often each code point occurs."""
    at = 0
    while at < encoded.size:
        point, width = _point(encoded, at)
        counts[point] += 1
        at += width


@compiled
def _write_codes(
    offsets: Whole, encoded: Bytes, code_of: Codes, codes: Codes, starts: Whole
) -> None:
    """Writes the codes of texts to where each of them starts."""
    for text in range(offsets.size - 1):
        at, place = offsets[text], starts[text]
        while at < offsets[text + 1]:
            point, width = _point(encoded, at)
            codes[place] = code_of[point]
            place += 1
            at += width


@compiled
def _count_pairs(codes: Codes, seen: Whole) -> None:
    """Adds how often each pair of neighbours occurs."""
    for place in range(1, codes.size):
        before, after = min(codes[place - 1], _KINDS - 1), min(codes[place], _KINDS - 1)
        seen[before * _KINDS + after] += 1


@compiled
def _fill(texts: Profiles, letter_bin: Bytes, pair_bin: Bytes) -> None:
    """Counts the characters and pairs of each text."""
    for text in range(texts.starts.size):
        start, before = texts.starts[text], 0
        for place in range(start, start + texts.lengths[text]):
            code = texts.codes[place]
            letter = letter_bin[code]
            texts.letters[text, letter] += texts.letters[text, letter] < 255
            after = min(code, _KINDS - 1)
            if place > start:
                pair = pair_bin[before * _KINDS + after]
                texts.pairs[text, pair] += texts.pairs[text, pair] < 255
            before = after
