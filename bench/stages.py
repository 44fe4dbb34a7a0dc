"""Where the time of a run goes: drawing, writing, checking, near-duplicates, files, questions.

.venv/bin/python -m bench.stages --scale 1 --scale 10

The tasks of a run are called one after the other in one process, without Prefect, and functions of
each stage are timed; what one calls of another counts for the other. Prefect's share is what
`bench.generate` takes beyond that.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

from rich.console import Console
from rich.table import Table

from bench.reporting import save, spread

VERSIONS = ("orgsmith", "numpy", "pandera", "polars", "pyarrow", "rapidfuzz")
REST = "the rest"

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True)
class Stopwatch:
    """Seconds of wall time by stage, each without those of the stages it calls."""

    spent: dict[str, float] = field(default_factory=dict)
    _within: list[str] = field(default_factory=lambda: [REST])
    _since: float = field(default_factory=time.perf_counter)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the block for a stage."""
        self._note()
        self._within.append(name)
        try:
            yield
        finally:
            self._note()
            self._within.pop()

    def timed(self, name: str, function: Callable[P, R]) -> Callable[P, R]:
        """A function that is counted for a stage."""

        def call(*positional: P.args, **named: P.kwargs) -> R:
            with self.stage(name):
                return function(*positional, **named)

        return call

    def _note(self) -> None:
        now = time.perf_counter()
        stage = self._within[-1]
        self.spent[stage] = self.spent.get(stage, 0.0) + now - self._since
        self._since = now


@dataclass(frozen=True, slots=True)
class Run:
    """The stages of one run in seconds."""

    scale: float
    rows: int
    stages: dict[str, float]


def watch(watched: Stopwatch) -> None:
    """Let the functions of each stage be counted."""
    from orgsmith.flows import accept, rounds
    from orgsmith.flows.draw import DRAW
    from orgsmith.flows.work import Work
    from orgsmith.validators import duplicates

    # Blocks are finished in threads otherwise, whose stages would mix.
    accept.AT_A_TIME = 1
    for node, function in DRAW.items():
        DRAW[node] = watched.timed("drawing", function)
    for module, name, stage in (
        (rounds.Desk, "write", "writing"),
        (accept, "assemble", "writing"),
        (rounds.Desk, "judge", "checking"),
        (accept, "find_duplicates", "near-duplicates"),
        (duplicates, "find_duplicates", "near-duplicates"),
        (Work, "save", "Parquet"),
        (Work, "read", "Parquet"),
    ):
        setattr(module, name, watched.timed(stage, getattr(module, name)))


def measure(scale: float, questions: int, out: Path) -> Run:
    """One run in this process, task after task."""
    from orgsmith.flows.accept import accept_object
    from orgsmith.flows.ask import ask_task, asking
    from orgsmith.flows.finish import check_made, publish_made
    from orgsmith.flows.jobs import by_node, jobs_of
    from orgsmith.flows.make import make_blocks
    from orgsmith.flows.parts import Made
    from orgsmith.flows.plan import plan
    from orgsmith.flows.settings import load_settings
    from orgsmith.flows.work import open_work
    from orgsmith.flows.writers import writer_of
    from orgsmith.outputs.questions import TASK_KEYS
    from orgsmith.schema.declaration import Scaling
    from orgsmith.schema.objects import OBJECTS

    watched = Stopwatch()
    watch(watched)
    started = time.monotonic()
    planned = plan(load_settings(scale=scale, questions=questions, out=str(out)))
    folder = str(planned.work.folder)
    with planned.work.held(lambda: None), asking(planned.work):
        work = open_work(folder)
        jobs = {job.name: job for job in jobs_of(work.organisation)}
        results: dict[str, Made] = {}
        for name, job in jobs.items():
            parents = {
                node: [results[each] for each in needed] for node, needed in job.needs.items()
            }
            if job.accepts:
                own = parents.pop(job.node)
                declared = OBJECTS[job.node]
                results[name] = accept_object(work, writer_of(folder), declared, own, parents)
            else:
                results[name] = make_blocks(folder, job.node, job.first, job.last, parents)
        made = by_node(jobs, results)
        with watched.stage("checking"):
            outcomes = check_made(work, made)
        with watched.stage("questions"):
            asked = [ask_task(work, key, made) for key in TASK_KEYS] if questions else []
        with watched.stage("Parquet"):
            publish_made(folder, out, None, made, asked, outcomes, started, accept_drift=True)
    with watched.stage(REST):
        growing = [each.name for each in OBJECTS.values() if each.scaling is Scaling.LINEAR]
    return Run(scale, sum(made[name].rows for name in growing), watched.spent)


def table(runs: Sequence[Run]) -> Table:
    """A row for each stage and scale."""
    shown = Table(title="stages of a run without Prefect: median (lowest-highest)")
    for heading in ("scale", "growing rows", "stage", "s", "share %", "us/row"):
        shown.add_column(heading, justify="right")
    for scale in sorted({run.scale for run in runs}):
        same = [run for run in runs if run.scale == scale]
        for stage in dict.fromkeys(name for run in same for name in run.stages):
            seconds = [run.stages[stage] for run in same]
            shares = [100 * run.stages[stage] / sum(run.stages.values()) for run in same]
            shown.add_row(
                f"{scale:g}",
                f"{same[0].rows:,}",
                stage,
                spread(seconds),
                spread(shares, 0),
                spread([1e6 * run.stages[stage] / run.rows for run in same], 2),
            )
        shown.add_section()
    return shown


def main() -> None:
    """Measures each run in a process of its own, prints the table, writes the result."""
    parser = argparse.ArgumentParser(description="Times the stages of a run.")
    parser.add_argument("--scale", type=float, action="append", help="default: 1 and 10")
    parser.add_argument("--questions", type=int, default=130, help="of each task")
    parser.add_argument("--runs", type=int, default=3, help="runs per scale, at least 3")
    parser.add_argument("--name", default="stages", help="the result's name under bench/results")
    parser.add_argument("--once", metavar="FOLDER", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    scales = asked.scale or [1.0, 10.0]
    if asked.once:
        print(json.dumps(asdict(measure(scales[0], asked.questions, Path(asked.once)))))
        return
    if asked.runs < 3:
        parser.error("--runs: a median needs at least 3")
    runs: list[Run] = []
    for _ in range(asked.runs):
        for scale in scales:
            with tempfile.TemporaryDirectory(prefix="orgsmith-bench-") as folder:
                runs.append(_apart(scale, asked.questions, folder))
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table(runs))
    console.print(f"written: {save(asked.name, VERSIONS, {'runs': [asdict(r) for r in runs]})}")


def _apart(scale: float, questions: int, folder: str) -> Run:
    """A run in a process of its own, as imports and caches belong to it."""
    command = [sys.executable, "-m", "bench.stages", "--scale", f"{scale:g}", "--once", folder]
    done = subprocess.run(
        [*command, "--questions", str(questions)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    return Run(**json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    main()
