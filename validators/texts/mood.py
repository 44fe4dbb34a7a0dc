"""Mood, read a second time: by the words of a lexicon that the writers do not know.

The lexicon is VADER's (Hutto and Gilbert, "VADER: a parsimonious rule-based model for sentiment
analysis of social media text", ICWSM 2014): words rated by ten people from -4 to 4. Of its rules
only negation is used, so that a whole dataset is read at once.
"""

from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import polars as pl
import vaderSentiment

from orgsmith.validators.texts.words import Vocabulary, Words

NEGATION = -0.74
"""Factor on a word that follows a negation within three words (VADER's constant)."""

NEGATORS = ("not", "no", "never", "nothing", "without", "cannot", "hardly")
NEGATING_END = "n't"
REACH = 3
"""Words after a negation that it turns around."""


def valence(texts: pl.DataFrame) -> pl.DataFrame:
    """How pleased the words are, by key.

    Args:
        texts: columns key and text; a key may stand in several rows.

    Returns:
        Columns key and valence: the mean rating of the rated words, 0 where there are none; in
        order of key, keys without any word left out.
    """
    words = Words.of(texts["text"])
    vocabulary, ratings = _vocabulary()
    known = vocabulary.find(words)
    negators = np.union1d(
        known.words[known.entries < len(NEGATORS)], words.ending_with(NEGATING_END)
    )
    turned = np.zeros(words.row.size, dtype=np.bool_)
    for step in range(1, REACH + 1):
        after = negators[negators + step < words.row.size]
        after = after[words.row[after + step] == words.row[after]]
        turned[after + step] = True
    rating = ratings[known.entries]
    rating = np.where(turned[known.words], rating * NEGATION, rating)
    rated = pl.DataFrame(
        {
            "key": texts["key"].gather(words.row[known.words]),
            "rating": pl.Series(rating, nan_to_null=True),
        }
    )
    spoken = texts["key"].filter(pl.Series(np.bincount(words.row, minlength=texts.height) > 0))
    return (
        spoken.unique()
        .to_frame()
        .join(
            rated.group_by("key", maintain_order=True).agg(valence=pl.col("rating").mean()),
            on="key",
            how="left",
        )
        .with_columns(pl.col("valence").fill_null(0.0))
        .sort("key")
    )


@cache
def lexicon() -> pl.DataFrame:
    """The rated words: columns word and rating."""
    text = files(vaderSentiment).joinpath("vader_lexicon.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t")[:2] for line in text.splitlines() if line)
    rated = {word: float(rating) for word, rating in pairs}
    return pl.DataFrame({"word": list(rated), "rating": list(rated.values())})


@cache
def _vocabulary() -> tuple[Vocabulary, npt.NDArray[np.float64]]:
    """Negators, then the other rated words, and the rating of each; NaN where there is none."""
    rated = dict(lexicon().filter(pl.col("word").str.contains("^[a-z']+$")).iter_rows())
    words = [*NEGATORS, *(word for word in rated if word not in NEGATORS)]
    return Vocabulary(words), np.array([rated.get(word, np.nan) for word in words])
