"""Where tools are called: a dataset with what can be asked of it, and a stage of one's own."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from orgsmith.arena.org import Org
from orgsmith.arena.session import Session
from orgsmith.arena.solver.desk import Desk, Memory
from orgsmith.arena.tasks.facts import Facts
from orgsmith.outputs.dataset import Dataset
from tests.arena.solver.books import Books
from tests.arena.solver.stage import Stage
from tests.arena.toolbox.questions import Question, of_task

DeskOn = Callable[[str], Desk]


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


@pytest.fixture(scope="session")
def facts(dataset: Dataset) -> Facts:
    """The dataset as tasks see it."""
    return Facts(dataset)


@pytest.fixture
def desk_on(session: Session) -> DeskOn:
    """A desk on a day."""
    memory = Memory()
    return lambda day: Desk(session, dt.date.fromisoformat(day), memory)


@pytest.fixture(scope="session")
def questions(facts: Facts) -> Callable[[str], list[Question]]:
    """Questions of a task about the dataset, with the answers that the task itself has counted."""
    made: dict[str, list[Question]] = {}

    def of(key: str) -> list[Question]:
        if key not in made:
            made[key] = of_task(facts, key)
        return made[key]

    return of
