"""How well sentences answer a question, by the words both have and the kind of thing asked for.

A sentence is worth the rare words of the question that it says, and a part of those that only its
article's title or summary says: what an article is about need not be said again in every sentence.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orgsmith.arena.solver.answer_kinds import ASKING_WORDS, Wanted
from orgsmith.arena.solver.word_stems import stems

FROM_TITLE = 0.7
"""Worth of a word that only the article's title says, as a share of one in the sentence."""
FROM_SUMMARY = 0.3
"""The same of a word that only the summary says."""
AKIN = 0.6
"""The same of a word that the sentence has in a longer or shorter form: sign, signature."""
SHORTEST_AKIN = 4
ASKING = 0.1
"""Worth of a word that says what is asked for, as "long" in "how long"."""
KIND = 0.6
"""What a sentence gains, as a share, that says a thing of the kind asked for: a number, a time."""
OWN = 0.2
"""Worth of how little a sentence says that is not in the question."""

_NAMED = re.compile(r'["“]([^"”\n]+)["”]')


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it stands in an article, the article's Id, and what the article is about.

    `said`, `titled` and `summed_up` are the stems of the sentence, the title and the summary.
    """

    article: str
    title: str
    text: str
    said: frozenset[str]
    titled: frozenset[str]
    summed_up: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence and how well it answers, from 0 on."""

    sentence: Sentence
    score: float


def ranked(question: str, sentences: Iterable[Sentence]) -> list[Ranked]:
    """Sentences by how well they answer a question, the best first; without those that cannot.

    A name in quotation marks must stand in the question: a sentence about another remedy, button or
    form answers something else.
    """
    known = [each for each in sentences if _about_the_same(question, each.text)]
    rarity = _rarity([each.said | each.titled for each in known])
    sought = _sought(question, rarity, len(known))
    whole = sum(word.weight for word in sought) or 1.0
    wanted = Wanted.by(question)
    found = [
        Ranked(
            each,
            sum(word.weight * _worth(word, each) for word in sought)
            / whole
            * (1.0 + KIND * wanted.fit(each.text))
            + OWN * _own(sought, each.said, rarity),
        )
        for each in known
    ]
    return sorted(found, key=lambda r: (-r.score, r.sentence.article, r.sentence.text))


def margin(best: Sequence[Ranked]) -> float:
    """By how much of its own score the best sentence is ahead of the next: 0 (a tie) to 1."""
    if not best or best[0].score <= 0:
        return 0.0
    return 1.0 - (best[1].score / best[0].score if len(best) > 1 else 0.0)


@dataclass(frozen=True, slots=True)
class _Sought:
    """A word of a question, its kin among the words of articles, and what it is worth."""

    word: str
    kin: frozenset[str]
    weight: float


def _sought(question: str, rarity: Mapping[str, float], sentences: int) -> list[_Sought]:
    """The words of a question: the rarer, the more they are worth."""
    plain = set(stems(ASKING_WORDS.sub(" ", question)))
    unheard = math.log(sentences + 1.0)
    return [
        _Sought(
            word,
            frozenset(other for other in rarity if _akin(word, other)),
            rarity.get(word, unheard) * (1.0 if word in plain else ASKING),
        )
        for word in dict.fromkeys(stems(question))
    ]


def _worth(sought: _Sought, sentence: Sentence) -> float:
    """How far a sentence says a word, its article's title and summary helping: 0 to 1."""
    return max(
        _says(sentence.said, sought),
        FROM_TITLE * _says(sentence.titled, sought),
        FROM_SUMMARY * _says(sentence.summed_up, sought),
    )


def _says(stems_said: frozenset[str], sought: _Sought) -> float:
    if sought.word in stems_said:
        return 1.0
    return 0.0 if sought.kin.isdisjoint(stems_said) else AKIN


def _own(sought: Iterable[_Sought], said: frozenset[str], rarity: Mapping[str, float]) -> float:
    """The share of a sentence's words, by rarity, that the question has too."""
    whole = sum(rarity[word] for word in sorted(said))
    both = sum(rarity[each.word] for each in sought if each.word in said)
    return both / whole if whole else 0.0


def _rarity(texts: Sequence[frozenset[str]]) -> dict[str, float]:
    """Inverse document frequency of the stems of some texts, above 0."""
    counts = Counter(word for text in texts for word in text)
    return {word: math.log((len(texts) + 1) / (n + 0.5)) for word, n in counts.items()}


def _akin(one: str, other: str) -> bool:
    """Whether one of two stems is the beginning of the other, or the other's plural."""
    short, long = sorted((one, other), key=len)
    if not long.startswith(short) or short == long:
        return False
    return len(short) >= SHORTEST_AKIN or long == f"{short}s"


def _about_the_same(question: str, text: str) -> bool:
    """Whether all names that a sentence has in quotation marks stand in the question."""
    asked = question.casefold()
    return all(
        re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", asked) is not None
        for name in _NAMED.findall(text)
    )
