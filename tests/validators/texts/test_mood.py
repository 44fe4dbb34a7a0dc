"""Mood by an independent lexicon."""

import polars as pl

from orgsmith.validators.texts.mood import lexicon, valence


def rated(*texts: str) -> list[float]:
    frame = pl.DataFrame({"key": [str(i) for i in range(len(texts))], "text": list(texts)})
    return valence(frame)["valence"].to_list()


def test_pleased_words_rate_above_cross_ones() -> None:
    pleased, plain, cross = rated(
        "Thanks, this is great and I am happy.", "The parcel has a box.", "This is terrible, awful."
    )
    assert cross < plain == 0.0 < pleased


def test_negation_turns_a_word_within_its_text() -> None:
    good, bad, other = rated("a good one", "not a very good one", "not")
    assert good > 0 > bad
    assert other == 0.0
    split = pl.DataFrame({"key": ["a", "a"], "text": ["it is not", "good"]})
    assert valence(split)["valence"][0] == good


def test_the_lexicon_is_there() -> None:
    assert lexicon().height > 5000
