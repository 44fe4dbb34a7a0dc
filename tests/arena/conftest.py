"""A small published organisation, opened for serving."""

from collections.abc import Iterator
from itertools import count

import pytest

from orgsmith.arena.org import Org
from orgsmith.arena.session import Session
from orgsmith.outputs.dataset import Dataset
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from tests.validators.published import make, publish_frames

_NUMBERS = count()


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The reference industry at scale 0.1; only read it."""
    industry = load("sportswear")
    organisation = Organisation(industry, seed=7, scale=0.1, as_of=industry.as_of)
    return Dataset.open(publish_frames(make(organisation), tmp_path_factory.mktemp("arena")))


@pytest.fixture(scope="session")
def org(dataset: Dataset) -> Iterator[Org]:
    """The organisation, served; tests that write use a session of their own."""
    opened = Org.open(dataset)
    yield opened
    opened.close()


@pytest.fixture
def session(org: Org) -> Iterator[Session]:
    """A session that nobody else has."""
    token = f"test {next(_NUMBERS)}"
    yield org.session(token)
    org.end(token)
