"""Times structured calls of a model against a server of fixed latency, beside other clients.

.venv/bin/python -m bench.model_calls --calls 2000 --latency 0.2 --runs 3
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.reporting import save, spread

CLIENTS = ("orgsmith", "instructor", "openai-aiohttp", "bare-aiohttp")
VERSIONS = ("orgsmith", "aiohttp", "instructor", "openai", "pydantic")
CASES = ((512, 2.0), (2000, 0.2))
"""Calls and latency in seconds, as the targets name them."""


@dataclass(frozen=True, slots=True)
class Run:
    """One client's calls; seconds, and mebibytes at most."""

    client: str
    calls: int
    latency_s: float
    concurrency: int
    wall_s: float
    cpu_s: float
    peak_mib: float

    @property
    def ideal_s(self) -> float:
        """The time of calls that cost nothing but the server's latency."""
        return math.ceil(self.calls / self.concurrency) * self.latency_s


@contextmanager
def serving(latency: float) -> Iterator[str]:
    """A server in a process of its own; its address."""
    with tempfile.TemporaryDirectory(prefix="orgsmith-bench-") as folder:
        file = Path(folder) / "url"
        command = [sys.executable, "-m", "bench.model_server", str(file), str(latency)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE)
        try:
            while not (file.exists() and file.read_text()):
                if process.poll() is not None:
                    sys.exit("the server did not start")
                time.sleep(0.05)
            yield file.read_text()
        finally:
            process.communicate()


def measure(client: str, calls: int, latency: float, concurrency: int, url: str) -> Run:
    """One client in a process of its own."""
    command = [sys.executable, "-m", "bench.model_client", client, url, str(calls)]
    done = subprocess.run([*command, str(concurrency)], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{client}: {done.stderr}")
    return Run(client, calls, latency, concurrency, **json.loads(done.stdout))


def table(runs: Sequence[Run]) -> Table:
    """A row for each client and latency."""
    shown = Table(title="structured calls: median (lowest-highest)")
    for heading in ("calls", "latency s", "client", "wall s", "times ideal", "CPU ms/call", "MiB"):
        shown.add_column(heading, justify="right")
    for calls, latency, client in dict.fromkeys((r.calls, r.latency_s, r.client) for r in runs):
        same = [r for r in runs if (r.calls, r.latency_s, r.client) == (calls, latency, client)]
        shown.add_row(
            f"{calls:,}",
            f"{latency:g}",
            client,
            spread([run.wall_s for run in same], 2),
            spread([run.wall_s / run.ideal_s for run in same], 3),
            spread([1e3 * run.cpu_s / run.calls for run in same], 2),
            spread([run.peak_mib for run in same], 0),
        )
    return shown


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Times structured calls of a model.")
    parser.add_argument("--calls", type=int, help="with --latency, instead of both targets")
    parser.add_argument("--latency", type=float, help="seconds the server takes")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--client", action="append", choices=CLIENTS, help="default: all")
    parser.add_argument("--runs", type=int, default=3, help="at least 3")
    parser.add_argument("--name", default="model_calls", help="the result's name")
    parsed = parser.parse_args()
    if parsed.runs < 3:
        parser.error("--runs: a median needs at least 3")
    if (parsed.calls is None) != (parsed.latency is None):
        parser.error("--calls and --latency go together")
    return parsed


def main() -> None:
    """Measures, prints the table, writes the result."""
    asked = arguments()
    console = Console(width=None if sys.stdout.isatty() else 120)
    runs: list[Run] = []
    cases = CASES if asked.calls is None else ((asked.calls, asked.latency),)
    for calls, latency in cases:
        with serving(latency) as url:
            # Clients take turns, so that a busy minute of the machine falls on all of them.
            for _ in range(asked.runs):
                for client in asked.client or CLIENTS:
                    runs.append(measure(client, calls, latency, asked.concurrency, url))
    console.print(table(runs))
    file = save(asked.name, VERSIONS, {"runs": [asdict(run) for run in runs]})
    console.print(f"written: {file}")


if __name__ == "__main__":
    main()
