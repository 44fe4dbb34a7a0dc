"""The small organisation's tables, and a session's writes over them."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from orgsmith.arena.catalog import Catalog
from orgsmith.arena.store.overlay import Overlay
from orgsmith.arena.store.tables import Tables
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.schema_file import read_schema
from tests.arena.store.desk import Desk

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def catalog(dataset: Dataset) -> Catalog:
    """The organisation's objects."""
    return Catalog.of(read_schema(dataset.path))


@pytest.fixture(scope="session")
def tables(dataset: Dataset, catalog: Catalog) -> Iterator[Tables]:
    """The organisation in memory."""
    opened = Tables.open(dataset, catalog)
    yield opened
    opened.close()


@pytest.fixture
def new_desk(tables: Tables, catalog: Catalog) -> Iterator[Callable[[], Desk]]:
    """Opens desks of sessions that nobody else has."""
    opened: list[Overlay] = []

    def make() -> Desk:
        opened.append(Overlay(tables, next(_NUMBERS), catalog))
        return Desk(opened[-1])

    yield make
    for overlay in opened:
        overlay.close()


@pytest.fixture
def desk(new_desk: Callable[[], Desk]) -> Desk:
    """A session that nobody else has."""
    return new_desk()
