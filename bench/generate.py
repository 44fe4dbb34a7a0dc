"""Times `orgsmith generate` by stage, from outside: through its command line and its manifest.

.venv/bin/python -m bench.generate --scale 1 --scale 10 --scale 100 --runs 3
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.reporting import save, spread
from orgsmith.outputs.asking import QUESTIONS
from orgsmith.schema.declaration import Scaling
from orgsmith.schema.objects import OBJECTS

ORGSMITH = Path(sys.executable).with_name("orgsmith")
VERSIONS = ("orgsmith", "numpy", "pandera", "polars", "prefect", "pyarrow", "rapidfuzz")
PHASES = ("making", "checking", "asking", "publishing")
"""What the command says it took for, once the flow is at work."""

STAGES = ("start", "work", *PHASES, "verify", "inspect")
MIB = 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command took; CPU and memory are those of its own process and what it waited for."""

    said: str
    wall_s: float
    cpu_s: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Run:
    """One organisation made and examined; `stages` in seconds of wall time."""

    scale: float
    questions: int
    rows: int
    growing_rows: int
    megabytes: float
    stages: dict[str, float]
    cpu_s: float
    peak_mib: float


def call(arguments: Sequence[str | Path], cwd: Path) -> Cost:
    """Runs a command to its end; its output goes to stderr only if it fails."""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complaints:
        started = time.perf_counter()
        process = subprocess.Popen(arguments, cwd=cwd, stdout=said, stderr=complaints)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            complaints.seek(0)
            sys.stderr.write(complaints.read())
            sys.exit(f"{' '.join(map(str, arguments))}: exit code {process.returncode}")
        said.seek(0)
        return Cost(said.read(), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MIB)


def measure(
    scale: float, industry: str, folder: Path, *, questions: int = QUESTIONS, examine: bool = True
) -> Run:
    """Makes one organisation in an empty folder, examines it if need be, and removes it."""
    out = folder / "datasets"
    command = [str(ORGSMITH), "generate", industry, "--scale", f"{scale:g}", "--out", str(out)]
    made = call([*command, "--questions", str(questions), "--json"], folder)
    told = json.loads(made.said)
    dataset = Path(told["dataset"])
    manifest = json.loads((dataset / "manifest.json").read_text())
    work = float(manifest["duration_s"])
    stages = {"start": made.wall_s - work, "work": work}
    stages |= {phase: told["seconds"].get(phase, 0.0) for phase in PHASES}
    for verb in ("verify", "inspect") if examine else ():
        stages[verb] = call([ORGSMITH, verb, dataset], folder).wall_s
    growing = {each.name for each in OBJECTS.values() if each.scaling is Scaling.LINEAR}
    counts: dict[str, int] = {name: each["rows"] for name, each in manifest["objects"].items()}
    shutil.rmtree(out)
    return Run(
        scale=scale,
        questions=questions,
        rows=sum(counts.values()),
        growing_rows=sum(rows for name, rows in counts.items() if name in growing),
        megabytes=sum(file["bytes"] for file in manifest["files"]) / 1e6,
        stages=stages,
        cpu_s=made.cpu_s,
        peak_mib=made.peak_mib,
    )


def table(runs: Sequence[Run]) -> Table:
    """One row per scale: stages in seconds, rate over the growing objects, CPU and memory."""
    shown = Table(title="orgsmith generate: median (lowest-highest)")
    for heading in ("scale", "rows", "MB", *(f"{stage} s" for stage in STAGES)):
        shown.add_column(heading, justify="right")
    for heading in ("growing rows/s", "CPU s", "peak MiB"):
        shown.add_column(heading, justify="right")
    for scale in sorted({run.scale for run in runs}):
        same = [run for run in runs if run.scale == scale]
        shown.add_row(
            f"{scale:g}",
            f"{same[0].rows:,}",
            f"{same[0].megabytes:.1f}",
            *(spread([run.stages[stage] for run in same]) for stage in STAGES),
            spread([run.growing_rows / run.stages["work"] for run in same], 0),
            spread([run.cpu_s for run in same]),
            spread([run.peak_mib for run in same], 0),
        )
    return shown


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Times orgsmith generate by stage.")
    parser.add_argument("--scale", type=float, action="append", help="default: 1 and 10")
    parser.add_argument("--runs", type=int, default=3, help="runs per scale, at least 3")
    parser.add_argument("--questions", type=int, default=QUESTIONS, help="of each task")
    parser.add_argument("--industry", default="sportswear")
    parser.add_argument("--name", default="generate", help="the result's name under bench/results")
    parsed = parser.parse_args()
    if parsed.runs < 3:
        parser.error("--runs: a median needs at least 3")
    return parsed


def main() -> None:
    """Measures, prints the table, writes the result."""
    asked = arguments()
    console = Console(width=None if sys.stdout.isatty() else 160)
    runs: list[Run] = []
    # Scales take turns, so that a busy minute of the machine falls on all of them.
    for number in range(asked.runs):
        for scale in asked.scale or (1.0, 10.0):
            with tempfile.TemporaryDirectory(prefix="orgsmith-bench-") as folder:
                runs.append(measure(scale, asked.industry, Path(folder), questions=asked.questions))
            last = runs[-1]
            stages = ", ".join(f"{stage} {last.stages[stage]:.1f}" for stage in STAGES)
            console.print(f"run {number + 1} of {asked.runs}, scale {scale:g}: {stages} s")
    console.print(table(runs))
    facts = {"industry": asked.industry, "runs": [asdict(run) for run in runs]}
    file = save(asked.name, VERSIONS, facts)
    console.print(f"written: {file}")


if __name__ == "__main__":
    main()
