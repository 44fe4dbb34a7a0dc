"""The Prefect tasks of a run: thin; what they do stands in modules that know nothing of Prefect."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from prefect import task
from prefect.cache_policies import INPUTS, NO_CACHE, TASK_SOURCE
from prefect.runtime import task_run

from orgsmith.flows.ask import AskedOf, ask_task
from orgsmith.flows.finish import check_made, publish_made
from orgsmith.flows.parts import Made
from orgsmith.flows.receipt import Receipt
from orgsmith.flows.runners import dispatch
from orgsmith.flows.timing import timed
from orgsmith.flows.work import open_work
from orgsmith.flows.worker import accept_node, make_node
from orgsmith.outputs.remote import place_of
from orgsmith.schema.errors import OrgsmithError
from orgsmith.validators.outcome import Outcome

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State, TaskRun

RETRIES = 2
RETRY_DELAY_S = 2

# The work folder's name is `key`; where it lies does not matter to what is made.
REMEMBERED = (INPUTS - "folder") + TASK_SOURCE


def _worth_retrying(ran: object, run: "TaskRun", state: "State[object]") -> bool:
    """A crash may pass; an error of ours says why it would happen again."""
    try:
        state.result()
    except OrgsmithError:
        return False
    except Exception:
        return True
    return True


def _make_name() -> str:
    """What the run graph calls a task: node and blocks."""
    given = task_run.parameters
    node, first, last = given["node"], given["first"], given["last"]
    return f"{node} block {first}" if first == last else f"{node} blocks {first} to {last}"


def _accept_name() -> str:
    return f"{task_run.parameters['node']} accepted"


@task(
    name="make",
    task_run_name=_make_name,
    description="Draw, write and accept some blocks of a node.",
    cache_policy=REMEMBERED,
    persist_result=True,
    result_serializer="json",
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY_S,
    retry_condition_fn=_worth_retrying,
)
def make(
    folder: str, key: str, node: str, first: int, last: int, parents: Mapping[str, Sequence[Made]]
) -> Made:
    """Make the blocks `first` to `last` of a node.

    Args:
        folder: the work folder, as `Work.place` names it.
        key: its name, which stands for settings and code: part of what the result depends on.
        node: what to make.
        first: first block.
        last: last block, included.
        parents: what was made of each parent: all blocks, or those this task makes.
    """
    return dispatch(make_node, folder, node, first, last, parents)


@task(
    name="accept",
    task_run_name=_accept_name,
    description="Take near-duplicates out of an object, over all its blocks.",
    cache_policy=REMEMBERED,
    persist_result=True,
    result_serializer="json",
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY_S,
    retry_condition_fn=_worth_retrying,
)
def accept(
    folder: str,
    key: str,
    node: str,
    made: Sequence[Made],
    parents: Mapping[str, Sequence[Made]],
) -> Made:
    """Accept an object as a whole, once all its blocks are made."""
    return dispatch(accept_node, folder, node, made, parents)


@task(
    name="ask",
    task_run_name="{task} asked",
    description="Make the questions of a task of the benchmark, and answer each twice.",
    cache_policy=REMEMBERED,
    persist_result=True,
    result_serializer="json",
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY_S,
    retry_condition_fn=_worth_retrying,
)
def ask(folder: str, key: str, task: str, made: Mapping[str, Made]) -> AskedOf:
    """Make the questions of a task of the benchmark.

    Args:
        folder: the work folder, as `Work.place` names it.
        key: its name, which stands for settings and code.
        task: key of the benchmark's task.
        made: what was made of each node.
    """
    with timed(folder, task):
        return ask_task(open_work(folder), task, made)


@task(
    name="check",
    task_run_name="check",
    description="Check the organisation as a whole.",
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY_S,
    retry_condition_fn=_worth_retrying,
)
def check(folder: str, made: Mapping[str, Made]) -> list[Outcome]:
    """Run every check over all tables; CheckError if one fails."""
    return check_made(open_work(folder), made)


@task(
    name="publish",
    task_run_name="publish",
    description="Write the dataset and let it appear as a whole.",
    cache_policy=NO_CACHE,
    persist_result=False,
)
def publish(
    folder: str,
    out: str,
    version: str | None,
    made: Mapping[str, Made],
    asked: Sequence[AskedOf],
    outcomes: Sequence[Outcome],
    started: float,
    accept_drift: bool,
) -> Receipt:
    """Publish what was made; what was noted down of the new version."""
    return publish_made(
        folder, place_of(out), version, made, asked, outcomes, started, accept_drift
    )
