"""Texts to look for near-duplicates in: the same for every method, size and machine.

A corpus of n texts is the beginning of any larger one. Words are common English ones, so that
letters and pairs of letters are spread as in real texts.
"""

from collections.abc import Callable

import numpy as np
from faker.providers.lorem.en_US import Provider

from orgsmith.schema.streams import stream

WORDS: list[str] = [word.lower() for word in Provider.word_list]

TEMPLATES = 500
SLOTS = 0.3
"""Share of a template's words that differ from text to text."""

PLANTED = 0.2
"""Share of texts that are an earlier one with edits."""

BATCH = 1000
"""Texts drawn from one stream."""


def templates(size: int) -> list[str]:
    """Texts of 40 to 400 characters from 500 templates, a fifth of them edited copies.

    A slot is filled with one of 24 words. A copy has up to a fifth of its words replaced, dropped,
    doubled or misspelt: some copies stay near-duplicates, others do not.
    """
    draw = stream(1, "bench", 0, "templates")
    made: list[list[str | list[str]]] = []
    for length in draw.integers(45, 400, TEMPLATES):
        parts: list[str | list[str]] = []
        left = int(length)
        while left > 0:
            slot = draw.random() < SLOTS
            parts.append(_words(draw, 24) if slot else _words(draw, 1)[0])
            left -= 7
        made.append(parts)

    def fresh(draw: np.random.Generator) -> str:
        parts = made[int(draw.integers(TEMPLATES))]
        picks = draw.integers(24, size=len(parts)).tolist()
        return " ".join(
            part if isinstance(part, str) else part[pick]
            for part, pick in zip(parts, picks, strict=True)
        )

    return _planted(size, "templates", fresh)


def dense(size: int) -> list[str]:
    """Texts of about 200 characters that say much the same: twenty variants of each of six clauses.

    Variants of a clause have one or two words of five replaced; a fifth are edited copies.
    """
    draw = stream(1, "bench", 0, "dense")
    clauses: list[list[str]] = []
    for _ in range(6):
        base = _words(draw, 5)
        variants: list[str] = []
        for _ in range(20):
            words = list(base)
            for place in draw.permutation(5)[: draw.integers(1, 3)].tolist():
                words[place] = _words(draw, 1)[0]
            variants.append(" ".join(words))
        clauses.append(variants)

    def fresh(draw: np.random.Generator) -> str:
        picks = draw.integers(20, size=6).tolist()
        return " ".join(variants[pick] for variants, pick in zip(clauses, picks, strict=True))

    return _planted(size, "dense", fresh)


CORPORA: dict[str, Callable[[int], list[str]]] = {"templates": templates, "dense": dense}


def _words(draw: np.random.Generator, count: int) -> list[str]:
    """Words drawn independently."""
    return [WORDS[place] for place in draw.integers(len(WORDS), size=count).tolist()]


def _planted(size: int, name: str, fresh: Callable[[np.random.Generator], str]) -> list[str]:
    """Texts, a share of them edited copies of earlier ones, cut to 40 to 400 characters."""
    texts: list[str] = []
    for batch in range(-(-size // BATCH)):
        draw = stream(1, "bench", batch, name)
        copied = (draw.random(BATCH) < PLANTED).tolist()
        for copy in copied:
            if copy and texts:
                text = _edited(draw, texts[int(draw.integers(len(texts)))])
            else:
                text = fresh(draw)
            texts.append(text[:400].strip().ljust(40, "."))
    return texts[:size]


def _edited(draw: np.random.Generator, text: str) -> str:
    """A text with up to a fifth of its words changed."""
    words = text.split()
    count = int(draw.integers(1, 2 + len(words) // 5))
    for kind, at in zip(draw.integers(4, size=count), draw.random(count), strict=True):
        place = int(at * len(words))
        if kind == 0:
            words[place] = _words(draw, 1)[0]
        elif kind == 1 and len(words) > 1:
            del words[place]
        elif kind == 2:
            words.insert(place, words[place])
        else:
            word = words[place]
            middle = len(word) // 2
            words[place] = f"{word[:middle]}{word[middle + 1 :]}e"
    return " ".join(words)
