"""What the tests of this room share."""

import datetime as dt
from pathlib import Path

import pytest

from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from tests.validators.published import Tampered, make, publish_frames
from tests.validators.tables import Frames


@pytest.fixture(scope="session")
def organisation() -> Organisation:
    """The built-in organisation at a tenth of its size."""
    return Organisation(load("sportswear"), seed=7, scale=0.1, as_of=dt.date(2026, 1, 1))


@pytest.fixture(scope="session")
def made() -> Frames:
    """The built-in organisation at three tenths of its size, as it would be published."""
    return make(Organisation(load("sportswear"), seed=7, scale=0.3, as_of=dt.date(2026, 1, 1)))


@pytest.fixture(scope="session")
def published(made: Frames, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its dataset; only read it."""
    return publish_frames(made, tmp_path_factory.mktemp("tampering"))


@pytest.fixture
def tampered(published: Path, tmp_path: Path) -> Tampered:
    """A copy in which faults can be planted."""
    return Tampered.copy(published, tmp_path / "dataset")
