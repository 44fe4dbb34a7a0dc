"""A run that is killed, interrupted or short of room goes on where it was when started again."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from orgsmith.flows.parts import parts_in
from orgsmith.flows.server import Record
from orgsmith.flows.work import Work
from orgsmith.prompts.writing import Writing
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from tests.flows.conftest import SCALE, Environment, Start, result_of, tables

Reached = Callable[[Path], bool]


def finished(out: Path) -> list[Path]:
    """What Prefect remembers of finished tasks, without a record that a kill cut short."""
    return [record for record in out.glob(".work/*/results/*") if legible(record)]


def legible(record: Path) -> bool:
    """Whether a record was written to its end; one that was removed meanwhile is not."""
    try:
        return bool(json.loads(record.read_text()))
    except (ValueError, FileNotFoundError):
        return False


def made(out: Path) -> list[Path]:
    """The files of finished tasks."""
    return list(out.glob(".work/*/made/*/*.parquet"))


def remembered(out: Path) -> list[Path]:
    """The files of the tasks that Prefect remembers."""
    named = (
        record.parents[1] / part.path
        for record in finished(out)
        for part in parts_in(record.read_text()) or ()
    )
    return [file for file in named if file.exists()]


def when(process: "subprocess.Popen[str]", reached: Callable[[], bool]) -> None:
    """Waits until a run has come so far."""
    while not reached():
        assert process.poll() is None, process.communicate()
        time.sleep(0.002)


def servers(out: Path) -> list[int]:
    """The temporary servers that belong to runs below a folder and are running."""
    records = [Record.read(home) for home in out.glob(".work/server-*")]
    return [each.server for each in records if each and psutil.pid_exists(each.server)]


class Watch:
    """Notes which of some files are replaced, until they are removed for good."""

    def __init__(self, files: list[Path]) -> None:
        self.replaced: set[Path] = set()
        self._inodes = {file: file.stat().st_ino for file in files}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def end(self) -> set[Path]:
        """Stop looking; the files that were replaced."""
        self._ended.set()
        self._thread.join()
        return self.replaced

    def _look(self) -> None:
        while not self._ended.wait(0.01):
            for file, inode in self._inodes.items():
                try:
                    if file.stat().st_ino != inode:
                        self.replaced.add(file)
                except FileNotFoundError:
                    continue


@pytest.mark.parametrize(
    ("reached", "own"),
    [
        pytest.param(lambda out: bool(servers(out)), True, id="while the server starts"),
        pytest.param(lambda out: len(finished(out)) >= 3, False, id="after 3 tasks"),
        pytest.param(lambda out: len(finished(out)) >= 25, True, id="after 25 tasks"),
        pytest.param(
            lambda out: bool(list(out.glob("*/.staging-*/objects/*"))),
            False,
            id="while it publishes",
        ),
    ],
)
def test_killed(
    start: Start, undisturbed: Path, api_url: str, tmp_path: Path, reached: Reached, own: bool
) -> None:
    """Every killed run has a temporary server; `own` says whether the next has one as well."""
    out = tmp_path / "out"
    process = start(out)
    when(process, lambda: reached(out))
    orphans = servers(out)
    process.kill()
    process.wait()
    assert len(orphans) == 1
    assert not list(out.glob("*/latest"))
    done = len(finished(out))
    watch = Watch(remembered(out))
    result = result_of(start(out, env={} if own else {"PREFECT_API_URL": api_url}))
    assert watch.end() == set()
    assert result.done_before == done
    assert tables(result.dataset) == tables(undisturbed)
    assert not any(psutil.pid_exists(orphan) for orphan in orphans)
    assert not list(out.glob(".work")), "working files are left"
    assert not list(out.glob("*/.staging-*"))


# Runs the command, but is killed where a function is about to be called.
KILLED = """
import os, signal, sys
from importlib import import_module
from orgsmith.flows import cli
module, _, name = sys.argv[1].partition(":")
owner, _, attribute = name.rpartition(".")
place = import_module(module)
place = getattr(place, owner) if owner else place
setattr(place, attribute, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
sys.exit(cli.run(sys.argv[2:]))
"""


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(
    ("place", "linked"),
    [("orgsmith.flows.work:Work.remove", True), ("orgsmith.outputs.versions:_swap_latest", False)],
    ids=["before the work is removed", "before latest is swapped"],
)
def test_killed_after_it_has_published(
    start: Start,
    environment: Environment,
    undisturbed: Path,
    api_url: str,
    tmp_path: Path,
    place: str,
    linked: bool,
    named: bool,
) -> None:
    """What has appeared is reported as published, not made a second time."""
    out = tmp_path / "out"
    name = ("--dataset-version", "mine") if named else ()
    arguments = ["generate", "--scale", SCALE, "--out", os.fspath(out), *name]
    server = {"PREFECT_API_URL": api_url}
    run = [sys.executable, "-c", KILLED, place, *arguments]
    killed = subprocess.run(run, env=environment(server), cwd=tmp_path, capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    (appeared,) = [each.parent for each in out.glob("[!.]*/[!.l]*/manifest.json")]
    assert list(out.glob("*/latest")) == ([appeared.with_name("latest")] if linked else [])
    before = appeared.stat().st_ino
    result = result_of(start(out, *name, env=server))
    assert result.dataset == appeared
    assert appeared.stat().st_ino == before
    assert result.done_before == result.tasks
    assert tables(appeared) == tables(undisturbed)
    assert {each.name for each in appeared.parent.iterdir()} == {appeared.name, "latest"}
    assert appeared.with_name("latest").resolve() == appeared
    assert not list(out.glob(".work"))


def test_a_name_that_was_taken_while_waiting_is_refused_at_once(
    environment: Environment, api_url: str, tmp_path: Path
) -> None:
    industry = load("sportswear")
    organisation = Organisation(industry, seed=7, scale=float(SCALE), as_of=industry.as_of)
    work = Work.of(tmp_path / ".work", organisation, Writing())
    with work.held(lambda: None):
        waiting = subprocess.Popen(
            [sys.executable, "-c", WAITING, SCALE, tmp_path],
            env=environment({"PREFECT_API_URL": api_url, "PREFECT_LOGGING_LEVEL": "CRITICAL"}),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert waiting.stdout
        assert "waiting" in waiting.stdout.readline()
        (tmp_path / "sportswear/mine").mkdir(parents=True)
    said, _ = waiting.communicate(timeout=300)
    assert said.startswith("UsageError dataset version 'mine' is taken")
    assert not made(tmp_path)


WAITING = """
import sys
from orgsmith.flows.progress import Progress, watched
class Told(Progress):
    def tell(self, text):
        print(text, flush=True)
with watched(Told()):
    from orgsmith.flows.generate import generate
    try:
        generate(scale=float(sys.argv[1]), out=sys.argv[2], dataset_version="mine")
    except Exception as error:
        print(type(error).__name__, error)
"""


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"]
)
def test_interrupted(start: Start, tmp_path: Path, number: signal.Signals, code: int) -> None:
    out = tmp_path / "out"
    process = start(out)
    when(process, lambda: len(finished(out)) >= 3)
    server = servers(out)
    process.send_signal(number)
    said, error = process.communicate(timeout=300)
    assert process.returncode == code
    assert said == ""
    assert error.count("\n") <= 1, error
    assert "Traceback" not in error
    assert not any(psutil.pid_exists(each) for each in server)
    assert not list(out.glob(".work/server-*"))
    assert finished(out)


def test_lost_and_changed_files_are_made_again(
    start: Start, undisturbed: Path, api_url: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    server = {"PREFECT_API_URL": api_url}
    process = start(out, env=server)
    when(process, lambda: len(finished(out)) >= 25)
    process.kill()
    process.wait()
    done = len(finished(out))
    lost, changed, *_ = sorted(made(out))
    lost.unlink()
    changed.write_bytes(changed.read_bytes()[:-1] + b"?")
    result = result_of(start(out, env=server))
    assert 0 < result.done_before < done
    assert tables(result.dataset) == tables(undisturbed)


def test_two_runs_at_once(start: Start, undisturbed: Path, api_url: str, tmp_path: Path) -> None:
    """Equal runs take turns, another one does not wait; nobody disturbs anybody."""
    out = tmp_path / "out"
    server = {"PREFECT_API_URL": api_url}
    runs = [start(out, "--seed", seed, env=server) for seed in ("7", "7", "8")]
    results = [result_of(run) for run in runs]
    assert len({result.dataset for result in results}) == len(runs)
    same = [tables(result.dataset) for result in results]
    assert same[0] == same[1] == tables(undisturbed)
    assert same[2] != same[0]
    latest = next(out.glob("*/latest")).readlink()
    assert str(latest) in {each.dataset.name for each in results}
    assert not list(out.glob(".work"))


def test_full_disk(start: Start, api_url: str, mounted: Callable[[str], Path]) -> None:
    out = mounted("size=64m")
    process = start(out, env={"PREFECT_API_URL": api_url})
    when(process, lambda: len(finished(out)) >= 3)
    with (out / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(1 << 16))
    _, error = process.communicate(timeout=300)
    assert process.returncode == 1
    assert error.count("\n") == 1, error
    assert "no room" in error
    assert not list(out.glob("*/latest"))
