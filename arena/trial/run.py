"""A run: a contestant answers questions of a dataset, once an epoch; what is finished stays so."""

import hashlib
import json
from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import polars as pl
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.model import Model

from orgsmith.arena.agents.kinds import Contestant
from orgsmith.arena.agents.world import World
from orgsmith.arena.results.columns import SCORED
from orgsmith.arena.results.files import NAME as SAMPLES_FILE
from orgsmith.arena.results.files import samples_of as samples_in_table
from orgsmith.arena.trial.endpoint import Endpoint
from orgsmith.arena.trial.guard import Guard, watched
from orgsmith.arena.trial.ledger import Ledger
from orgsmith.arena.trial.logs import log_files, looked_through, samples_of, was_cancelled
from orgsmith.arena.trial.parts import Asked, left
from orgsmith.arena.trial.quiet import quiet
from orgsmith.arena.trial.tasks import Done, nothing, task_of
from orgsmith.outputs.storage import storage_errors
from orgsmith.outputs.store import write_table
from orgsmith.prompts.model.usage import Budget
from orgsmith.schema.errors import DatasetError, OrgsmithError

LOGS = "logs"
"""Where in the folder of a run inspect-ai's logs lie, beside the table of what they tell."""

AT_ONCE = 1_000
"""Samples that are written together where nothing was paid for them."""

VERSION = 8
"""Digits of the version of agents and tools that tell entries of a leaderboard apart."""

SOURCES = (
    ("arena", "agents"),
    ("arena", "solver"),
    ("arena", "trial"),
    ("prompts", "templates/agents"),
)
"""What decides how an agent is asked and what its tools return, by room and folder in it."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What has come of a run so far.

    `samples` are those of the `asked` ones that there is something to say of, and no others that
    earlier runs had answered. `stopped` says why it did not come to its end, None if it did.
    `damaged` are logs that could not be read and were set aside.
    """

    folder: Path
    samples: pl.DataFrame
    asked: int
    stopped: OrgsmithError | None
    damaged: Sequence[Path] = ()

    @property
    def unscored(self) -> int:
        """Samples that were asked for and not scored."""
        return self.asked - self.samples.filter(status=SCORED).height


def folder_of(runs: Path, world: World, contestant: Contestant, base_url: str | None) -> Path:
    """The folder of a run: the same for the same contestant on the same dataset, however many
    questions are asked.

    Another version of the agents or their tools has another one: its answers are others.
    """
    manifest = world.dataset.manifest
    told = json.dumps(
        [manifest.fingerprint, asdict(contestant), base_url, behaviour()], sort_keys=True
    )
    digest = hashlib.sha256(told.encode()).hexdigest()[:10]
    name = "".join(each if each.isalnum() or each in "-._" else "-" for each in contestant.name)
    board = f"{manifest.industry}-{manifest.fingerprint[:12]}"
    return runs / board / f"{name[:80].strip('-.')}-{digest}"


@cache
def behaviour() -> str:
    """A hash of all that decides how agents behave, models aside."""
    digest = hashlib.sha256()
    for room, below in SOURCES:
        places = map(Path, import_module(f"orgsmith.{room}").__path__)
        folder = next(place for place in places if place.is_dir()) / below
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".py", ".jinja"}:
                name = f"{room}/{below}/{path.relative_to(folder).as_posix()}\0"
                digest.update(name.encode() + path.read_bytes())
    return digest.hexdigest()


