"""pass^k."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.results.consistency import consistency


def test_by_hand() -> None:
    # Two of three right: picks of two are right in one of three; never right; once right of once.
    found = consistency([3, 2, 1], [2, 0, 1])

    assert [(each.k, each.questions) for each in found] == [(1, 3), (2, 2), (3, 1)]
    assert [each.chance for each in found] == pytest.approx(
        [(2 / 3 + 0 + 1) / 3, (1 / 3 + 0) / 2, 0.0]
    )


def test_nothing_tried() -> None:
    assert consistency([], []) == ()


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=6), min_size=1, max_size=5))
def test_it_is_the_share_of_picks_that_are_all_right(answers: list[list[bool]]) -> None:
    found = consistency([len(each) for each in answers], [sum(each) for each in answers])

    assert [each.k for each in found] == list(range(1, max(map(len, answers)) + 1))
    for step in found:
        picks = [list(combinations(each, step.k)) for each in answers if len(each) >= step.k]
        shares = [sum(map(all, each)) / len(each) for each in picks]
        assert step.questions == len(shares)
        assert step.chance == pytest.approx(sum(shares) / len(shares))


@given(st.integers(1, 8), st.data())
def test_with_equal_trials_it_never_rises(trials: int, data: st.DataObject) -> None:
    right = data.draw(st.lists(st.integers(0, trials), min_size=1, max_size=8))

    chances = [each.chance for each in consistency([trials] * len(right), right)]

    assert chances == sorted(chances, reverse=True)
    assert chances[0] == pytest.approx(sum(right) / trials / len(right))
