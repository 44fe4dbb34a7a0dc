"""The organisations that are asked: one written down by hand, one of hostile strings."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orgsmith.arena.org import Org
from orgsmith.outputs.dataset import Dataset
from tests.arena.soql.little import little_frames
from tests.outputs.conftest import published, small
from tests.validators.published import publish_frames

__all__ = ["published", "small"]


@pytest.fixture(scope="session")
def little(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    """A tiny organisation; only read it."""
    dataset = publish_frames(little_frames(), tmp_path_factory.mktemp("little"))
    opened = Org.open(Dataset.open(dataset))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def hostile(published: Path) -> Iterator[Org]:
    """Random records whose strings have broken readers; only read it."""
    opened = Org.open(Dataset.open(published))
    yield opened
    opened.close()
