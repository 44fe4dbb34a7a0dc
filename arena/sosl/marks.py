"""Marks what was found in texts: highlighted fields and snippets.

Source: Salesforce, "SOQL and SOSL Reference", WITH SNIPPET and WITH HIGHLIGHT.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from orgsmith.arena.sosl.matching import term_words
from orgsmith.arena.sosl.tree import Either, Expression, Term
from orgsmith.arena.sosl.words import Word, placed_words, stem

READ = 6_000
"""Characters of a field that snippets are taken from."""
SHORTEST = 50
"""Characters of the shortest fragment."""
ELLIPSIS = "... "
_SPACE = re.compile(r"\s+")

Place = tuple[int, int]


class Marker:
    """Finds the words of a search in texts, other forms of words outside quotes included."""

    def __init__(self, expression: Expression) -> None:
        self._stems: set[str] = set()
        self._phrases: list[list[str]] = []
        for term in _sought(expression):
            found = term_words(term)
            if len(found) == 1 and not term.quoted:
                self._stems.add(stem(found[0]))
            elif found:
                self._phrases.append(found)

    def places(self, text: str) -> list[Place]:
        """Where the words stand, in order: offsets of their first and past their last character."""
        words = placed_words(text)
        marked = {at for at, word in enumerate(words) if word.stem in self._stems}
        for phrase in self._phrases:
            for at in range(len(words) - len(phrase) + 1):
                if _stands(phrase, words, at):
                    marked.update(range(at, at + len(phrase)))
        return [(words[at].start, words[at].end) for at in sorted(marked)]


def highlighted(text: str, places: Iterable[Place]) -> str:
    """A text as HTML, with what stands at some places marked."""
    parts: list[str] = []
    done = 0
    for start, end in places:
        parts += [_escaped(text[done:start]), "<mark>", _escaped(text[start:end]), "</mark>"]
        done = end
    return "".join(parts) + _escaped(text[done:])


def snippet(texts: Iterable[str], marker: Marker, length: int) -> str | None:
    """The parts of texts around what was found, as HTML; None if nothing stands near the beginning.

    `length` is how many characters of the texts they have together, about.
    """
    parts: list[str] = []
    for text in texts:
        read = text[:READ]
        places = marker.places(read)
        while places and length >= SHORTEST:
            near = places[-1][1] - places[0][0] <= length
            start, end = _fragment(read, places[0], length if near else max(length // 2, SHORTEST))
            within = [(a - start, b - start) for a, b in places if b <= end]
            parts.append(highlighted(read[start:end], within))
            places = places[len(within) :]
            length -= end - start
    return ELLIPSIS.join(parts) or None


def _sought(expression: Expression) -> Iterator[Term]:
    """The terms that are looked for, without those that are excluded."""
    if isinstance(expression, Term):
        yield expression
    else:
        parts = expression.choices if isinstance(expression, Either) else expression.required
        for part in parts:
            yield from _sought(part)


def _stands(phrase: Sequence[str], words: Sequence[Word], at: int) -> bool:
    return all(words[at + step].text == word for step, word in enumerate(phrase))


def _fragment(text: str, place: Place, width: int) -> Place:
    """The part of a text around a place, cut between words."""
    start = max(0, place[0] - width // 4)
    if start:
        space = _SPACE.search(text, start, place[0])
        start = space.end() if space else place[0]
    end = max(place[1], min(start + width, len(text)))
    if end < len(text):
        spaces = list(_SPACE.finditer(text, place[1], end))
        end = spaces[-1].start() if spaces else end
    return start, end


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
