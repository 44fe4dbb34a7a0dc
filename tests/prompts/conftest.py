"""Fixtures: one organisation, written by the phrasebook."""

import pytest

from tests.prompts.world import World, written_world


@pytest.fixture(scope="session")
def world() -> World:
    """The reference organisation at scale 1; only read it."""
    return written_world()


@pytest.fixture(scope="session")
def small() -> World:
    """A tenth of it; only read it."""
    return written_world(scale=0.1)
