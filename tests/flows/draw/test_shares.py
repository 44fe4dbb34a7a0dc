import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.flows.draw.keys import ids, running_numbers
from orgsmith.flows.draw.lines import sizes
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.shares import deal, even, pick, quotas, share_of
from orgsmith.schema.industry import Industry
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

WEIGHTS = st.lists(st.floats(0.01, 100), min_size=1, max_size=30).map(np.array)


@given(weights=WEIGHTS, total=st.integers(0, 500), floor=st.integers(0, 5))
def test_quotas_add_up_and_follow_the_weights(
    weights: "np.ndarray[tuple[int], np.dtype[np.float64]]", total: int, floor: int
) -> None:
    counts = quotas(weights, total, floor)
    assert counts.sum() == total
    least = min(floor, total // weights.size)
    assert counts.min() >= least
    exact = least + weights / weights.sum() * (total - least * weights.size)
    assert np.abs(counts - exact).max() < 1 + 1e-9


def test_dealing_is_exact_and_mixed() -> None:
    dealt = deal(stream(7, "test", 0, "deal"), np.array([1.0, 3.0]), 400)
    assert np.bincount(dealt).tolist() == [100, 300]
    assert 0 < dealt[:100].sum() < 100


def test_even_numbers_fall_one_into_each_part() -> None:
    values = even(stream(7, "test", 0, "even"), 50)
    assert sorted((values * 50).astype(int)) == list(range(50))


def test_pick_falls_by_weight() -> None:
    weights = np.array([1.0, 0.0, 3.0])
    assert pick(weights, np.array([0.0, 0.2499, 0.25, 0.999999])).tolist() == [0, 0, 2, 2]


def test_share_is_exact() -> None:
    assert share_of(stream(7, "test", 0, "share"), 25, 0.3).sum() == 8


@pytest.mark.parametrize("total", [30, 57, 90, 240])
def test_sizes_add_up_within_what_orders_hold(total: int) -> None:
    fewest = np.repeat([0, 1, 2], 10)
    drawn = sizes(stream(7, "test", 0, "sizes"), fewest, max(total, 40))
    assert drawn.sum() == max(total, 40)
    assert (drawn >= np.maximum(fewest, 1)).all()
    assert drawn.max() <= 8


def test_running_numbers_carry_their_block(industry: Industry) -> None:
    organisation = Organisation(industry, 7, 1000.0, industry.as_of)
    ranks = np.array([0, 5])
    first = running_numbers(organisation, industry.counts.Order, ranks, 0, 8)
    last = running_numbers(organisation, industry.counts.Order, ranks, 99, 8)
    assert first.to_list() == ["00100001", "00100006"]
    assert last.to_list() == ["10000001", "10000006"]


def test_ids_of_blocks_never_meet(industry: Industry) -> None:
    organisation = Organisation(industry, 7, 12.0, industry.as_of)
    first, second = (ids(organisation, "Order", 1000, block) for block in range(2))
    assert set(first).isdisjoint(second)
    assert ids(organisation, "Order", 10, 1, first=5).equals(second[5:15])


def test_a_missing_parent_is_named() -> None:
    with pytest.raises(KeyError, match="Order is not among the parents"):
        Parents({})["Order"]
