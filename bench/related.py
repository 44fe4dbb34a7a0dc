"""Rates of generators of related tables: ours, the whole of it, beside others that only draw rows.

.venv/bin/python -m bench.related --accounts 5000 --scale 10 --runs 3

Ours makes sixteen objects with texts that fit, checks them, takes near-duplicates out and publishes
them; only rows of the objects that grow with the scale are counted. Prefect's start is left out of
its wall time, as the others' start-up is, but not out of its CPU seconds. The others fill three
tables with ten columns each and write them as Parquet.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import generate
from bench.related_generators import PEERS
from bench.reporting import save, spread

OURS = "orgsmith"
VERSIONS = ("orgsmith", "faker", "mimesis", "snowfakery", "polars")


@dataclass(frozen=True, slots=True)
class Run:
    """One generator's run."""

    generator: str
    rows: int
    wall_s: float
    cpu_s: float
    peak_mib: float


def measure(generator: str, accounts: int, scale: float, industry: str) -> Run:
    """One generator in a process of its own, its files removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="orgsmith-bench-") as folder:
        if generator == OURS:
            made = generate.measure(scale, industry, Path(folder), questions=0, examine=False)
            return Run(OURS, made.growing_rows, made.stages["work"], made.cpu_s, made.peak_mib)
        command = [sys.executable, "-m", "bench.related_generators", generator, str(accounts)]
        done = subprocess.run([*command, folder], capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{generator}: {done.stderr}")
        return Run(generator, **json.loads(done.stdout))


def table(runs: Sequence[Run]) -> Table:
    """A row for each generator, with how many times as many rows ours makes."""
    shown = Table(title="related tables: median (lowest-highest)")
    for heading in ("generator", "rows", "rows/s", "rows/CPU s", "MiB", "ours is times as fast"):
        shown.add_column(heading, justify="right")
    for generator in dict.fromkeys(run.generator for run in runs):
        same = [run for run in runs if run.generator == generator]
        # Those of one turn, which share the machine's good and bad minutes.
        ours = [run for run in runs if run.generator == OURS]
        pairs = zip(ours, same, strict=True)
        shown.add_row(
            generator,
            f"{same[0].rows:,}",
            spread([run.rows / run.wall_s for run in same], 0),
            spread([run.rows / run.cpu_s for run in same], 0),
            spread([run.peak_mib for run in same], 0),
            spread([(us.rows / us.wall_s) / (it.rows / it.wall_s) for us, it in pairs]),
        )
    return shown


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Compares generators of related tables.")
    parser.add_argument("--accounts", type=int, default=5_000, help="accounts of the others")
    parser.add_argument("--scale", type=float, default=10.0, help="scale of ours")
    parser.add_argument("--industry", default="sportswear")
    parser.add_argument("--runs", type=int, default=3, help="at least 3")
    parser.add_argument("--name", default="related", help="the result's name under bench/results")
    parsed = parser.parse_args()
    if parsed.runs < 3:
        parser.error("--runs: a median needs at least 3")
    return parsed


def main() -> None:
    """Measures, prints the table, writes the result."""
    asked = arguments()
    console = Console(width=None if sys.stdout.isatty() else 140)
    runs: list[Run] = []
    for _ in range(asked.runs):
        for generator in (OURS, *PEERS):
            runs.append(measure(generator, asked.accounts, asked.scale, asked.industry))
    console.print(table(runs))
    facts = {"accounts": asked.accounts, "scale": asked.scale, "runs": [asdict(r) for r in runs]}
    console.print(f"written: {save(asked.name, VERSIONS, facts)}")


if __name__ == "__main__":
    main()
