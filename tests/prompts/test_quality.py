"""The bar for the phrasebook: how alike its texts are, and whether a lexicon hears the mood."""

import re
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from rapidfuzz import fuzz, process
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from orgsmith.prompts.moves import CUSTOMER, SPEAKERS
from tests.prompts.world import World

SAMPLES = range(5)

WORD = re.compile(r"[a-z0-9']+")


def sample(texts: pl.Series, count: int, seed: int) -> list[str]:
    return texts.sample(count, seed=seed).to_list()


def similarity(texts: list[str]) -> npt.NDArray[np.float64]:
    """Pair similarities (0 to 100), nan on the diagonal."""
    scores = process.cdist(texts, texts, scorer=fuzz.ratio).astype(np.float64)
    np.fill_diagonal(scores, np.nan)
    return scores


def distinct_bigrams(texts: list[str]) -> float:
    """Distinct bigrams of words per bigram."""
    bigrams = [pair for text in texts for pair in pairwise(WORD.findall(text.lower()))]
    return len(set(bigrams)) / len(bigrams)


@pytest.mark.parametrize("seed", SAMPLES)
def test_case_descriptions_are_told_in_many_ways(seed: int, world: World) -> None:
    texts = sample(world["Case"]["Description"], 130, seed)
    scores = similarity(texts)
    assert np.median(np.nanmax(scores, axis=1)) <= 66
    assert np.nanmean(scores) <= 45
    assert distinct_bigrams(texts) >= 0.42
    assert 200 <= np.mean([len(text) for text in texts]) <= 320


@pytest.mark.parametrize("seed", SAMPLES)
def test_mails_are_told_in_many_ways(seed: int, world: World) -> None:
    published = sample(world.published("EmailMessage")["TextBody"], 130, seed)
    assert np.nanmean(similarity(published)) <= 42
    own = sample(world["EmailMessage"]["TextBody"], 130, seed)
    assert np.nanmean(similarity(own)) <= 42


@pytest.mark.parametrize("seed", SAMPLES)
def test_products_are_described_in_many_ways(seed: int, world: World) -> None:
    texts = sample(world["Product2"]["Description"], 90, seed)
    assert np.median(np.nanmax(similarity(texts), axis=1)) <= 66


def customers_words(world: World) -> dict[str, str]:
    """Everything a customer wrote in a case, by case."""
    words: dict[str, list[str]] = {}
    own = world["Case"].filter(pl.col("Origin") != "Chat")
    for case, text in own.select("Id", "Description").iter_rows():
        words.setdefault(case, []).append(text)
    mails = world["EmailMessage"].filter("Incoming")
    for case, text in mails.select("ParentId", "TextBody").iter_rows():
        words.setdefault(case, []).append(text)
    chats = world["LiveChatTranscript"].select("CaseId", "moves", "Body")
    for case, moves, body in chats.iter_rows():
        pairs = zip(moves.split(), body.split("\n"), strict=True)
        words[case] = [line for move, line in pairs if SPEAKERS[move] == CUSTOMER]
    return {case: " ".join(texts) for case, texts in words.items()}


def above(low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]) -> float:
    """Chance that a value of `high` exceeds one of `low`."""
    return float((high[:, None] > low[None, :]).mean())


def test_a_lexicon_hears_the_mood_in_the_customers_words(world: World) -> None:
    analyzer = SentimentIntensityAnalyzer()
    words = customers_words(world)
    cases = world["Case"].filter(pl.col("Id").is_in(list(words)))
    heard = {
        tone: np.array(
            [
                analyzer.polarity_scores(words[case])["compound"]
                for case in cases.filter(tone=tone)["Id"]
            ]
        )
        for tone in ("Negative", "Neutral", "Positive")
    }
    assert above(heard["Negative"], heard["Positive"]) > 0.95
    assert above(heard["Negative"], heard["Neutral"]) > 0.8
    assert above(heard["Neutral"], heard["Positive"]) > 0.7
