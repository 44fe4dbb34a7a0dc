import numpy as np
import pytest

from orgsmith.flows.draw.deals import (
    deal,
    deck,
    even_deck,
    exactly,
    pick_column,
    pick_first,
    rank_within,
)
from orgsmith.schema.streams import stream


@pytest.fixture
def rng() -> np.random.Generator:
    return stream(7, "test", 0, "deals")


def test_a_deck_holds_each_kind_as_often_as_asked(rng: np.random.Generator) -> None:
    cards = deck(np.array([3, 0, 50]), rng)
    assert np.bincount(cards).tolist() == [3, 0, 50]
    assert not (np.diff(cards) >= 0).all()


@pytest.mark.parametrize("count", [0, 1, 5, 12, 61])
def test_an_even_deck_never_leads_by_two(rng: np.random.Generator, count: int) -> None:
    cards = even_deck(5, count, rng)
    assert cards.size == count
    for upto in range(count + 1):
        dealt = np.bincount(cards[:upto], minlength=5)
        assert dealt.max() - dealt.min() <= 1


def test_rows_of_a_group_that_follow_each_other_are_dealt_different_kinds(
    rng: np.random.Generator,
) -> None:
    groups = rng.integers(0, 3, 300)
    dealt = deal(groups, np.array([4, 7, 5]), rng)
    for group, kinds in enumerate((4, 7, 5)):
        of_group = dealt[groups == group]
        for start in range(0, of_group.size - kinds + 1, kinds):
            assert sorted(of_group[start : start + kinds]) == list(range(kinds))


def test_exactly_chooses_by_weight_and_never_what_has_none(rng: np.random.Generator) -> None:
    weights = np.array([0.0, 1.0, 9.0] * 1000)
    chosen = exactly(500, weights, rng)
    assert chosen.sum() == 500
    assert not chosen[0::3].any()
    assert chosen[2::3].sum() > 4 * chosen[1::3].sum()
    assert exactly(9999, weights, rng).sum() == 2000


def test_pick_column_follows_the_weights(rng: np.random.Generator) -> None:
    weights = np.tile([1.0, 0.0, 3.0], (20_000, 1))
    share = np.bincount(pick_column(weights, rng.random(20_000)), minlength=3) / 20_000
    assert share == pytest.approx([0.25, 0, 0.75], abs=0.02)


def test_pick_column_says_where_there_is_nothing_to_pick() -> None:
    weights = np.array([[0.0, 0.0], [0.0, 2.0]])
    assert pick_column(weights, np.array([0.5, 0.99])).tolist() == [-1, 1]
    assert pick_column(np.zeros((2, 0)), np.zeros(2)).tolist() == [-1, -1]


def test_pick_first_keeps_to_the_first_kinds() -> None:
    weights = np.array([1.0, 1.0, 8.0])
    picked = pick_first(weights, np.array([0, 1, 2, 3]), np.full(4, 0.999))
    assert picked.tolist() == [0, 0, 1, 2]


def test_rank_within_groups() -> None:
    ranks = rank_within(np.array([1, 0, 1, 1]), np.array([0.3, 0.9, 0.1, 0.2]))
    assert ranks.tolist() == [2, 0, 0, 1]
