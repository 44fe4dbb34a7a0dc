"""A small dataset with questions, open for agents, and an endpoint that plays them."""

import gc
import warnings
from collections.abc import Iterator

import pytest

from orgsmith.arena.agents.world import World
from orgsmith.outputs.dataset import find_dataset
from tests.arena.trial.players import Stage
from tests.endpoint.server import Server, serving
from tests.flows.questioned import questioned


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The dataset with some questions of every task."""
    out = questioned(tmp_path_factory.mktemp("trial"))
    with World.open(find_dataset(None, out)) as opened:
        yield opened


@pytest.fixture
def endpoint(world: World) -> Iterator[Server]:
    """An endpoint that serves each player as a model of its name."""
    with serving(Stage(world.exam)) as server:
        yield server


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """inspect-ai leaves connections and streams to the garbage collector: it is called here, where
    they are not taken for faults of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()
        # What is left stays: the next collection need not look at it.
        gc.freeze()
