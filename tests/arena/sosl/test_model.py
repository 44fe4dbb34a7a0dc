"""Searches find what a reading of every record, word by word, finds."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.sosl.index import TextIndex
from orgsmith.arena.sosl.tree import Scope
from orgsmith.arena.sosl.words import stem
from tests.arena.sosl.corpus import CASES, find, index_of

WORD = re.compile(r"[^\W_]+")
Record = Sequence[str]


@dataclass(frozen=True)
class Wanted:
    """An expression as it is written, and whether a record meets it."""

    text: str
    meets: Callable[[Record], bool]


def spoken(text: str) -> list[str]:
    return [word.lower() for word in WORD.findall(text)]


VOCABULARY = sorted({word for record in CASES.values() for text in record for word in spoken(text)})


def word(text: str) -> Wanted:
    wanted = stem(text.lower())
    return Wanted(
        text,
        lambda record: any(stem(each) == wanted for value in record for each in spoken(value)),
    )


def pattern(text: str) -> Wanted:
    wanted = re.compile(text.replace("*", ".*").replace("?", "."))
    return Wanted(
        text,
        lambda record: any(wanted.fullmatch(each) for value in record for each in spoken(value)),
    )


def phrase(words: Sequence[str]) -> Wanted:
    def meets(record: Record) -> bool:
        texts = [spoken(value) for value in record]
        return any(
            list(words) == text[at : at + len(words)] for text in texts for at in range(len(text))
        )

    return Wanted('"' + " ".join(words) + '"', meets)


def joined(left: Wanted, operator: str, right: Wanted) -> Wanted:
    def meets(record: Record) -> bool:
        if operator == " OR ":
            return left.meets(record) or right.meets(record)
        if operator == " AND NOT ":
            return left.meets(record) and not right.meets(record)
        return left.meets(record) and right.meets(record)

    return Wanted(f"({left.text}{operator}{right.text})", meets)


def _cut(text: str, at: int, sign: str) -> str:
    """A word with a wildcard somewhere behind its first letter."""
    place = 1 + at % len(text)
    return text[:place] + sign + text[place + (sign == "?") :]


WORDS = st.sampled_from(VOCABULARY)
PLAIN = st.sampled_from([word for word in VOCABULARY if word not in {"and", "or", "not"}])
TERMS = st.one_of(
    PLAIN.map(word),
    PLAIN.map(str.upper).map(word),
    st.builds(_cut, WORDS, st.integers(0, 9), st.sampled_from("*?")).map(pattern),
    st.lists(WORDS, min_size=1, max_size=3).map(phrase),
    st.sampled_from(
        [spoken(text)[at : at + 3] for record in CASES.values() for text in record
         for at in range(len(spoken(text)))]
    ).map(phrase),
)  # fmt: skip
EXPRESSIONS = st.recursive(
    TERMS,
    lambda inner: st.builds(
        joined, inner, st.sampled_from([" AND ", " OR ", " AND NOT ", " ", " and ", "  "]), inner
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def cases() -> TextIndex:
    return index_of("Case", CASES)


@given(EXPRESSIONS)
def test_an_expression_finds_the_records_that_meet_it(cases: TextIndex, wanted: Wanted) -> None:
    text = f"({wanted.text})"
    expected = [key for key, record in CASES.items() if wanted.meets(record)]
    ranked = cases.rank(find(text).records, Scope.ALL)
    assert sorted(ranked) == expected
    assert cases.rank(find(text).records, Scope.ALL, 3) == ranked[:3]
