"""Ids as requests spell them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.ids import full_id
from orgsmith.schema.ids import DIGITS, suffix

FIFTEEN = st.text(DIGITS, min_size=15, max_size=15)


@given(FIFTEEN)
def test_fifteen_characters_are_completed(fifteen: str) -> None:
    assert full_id(fifteen) == fifteen + suffix(fifteen)


@given(FIFTEEN, st.data())
def test_the_case_of_eighteen_is_told_by_the_last_three(fifteen: str, data: st.DataObject) -> None:
    whole = fifteen + suffix(fifteen)
    flips = data.draw(st.lists(st.booleans(), min_size=18, max_size=18))
    written = "".join(
        sign.swapcase() if flip else sign for sign, flip in zip(whole, flips, strict=True)
    )
    assert full_id(written) == whole


@pytest.mark.parametrize(
    "text",
    [
        "",
        "500",
        "500Or000000000",
        "500Or00000000000",
        "500Or0000000000AAAA",
        "500Or00000000 0AAA",
        "500Or000000000é",
        "500Or0000000001AA9",  # 9 is no sign of a suffix
        "500000000000001AAB",  # asks for a capital digit
        "500Or000000000\n",
    ],
)
def test_what_is_no_id(text: str) -> None:
    assert full_id(text) is None