def run(
    world: World,
    contestant: Contestant,
    asked: Asked,
    endpoint: Endpoint,
    folder: Path,
    *,
    done: Done = nothing,
) -> Ran:
    """Let a contestant answer what it has not answered yet, and write what is known of all.

    Nobody else may be at work in the folder.

    Args:
        world: the dataset.
        contestant: who is on trial.
        asked: the questions, and how often.
        endpoint: where its model is asked.
        folder: the folder of the run.
        done: called for each sample that is finished, with what its calls took.

    Raises:
        UsageError: the model cannot be asked, or a limit on the cost cannot be kept.
        StorageError: the results cannot be written.
    """
    logs = folder / LOGS
    with storage_errors(logs):
        logs.mkdir(parents=True, exist_ok=True)
    finished, damaged = looked_through(logs)
    guard = _guard(contestant, endpoint, folder)
    model = None if guard is None else endpoint.model(contestant)
    parts = left(asked, finished)
    for part in parts:
        if guard is None or guard.stopped is None:
            task = task_of(
                world,
                contestant,
                part,
                heading=_heading(world, contestant, folder, endpoint.base_url),
                done=done,
                cache=endpoint.cache is not None,
            )
            with watched(guard), quiet(endpoint.cache):
                _evaluated(task, model, part.epochs, logs, endpoint.concurrency)
            if was_cancelled(logs):
                # inspect-ai takes Ctrl-C for itself.
                write_samples(folder)
                raise KeyboardInterrupt
    known = None if parts else _table(folder, finished)
    every = write_samples(folder) if known is None else known
    wanted = {item.task_id for item in asked.items}
    samples = every.filter(pl.col("task_id").is_in(wanted) & (pl.col("epoch") <= asked.epochs))
    stopped = None if guard is None else guard.stopped
    return Ran(folder, samples, asked.samples, stopped, damaged)


def write_samples(folder: Path) -> pl.DataFrame:
    """Write what the logs of a run tell, if they tell anything, and return it.

    Raises:
        StorageError: it cannot be written.
    """
    samples = samples_of(log_files(folder / LOGS))
    if not samples.is_empty():
        write_table(samples, folder / SAMPLES_FILE, ("task_id", "epoch"))
    return samples


def _table(folder: Path, finished: Set[tuple[str, int]]) -> pl.DataFrame | None:
    """The table of a run, if it has all that is finished; a kill may have come before it."""
    try:
        samples = samples_in_table(folder / SAMPLES_FILE)
    except DatasetError:
        return None
    scored = samples.filter(status=SCORED).select("task_id", "epoch").iter_rows()
    return samples if finished <= set(scored) else None


def _evaluated(task: Task, model: Model | None, epochs: int, logs: Path, at_once: int) -> None:
    """Let inspect-ai do the work, and write a log."""
    inspect_eval(
        task,
        model=model,
        epochs=epochs,
        log_dir=str(logs),
        # What fails is asked again by the next run; the others go on meanwhile.
        fail_on_error=True,
        continue_on_fail=True,
        max_samples=at_once if model else 1,
        # Nothing that is finished is only in memory, where it was paid for.
        log_buffer=1 if model else AT_ONCE,
        log_level="critical",
        log_realtime=model is not None,
        display="none",
        score_display=False,
        ctl_server=False,
    )


def _guard(contestant: Contestant, endpoint: Endpoint, folder: Path) -> Guard | None:
    """Who watches over the calls; nobody where none are made."""
    if contestant.model is None:
        return None
    ledger, prices = Ledger.of(folder), endpoint.prices(contestant.model)
    budget = Budget(endpoint.max_cost)
    budget.spent = ledger.spent(prices)
    return Guard(
        name=contestant.model,
        prices=prices,
        max_tokens=contestant.manner.max_tokens,
        budget=budget,
        ledger=ledger,
    )


def _heading(
    world: World, contestant: Contestant, folder: Path, base_url: str | None
) -> dict[str, object]:
    manifest = world.dataset.manifest
    return {
        "run": folder.name,
        "fingerprint": manifest.fingerprint,
        "industry": manifest.industry,
        "dataset_version": world.dataset.path.name,
        "scale": manifest.scale,
        "seed": manifest.seed,
        "agent": contestant.agent,
        "tool_level": contestant.tool_level,
        "model": contestant.model,
        "settings": _settings(contestant, base_url),
    }


def _settings(contestant: Contestant, base_url: str | None) -> str:
    """All that tells ways of answering apart, as JSON with sorted keys: where the model is served
    and which version of agents and tools it was, too. Agents without a model have no settings."""
    if contestant.model is None:
        return "{}"
    told = {**asdict(contestant.manner), "version": behaviour()[:VERSION]}
    return json.dumps(told if base_url is None else {**told, "base_url": base_url}, sort_keys=True)
