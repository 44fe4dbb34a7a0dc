"""The Prefect flow `generate`: one task for each node and block, one acceptance for each object."""

import datetime as dt
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from graphlib import TopologicalSorter
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, cast

from prefect import flow
from prefect.futures import PrefectFuture
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner

from orgsmith.flows.finish import refuse_failed
from orgsmith.flows.jobs import Job, by_node, jobs_of
from orgsmith.flows.plan import Plan, plan
from orgsmith.flows.progress import current
from orgsmith.flows.receipt import Counts, Receipt
from orgsmith.flows.settings import load_settings, processors
from orgsmith.flows.tasks import accept, check, make, publish
from orgsmith.flows.work import POLL_S, Made, Work
from orgsmith.flows.writers import calling
from orgsmith.outputs.versions import check_version, finish_release
from orgsmith.prompts.model.usage import Usage
from orgsmith.schema.graph import NODES

if TYPE_CHECKING:
    from prefect import Task
    from prefect.task_runners import TaskRunner

CACHED = "Cached"
"""What Prefect calls the state of a task whose result it remembered."""


@dataclass(frozen=True, slots=True)
class Published:
    """A finished run; `remembered` of its `tasks` were done by an earlier one that was cut off.

    `objects` counts records by object, `usage` what calls of a model used up, `checks` outcomes by
    status.
    """

    path: Path
    objects: Mapping[str, Counts]
    usage: Mapping[str, Usage]
    checks: Mapping[str, int]
    tasks: int
    remembered: int


def threads(count: int) -> "TaskRunner[PrefectFuture[Made]]":
    """So many tasks at a time, each in a thread of this process."""
    # Prefect's own annotation of the flow's argument does not fit its own runners.
    return cast("TaskRunner[PrefectFuture[Made]]", ThreadPoolTaskRunner(max_workers=count))


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
    checker: str | None = None,
    max_cost: float | None = None,
    mode: str | None = None,
    temperature: float | None = None,
    thinking: int | None = None,
    concurrency: int | None = None,
    timeout: float | None = None,
    prompt_price: float | None = None,
    completion_price: float | None = None,
    answers: str | None = None,
    out: str | None = None,
    dataset_version: str | None = None,
) -> Published:
    """Generate, verify and publish a whole CRM organisation of one industry.

    What is left out is taken from ORGSMITH_* variables, .env, pyproject.toml, or its default.
    The task graph is the dependency graph of the declarations. A run that was killed goes on where
    it was when it is started again with the same parameters.
    """
    settings = load_settings(**_spelled(locals()))
    planned = plan(settings)
    progress = current()

    def waiting() -> None:
        progress.phase("waiting for the run that is making the same")
        progress.tell("another run is making the same organisation; waiting for it to end")

    with planned.work.held(waiting), calling(planned.work, planned.settings.limits):
        return _run(planned)


def _spelled(parameters: Mapping[str, object]) -> dict[str, str | float | None]:
    """Parameters as they are given on the command line: a day as text."""
    return {
        name: value if isinstance(value, str | float | int | None) else str(value)
        for name, value in parameters.items()
    }


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
    return Published(path, receipt.objects, receipt.usage, receipt.checks, tasks, remembered)


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
        name = _next(done)
        results[name] = futures[name].result()
        remembered += futures[name].state.name == CACHED
        progress.advance(name, results[name].rows)
        sorter.done(name)
    return by_node(jobs, results), remembered


def _next(done: "SimpleQueue[str]") -> str:
    """The job that is done next.

    A wait without an end is not broken off by Ctrl-C where system calls are restarted after a
    signal, as libraries ask for.
    """
    while True:
        with suppress(Empty):
            return done.get(timeout=POLL_S)


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
        own = parents.pop(job.node)
        return accept_here.submit(folder, work.key, job.node, own, parents)
    return make_here.submit(folder, work.key, job.node, job.first, job.last, parents)
