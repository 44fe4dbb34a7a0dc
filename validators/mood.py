"""Mood, read a second time: by the words of a lexicon that the writers do not know.

The lexicon is VADER's (Hutto and Gilbert, "VADER: a parsimonious rule-based model for sentiment
analysis of social media text", ICWSM 2014): words rated by ten people from -4 to 4. Of its rules
only negation is used, so that a whole dataset is read at once.
"""

from functools import cache
from importlib.resources import files

import polars as pl
import vaderSentiment

NEGATION = -0.74
"""Factor on a word that follows a negation within three words (VADER's constant)."""

NEGATORS = ("not", "no", "never", "nothing", "without", "cannot", "hardly")


def valence(texts: pl.DataFrame) -> pl.DataFrame:
    """How pleased the words are, by key.

    Args:
        texts: columns key and text; a key may stand in several rows.

    Returns:
        Columns key and valence: the mean rating of the rated words, 0 where there are none.
    """
    ratings = lexicon()
    tokens = (
        texts.with_row_index("row")
        .select("row", "key", word=pl.col("text").str.to_lowercase().str.extract_all(r"[a-z']+"))
        .explode("word")
        .filter(pl.col("word").is_not_null())
        .join(ratings, on="word", how="left", maintain_order="left")
        .with_columns(negator=pl.col("word").is_in(NEGATORS) | pl.col("word").str.ends_with("n't"))
    )
    near = pl.any_horizontal(
        (pl.col("negator").shift(back) & (pl.col("row").shift(back) == pl.col("row")))
        for back in (1, 2, 3)
    ).fill_null(value=False)
    rating = pl.when(near).then(pl.col("rating") * NEGATION).otherwise(pl.col("rating"))
    return (
        tokens.with_columns(rating=rating)
        .group_by("key", maintain_order=True)
        .agg(valence=pl.col("rating").mean().fill_null(0.0))
        .sort("key")
    )


@cache
def lexicon() -> pl.DataFrame:
    """The rated words: columns word and rating."""
    text = files(vaderSentiment).joinpath("vader_lexicon.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t")[:2] for line in text.splitlines() if line)
    rated = {word: float(rating) for word, rating in pairs}
    return pl.DataFrame({"word": list(rated), "rating": list(rated.values())})
