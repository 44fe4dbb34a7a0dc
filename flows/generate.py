"""The Prefect flow `generate`: one task for each node and block, one acceptance for each object."""

import datetime as dt
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from graphlib import TopologicalSorter
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, cast

from prefect import flow
from prefect.futures import PrefectFuture, wait
from prefect.runtime import deployment, flow_run
from prefect.task_runners import ThreadPoolTaskRunner

from orgsmith.flows.artifacts import Report, run_name, stem
from orgsmith.flows.ask import AskedOf, asking
from orgsmith.flows.finish import refuse_failed, retire_old
from orgsmith.flows.jobs import Job, by_node, jobs_of
from orgsmith.flows.logs import log, start_logs
from orgsmith.flows.plan import Plan, plan
from orgsmith.flows.progress import current
from orgsmith.flows.published import Published
from orgsmith.flows.receipt import Receipt
from orgsmith.flows.served import leave_with_server
from orgsmith.flows.settings import (
    Address,
    Amount,
    Concurrency,
    Day,
    Keep,
    Mode,
    ModelName,
    Name,
    NoneShare,
    Number,
    Scale,
    Seconds,
    Seed,
    Settings,
    Temperature,
    Thinking,
    WriterName,
    load_settings,
    processors,
)
from orgsmith.flows.tasks import accept, ask, check, make, publish
from orgsmith.flows.work import POLL_S, Made, Work
from orgsmith.flows.writers import calling
from orgsmith.outputs.questions import TASK_KEYS
from orgsmith.outputs.versions import check_version, finish_release
from orgsmith.schema.errors import OrgsmithError
from orgsmith.schema.graph import NODES

if TYPE_CHECKING:
    from prefect import Task
    from prefect.task_runners import TaskRunner

CACHED = "Cached"
"""What Prefect calls the state of a task whose result it remembered."""


def threads(count: int) -> "TaskRunner[PrefectFuture[Made]]":
    """So many tasks at a time, each in a thread of this process."""
    # Prefect's own annotation of the flow's argument does not fit its own runners.
    return cast("TaskRunner[PrefectFuture[Made]]", ThreadPoolTaskRunner(max_workers=count))


def _at_a_time() -> int:
    """Tasks at a time where nobody says otherwise: what the process that imports this is set to."""
    with suppress(OrgsmithError):
        return load_settings().threads
    return processors()


def _run_name() -> str:
    """What a run of the flow is called until its version is known."""
    settings = _settings(flow_run.parameters)
    return run_name(stem(settings), settings.dataset_version, settings.scale)


