"""Who leads: the first and the second, and nobody where the first two tie."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.tasks.ranking import Lead, lead


@given(
    st.one_of(
        st.lists(st.integers(0, 5), max_size=7),
        st.lists(st.floats(0, 2, width=16), max_size=7),
    ),
    st.booleans(),
)
def test_the_leader_is_alone_in_front(values: list[float], highest: bool) -> None:
    places = np.arange(len(values), dtype=np.int64) * 3 + 1
    found = lead(places, np.array(values), highest=highest)
    order = sorted(values, reverse=highest)
    if len(values) < 2 or order[0] == order[1]:
        assert found is None
        return
    assert found is not None
    by_place = dict(zip(places.tolist(), values, strict=True))
    assert by_place[found.winner] == found.value == order[0]
    assert by_place[found.runner_up] == order[1]
    assert found.winner != found.runner_up
    assert found.margin == abs(order[0] - order[1])


@pytest.mark.parametrize(
    ("highest", "expected"), [(True, Lead(9, 4, 7.0, 2.0)), (False, Lead(2, 4, 1.0, 4.0))]
)
def test_of_several_seconds_the_first_place_is_named(highest: bool, expected: Lead) -> None:
    places = np.array([2, 4, 6, 9], dtype=np.int64)
    assert lead(places, np.array([1, 5, 5, 7]), highest=highest) == expected


def test_a_tie_in_front_is_no_lead() -> None:
    assert lead(np.arange(3), np.array([2, 2, 1]), highest=True) is None
    assert lead(np.arange(3), np.array([0.1 + 0.2, 0.3 + 5e-17, 0.9]), highest=True) is not None
