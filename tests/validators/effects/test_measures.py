"""The measures against permutations spelled out."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgsmith.validators.effects.measures import Floats, association, auc, matching, slope

values = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=6)


def permuted(pairs: list[tuple[int, int]], score: Floats) -> float:
    """The effect size by going through every permutation."""
    left, right = zip(*pairs, strict=True)
    sums = [
        float(sum(float(score[a, b]) for a, b in zip(left, p, strict=True)))
        for p in itertools.permutations(right)
    ]
    spread = float(np.std(sums))
    here = sum(float(score[a, b]) for a, b in pairs)
    return (here - float(np.mean(sums))) / spread / len(pairs) ** 0.5 if spread > 1e-9 else 0.0


@settings(deadline=None)
@given(values, st.lists(st.integers(-3, 3), min_size=9, max_size=9))
def test_matching_has_the_moments_of_all_permutations(
    pairs: list[tuple[int, int]], cells: list[int]
) -> None:
    score = np.array(cells, dtype=np.float64).reshape(3, 3)
    counts = np.zeros((3, 3))
    for a, b in pairs:
        counts[a, b] += 1
    assert matching((counts, score)) == pytest.approx(permuted(pairs, score), abs=1e-9)


@settings(deadline=None)
@given(values)
def test_association_is_matching_by_the_product(pairs: list[tuple[int, int]]) -> None:
    frame = pl.DataFrame(pairs, schema=["x", "y"], orient="row")
    score = np.outer(np.arange(3), np.arange(3)).astype(np.float64)
    assert association(frame, "x", "y") == pytest.approx(permuted(pairs, score), abs=1e-9)


def test_association_does_not_see_what_strata_explain() -> None:
    frame = pl.DataFrame({"x": [0, 1, 10, 11], "y": [1, 0, 11, 10], "s": ["a", "a", "b", "b"]})
    assert association(frame, "x", "y") > 0.8
    assert association(frame, "x", "y", ("s",)) == pytest.approx(-(0.5**0.5))


def test_slope_is_taken_within_strata() -> None:
    frame = pl.DataFrame({"x": [0, 1, 5, 7], "y": [9, 11, 0, 4], "s": ["a", "a", "b", "b"]})
    assert slope(frame, "x", "y", ("s",)) == pytest.approx(2.0)
    assert slope(frame, "x", "y") < 0
    assert slope(frame.with_columns(x=1), "x", "y") == 0.0


def test_nothing_varies() -> None:
    assert matching((np.ones((2, 2)), np.ones((2, 2)))) == 0.0
    assert association(pl.DataFrame({"x": [1.0, 1.0], "y": [0.0, 5.0]}), "x", "y") == 0.0
    assert (
        association(
            pl.DataFrame({"x": [], "y": []}, schema={"x": pl.Int64, "y": pl.Int64}), "x", "y"
        )
        == 0.0
    )


def test_auc() -> None:
    low, high = np.array([0.0, 1.0]), np.array([1.0, 2.0])
    assert auc(low, high) == 0.875
    assert auc(high, low) == 0.125
    assert auc(low, low[:0]) == 0.5
