"""Where answers are found a second time: a stage for small situations, books for a dataset's."""

from collections.abc import Iterator

import pytest

from orgsmith.arena.org import Org
from orgsmith.outputs.dataset import Dataset
from tests.arena.solver.books import Books
from tests.arena.solver.stage import Stage


@pytest.fixture
def stage(org: Org) -> Iterator[Stage]:
    """An organisation of one's own, to which things happen in the years after 2030."""
    opened = Stage.of(org)
    yield opened
    opened.overlay.close()


@pytest.fixture(scope="session")
def books(dataset: Dataset) -> Books:
    """The dataset, to be counted row by row."""
    return Books(dataset)
