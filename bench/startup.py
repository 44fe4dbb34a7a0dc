"""Times what must answer at once: `orgsmith --help`, and `orgsmith inspect` at scale 1.

.venv/bin/python -m bench.startup --runs 10
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from bench.commands import facts, table
from bench.generate import ORGSMITH, Cost, call
from bench.reporting import save

VERSIONS = ("orgsmith", "polars", "typer")
TARGETS_S = {"orgsmith --help": 0.3, "orgsmith inspect": 1.0}
"""Seconds within which they are to answer."""


def measure(runs: int, folder: Path) -> dict[str, list[Cost]]:
    """Each command so many times, in turns; one run before them warms the disk's cache."""
    out = folder / "datasets"
    call([ORGSMITH, "generate", "--questions", "0", "--out", out], folder)
    (dataset,) = out.glob("*/latest")
    commands: dict[str, list[str | Path]] = {
        "python": [sys.executable, "-c", "pass"],
        "orgsmith --help": [ORGSMITH, "--help"],
        "orgsmith inspect": [ORGSMITH, "inspect", dataset.resolve()],
    }
    for command in commands.values():
        subprocess.run(command, cwd=folder, capture_output=True, check=True)
    found: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            found[name].append(call(command, folder))
    return found


def main() -> None:
    """Measures, prints the table, writes the result."""
    parser = argparse.ArgumentParser(description="Times the start of commands.")
    parser.add_argument("--runs", type=int, default=10, help="at least 3")
    parser.add_argument("--name", default="startup", help="the result's name under bench/results")
    asked = parser.parse_args()
    if asked.runs < 3:
        parser.error("--runs: a median needs at least 3")
    with tempfile.TemporaryDirectory(prefix="orgsmith-bench-") as folder:
        found = measure(asked.runs, Path(folder))
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table("start-up", found, TARGETS_S, 2))
    console.print(f"written: {save(asked.name, VERSIONS, {'commands': facts(found)})}")


if __name__ == "__main__":
    main()
