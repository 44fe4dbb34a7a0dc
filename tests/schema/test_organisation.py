"""Counts, span and blocks of an organisation."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.schema.industry import Industry
from orgsmith.schema.organisation import Organisation, months_before
from orgsmith.schema.packs import load

SPORTSWEAR = load("sportswear")


def _organisation(scale: float, industry: Industry = SPORTSWEAR) -> Organisation:
    return Organisation(industry, seed=7, scale=scale, as_of=industry.as_of)


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (dt.date(2026, 1, 1), 48, dt.date(2022, 1, 1)),
        (dt.date(2024, 2, 29), 12, dt.date(2023, 2, 28)),
        (dt.date(2024, 3, 31), 1, dt.date(2024, 2, 29)),
        (dt.date(2024, 5, 15), 17, dt.date(2022, 12, 15)),
    ],
)
def test_months_before_stays_inside_the_month(day: dt.date, months: int, earlier: dt.date) -> None:
    assert months_before(day, months) == earlier


def test_scale_one_has_the_counts_of_the_pack() -> None:
    organisation = _organisation(1.0)
    assert (organisation.accounts, organisation.agents, organisation.products) == (200, 100, 500)
    assert organisation.seats == SPORTSWEAR.counts.on_duty
    assert organisation.blocks == 1


@pytest.mark.parametrize(("scale", "agents", "products"), [(0.02, 14, 71), (100, 1000, 5000)])
def test_agents_and_products_grow_with_the_root(scale: float, agents: int, products: int) -> None:
    organisation = _organisation(scale)
    assert (organisation.agents, organisation.products) == (agents, products)
    assert organisation.seats <= organisation.agents


@given(st.floats(0.02, 1000), st.integers(200, 8000))
def test_the_blocks_share_out_the_whole(scale: float, count: int) -> None:
    organisation = _organisation(scale)
    blocks = range(organisation.blocks)
    assert sum(organisation.block_accounts(b) for b in blocks) == organisation.accounts
    assert all(organisation.block_accounts(b) > 0 for b in blocks)
    assert sum(organisation.block_share(count, b) for b in blocks) == round(count * scale)
