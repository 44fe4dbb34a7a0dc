"""The temporary server ends with its run, however that ends, and nobody else's is touched."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import psutil
import pytest

from orgsmith.flows import server, server_process
from orgsmith.flows.environment import API_URL, QUIET, direct
from orgsmith.flows.server import RECORD, Record, ServerError, end_orphans, prefect_server

# Enters the context and stays there: a run that has started its server.
OWNER = """
import sys, time
from pathlib import Path
from orgsmith.flows.server import prefect_server
with prefect_server(Path(sys.argv[1])):
    print("started", flush=True)
    time.sleep(600)
"""

Owner = tuple["subprocess.Popen[str]", Record]


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Owner]:
    """A process that has started a temporary server below tmp_path."""
    env = {name: value for name, value in os.environ.items() if name != API_URL}
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, tmp_path], stdout=subprocess.PIPE, text=True, env=env
    )
    assert process.stdout
    assert process.stdout.readline() == "started\n"
    (home,) = tmp_path.glob("server-*")
    record = Record.read(home)
    assert record
    yield process, record
    process.kill()
    process.communicate()
    if psutil.pid_exists(record.server):
        psutil.Process(record.server).kill()


def soon(holds: Callable[[], bool]) -> bool:
    """Whether something comes true within a minute."""
    end = time.monotonic() + 60
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def gone(process: int) -> bool:
    """Whether a process has ended; a zombie has."""
    try:
        return psutil.Process(process).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_server_ends_when_its_run_is_killed(owner: Owner) -> None:
    process, record = owner
    assert not gone(record.server)
    process.kill()
    process.wait()
    assert soon(lambda: gone(record.server))


def test_an_orphan_that_cannot_end_itself_is_ended_by_the_next_start(
    owner: Owner, tmp_path: Path
) -> None:
    process, record = owner
    os.kill(record.server, signal.SIGSTOP)
    process.kill()
    process.wait()
    assert not gone(record.server)
    assert end_orphans(tmp_path) == 1
    assert gone(record.server)
    assert not list(tmp_path.iterdir())


def test_the_server_of_a_living_run_is_left_alone(owner: Owner, tmp_path: Path) -> None:
    _, record = owner
    assert end_orphans(tmp_path) == 0
    assert not gone(record.server)
    assert list(tmp_path.glob("server-*"))


@pytest.mark.parametrize("change", ["server_started", "command"])
def test_another_process_is_never_taken_for_an_orphan(tmp_path: Path, change: str) -> None:
    """A process id may belong to somebody else by now."""
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    started = psutil.Process(other.pid).create_time()
    record = Record(other.pid, started, owner=2**22 + 1, owner_started=0.0)
    if change == "server_started":
        record = replace(record, server_started=started - 1)
    home = tmp_path / "server-1"
    home.mkdir()
    (home / RECORD).write_text(json.dumps(asdict(record)))
    try:
        assert end_orphans(tmp_path) == 0
        assert other.poll() is None
        assert not home.exists()
    finally:
        other.kill()
        other.wait()


def test_a_configured_server_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(API_URL, "http://127.0.0.1:9/api")
    with (
        pytest.raises(ServerError, match=r"127\.0\.0\.1:9.*PREFECT_API_URL"),
        prefect_server(tmp_path),
    ):
        pass
    assert not list(tmp_path.iterdir())


DEAD = "http://127.0.0.1:9"
"""Nothing listens there."""


@pytest.fixture
def behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """As behind a company's proxy, which is down besides."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, DEAD)
    for name in ("no_proxy", "NO_PROXY", API_URL):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("behind_a_proxy")
def test_a_proxy_does_not_stand_between_us_and_our_server(tmp_path: Path) -> None:
    before = dict(os.environ)
    with prefect_server(tmp_path) as wait_until_ready:
        wait_until_ready()
        # Prefect's client asks by way of httpx, which reads the environment.
        ask = "httpx.get(os.environ['PREFECT_API_URL'] + '/health', timeout=60)"
        code = f"import httpx, os; print({ask}.text)"
        asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert asked.stdout == "true\n", asked.stderr
    assert {k: v for k, v in os.environ.items() if k not in QUIET} == {
        k: v for k, v in before.items() if k not in QUIET
    }


@pytest.mark.parametrize(
    ("lower", "upper", "hosts"),
    [
        ("", "", "127.0.0.1,localhost"),
        ("a.example, localhost", "b.example", "a.example,localhost,b.example,127.0.0.1"),
        ("*", "", "*"),
    ],
)
def test_hosts_that_need_no_proxy_stay(
    monkeypatch: pytest.MonkeyPatch, lower: str, upper: str, hosts: str
) -> None:
    monkeypatch.setenv("no_proxy", lower)
    monkeypatch.setenv("NO_PROXY", upper)
    assert direct() == {"no_proxy": hosts, "NO_PROXY": hosts}


def test_a_temporary_server_that_does_not_start_is_not_the_users_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(API_URL, raising=False)
    monkeypatch.setattr(server_process, "MODULE", "orgsmith.flows.no_such_module")
    with (
        pytest.raises(ServerError, match=r"temporary .* No module named .*no_such_module"),
        prefect_server(tmp_path) as wait_until_ready,
    ):
        wait_until_ready()
    assert not list(tmp_path.glob("*"))
    assert API_URL not in os.environ


def test_an_answer_that_is_an_error_is_no_answer_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(API_URL, raising=False)
    monkeypatch.setattr(server, "_health", lambda url: f"{url}/nowhere")
    with (
        pytest.raises(ServerError, match=r"temporary .* 404"),
        prefect_server(tmp_path) as wait_until_ready,
    ):
        wait_until_ready()


def test_a_server_that_cannot_be_started_leaves_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(API_URL, raising=False)
    monkeypatch.setenv("PREFECT_PROFILE", "mine")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(OSError, match="nowhere"), prefect_server(tmp_path):
        pass
    assert os.environ["PREFECT_PROFILE"] == "mine"
    assert "PREFECT_HOME" not in os.environ
    assert not list(tmp_path.glob("*"))
