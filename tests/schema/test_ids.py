"""Salesforce ids: shape, suffix, uniqueness, and that they tell nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.schema.ids import DIGITS, SERIAL_BITS, id_boundaries, record_ids, suffix
from orgsmith.schema.objects import OBJECTS

serials = st.lists(st.integers(0, 2**SERIAL_BITS - 1), min_size=1, max_size=50, unique=True)


def _suffix_by_the_book(fifteen: str) -> str:
    """The published rule, written the slow way: bits read from the right of each group."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    out = ""
    for start in range(0, 15, 5):
        bits = "".join("1" if c.isupper() else "0" for c in reversed(fifteen[start : start + 5]))
        out += letters[int(bits, 2)]
    return out


@pytest.mark.parametrize(
    ("fifteen", "eighteen"),
    [
        ("a0DE000000abcde", "a0DE000000abcdeMAA"),
        ("001000000000000", "001000000000000AAA"),
        ("500ABCDEFGHIJKL", "500ABCDEFGHIJKLY55"),
    ],
)
def test_suffix_marks_the_capitals(fifteen: str, eighteen: str) -> None:
    assert fifteen + suffix(fifteen) == eighteen


@given(serials, st.integers(0, 2**31))
def test_every_id_is_well_formed_and_unique(numbers: list[int], seed: int) -> None:
    ids = record_ids("500", np.array(numbers), seed).to_list()
    assert len(set(ids)) == len(numbers)
    for record_id in ids:
        assert len(record_id) == 18
        assert record_id.startswith("500")
        assert set(record_id) <= set(DIGITS)
        assert record_id[15:] == _suffix_by_the_book(record_id[:15])


@given(serials)
def test_ids_stay_unique_when_case_is_folded(numbers: list[int]) -> None:
    ids = record_ids("003", np.array(numbers), 7).str.to_lowercase()
    assert ids.n_unique() == len(numbers)


def test_an_id_depends_on_serial_seed_and_space_only() -> None:
    whole = record_ids("001", np.arange(100), 7)
    part = record_ids("001", np.arange(40, 60), 7)
    assert whole[40:60].to_list() == part.to_list()
    assert record_ids("001", np.arange(100), 8).to_list() != whole.to_list()
    assert record_ids("001", np.arange(100), 7, "other").to_list() != whole.to_list()


def test_the_order_of_ids_does_not_follow_the_order_of_serials() -> None:
    count = 20_000
    ranks = record_ids("500", np.arange(count), 7).arg_sort().to_numpy()
    assert abs(np.corrcoef(ranks, np.arange(count))[0, 1]) < 6 / np.sqrt(count)


def test_boundaries_cut_the_ids_into_even_parts() -> None:
    ids = record_ids("500", np.arange(30_000), 7)
    cuts = id_boundaries("500", 3)
    assert cuts == sorted(cuts)
    sizes = [
        (ids < cuts[0]).sum(),
        ((ids >= cuts[0]) & (ids < cuts[1])).sum(),
        (ids >= cuts[1]).sum(),
    ]
    assert sum(sizes) == 30_000
    assert min(sizes) > 9_500


@pytest.mark.parametrize("serial", [-1, 2**SERIAL_BITS])
def test_a_serial_out_of_range_is_refused(serial: int) -> None:
    with pytest.raises(ValueError, match="serials must lie in"):
        record_ids("500", np.array([serial]), 7)


def test_a_prefix_has_three_characters() -> None:
    with pytest.raises(ValueError, match="three characters"):
        record_ids("50", np.array([1]), 7)


def test_key_prefixes_tell_objects_apart() -> None:
    assert len({declared.key_prefix for declared in OBJECTS.values()}) == len(OBJECTS)
