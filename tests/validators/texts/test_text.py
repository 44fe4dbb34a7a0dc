"""What a writer has left unfinished, and what only looks like it."""

import polars as pl
import pytest

from orgsmith.validators.texts.text import LEFTOVER, PERCENT


def found(text: str) -> bool:
    """Whether a text is taken for unfinished, as the checks take it."""
    return bool(pl.select(pl.lit(text).str.contains(LEFTOVER)).item())


@pytest.mark.parametrize(
    "text",
    [
        "Your {noun} is here.",
        "Dear None,",
        "None, thank you for writing.",
        "Hello,\nNone, here is your parcel.",
        "I can give you None percent off.",
        "Order number: None",
        "It is order #None.",
        "The price is $None for you.",
        "Dear None None,",
        "None",
        "Hello,\n\nNone\n\nBest,",
        "None's order is late.",
        "The order of None is late.",
        "a size of nan NaN",
        "Dear null,",
        "Order number: null",
        "sent by null null today",
        "null",
    ],
)
def test_leftovers_are_seen(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize(
    "text",
    [
        "None of them fits.",
        "I tried three sizes. None fits.",
        "I wrote twice.\nNone of my mails was answered.",
        "How many arrived? None of the four!",
        '"None of this helps," she said.',
        "- None of the parts is missing",
        "I have none, and none at all came.",
        "This offer is null and void after May.",
        "A nullified order, nonetheless.",
    ],
)
def test_prose_is_left_alone(text: str) -> None:
    assert not found(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("take 25 percent off", "25"),
        ("take 25% off", "25"),
        ("take 25 %.", "25"),
        ("25 percentiles", None),
        ("A25 percent", None),
    ],
)
def test_shares_are_read(text: str, number: str | None) -> None:
    assert pl.select(pl.lit(text).str.extract(PERCENT, 1)).item() == number
