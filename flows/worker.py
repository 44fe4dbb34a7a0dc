"""What a process of a cluster is asked to do: it knows nothing of Prefect."""

import atexit
import os
from collections.abc import Callable, Mapping, Sequence
from typing import ParamSpec, TypeVar

from orgsmith.flows.accept import accept_object
from orgsmith.flows.code import code_version
from orgsmith.flows.make import make_blocks
from orgsmith.flows.parts import Made
from orgsmith.flows.timing import timed
from orgsmith.flows.work import open_work
from orgsmith.flows.writers import writer_of
from orgsmith.schema.declared import objects_of
from orgsmith.schema.errors import OrgsmithError, UsageError

P = ParamSpec("P")
R = TypeVar("R")

OTHER_CODE = (
    "has another version of Orgsmith, or of what it needs, and would make other data: install the "
    "same on all machines"
)


def make_node(
    place: str, node: str, first: int, last: int, parents: Mapping[str, Sequence[Made]]
) -> Made:
    """Make the blocks `first` to `last` of a node; `place` is `Work.place`."""
    with timed(place, node):
        return make_blocks(place, node, first, last, parents)


def accept_node(
    place: str, node: str, made: Sequence[Made], parents: Mapping[str, Sequence[Made]]
) -> Made:
    """Accept an object as a whole, all its blocks."""
    work = open_work(place)
    declared = objects_of(work.organisation.industry)[node]
    with timed(place, node):
        return accept_object(work, writer_of(place), declared, made, parents)


def checked(code: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call a function, unless this process has other code: one that joined a cluster later may.

    Raises:
        UsageError: it has.
    """
    if code_version() != code:
        raise UsageError(f"--runner dask: a worker that came later {OTHER_CODE}")
    return function(*args, **kwargs)


def fault_of(place: str, code: str) -> str:
    """Why the process that runs this cannot do the work of a run; empty if it can.

    Args:
        place: the work folder, as `Work.place` names it.
        code: the version of the code that the run's data depend on.
    """
    if code_version() != code:
        return OTHER_CODE
    # What was opened under the same name before may be of a run that has ended.
    open_work.cache_clear()
    try:
        open_work(place)
    except OrgsmithError as error:
        return f"does not find the work folder: {error}"
    return ""


def leave_at_once() -> None:
    """Let the process that runs this, one of our own, end without tidying its memory.

    That takes seconds in which whoever started it waits; what it writes appears whole or not.
    """
    atexit.register(os._exit, 0)
