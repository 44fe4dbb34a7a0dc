"""Frames of parents, and what is made of them once."""

import polars as pl
import pytest

from orgsmith.flows.draw.parents import Derived, Parents


def test_an_undeclared_parent_is_refused() -> None:
    with pytest.raises(KeyError, match="Order is not among the parents"):
        Parents({"Account": pl.DataFrame()})["Order"]


def test_what_is_derived_is_made_once_for_the_same_frames() -> None:
    shared: Derived = {}
    whole, first, second = (pl.DataFrame({"Id": [name]}) for name in "abc")
    made: list[str] = []

    def make() -> int:
        made.append("made")
        return len(made)

    blocks = [Parents({"User": whole, "Case": block}, shared) for block in (first, second)]
    assert [block.once("desk", make, "User") for block in blocks] == [1, 1]
    assert [block.once("both", make, "User", "Case") for block in blocks] == [2, 3]
    assert Parents({"User": whole}).once("desk", make, "User") == 4