@flow(
    name="generate",
    flow_run_name=_run_name,
    task_runner=threads(_at_a_time()),
    persist_result=False,
)
def generate(
    industry: Name | None = None,
    scale: Scale | None = None,
    seed: Seed | None = None,
    as_of: Day | None = None,
    writer: WriterName | None = None,
    base_url: Address | None = None,
    checker: ModelName | None = None,
    max_cost: Amount | None = None,
    mode: Mode | None = None,
    temperature: Temperature | None = None,
    thinking: Thinking | None = None,
    concurrency: Concurrency | None = None,
    timeout: Seconds | None = None,
    prompt_price: Amount | None = None,
    completion_price: Amount | None = None,
    answers: Name | None = None,
    questions: Number | None = None,
    none_share: NoneShare | None = None,
    out: Name | None = None,
    dataset_version: Name | None = None,
    keep: Keep | None = None,
    accept_drift: bool | None = None,
) -> Published:
    """Generate, verify and publish a whole CRM organisation of one industry.

    What is left out is taken from ORGSMITH_* variables, .env, pyproject.toml, or its default.
    The task graph is the dependency graph of the declarations. A run that was killed goes on where
    it was when it is started again with the same parameters.

    Args:
        industry: A built-in industry, one in ./industries/, or a YAML file. Default sportswear.
        scale: Size, 0.02 to 1000; 1 is 200 accounts and about 1,000 cases. Default 1.
        seed: Another seed makes another organisation. Default 7.
        as_of: The day after the last one of the data. Default for a deployment's runs the UTC day
            they were scheduled for, else the pack's own.
        writer: Who writes the texts: phrasebook, or PROVIDER/MODEL. Default phrasebook.
        base_url: Where the model is served, if not by its provider.
        checker: The model that reads texts again, blind: PROVIDER/MODEL. Default the writer.
        max_cost: US dollars that calls of this run never pass.
        mode: How typed replies are asked for. Default json_schema.
        temperature: That of the writer, 0 to 2. Default the server's.
        thinking: Tokens a call may use up before its reply, for models that think first. Default 0.
        concurrency: Calls in flight. Default 16.
        timeout: Seconds a call may take. Default 120.
        prompt_price: US dollars per million tokens, where the price table does not know the model.
        completion_price: The same for tokens of replies.
        answers: Folder in which answers of models are kept. Default .answers in the output folder.
        questions: Benchmark questions of each task at scale 1; 0 leaves them out. Default 130.
        none_share: Share of questions whose right answer is None, in the tasks that have such.
            Default 0.15.
        out: Folder in which datasets are published. Default outputs/datasets.
        dataset_version: Name of the version. Default the time, UTC.
        keep: Versions of the industry that are kept, the new one included. Default all.
        accept_drift: Publish even if the data drift away from the last version. Default false.
    """
    settings = _settings(locals())
    leave_with_server()
    start_logs(settings.log)
    report = Report(settings)
    try:
        published = _generate(plan(settings), report)
    except Exception as error:
        unexpected = not isinstance(error, OrgsmithError)
        said = f"{settings.industry}: nothing is published: {error}"
        log(said, logging.ERROR, traceback=unexpected)
        report.failed(error)
        raise
    report.published(published)
    return published


def _generate(planned: Plan, report: Report) -> Published:
    """The run, once nobody else is making the same."""
    progress = current()

    def waiting() -> None:
        progress.phase("waiting for the run that is making the same")
        progress.tell("another run is making the same organisation; waiting for it to end")

    work, limits = planned.work, planned.settings.limits
    with work.held(waiting), calling(work, limits), asking(work):
        return _run(planned, report)


def _settings(parameters: Mapping[str, object]) -> Settings:
    """The settings that parameters stand for; a deployment's run takes the day it was meant for.

    So a late run makes what it would have made in time.
    """
    given = {
        name: value if isinstance(value, str | float | int | dt.date | None) else str(value)
        for name, value in parameters.items()
    }
    settings = load_settings(**given)
    if settings.as_of is None and deployment.id is not None:
        scheduled = flow_run.scheduled_start_time.astimezone(dt.UTC).date()
        return load_settings(**given | {"as_of": scheduled})
    return settings


def _run(planned: Plan, report: Report) -> Published:
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
    report.begin(len(jobs))
    made, remembered = _made(work, jobs, report)
    progress.phase("checking")
    outcomes = check.submit(str(work.folder), made).result()
    refuse_failed(outcomes, work)
    asked, known = _asked(work, made)
    progress.phase("publishing", len(NODES))
    receipt = publish.submit(
        str(work.folder),
        str(settings.out),
        settings.dataset_version,
        made,
        asked,
        outcomes,
        started,
        settings.accept_drift,
    ).result()
    return _ended(planned, receipt, len(jobs) + len(asked), remembered + known)


def _asked(work: Work, made: Mapping[str, Made]) -> tuple[list[AskedOf], int]:
    """The questions of every task, and of how many tasks an earlier run had asked them."""
    if not work.wanted.number:
        return [], 0
    current().phase("asking", len(TASK_KEYS))
    ask_here = ask.with_options(result_storage=work.results)
    futures = [ask_here.submit(str(work.folder), work.key, task, made) for task in TASK_KEYS]
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
    folder = planned.settings.out / planned.organisation.industry.name
    path = folder / receipt.name
    log(f"published {path.absolute()}", dataset=str(path.absolute()), checks=dict(receipt.checks))
    retired = retire_old(folder, planned.settings.keep, path)
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


def _made(work: Work, jobs: Mapping[str, Job], report: Report) -> tuple[dict[str, Made], int]:
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
        report.advance()
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
