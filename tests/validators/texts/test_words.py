"""Words found in bytes are those a regular expression finds."""

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.validators.texts.words import Vocabulary, Words

ENTRIES = ("not", "n't", "good", "disappointed", "overwhelmingly", "a", "unquestionably'so")
LETTERS = st.text(alphabet="anotgd' N\n\t.-éİ—", max_size=12)
TEXTS = st.lists(
    st.none() | LETTERS | st.lists(st.sampled_from(ENTRIES) | LETTERS, max_size=6).map(" ".join),
    max_size=8,
)


def spelled(text: str | None) -> list[str]:
    return re.findall("[a-z']+", (text or "").lower())


@given(TEXTS)
def test_words_are_found_text_by_text(texts: list[str | None]) -> None:
    words = Words.of(pl.Series(texts, dtype=pl.String))
    found = [
        bytes(words.letters[start : start + length]).decode()
        for start, length in zip(words.start, words.length, strict=True)
    ]
    expected = [(row, word) for row, text in enumerate(texts) for word in spelled(text)]
    assert list(zip(words.row.tolist(), found, strict=True)) == expected


@given(TEXTS)
def test_a_vocabulary_finds_its_entries_and_nothing_else(texts: list[str | None]) -> None:
    found = Vocabulary(ENTRIES).find(Words.of(pl.Series(texts, dtype=pl.String)))
    expected = [
        (place, ENTRIES.index(word))
        for place, word in enumerate(word for text in texts for word in spelled(text))
        if word in ENTRIES
    ]
    assert list(zip(found.words.tolist(), found.entries.tolist(), strict=True)) == expected


@given(TEXTS)
def test_endings_are_found(texts: list[str | None]) -> None:
    words = Words.of(pl.Series(texts, dtype=pl.String))
    all_words = [word for text in texts for word in spelled(text)]
    expected = [place for place, word in enumerate(all_words) if word.endswith("n't")]
    assert words.ending_with("n't").tolist() == expected


@pytest.mark.parametrize("entries", [("good", "good"), ("two words",), ("Good!",), ("",)])
def test_entries_are_single_words(entries: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="entries must be words"):
        Vocabulary(entries)
