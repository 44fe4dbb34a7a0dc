"""An evaluation, whoever asks for it: a contestant and the baselines, and the leaderboard after."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from orgsmith.arena.agents.kinds import BASELINES, Contestant
from orgsmith.outputs.storage import storage_errors
from orgsmith.schema.errors import BudgetError, DatasetError, OrgsmithError, UsageError

if TYPE_CHECKING:
    import polars as pl

    from orgsmith.arena.agents.world import World
    from orgsmith.arena.results.leaderboard import Board
    from orgsmith.arena.trial.endpoint import Endpoint
    from orgsmith.arena.trial.parts import Asked
    from orgsmith.arena.trial.rescore import Rescored
    from orgsmith.arena.trial.run import Ran
    from orgsmith.flows.progress import Progress
    from orgsmith.flows.trial_settings import TrialSettings
    from orgsmith.prompts.model.usage import Usage

CACHE = ".cache"
"""Where below the folder of runs replies of models are kept."""

LOCK = ".lock"
PAGE, RESULTS = "leaderboard.html", "results.parquet"
EXTRA = "agents"
WAITING = "another evaluation is at work in {folder}: waiting"

LIMIT_S = 30.0
"""Seconds that a statement of an agent may take."""


class UnfinishedError(OrgsmithError):
    """Answers are missing that nobody can be blamed for but the endpoint, or the budget."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What has come of an evaluation.

    `board` holds the contestant and the baselines, on the questions that were asked; `folder` is
    where all runs on the dataset lie, with their leaderboard. `unfinished` says why samples are not
    scored, None if all are.
    """

    folder: Path
    run: Path
    samples: "pl.DataFrame"
    board: "Board"
    unfinished: str | None


def evaluate(settings: "TrialSettings", shown: "Progress") -> Evaluated:
    """Put a contestant on trial, and the baselines beside it.

    Raises:
        UsageError: settings do not fit together, or the model cannot be asked.
        DatasetError: there is no such dataset, it has no questions, or it is damaged.
        StorageError: the results cannot be written.
    """
    contestant = settings.contestant
    needed()
    from orgsmith.arena.agents.world import World
    from orgsmith.arena.engine import Limits
    from orgsmith.arena.trial.parts import Asked
    from orgsmith.outputs.dataset import find_dataset

    endpoint = endpoint_of(settings)
    if contestant.model is not None:
        # Before anything is opened: what cannot be asked cannot be tried.
        endpoint.prices(contestant.model)
        endpoint.model(contestant)
    shown.phase("opening the dataset")
    dataset = find_dataset(settings.dataset, settings.out)
    with World.open(dataset, Limits(seconds=LIMIT_S)) as world:
        # What is imported by now stays: without this the collector walks through all of it again
        # and again, a tenth of the time that samples take.
        gc.collect()
        gc.freeze()
        items = world.exam.chosen(settings.asked_tasks, settings.limit)
        ran = []
        for each in (*_beside(contestant), contestant):
            # A baseline says the same each time, or is drawn: more epochs tell nothing.
            epochs = settings.epochs if each.model is not None else 1
            ran.append(_run(settings, world, each, Asked(items, epochs), shown))
            for file in ran[-1].damaged:
                shown.tell(f"{file} could not be read: what it held is asked again")
    shown.phase("writing the leaderboard")
    last = ran[-1]
    try:
        write_leaderboard(last.folder.parent)
    except DatasetError as error:
        # Another run's fault: what this one has come to is told all the same.
        shown.tell(f"the leaderboard is not written: {error}")
    import polars as pl

    from orgsmith.arena.results.leaderboard import boards

    samples = pl.concat(each.samples for each in ran)
    (board,) = boards(samples)
    shown.end()
    return Evaluated(last.folder.parent, last.folder, samples, board, _unfinished(ran))


def endpoint_of(settings: "TrialSettings") -> "Endpoint":
    """Where the model on trial is asked."""
    from orgsmith.arena.trial.endpoint import Endpoint

    return Endpoint(
        base_url=settings.address,
        concurrency=settings.concurrency,
        timeout=settings.timeout,
        retries=settings.retries,
        max_cost=settings.max_cost,
        prompt_price=settings.prompt_price,
        completion_price=settings.completion_price,
        cache=settings.runs / CACHE if settings.cache_replies else None,
    )


def write_leaderboard(folder: Path) -> "Sequence[Board]":
    """Write the page and the table of all runs below a folder; their boards.

    Raises:
        DatasetError: there are none, or what is there cannot be read.
        StorageError: they cannot be written.
    """
    from orgsmith.arena.results.files import samples_below
    from orgsmith.arena.results.leaderboard import boards
    from orgsmith.arena.results.page import render
    from orgsmith.arena.results.summary import entries, results
    from orgsmith.outputs.store import write_table, write_text

    samples = samples_below(folder)
    found = boards(samples)
    write_text(render(found), folder / PAGE)
    order = ("fingerprint", "agent", "tool_level", "model", "settings", "scope", "name")
    write_table(results(entries(samples)), folder / RESULTS, order)
    return found


def scored_anew(log: Path, shown: "Progress") -> "Rescored":
    """Score the answers in a log anew, while no evaluation is at work on its run.

    Raises:
        DatasetError: as `rescore`.
        StorageError: the log cannot be written.
    """
    from orgsmith.arena.trial.rescore import rescore, run_of

    folder = run_of(log)
    if folder is None:
        return rescore(log)
    with held(folder, lambda: shown.tell(WAITING.format(folder=folder))):
        return rescore(log)


def needed() -> None:
    """Refuse to go on without the packages that only evaluations need.

    Raises:
        UsageError: they are not installed.
    """
    from importlib.util import find_spec

    for package in ("inspect_ai", "altair", "vl_convert"):
        if find_spec(package) is None:
            raise UsageError(
                f"{package} is not installed: pip install 'orgsmith[{EXTRA}]' brings what agents "
                "are run and scored with"
            )


def _beside(contestant: Contestant) -> Iterator[Contestant]:
    for agent in BASELINES:
        if agent != contestant.agent:
            yield contestant.baseline(agent)


def _run(
    settings: "TrialSettings",
    world: "World",
    contestant: Contestant,
    asked: "Asked",
    shown: "Progress",
) -> "Ran":
    from orgsmith.arena.trial.run import folder_of, run

    base_url = None if contestant.model is None else settings.address
    folder = folder_of(settings.runs, world, contestant, base_url)
    shown.phase(contestant.name, asked.samples)

    def done(usage: "Usage") -> None:
        if contestant.model is not None:
            shown.spend(contestant.model, usage)
        # A step of its own in the log for each of a thousand answers would bury all else.
        shown.show_step("answered", 0)

    with held(folder, lambda: shown.tell(WAITING.format(folder=folder))):
        return run(
            world,
            contestant,
            asked,
            endpoint_of(settings),
            folder,
            done=done,
        )


@contextmanager
def held(folder: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the folder of a run; while another evaluation does, call `waiting` once and wait.

    Raises:
        StorageError: the folder cannot be written to.
    """
    lock = FileLock(folder.with_name(folder.name + LOCK))
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting()
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _unfinished(every: "Sequence[Ran]") -> str | None:
    """Why samples are not scored, of the contestant or else of a baseline, and what to do."""
    ran = next((each for each in reversed(every) if each.unscored or each.stopped), None)
    if ran is None:
        return None
    from orgsmith.arena.results.columns import SCORED

    errors = ran.samples.filter(ran.samples["status"] != SCORED)["error"].drop_nulls()
    why = str(ran.stopped) if ran.stopped is not None else next(iter(errors), "it was interrupted")
    told = f"{ran.unscored} of {ran.asked} answers are missing and count neither way: {why}"
    # What is said of the budget says what to do.
    more = "" if isinstance(ran.stopped, BudgetError) else "; run the same command again to go on"
    return f"{told}{more}"
