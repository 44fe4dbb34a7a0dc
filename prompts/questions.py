"""The words of a task's questions, composed so that no two of them are much alike."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from rapidfuzz import fuzz, process

from orgsmith.prompts.likeness import normalised
from orgsmith.prompts.phrasings import Parts, Phrasing, phrasings
from orgsmith.schema.errors import WriterError

NEAR = 90.0
"""The `rapidfuzz.fuzz.ratio` from which two questions are near-duplicates."""

DRAWN, COMPARED = 16, 4
"""Combinations drawn for each question, and how many of them are compared with the questions
before: those whose parts have been used together least."""


@dataclass(frozen=True, slots=True)
class Request:
    """A question to phrase: the task's key, its shape, and the words that fill the slots."""

    task: str
    shape: str
    slots: Mapping[str, str]

    @property
    def phrasing(self) -> Phrasing:
        """How it can be said.

        Raises:
            WriterError: there is no such task or shape, or a slot has no value.
        """
        found = phrasings(self.task).get(self.shape)
        if found is None:
            raise WriterError(f"{self.task}.yaml: there is no shape {self.shape}")
        if missing := sorted(found.slots - self.slots.keys()):
            raise WriterError(f"{self.task}, {self.shape}: slot {missing[0]} has no value")
        return found

    def lacks(self, text: str) -> Iterator[str]:
        """Why a text does not ask this question: a clause for each fault.

        Raises:
            WriterError: there is no such task or shape, or a slot has no value.
        """
        for name in sorted(self.phrasing.slots):
            value = self.slots[name]
            if value not in text:
                yield f'"{value}" is missing'
            # What stands in a slot is not the question's own word.
            text = text.replace(value, " ", 1)
        yield from self.phrasing.lacks(text)


def compose(requests: Sequence[Request], rng: np.random.Generator) -> list[str]:
    """A text for each question of a task, as unlike those before it as some draws can find.

    Args:
        requests: the questions, in the order in which they are phrased.
        rng: random stream; the same one gives the same texts.

    Returns:
        The texts, in the order given. No two are the same, unless a question is asked more often
        than there are ways to say it.

    Raises:
        WriterError: there is no such task or shape, or a slot has no value.
    """
    before = _Before()
    texts: list[str] = []
    for request in requests:
        phrasing = request.phrasing
        drawn = rng.integers(phrasing.sizes, size=(DRAWN, 3)).tolist()
        ways = before.least_used((opener, core, closer) for opener, core, closer in drawn)
        parts, text = before.least_like(phrasing, request.slots, ways)
        before.add(parts, text)
        texts.append(text)
    return texts


def near_duplicate_share(texts: Sequence[str]) -> float:
    """The share of texts that have a near-duplicate among the others, from 0 to 1."""
    if not texts:
        return 0.0
    words = [normalised(text) for text in texts]
    ratios = process.cdist(words, words, scorer=fuzz.ratio, dtype=np.float64)
    np.fill_diagonal(ratios, 0)
    return float((ratios >= NEAR).any(axis=1).mean())


@dataclass(slots=True)
class _Before:
    """The questions phrased so far: their texts, and how often parts were used together."""

    texts: dict[str, None] = field(default_factory=dict)
    uses: Counter[tuple[int | None, ...]] = field(default_factory=Counter)

    def add(self, parts: Parts, text: str) -> None:
        self.texts[normalised(text)] = None
        self.uses.update(_pairs(parts))

    def least_used(self, ways: Iterator[Parts]) -> list[Parts]:
        """Ways of saying a question, those first that share two parts with the fewest texts."""
        return sorted(ways, key=lambda parts: sum(self.uses[pair] for pair in _pairs(parts)))

    def least_like(
        self, phrasing: Phrasing, slots: Mapping[str, str], ways: Sequence[Parts]
    ) -> tuple[Parts, str]:
        """Of the first few ways that give a new text the one that is least like any other text."""
        new: dict[str, tuple[Parts, str]] = {}
        for parts in chain(ways, phrasing.combinations()):
            text = phrasing.say(parts, slots)
            words = normalised(text)
            if words not in self.texts:
                new.setdefault(words, (parts, text))
            if len(new) == COMPARED:
                break
        if not new:
            return ways[0], phrasing.say(ways[0], slots)
        if not self.texts:
            return next(iter(new.values()))
        ratios = process.cdist(list(new), list(self.texts), scorer=fuzz.ratio, dtype=np.float32)
        return list(new.values())[int(np.argmin(ratios.max(axis=1)))]


def _pairs(parts: Parts) -> tuple[tuple[int | None, ...], ...]:
    """What makes two texts alike: two parts of three, each pair in its place."""
    opener, core, closer = parts
    return (opener, core, None), (opener, None, closer), (None, core, closer)
