"""The Prefect flow `generate`: one task for each node and block, one acceptance for each object."""

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from graphlib import TopologicalSorter
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, cast

from prefect import flow, task
from prefect.cache_policies import INPUTS, NO_CACHE, TASK_SOURCE
from prefect.futures import PrefectFuture
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner

from orgsmith.flows.accept import accept_object
from orgsmith.flows.finish import check_made, publish_made, refuse_failed
from orgsmith.flows.jobs import Job, by_node, jobs_of
from orgsmith.flows.make import make_blocks
from orgsmith.flows.plan import Plan, plan, writer_of
from orgsmith.flows.progress import current
from orgsmith.flows.receipt import Counts, Receipt
from orgsmith.flows.settings import load_settings, processors
from orgsmith.flows.work import Made, Work, open_work
from orgsmith.outputs.versions import check_version, finish_release
from orgsmith.schema.errors import OrgsmithError
from orgsmith.schema.graph import NODES
from orgsmith.schema.objects import OBJECTS
from orgsmith.validators.outcome import Outcome

if TYPE_CHECKING:
    from prefect import Task
    from prefect.client.schemas.objects import State, TaskRun
    from prefect.task_runners import TaskRunner

CACHED = "Cached"
"""What Prefect calls the state of a task whose result it remembered."""

RETRIES = 2
RETRY_DELAY_S = 2

# The work folder's name is `key`; where it lies does not matter to what is made.
REMEMBERED = (INPUTS - "folder") + TASK_SOURCE


@dataclass(frozen=True, slots=True)
class Published:
    """A finished run; `remembered` of its `tasks` were done by an earlier one that was cut off.

    `objects` counts records by object, `checks` outcomes by status.
    """

    path: Path
    objects: Mapping[str, Counts]
    checks: Mapping[str, int]
    tasks: int
    remembered: int


def threads(count: int) -> "TaskRunner[PrefectFuture[Made]]":
    """So many tasks at a time, each in a thread of this process."""
    # Prefect's own annotation of the flow's argument does not fit its own runners.
    return cast("TaskRunner[PrefectFuture[Made]]", ThreadPoolTaskRunner(max_workers=count))


def _worth_retrying(ran: object, run: "TaskRun", state: "State[object]") -> bool:
    """A crash may pass; an error of ours says why it would happen again."""
    try:
        state.result()
    except OrgsmithError:
        return False
    except Exception:
        return True
    return True


