"""Two organisations of different industries."""

import pytest

from orgsmith.outputs.dataset import Dataset
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from tests.arena.tasks.world import World
from tests.validators.published import make


@pytest.fixture(scope="session")
def reference(dataset: Dataset) -> World:
    """The reference industry at scale 0.1."""
    return World.of(dataset)


@pytest.fixture(scope="session")
def stranger() -> World:
    """Another industry, smaller, with another seed."""
    industry = load("banking")
    organisation = Organisation(industry, seed=19, scale=0.06, as_of=industry.as_of)
    return World.of(make(organisation))


@pytest.fixture(scope="session", params=("reference", "stranger"))
def world(request: pytest.FixtureRequest) -> World:
    """Each of the two."""
    found: World = request.getfixturevalue(request.param)
    return found
