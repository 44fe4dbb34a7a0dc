"""Times the sandbox: agent-like queries over HTTP, the bare engine, many clients at once.

.venv/bin/python -m bench.sandbox --scale 100 --queries 1000 --clients 50 --seconds 60
"""

import argparse
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import psutil
from rich.console import Console
from rich.table import Table

from bench.reporting import save
from bench.sandbox_queries import QUERIES, mixed
from orgsmith.arena.org import Org
from orgsmith.arena.soql.compiler import compiled
from orgsmith.arena.soql.parser import read
from orgsmith.arena.soql.scope import World
from orgsmith.outputs.dataset import Dataset, find_dataset

VERSIONS = ("orgsmith", "duckdb", "fastapi", "uvicorn", "tantivy")
ORGSMITH = Path(sys.executable).with_name("orgsmith")


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of single queries."""

    seconds: list[float] = field(repr=False)

    def at(self, share: float) -> float:
        """Milliseconds that a share of the queries stays within."""
        ordered = sorted(self.seconds)
        return 1e3 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def facts(self) -> dict[str, float]:
        """What is kept of them, in milliseconds."""
        return {
            "n": len(self.seconds),
            "median_ms": 1e3 * statistics.median(self.seconds),
            "p99_ms": self.at(0.99),
            "max_ms": 1e3 * max(self.seconds),
        }


@dataclass(frozen=True, slots=True)
class Served:
    """A sandbox in a process of its own."""

    url: str
    token: str
    ready_s: float
    pid: int


@contextmanager
def serving(dataset: Path) -> Iterator[Served]:
    """A sandbox of a dataset on a free port, ended afterwards."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [ORGSMITH, "sandbox", dataset, "--port", "0", "--json"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        facts = json.loads(process.stdout.readline())
        yield Served(facts["url"], facts["token"], time.perf_counter() - began, process.pid)
    finally:
        process.terminate()
        process.wait()


def asker(served: Served) -> Callable[[str], int]:
    """Asks queries over one connection that stays open; the HTTP status of each."""
    connection = http.client.HTTPConnection(urlsplit(served.url).netloc)
    headers = {"Authorization": f"Bearer {served.token}"}

    def ask(text: str) -> int:
        connection.request("GET", f"/services/data/v59.0/query?q={quote(text)}", headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    return ask


def over_http(served: Served, queries: Sequence[tuple[str, str]]) -> dict[str, Times]:
    """Each query once, one after the other, by name."""
    ask = asker(served)
    found: dict[str, Times] = {name: Times([]) for name in QUERIES}
    for name, text in queries:
        began = time.perf_counter()
        status = ask(text)
        found[name].seconds.append(time.perf_counter() - began)
        if status != 200:
            sys.exit(f"{status} for {text}")
    return found


def bare(dataset: Dataset, queries: Sequence[tuple[str, str]]) -> tuple[Times, Times]:
    """The same queries inside one process: the engine's SQL alone, and parsing with compiling."""
    org = Org.open(dataset)
    world = World(org.catalog, '"{}"'.format, org.today)
    engine, compiling = Times([]), Times([])
    cursor = org.engine.tables.cursor()
    for _, text in queries:
        began = time.perf_counter()
        plan = compiled(read(text), world)
        compiling.seconds.append(time.perf_counter() - began)
        began = time.perf_counter()
        org.engine.rows(cursor, plan.sql, plan.bound)
        engine.seconds.append(time.perf_counter() - began)
    cursor.close()
    org.close()
    return engine, compiling


def at_once(
    served: Served, queries: Sequence[tuple[str, str]], clients: int, seconds: float
) -> tuple[Times, int]:
    """Clients that all ask without a pause; times of the answers, and how many were errors."""
    end = time.perf_counter() + seconds
    times: list[list[float]] = [[] for _ in range(clients)]
    errors = [0] * clients

    def work(number: int) -> None:
        ask = asker(served)
        place = number * 37
        while time.perf_counter() < end:
            began = time.perf_counter()
            errors[number] += ask(queries[place % len(queries)][1]) != 200
            times[number].append(time.perf_counter() - began)
            place += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Times([each for some in times for each in some]), sum(errors)


def table(kinds: dict[str, Times]) -> Table:
    """A row for each kind of query."""
    shown = Table(title="over HTTP, one client, ms")
    for heading in ("query", "n", "median", "p99", "max"):
        shown.add_column(heading, justify="left" if heading == "query" else "right")
    whole = Times([each for times in kinds.values() for each in times.seconds])
    for name, times in [*kinds.items(), ("all", whole)]:
        facts = times.facts
        shown.add_row(
            name,
            f"{facts['n']:,}",
            f"{facts['median_ms']:.1f}",
            f"{facts['p99_ms']:.1f}",
            f"{facts['max_ms']:.1f}",
        )
    return shown


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Times the sandbox.")
    parser.add_argument("--dataset", help="a dataset's folder; default: one is generated")
    parser.add_argument("--scale", default="100", help="of the dataset that is generated")
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    return parser.parse_args()


def main() -> None:
    """Measures, prints the tables, writes the result."""
    asked = arguments()
    console = Console(width=None if sys.stdout.isatty() else 120)
    with tempfile.TemporaryDirectory(prefix="orgsmith-bench-") as folder:
        path = asked.dataset
        if path is None:
            command = [ORGSMITH, "generate", "--scale", asked.scale, "--out", folder]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            path = str(find_dataset(None, Path(folder)).path)
        dataset = Dataset.open(Path(path))
        queries = mixed(dataset, asked.queries)
        engine, compiling = bare(dataset, queries)
        with serving(dataset.path) as served:
            kinds = over_http(served, queries)
            many, errors = at_once(served, queries, asked.clients, asked.seconds)
            memory = psutil.Process(served.pid).memory_info().rss / 2**20
        whole = Times([each for times in kinds.values() for each in times.seconds])
        console.print(table(kinds))
        facts: dict[str, object] = {
            "scale": dataset.manifest.scale,
            "ready_s": served.ready_s,
            "server_mib": memory,
            "over_http": whole.facts,
            "bare_engine": engine.facts,
            "parse_and_compile": compiling.facts,
            "at_once": many.facts
            | {"clients": asked.clients, "per_s": len(many.seconds) / asked.seconds},
            "errors": errors,
            "by_query": {name: asdict(times) for name, times in kinds.items()},
        }
        for name in ("bare_engine", "over_http", "parse_and_compile", "at_once"):
            console.print(name, facts[name])
        console.print(f"ready after {served.ready_s:.1f} s, {memory:,.0f} MiB, {errors} errors")
        console.print(f"written: {save('sandbox', VERSIONS, facts)}")


if __name__ == "__main__":
    main()
