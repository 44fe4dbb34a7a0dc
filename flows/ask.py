"""The questions of a run: asked of its work files before they are published."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from orgsmith.flows.parts import Made, Part
from orgsmith.flows.work import Work
from orgsmith.flows.work_tables import WorkTables
from orgsmith.flows.writers import served_of
from orgsmith.outputs.manifest import Task
from orgsmith.prompts.model.usage import NO_USAGE, Usage
from orgsmith.schema.errors import OrgsmithError

if TYPE_CHECKING:
    from orgsmith.arena.benchmark.ask import Questions
    from orgsmith.arena.benchmark.readings import StoredReadings
    from orgsmith.arena.solver.records import Records
    from orgsmith.arena.tasks.facts import Facts
    from orgsmith.prompts.questions import Request

STAGE = "asked"
KEY = ("task_id",)


@dataclass(frozen=True, slots=True)
class AskedOf:
    """The questions of a task: two tables, what the manifest says of them, and what calls used."""

    task: str
    questions: Part
    answers: Part
    facts: Task
    usage: Usage = NO_USAGE


@dataclass(frozen=True, slots=True)
class _Opened:
    """A run's records, read once for all its tasks."""

    facts: "Facts"
    records: "Records"
    readings: "StoredReadings | None"
    """What was read again where the texts are a model's."""


_opened: dict[str, _Opened] = {}
_opening = Lock()


@contextmanager
def asking(work: Work) -> Iterator[None]:
    """Let the tasks of a run share its records inside the block."""
    try:
        yield
    finally:
        with _opening:
            opened = _opened.pop(str(work.folder), None)
        if opened is not None:
            opened.records.close()


def ask_task(work: Work, key: str, made: Mapping[str, Made]) -> AskedOf:
    """Make the questions of a task and store them in the work folder.

    Raises:
        CheckError: the two entries of an answer differ.
        StorageError: the disk is full, or a work file is gone.
    """
    try:
        asked, usage = _asked(work, key, made)
    except OrgsmithError as error:
        # Its frames hold the records: DuckDB complains of what is left when the process ends.
        raise error.with_traceback(None) from None
    return AskedOf(
        key,
        work.save(asked.questions, STAGE, key, "questions", KEY),
        work.save(asked.answers, STAGE, key, "answers", KEY),
        asked.facts,
        usage,
    )


def _asked(work: Work, key: str, made: Mapping[str, Made]) -> "tuple[Questions, Usage]":
    """The questions of a task, and what a model's calls for them used up."""
    from orgsmith.arena.benchmark.ask import ask
    from orgsmith.arena.tasks import TASKS

    opened = _open(work, made)
    second = opened.readings.second if opened.readings else None
    session = opened.records.session
    served = served_of(work)
    if served is None:
        return ask(TASKS[key], opened.facts, session, work.wanted, second), NO_USAGE
    from orgsmith.prompts.model.paraphrase import paraphrase

    used: list[Usage] = []

    def say(requests: "Sequence[Request]", texts: list[str]) -> list[str]:
        said = paraphrase(served, requests, texts)
        used.append(said.usage)
        return list(said.texts)

    asked = ask(TASKS[key], opened.facts, session, work.wanted, second, say)
    return asked, sum(used, NO_USAGE)


def _open(work: Work, made: Mapping[str, Made]) -> _Opened:
    """The records of a run; one task loads them while the others wait."""
    from orgsmith.arena.catalog import Catalog
    from orgsmith.arena.solver.records import Records
    from orgsmith.arena.tasks.facts import Facts
    from orgsmith.outputs.schema_file import declared_schema

    folder = str(work.folder)
    with _opening:
        if folder not in _opened:
            tables = WorkTables.of(work, made)
            catalog = Catalog.of(declared_schema(work.organisation.industry))
            records = Records.open(tables, catalog, work.organisation.as_of, scratch=work.folder)
            facts = Facts(tables)
            # Read here: properties that two threads ask for at once are computed twice.
            _ = facts.cases, facts.assignments
            _opened[folder] = _Opened(facts, records, _readings(work, made, tables))
        return _opened[folder]


def _readings(work: Work, made: Mapping[str, Made], tables: WorkTables) -> "StoredReadings | None":
    from orgsmith.arena.benchmark.readings import StoredReadings

    frames = [work.read(part) for each in made.values() for part in each.readings]
    return StoredReadings.of(frames, tables) if frames else None
