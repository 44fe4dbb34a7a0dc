"""The Prefect flow `generate`: one task for each node and block, one acceptance for each object."""

import datetime as dt
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from prefect import flow
from prefect.runtime import deployment, flow_run

from orgsmith.flows.artifacts import Report, run_name, stem
from orgsmith.flows.logs import log, start_logs
from orgsmith.flows.plan import plan
from orgsmith.flows.published import Published
from orgsmith.flows.run import run
from orgsmith.flows.runner_checks import check_runner
from orgsmith.flows.runners import runner_of, threads
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
from orgsmith.schema.errors import OrgsmithError

if TYPE_CHECKING:
    from prefect.futures import PrefectFuture
    from prefect.task_runners import TaskRunner

    from orgsmith.flows.parts import Made


def _runner() -> "TaskRunner[PrefectFuture[Made]]":
    """Where tasks run unless the command says otherwise: as the process that imports this is set.

    A setting that cannot be meant is refused by the run, which loads them anew.
    """
    try:
        settings = load_settings()
        check_runner(settings)
    except OrgsmithError:
        return threads(processors())
    return runner_of(settings)


def _run_name() -> str:
    """What a run of the flow is called until its version is known."""
    settings = _settings(flow_run.parameters)
    return run_name(stem(settings), settings.dataset_version, settings.scale)


@flow(
    name="generate",
    flow_run_name=_run_name,
    task_runner=_runner(),
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
    work: Name | None = None,
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
        out: Folder in which datasets are published, or a URL. Default outputs/datasets.
        work: Folder or URL for working files. Default .work in the output folder.
        dataset_version: Name of the version. Default the time, UTC.
        keep: Versions of the industry that are kept, the new one included. Default all.
        accept_drift: Publish even if the data drift away from the last version. Default false.
    """
    settings = _settings(locals())
    leave_with_server()
    start_logs(settings.log)
    report = Report(settings)
    try:
        published = run(plan(settings), report)
    except Exception as error:
        unexpected = not isinstance(error, OrgsmithError)
        said = f"{settings.industry}: nothing is published: {error}"
        log(said, logging.ERROR, traceback=unexpected)
        report.failed(error)
        raise
    report.published(published)
    return published


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
