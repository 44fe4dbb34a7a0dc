"""Fixtures: organisations of the reference pack, drawn once for all tests."""

import datetime as dt

import pytest

from orgsmith.schema import packs
from orgsmith.schema.industry import Industry
from tests.flows.draw.organisations import Drawn, Make, draw_organisation


@pytest.fixture(scope="session")
def industry() -> Industry:
    """The reference pack."""
    return packs.load("sportswear")


@pytest.fixture(scope="session")
def make(industry: Industry) -> Make:
    """Draws an organisation of the reference pack."""

    def drawn(
        *last: str,
        scale: float = 1.0,
        seed: int = 7,
        as_of: dt.date | None = None,
        blocks: int | None = None,
    ) -> Drawn:
        return draw_organisation(
            industry, *last, scale=scale, seed=seed, as_of=as_of, blocks=blocks
        )

    return drawn


@pytest.fixture(scope="session")
def at_scale_1(make: Make) -> Drawn:
    """The reference organisation; only read it."""
    return make()


@pytest.fixture(scope="session")
def small(make: Make) -> Drawn:
    """A tenth of the reference organisation; only read it."""
    return make(scale=0.1)


SHOP = ("Contact", "Knowledge__kav", "OrderItem", "ProductCategoryProduct")
"""With all they need: every node but those that tell what happens in a case."""


@pytest.fixture(scope="session")
def shop(make: Make) -> Drawn:
    """The reference organisation without its conversations; only read it."""
    return make(*SHOP)


@pytest.fixture(scope="session", params=[0.02, 0.1, 1.0, 12.0], ids="scale{}".format)
def any_shop(make: Make, request: pytest.FixtureRequest) -> Drawn:
    """Organisations of several sizes, the largest in two blocks; only read them."""
    return make(*SHOP, scale=float(request.param))


@pytest.fixture(
    scope="session",
    params=[
        (0.02, dt.date(2026, 5, 13)),
        (1.0, dt.date(2024, 2, 29)),
        (12.0, dt.date(2025, 7, 17)),
    ],
    ids=lambda param: f"scale{param[0]}",
)
def any_organisation(make: Make, request: pytest.FixtureRequest) -> Drawn:
    """Whole organisations of several sizes, their span starting within a month; only read them."""
    scale, as_of = request.param
    return make(scale=scale, as_of=as_of)
