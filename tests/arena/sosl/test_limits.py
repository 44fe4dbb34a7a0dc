"""How many records a search gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.sosl.limits import most_of_object, shares
from orgsmith.arena.sosl.parser import parse


@pytest.mark.parametrize(
    ("found", "limit", "kept"),
    [
        # Salesforce's own example: 19 accounts and 35 contacts, LIMIT 20.
        ([19, 35], 20, [10, 10]),
        ([7, 35], 20, [7, 13]),
        ([35, 7], 20, [13, 7]),
        ([19, 35], 100, [19, 35]),
        ([5, 5, 5], 10, [4, 3, 3]),
        ([1, 0, 9], 4, [1, 0, 3]),
        ([5, 5, 5], 2, [1, 1, 0]),
        ([5, 5], 0, [0, 0]),
        ([0, 0], 10, [0, 0]),
        ([], 10, []),
    ],
)
def test_a_limit_is_shared_evenly(found: list[int], limit: int, kept: list[int]) -> None:
    assert shares(found, limit) == kept


@given(st.lists(st.integers(0, 300), max_size=12), st.integers(0, 2_000))
def test_shares_keep_as_many_as_they_may(found: list[int], limit: int) -> None:
    kept = shares(found, limit)
    assert sum(kept) == min(limit, sum(found))
    assert all(0 <= each <= most for each, most in zip(kept, found, strict=True))
    # Nobody who gave something up has less than one that kept all of its own, but for the odd one.
    cut = [each for each, most in zip(kept, found, strict=True) if each < most]
    assert not cut or max(kept) - min(cut) <= 1


@pytest.mark.parametrize(
    ("returning", "objects", "most"),
    [
        (None, 12, 166),
        ("Case", 1, 250),
        ("Case(Id)", 1, 250),
        ("Case(Id LIMIT 2000)", 1, 250),
        ("Case(Id WHERE Status = 'New')", 1, 2_000),
        ("Case(Id ORDER BY CreatedDate)", 1, 2_000),
        ("Case(Id WHERE Status = 'New'), Account", 2, 250),
        ("Case(Id ORDER BY CreatedDate)", 10, 200),
    ],
)
def test_an_object_gives_as_many_as_in_salesforce(
    returning: str | None, objects: int, most: int
) -> None:
    queries = parse(f"FIND {{ab}} RETURNING {returning}").returning if returning else None
    assert most_of_object(queries[0] if queries else None, objects) == most
