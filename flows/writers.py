"""Who writes the texts of a run: the phrasebook, or a model and the calls it shares with others."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from orgsmith.flows.progress import current
from orgsmith.flows.work import Work, open_work
from orgsmith.prompts.model.calls import INTERRUPTED
from orgsmith.prompts.model.prices import Prices
from orgsmith.prompts.model.providers import Model
from orgsmith.prompts.writer import Writer
from orgsmith.prompts.writing import PHRASEBOOK, Limits, Writing
from orgsmith.schema.errors import WriterError
from orgsmith.schema.organisation import Organisation

if TYPE_CHECKING:
    from orgsmith.prompts.model.calls import Calls
    from orgsmith.prompts.model.served import Served, Told

_calls: "dict[str, Calls]" = {}
"""The calls of each run of this process, by its work folder: all its tasks share the limits."""

_ended: set[str] = set()
"""Work folders of runs that have ended here: a task that comes late must not send calls."""

_opening = Lock()


def check_writer(writing: Writing, limits: Limits) -> None:
    """Refuse a writer that cannot be used, as far as can be told without asking it.

    Raises:
        UsageError: there is no such provider or mode, a key is missing, or a limit on the cost
            cannot be kept.
    """
    if writing.writer == PHRASEBOOK:
        return
    for model in models(writing):
        model.secret()
        Prices.of(model, limits).check(limits.max_cost)


def models(writing: Writing) -> tuple[Model, Model]:
    """The model that writes and the one that reads.

    Raises:
        UsageError: there is no such provider.
    """
    writer = Model.of(writing.writer, writing.base_url)
    if writing.checker is None:
        return writer, writer
    return writer, Model.of(writing.checker, writing.base_url)


def open_calls(limits: Limits, run: str) -> "Calls":
    """Calls of their own for a run; to be closed.

    Raises:
        StorageError: the folder of answers cannot be used.
    """
    from orgsmith.prompts.model.answers import Answers
    from orgsmith.prompts.model.calls import Calls

    return Calls(Answers(limits.answers), limits, run)


def model_writer(
    organisation: Organisation, writing: Writing, calls: "Calls", told: "Told"
) -> Writer:
    """A writer that asks a model, and counts what that uses up."""
    from orgsmith.prompts.model.served import Served
    from orgsmith.prompts.model.writer import ModelWriter

    writer, checker = (Served(calls, model, writing, told) for model in models(writing))
    return ModelWriter(organisation, writer, checker)


def writer_of(folder: str) -> Writer:
    """The writer of a task of the run with this work folder.

    Raises:
        WriterError: the run has ended meanwhile.
    """
    work = open_work(folder)
    if work.writing.writer == PHRASEBOOK:
        return _phrasebook(folder)
    return model_writer(work.organisation, work.writing, _calls_of(work), current().spend)


def served_of(work: Work) -> "Served | None":
    """The model that writes for a run; None where the phrasebook does.

    Raises:
        WriterError: the run has ended meanwhile.
    """
    if work.writing.writer == PHRASEBOOK:
        return None
    from orgsmith.prompts.model.served import Served

    model, _ = models(work.writing)
    return Served(_calls_of(work), model, work.writing, current().spend)


def _calls_of(work: Work) -> "Calls":
    """The calls that all tasks of a run share."""
    folder = str(work.folder)
    with _opening:
        if folder in _ended:
            raise WriterError(INTERRUPTED)
        if folder not in _calls:
            _calls[folder] = open_calls(work.limits(), work.run)
        return _calls[folder]


@contextmanager
def calling(work: Work, limits: Limits) -> Iterator[None]:
    """Let the tasks of a run make calls, within its limits, inside the block.

    At its end calls in flight are given up: also where the run is interrupted.

    Raises:
        StorageError: the work folder may not be written.
    """
    folder = str(work.folder)
    work.limit(limits)
    with _opening:
        _ended.discard(folder)
    try:
        yield
    finally:
        with _opening:
            _ended.add(folder)
            calls = _calls.pop(folder, None)
        if calls is not None:
            calls.close()


@cache
def _phrasebook(folder: str) -> Writer:
    from orgsmith.prompts.phrasebook import PhrasebookWriter

    return PhrasebookWriter(open_work(folder).organisation)