@task(
    name="make",
    task_run_name="make {node} {first}-{last}",
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
        folder: the work folder.
        key: its name, which stands for settings and code: part of what the result depends on.
        node: what to make.
        first: first block.
        last: last block, included.
        parents: what was made of each parent: all blocks, or those this task makes.
    """
    return make_blocks(folder, node, first, last, parents)


@task(
    name="accept",
    task_run_name="accept {node}",
    description="Take near-duplicates out of an object, over all its blocks.",
    cache_policy=REMEMBERED,
    persist_result=True,
    result_serializer="json",
    retries=RETRIES,
    retry_delay_seconds=RETRY_DELAY_S,
    retry_condition_fn=_worth_retrying,
)
def accept(folder: str, key: str, node: str, made: Sequence[Made]) -> Made:
    """Accept an object as a whole, once all its blocks are made."""
    work = open_work(folder)
    return accept_object(work, writer_of(folder), OBJECTS[node], made)


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
    description="Write the dataset and let it appear in one rename.",
    cache_policy=NO_CACHE,
    persist_result=False,
)
def publish(
    folder: str,
    out: str,
    version: str | None,
    made: Mapping[str, Made],
    outcomes: Sequence[Outcome],
    started: float,
) -> Receipt:
    """Publish what was made; what was noted down of the new version."""
    return publish_made(folder, Path(out), version, made, outcomes, started)


def _run_name() -> str:
    """What a run of the flow is called: settings that are left out have values as well."""
    given = flow_run.parameters
    settings = load_settings(industry=given["industry"], scale=given["scale"])
    return f"generate {settings.industry} at scale {settings.scale:g}"


@flow(
    name="generate",
    flow_run_name=_run_name,
    task_runner=threads(processors()),
    persist_result=False,
)
def generate(
    industry: str | None = None,
    scale: float | None = None,
    seed: int | None = None,
    as_of: dt.date | None = None,
    writer: str | None = None,
    base_url: str | None = None,
    out: str | None = None,
    dataset_version: str | None = None,
) -> Published:
    """Generate, verify and publish a whole CRM organisation of one industry.

    What is left out is taken from ORGSMITH_* variables, .env, pyproject.toml, or its default.
    The task graph is the dependency graph of the declarations. A run that was killed goes on where
    it was when it is started again with the same parameters.
    """
    settings = load_settings(
        industry=industry,
        scale=scale,
        seed=seed,
        as_of=as_of.isoformat() if as_of else None,
        writer=writer,
        base_url=base_url,
        out=out,
        dataset_version=dataset_version,
    )
    planned = plan(settings)
    progress = current()

    def waiting() -> None:
        progress.phase("waiting for the run that is making the same")
        progress.tell("another run is making the same organisation; waiting for it to end")

    with planned.work.held(waiting):
        return _run(planned)


def _run(planned: Plan) -> Published:
    """The run itself, its work folder held."""
    started = time.monotonic()
    progress = current()
    work, settings = planned.work, planned.settings
    jobs = {job.name: job for job in jobs_of(planned.organisation)}
    industry = planned.organisation.industry.name
    before = Receipt.read(work.folder)
    if before and before.answers(settings.dataset_version, settings.out / industry):
        finish_release(settings.out / industry / before.name)
        return _ended(planned, before, len(jobs), len(jobs))
    # The run that was waited for may have taken the name.
    check_version(settings.out, industry, settings.dataset_version)
    work.forget_lost()
    progress.phase("making", len(jobs))
    made, remembered = _made(work, jobs)
    progress.phase("checking")
    outcomes = check.submit(str(work.folder), made).result()
    refuse_failed(outcomes, work)
    progress.phase("publishing", len(NODES))
    receipt = publish.submit(
        str(work.folder), str(settings.out), settings.dataset_version, made, outcomes, started
    ).result()
    return _ended(planned, receipt, len(jobs), remembered)


def _ended(planned: Plan, receipt: Receipt, tasks: int, remembered: int) -> Published:
    """A run whose dataset has appeared: the work is not needed any more."""
    planned.work.remove()
    current().end()
    path = planned.settings.out / planned.organisation.industry.name / receipt.name
    return Published(path, receipt.objects, receipt.checks, tasks, remembered)


def _made(work: Work, jobs: Mapping[str, Job]) -> tuple[dict[str, Made], int]:
    """Run the jobs, each as soon as those it needs are done.

    Jobs wait here and not in Prefect's threads, where they would keep others from running.

    Returns:
        What was made of each node, and how many of the jobs an earlier run had done.
    """
    progress = current()
    make_here = make.with_options(result_storage=work.results)
    accept_here = accept.with_options(result_storage=work.results)
    sorter = TopologicalSorter({name: job.after for name, job in jobs.items()})
    sorter.prepare()
    rank = {name: place for place, name in enumerate(jobs)}
    futures: dict[str, PrefectFuture[Made]] = {}
    done: SimpleQueue[str] = SimpleQueue()
    results: dict[str, Made] = {}
    remembered = 0
    while sorter.is_active():
        for name in sorted(sorter.get_ready(), key=rank.__getitem__):
            future = _submit(make_here, accept_here, work, jobs[name], futures)
            futures[name] = future
            future.add_done_callback(partial(_tell, done, name))
        name = done.get()
        results[name] = futures[name].result()
        remembered += futures[name].state.name == CACHED
        progress.advance(name, results[name].rows)
        sorter.done(name)
    return by_node(jobs, results), remembered


def _tell(done: "SimpleQueue[str]", name: str, _future: PrefectFuture[Made]) -> None:
    done.put(name)


def _submit(
    make_here: "Task[..., Made]",
    accept_here: "Task[..., Made]",
    work: Work,
    job: Job,
    futures: Mapping[str, PrefectFuture[Made]],
) -> PrefectFuture[Made]:
    """Hand a job to Prefect; futures among its arguments are the edges of the graph it shows."""
    parents = {parent: [futures[name] for name in needed] for parent, needed in job.needs.items()}
    folder = str(work.folder)
    if job.accepts:
        return accept_here.submit(folder, work.key, job.node, parents[job.node])
    return make_here.submit(folder, work.key, job.node, job.first, job.last, parents)
