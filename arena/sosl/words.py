"""Texts as words: runs of letters and digits, in small letters, each with its English stem."""

from collections.abc import Sequence
from dataclasses import dataclass

import tantivy


def exact_analyzer() -> tantivy.TextAnalyzer:
    """Splits a text into its words as they stand."""
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(_LOWER).build()


def forms_analyzer() -> tantivy.TextAnalyzer:
    """Splits a text into the stems of its words, by which other forms of a word are found."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(_LOWER)
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as it stands but in small letters, its stem, and its offsets."""

    text: str
    stem: str
    start: int
    end: int


def words(text: str) -> Sequence[str]:
    """The words of a text."""
    return _EXACT.analyze(text)


def stem(word: str) -> str:
    """The stem of a word."""
    return "".join(_FORMS.analyze(word))


def placed_words(text: str) -> Sequence[Word]:
    """The words of a text, with their stems and offsets."""
    exact = _EXACT.pre_tokenize(text).tokens
    forms = _FORMS.pre_tokenize(text).tokens
    return [
        Word(word.text, form.text, word.char_offset_from, word.char_offset_to)
        for word, form in zip(exact, forms, strict=True)
    ]


_LOWER = tantivy.Filter.lowercase()
_EXACT = exact_analyzer()
_FORMS = forms_analyzer()
