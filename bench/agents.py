"""Times evaluations without a model: all three baselines on all questions of scale 1, and on a few.

.venv/bin/python -m bench.agents --runs 3
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bench.commands import facts, table
from bench.generate import ORGSMITH, Cost, call
from bench.reporting import save

VERSIONS = ("orgsmith", "inspect-ai", "polars", "altair")
ALL = "evaluate, all questions"
TARGETS_S = {ALL: 60.0}
"""Seconds within which they are to be done."""


def measure(runs: int, folder: Path) -> dict[str, list[Cost]]:
    """Each command so many times, in turns; each evaluation begins without any run."""
    out, kept = folder / "datasets", folder / "runs"
    call([ORGSMITH, "generate", "--out", out], folder)
    evaluate = (ORGSMITH, "evaluate", "--out", out, "--runs", kept)
    commands: dict[str, Sequence[str | Path]] = {
        "evaluate --limit 5": (*evaluate, "--limit", "5"),
        ALL: evaluate,
        "evaluate, nothing left to do": evaluate,
        "leaderboard": (ORGSMITH, "leaderboard", kept),
    }
    found: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            if name == ALL:
                shutil.rmtree(kept)
            found[name].append(call(list(command), folder))
        shutil.rmtree(kept)
    return found


def main() -> None:
    """Measures, prints the table, writes the result."""
    parser = argparse.ArgumentParser(description="Times evaluations without a model.")
    parser.add_argument("--runs", type=int, default=3, help="at least 3")
    parser.add_argument("--name", default="agents", help="the result's name under bench/results")
    asked = parser.parse_args()
    if asked.runs < 3:
        parser.error("--runs: a median needs at least 3")
    with tempfile.TemporaryDirectory(prefix="orgsmith-bench-") as folder:
        found = measure(asked.runs, Path(folder))
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table("evaluations without a model, scale 1", found, TARGETS_S, 1))
    console.print(f"written: {save(asked.name, VERSIONS, {'commands': facts(found)})}")


if __name__ == "__main__":
    main()
