"""A run of the flow: jobs made in the order of their graph, checked, asked about, published."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from graphlib import TopologicalSorter
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from prefect.futures import PrefectFuture, wait

from orgsmith.flows.artifacts import Report
from orgsmith.flows.ask import AskedOf, asking
from orgsmith.flows.finish import refuse_failed, retire_old
from orgsmith.flows.jobs import Job, by_node, jobs_of
from orgsmith.flows.logs import log
from orgsmith.flows.parts import Made
from orgsmith.flows.plan import Plan
from orgsmith.flows.progress import current
from orgsmith.flows.published import Published
from orgsmith.flows.receipt import Receipt
from orgsmith.flows.runners import Threads, places, remembering
from orgsmith.flows.tasks import accept, ask, check, make, publish
from orgsmith.flows.work import Work
from orgsmith.flows.work_files import POLL_S
from orgsmith.flows.writers import calling
from orgsmith.outputs.questions import TASK_KEYS
from orgsmith.schema.graph import NODES

if TYPE_CHECKING:
    from prefect import Task
    from prefect.results import ResultStorage

    from orgsmith.flows.work_files import Check

CACHED = "Cached"
"""What Prefect calls the state of a task whose result it remembered."""


def run(planned: Plan, report: Report) -> Published:
    """Generate, check and publish, once nobody else is making the same."""
    progress = current()

    def waiting() -> None:
        progress.phase("waiting for the run that is making the same")
        progress.tell("another run is making the same organisation; waiting for it to end")

    work, limits = planned.work, planned.settings.limits
    with work.held(waiting) as check_held, calling(work, limits), asking(work):
        return _run(planned, report, check_held)


def _run(planned: Plan, report: Report, check_held: "Check") -> Published:
    """The run itself, its work folder held."""
    started = time.monotonic()
    progress = current()
    work, settings, shelf = planned.work, planned.settings, planned.shelf
    jobs = {job.name: job for job in jobs_of(planned.organisation)}
    before = Receipt.read(work.files)
    if before and before.answers(settings.dataset_version, shelf.folder):
        shelf.finish(before.name)
        return _ended(planned, before, len(jobs), len(jobs))
    # The run that was waited for may have taken the name.
    shelf.check(settings.dataset_version)
    shelf.prepare()
    work.forget_lost()
    with remembering(work) as results, places(work, settings) as (there, here):
        progress.phase("making", len(jobs))
        report.begin(len(jobs))
        made, remembered = _made(work, results, jobs, report, there)
        progress.phase("checking")
        outcomes = here.submit(check, {"folder": work.place, "made": made}).result()
        refuse_failed(outcomes, work)
        asked, known = _asked(work, results, made, here)
        check_held()
        progress.phase("publishing", len(NODES))
        receipt = here.submit(
            publish,
            {
                "folder": work.place,
                "out": str(settings.out),
                "version": settings.dataset_version,
                "made": made,
                "asked": asked,
                "outcomes": outcomes,
                "started": started,
                "accept_drift": settings.accept_drift,
            },
        ).result()
    return _ended(planned, receipt, len(jobs) + len(asked), remembered + known)


def _asked(
    work: Work, results: "ResultStorage", made: Mapping[str, Made], here: Threads
) -> tuple[list[AskedOf], int]:
    """The questions of every task, and of how many tasks an earlier run had asked them."""
    if not work.wanted.number:
        return [], 0
    current().phase("asking", len(TASK_KEYS))
    ask_here = ask.with_options(result_storage=results)
    given = {"folder": work.place, "key": work.key, "made": made}
    futures: list[PrefectFuture[AskedOf]] = [
        here.submit(ask_here, {**given, "task": task}) for task in TASK_KEYS
    ]
    # They share their records, which are closed once the first error leaves this function.
    wait(futures)
    asked: list[AskedOf] = []
    for future in futures:
        asked.append(future.result())
        current().advance(asked[-1].task, asked[-1].facts.rows)
    return asked, sum(future.state.name == CACHED for future in futures)


def _ended(planned: Plan, receipt: Receipt, tasks: int, remembered: int) -> Published:
    """A run whose dataset has appeared: the work is not needed any more, nor old versions."""
    planned.work.remove()
    path = planned.shelf.folder / receipt.name
    log(f"published {path.absolute()}", dataset=str(path.absolute()), checks=dict(receipt.checks))
    retired = retire_old(planned.shelf, planned.settings.keep, receipt.name)
    current().end()
    return Published(
        path=path,
        objects=receipt.objects,
        usage=receipt.usage,
        seconds=receipt.seconds,
        checks=receipt.checks,
        tasks=tasks,
        remembered=remembered,
        drifts=receipt.drifts,
        retired=retired,
        questions=receipt.questions,
    )


def _made(
    work: Work,
    results: "ResultStorage",
    jobs: Mapping[str, Job],
    report: Report,
    there: Threads,
) -> tuple[dict[str, Made], int]:
    """Run the jobs, each as soon as those it needs are done.

    Jobs wait here and not in Prefect's threads, where they would keep others from running.

    Returns:
        What was made of each node, and how many of the jobs an earlier run had done.
    """
    progress = current()
    make_here = make.with_options(result_storage=results)
    accept_here = accept.with_options(result_storage=results)
    sorter = TopologicalSorter({name: job.after for name, job in jobs.items()})
    sorter.prepare()
    rank = {name: place for place, name in enumerate(jobs)}
    futures: dict[str, PrefectFuture[Made]] = {}
    done: SimpleQueue[str] = SimpleQueue()
    finished: dict[str, Made] = {}
    remembered = 0
    while sorter.is_active():
        for name in sorted(sorter.get_ready(), key=rank.__getitem__):
            parents = {
                parent: [futures[each] for each in needed]
                for parent, needed in jobs[name].needs.items()
            }
            future = there.submit(*_task(make_here, accept_here, work, jobs[name], parents))
            futures[name] = future
            future.add_done_callback(partial(_tell, done, name))
        name = _next(done)
        finished[name] = futures[name].result()
        remembered += futures[name].state.name == CACHED
        progress.advance(name, finished[name].rows)
        report.advance()
        sorter.done(name)
    return by_node(jobs, finished), remembered


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


def _task(
    make_here: "Task[..., Made]",
    accept_here: "Task[..., Made]",
    work: Work,
    job: Job,
    parents: Mapping[str, Sequence[PrefectFuture[Made]]],
) -> tuple["Task[..., Made]", dict[str, object]]:
    """A job as Prefect's task and its arguments; futures in them are the edges of its graph."""
    given: dict[str, object] = {"folder": work.place, "key": work.key, "node": job.node}
    if job.accepts:
        others = {name: made for name, made in parents.items() if name != job.node}
        return accept_here, given | {"made": parents[job.node], "parents": others}
    return make_here, given | {"first": job.first, "last": job.last, "parents": parents}
