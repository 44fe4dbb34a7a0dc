"""What tests of whole runs share: one Prefect server, and small runs of the real command."""

import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from orgsmith.flows.server import prefect_server
from orgsmith.outputs.copies import CACHE

SCALE = "0.05"

Start = Callable[..., "subprocess.Popen[str]"]
Environment = Callable[..., dict[str, str]]


@dataclass(frozen=True, slots=True)
class Result:
    """What `generate --json` prints."""

    dataset: Path
    done_before: int
    tasks: int


def result_of(process: "subprocess.Popen[str]") -> Result:
    """Waits for a run to end well and reads what it printed."""
    out, error = process.communicate(timeout=300)
    assert process.returncode == 0, error
    assert error == ""
    printed = json.loads(out)
    tasks = printed["tasks"]
    return Result(Path(printed["dataset"]), tasks["done_before"], tasks["all"])


def tables(dataset: Path) -> dict[str, str]:
    """The digest of every file that must not differ between runs: all but what holds the time."""
    return {
        file.relative_to(dataset).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(dataset.rglob("*"))
        if file.is_file() and file.name not in {"manifest.json", "README.md"}
    }


@pytest.fixture(scope="session")
def environment() -> Environment:
    """The environment of a run: nobody's settings but those given."""

    def build(more: Mapping[str, str] | None = None) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ORGSMITH_", "PREFECT_"))}
        return kept | {CACHE: os.environ[CACHE]} | dict(more or {})

    return build


@pytest.fixture(scope="session")
def api_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prefect server for the runs that do not need one of their own: it saves their start."""
    kept = dict(os.environ)
    os.environ.pop("PREFECT_API_URL", None)
    with prefect_server(tmp_path_factory.mktemp("prefect")) as wait_until_ready:
        wait_until_ready()
        url = os.environ["PREFECT_API_URL"]
        os.environ.clear()
        os.environ |= kept
        yield url


@pytest.fixture
def start(orgsmith: str, environment: Environment, tmp_path: Path) -> Iterator[Start]:
    """Starts `orgsmith generate` at a small scale; what still runs at the end is ended."""
    running: list[subprocess.Popen[str]] = []

    def begin(
        out: Path, *more: str, env: Mapping[str, str] | None = None
    ) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [orgsmith, "generate", "--scale", SCALE, "--json", "--out", out, *more],
            cwd=tmp_path,
            env=environment(env),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def undisturbed(
    orgsmith: str, environment: Environment, api_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A dataset of the scale of these tests, made in one go, once for all workers."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    out = shared / "undisturbed"
    with FileLock(shared / "undisturbed.lock"):
        if not any(out.glob("*/latest")):
            process = subprocess.Popen(
                [orgsmith, "generate", "--scale", SCALE, "--json", "--out", out],
                cwd=shared,
                # Other numbers than the runs compared with it have: see test_determinism.
                env=environment(
                    {
                        "ORGSMITH_WORKERS": "1",
                        "POLARS_MAX_THREADS": "4",
                        "PREFECT_API_URL": api_url,
                    }
                ),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            return result_of(process).dataset
    (latest,) = out.glob("*/latest")
    return latest.resolve()
