"""The Prefect flow `evaluate`: an agent on trial, on a fresh organisation if it is to be."""

import datetime as dt
import logging
import os
from collections.abc import Mapping

from prefect import flow
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.runtime import deployment, flow_run

from orgsmith.arena.results.text import tables
from orgsmith.flows.environment import TEMPORARY
from orgsmith.flows.generate import generate
from orgsmith.flows.logs import log, start_logs
from orgsmith.flows.progress import Progress
from orgsmith.flows.served import leave_with_server
from orgsmith.flows.settings import (
    Address,
    Amount,
    Concurrency,
    Keep,
    ModelName,
    Name,
    Scale,
    Seconds,
    Seed,
    Temperature,
)
from orgsmith.flows.trial_settings import (
    Agent,
    Characters,
    Epochs,
    Keys,
    Level,
    Questions,
    Retries,
    Tokens,
    TrialSettings,
    Turns,
    load_trial_settings,
)
from orgsmith.flows.trials import PAGE, Evaluated, UnfinishedError
from orgsmith.flows.trials import evaluate as put_on_trial
from orgsmith.schema.errors import OrgsmithError, UsageError


def _run_name() -> str:
    """What a run of the flow is called."""
    settings = _settings(flow_run.parameters)
    on = settings.dataset or settings.industry
    return f"{settings.contestant.name} on {on}"


@flow(name="evaluate", flow_run_name=_run_name, persist_result=False)
def evaluate(
    fresh: bool = False,
    industry: Name | None = None,
    scale: Scale | None = None,
    seed: Seed | None = None,
    keep: Keep | None = None,
    dataset: Name | None = None,
    agent: Agent | None = None,
    model: ModelName | None = None,
    base_url: Address | None = None,
    tool_level: Level | None = None,
    tasks: Keys | None = None,
    limit: Questions | None = None,
    epochs: Epochs | None = None,
    turns: Turns | None = None,
    temperature: Temperature | None = None,
    max_tokens: Tokens | None = None,
    observation: Characters | None = None,
    rules: bool | None = None,
    max_cost: Amount | None = None,
    concurrency: Concurrency | None = None,
    timeout: Seconds | None = None,
    retries: Retries | None = None,
    prompt_price: Amount | None = None,
    completion_price: Amount | None = None,
    cache_replies: bool | None = None,
    out: Name | None = None,
    runs: Name | None = None,
) -> str:
    """Let an agent answer a dataset's questions, and score it beside the baselines.

    What is left out is taken from ORGSMITH_* variables, .env, pyproject.toml, or its default. A run
    that was killed goes on where it was when it is started again with the same parameters.

    Args:
        fresh: Generate an organisation first and use that one. Default false.
        industry: Of a fresh organisation: a built-in one, one in ./industries/, or a YAML file.
            Default sportswear.
        scale: Size of a fresh organisation, 0.02 to 1000. Default 1.
        seed: That of a fresh organisation. Default the day, as YYYYMMDD, so that every day's is
            another one.
        keep: Versions of the industry that are kept, the fresh one included. Default all.
        dataset: A dataset's folder, INDUSTRY or INDUSTRY/VERSION. Default the newest.
        agent: act, react, tools, tools+query, solver, constant or random. Default react where a
            model is named, else solver.
        model: The model that speaks for the agent: PROVIDER/MODEL.
        base_url: Where the model is served, if not by its provider.
        tool_level: Tools of tools and tools+query: basic, standard, composed. Default standard.
        tasks: Tasks that are asked, with commas between them. Default all.
        limit: Questions of each task. Default all.
        epochs: How often each question is asked. Default 1.
        turns: Replies that an agent has for a question. Default 20.
        temperature: That of the model, 0 to 2. Default 0.
        max_tokens: Tokens of one reply. Default 2048.
        observation: Characters that an agent is shown at a time. Default 10000.
        rules: Whether an agent is told the rules of its task. Default true.
        max_cost: US dollars that calls of this run never pass.
        concurrency: Calls in flight. Default 16.
        timeout: Seconds that one try of a call may take. Default 120.
        retries: Further tries of a call that the endpoint does not answer. Default 5.
        prompt_price: US dollars per million tokens, where the price table does not know the model.
        completion_price: The same for tokens of replies.
        cache_replies: Whether replies of the model are kept and used again. Default true.
        out: Folder in which datasets are published, or a URL. Default outputs/datasets.
        runs: Folder in which runs are kept. Default outputs/runs.

    Returns:
        The leaderboard's page.
    """
    given = {name: value for name, value in locals().items() if name != "fresh"}
    settings = _settings(given)
    leave_with_server()
    start_logs(settings.log)
    try:
        if fresh and dataset is not None:
            raise UsageError(f"fresh: a new organisation is made, so that {dataset} means nothing")
        # Before an organisation is made for nothing.
        name = settings.contestant.name
        if fresh:
            made = generate(
                industry=industry,
                scale=scale,
                seed=_day_as_seed() if seed is None else seed,
                keep=keep,
                out=out,
            )
            settings = _settings({**given, "dataset": str(made.path)})
        evaluated = put_on_trial(settings, Progress())
    except Exception as error:
        unexpected = not isinstance(error, OrgsmithError)
        log(f"nothing is scored: {error}", logging.ERROR, traceback=unexpected)
        raise
    if TEMPORARY not in os.environ:
        _show(name, evaluated)
    if evaluated.unfinished is not None:
        raise UnfinishedError(evaluated.unfinished)
    return str(evaluated.folder / PAGE)


def _settings(parameters: Mapping[str, object]) -> TrialSettings:
    """The settings that parameters stand for."""
    return load_trial_settings(**{k: v for k, v in parameters.items() if k != "fresh"})


def _day_as_seed() -> int:
    """The day for which the run was scheduled, or on which it was asked for, as YYYYMMDD."""
    scheduled = flow_run.scheduled_start_time if deployment.id is not None else None
    return int(f"{(scheduled or dt.datetime.now(dt.UTC)).astimezone(dt.UTC):%Y%m%d}")


def _show(name: str, evaluated: Evaluated) -> None:
    """Show the board among the artifacts of the run."""
    table, *_ = tables(evaluated.board)
    rows = [dict(zip(table.headings, row, strict=True)) for row in table.rows]
    create_table_artifact(rows, "leaderboard", f"{table.title}; page: {evaluated.folder / PAGE}")
    missing = evaluated.unfinished or "every answer is scored"
    create_markdown_artifact(f"{name}: {missing}", "trial", "How the trial ended")
