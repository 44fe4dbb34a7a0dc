"""The words of many texts at once, as numbers: a word's letters are read eight at a time.

A million words are found and looked up in a tenth of a second, where a list of words for each text
takes several times as long.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]
UInt64s = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]

EIGHT = 8
SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""An odd number: what is multiplied by it differs in its highest bits."""
TABLE_BITS = 20

_OF_WORDS = np.zeros(256, dtype=np.bool_)
_OF_WORDS[np.frombuffer(b"abcdefghijklmnopqrstuvwxyz'", dtype=np.uint8)] = True
_FIRST = np.array([(1 << (EIGHT * n)) - 1 for n in range(EIGHT + 1)], dtype=np.uint64)
"""Masks of the first n bytes of eight."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of some texts in order: runs of small letters a to z and apostrophes.

    `row` is the number of each word's text, `start` its first place in `letters` and `length` its
    number of letters, all of shape (words,); `letters` are those of all texts, in small letters.
    """

    letters: Bytes
    row: Ints
    start: Ints
    length: Ints

    @classmethod
    def of(cls, texts: pl.Series) -> "Words":
        """The words of texts; a null has none."""
        if texts.is_empty():
            none = np.zeros(0, dtype=np.int64)
            return cls(np.full(EIGHT, ord("\n"), dtype=np.uint8), none, none, none)
        # A line break in front keeps the last word of a text from the first one of the next.
        lines = pl.select(pl.lit("\n") + texts.fill_null("").str.to_lowercase()).to_series()
        arrow = lines.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
        _, ends, text = arrow.buffers()
        bounds = np.frombuffer(ends, dtype=np.int64)[: len(arrow) + 1]
        letters = np.full(int(bounds[-1]) + EIGHT, ord("\n"), dtype=np.uint8)
        letters[:-EIGHT] = np.frombuffer(text, dtype=np.uint8)[: bounds[-1]]
        inside = _OF_WORDS[letters]
        edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
        start, end = edges[::2], edges[1::2]
        row = np.repeat(np.arange(len(arrow)), np.diff(np.searchsorted(start, bounds)))
        return cls(letters, row, start, end - start)

    def ending_with(self, letters: str) -> Ints:
        """The words that end with some letters, the second of which is an apostrophe."""
        first, apostrophe, *rest = letters.encode()
        at = np.flatnonzero(self.letters == apostrophe)
        at = at[self.letters[at - 1] == first]
        word: Ints = np.searchsorted(self.start, at, side="right") - 1
        last = at + len(rest) + 1 == self.start[word] + self.length[word]
        at, word = at[last], word[last]
        for on, letter in enumerate(rest, start=1):
            same = self.letters[at + on] == letter
            at, word = at[same], word[same]
        return word

    def eight(self, part: int, words: Ints | slice) -> UInt64s:
        """The letters 8 `part` and up of some words as one number, 0 beyond their ends."""
        start, length = self.start[words], self.length[words]
        if part:
            start, length = start + EIGHT * part, np.maximum(length - EIGHT * part, 0)
            start = np.where(length > 0, start, 0)
        return _numbers(self.letters)[start] & _FIRST[np.minimum(length, EIGHT)]


@dataclass(frozen=True, slots=True)
class Found:
    """Words that a vocabulary has: their numbers among the words, and which entry each is."""

    words: Ints
    entries: Ints


class Vocabulary:
    """Words to be found, each an entry."""

    def __init__(self, entries: Sequence[str]) -> None:
        given = pl.Series(entries, dtype=pl.String)
        if given.is_duplicated().any() or not given.str.contains("^[a-z']+$").all():
            raise ValueError("entries must be words, each of them once")
        words = Words.of(given)
        self._parts = -(-int(words.length.max()) // EIGHT)
        hashes = _hashes(words, self._parts)
        self._order = np.argsort(hashes)
        self._hashes = hashes[self._order]
        self._letters = [words.eight(part, slice(None)) for part in range(self._parts)]
        self._length = words.length
        self._possible = np.zeros(1 << TABLE_BITS, dtype=np.bool_)
        self._possible[_slots(hashes)] = True

    def find(self, words: Words) -> Found:
        """Which words are entries, in order."""
        hashes = _hashes(words, self._parts)
        # Few words pass the table, and few of those that do are none.
        likely = np.flatnonzero(self._possible[_slots(hashes)])
        place = np.searchsorted(self._hashes, hashes[likely])
        entries = self._order[np.minimum(place, self._order.size - 1)]
        same = words.length[likely] == self._length[entries]
        for part in range(self._parts):
            same &= words.eight(part, likely) == self._letters[part][entries]
        return Found(likely[same], entries[same])


def _numbers(letters: Bytes) -> UInt64s:
    """At every place the eight bytes from there on as one number."""
    return np.ndarray(
        shape=(letters.size - EIGHT + 1,), dtype="<u8", buffer=letters.data, strides=(1,)
    )


def _hashes(words: Words, parts: int) -> UInt64s:
    """A number for each word, equal for equal words."""
    mixed = words.eight(0, slice(None)) * SPREAD
    # Few words have more letters to mix in.
    longer = np.flatnonzero(words.length > EIGHT)
    rest = mixed[longer]
    for part in range(1, parts):
        rest = (rest ^ (rest >> np.uint64(29)) ^ words.eight(part, longer)) * SPREAD
    mixed[longer] = rest
    return mixed


def _slots(hashes: UInt64s) -> Ints:
    return (hashes >> np.uint64(64 - TABLE_BITS)).astype(np.int64)
