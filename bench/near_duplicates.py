"""Times the search for near-duplicates beside other methods, and says what each of them misses.

.venv/bin/python -m bench.near_duplicates --size 20000 --runs 3
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table

from bench.corpora import CORPORA
from bench.deduplicators import METHODS
from bench.reporting import save, spread

VERSIONS = ("orgsmith", "datasketch", "numba", "numpy", "polars", "rapidfuzz", "rensa")
SIZES = (5_000, 20_000)
LONG = 10_000
"""All pairs of more texts take minutes: they are compared once, whatever the number of runs."""


@dataclass(frozen=True, slots=True)
class Run:
    """One method over one corpus; seconds, and mebibytes at most of its whole process."""

    corpus: str
    size: int
    method: str
    wall_s: float
    cpu_s: float
    peak_mib: float
    removed: int
    recall: float
    """Share of the texts to remove that were found."""
    precision: float
    """Share of those found that are to be removed."""


def measure(method: str, corpus: str, texts: Path, size: int, truth: Path) -> Run:
    """One method in a process of its own; the first one's result is the truth."""
    found = texts.with_name(f"{method}.parquet")
    command = [sys.executable, "-m", "bench.deduplicators", method, str(texts), str(found)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{method}: {done.stderr}")
    rows = pl.read_parquet(found)
    if not truth.exists():
        rows.write_parquet(truth)
    right = pl.read_parquet(truth)
    both = rows.join(right, on="row", how="semi").height
    return Run(
        corpus,
        size,
        method,
        **json.loads(done.stdout),
        removed=rows.height,
        recall=both / max(right.height, 1),
        precision=both / max(rows.height, 1),
    )


def measured(
    corpus: str, size: int, methods: Sequence[str], runs: int, console: Console
) -> Iterator[Run]:
    """Every method over one corpus, in turn, so that a busy minute falls on all of them."""
    with tempfile.TemporaryDirectory(prefix="orgsmith-bench-") as folder:
        texts, truth = Path(folder) / "texts.parquet", Path(folder) / "truth.parquet"
        pl.DataFrame({"text": CORPORA[corpus](size)}).write_parquet(texts)
        for number in range(runs):
            for method in methods:
                if number and method == "all-pairs" and size > LONG:
                    continue
                run = measure(method, corpus, texts, size, truth)
                console.print(
                    f"run {number + 1} of {runs}, {corpus}, {size:,} texts: "
                    f"{method} {run.cpu_s:.2f} CPU s, {run.peak_mib:.0f} MiB"
                )
                yield run


def table(runs: Sequence[Run]) -> Table:
    """A row for each corpus, size and method."""
    shown = Table(title="near-duplicates: median (lowest-highest)")
    for heading in ("corpus", "texts", "method", "CPU s", "wall s", "MiB", "recall", "precision"):
        shown.add_column(heading, justify="right")
    shown.add_column("times our CPU", justify="right")
    for corpus, size, method in dict.fromkeys((r.corpus, r.size, r.method) for r in runs):
        case = [run for run in runs if (run.corpus, run.size) == (corpus, size)]
        same = [run for run in case if run.method == method]
        ours = [run.cpu_s for run in case if run.method == "orgsmith"]
        shown.add_row(
            corpus,
            f"{size:,}",
            method,
            spread([run.cpu_s for run in same], 2),
            spread([run.wall_s for run in same], 2),
            spread([run.peak_mib for run in same], 0),
            f"{same[0].recall:.4f}",
            f"{same[0].precision:.4f}",
            f"{statistics.median(run.cpu_s for run in same) / statistics.median(ours):.1f}"
            if ours
            else "",
        )
    return shown


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Times the search for near-duplicates.")
    parser.add_argument("--size", type=int, action="append", help="default: 5,000 and 20,000")
    parser.add_argument("--corpus", action="append", choices=CORPORA, help="default: all")
    parser.add_argument("--method", action="append", choices=METHODS, help="default: all")
    parser.add_argument("--without", action="append", choices=METHODS, default=[])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--name", default="near_duplicates", help="the result's name")
    return parser.parse_args()


def main() -> None:
    """Measures, prints the table, writes the result."""
    asked = arguments()
    console = Console(width=None if sys.stdout.isatty() else 140)
    methods = [m for m in asked.method or METHODS if m not in asked.without]
    # All pairs are the truth where they are compared; elsewhere ours are.
    methods.sort(key=lambda method: method != "all-pairs")
    runs = [
        run
        for size in asked.size or SIZES
        for corpus in asked.corpus or CORPORA
        for run in measured(corpus, size, methods, asked.runs, console)
    ]
    console.print(table(runs))
    file = save(asked.name, VERSIONS, {"runs": [asdict(run) for run in runs]})
    console.print(f"written: {file}")


if __name__ == "__main__":
    main()
