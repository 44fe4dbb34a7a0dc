"""Prefect's server for one run: the configured one, or a temporary one that ends with us.

The temporary server is Prefect's own, started the way Prefect starts it, with three differences:
it starts while this process still imports Prefect, its fresh database is created at once instead of
through every migration since 2021, and it ends when this process does, however that ends. Prefect's
own survives its parent's SIGKILL.
"""

import json
import os
import runpy
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from orgsmith.schema.errors import OrgsmithError, StorageError

STARTUP_TIMEOUT_S = 120
API_URL = "PREFECT_API_URL"
RECORD = "server.json"
MODULE = "orgsmith.flows.server"

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    # A failed task's traceback is not for the user; the flow says in a line what went wrong.
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
}
"""Settings by which Prefect stays quiet and on this machine, from any working directory."""

PRIVATE = {
    "PREFECT_SERVER_DATABASE_MIGRATE_ON_START": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
    "PREFECT_UI_ENABLED": "0",
    # Both as Prefect sets them for its own temporary server.
    "PREFECT__SERVER_EPHEMERAL": "1",
    "PREFECT__SERVER_FINAL": "1",
}
"""What only the temporary server needs."""


class ServerError(OrgsmithError):
    """Prefect's server does not answer."""


@dataclass(frozen=True, slots=True)
class Record:
    """A temporary server and the run it belongs to, each by process id and start."""

    server: int
    server_started: float
    owner: int
    owner_started: float

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """What a folder says about its server; None if nothing legible."""
        try:
            return cls(**json.loads((folder / RECORD).read_text()))
        except (OSError, ValueError, TypeError):
            return None


@contextmanager
def prefect_server(work: Path) -> Iterator[None]:
    """Prefect's server, reachable through the environment when Prefect is imported inside.

    Enter it before Prefect is imported. `PREFECT_API_URL` names a server to use; without it a
    temporary one runs with its files below `work`, where orphans of killed runs are ended first.

    Raises:
        ServerError: the configured server does not answer.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    end_orphans(work)
    if os.environ.get(API_URL):
        _probe(os.environ[API_URL])
        yield
        return
    home = work / f"server-{os.getpid()}"
    try:
        home.mkdir(parents=True)
    except OSError as error:
        raise StorageError(f"cannot write {home}: {error.strerror}") from error
    kept = {
        name: os.environ.pop(name, None) for name in (API_URL, "PREFECT_HOME", "PREFECT_PROFILE")
    }
    server = _Server(home)
    try:
        os.environ |= {API_URL: server.url, "PREFECT_HOME": str(home)}
        yield
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
        with suppress(OSError):
            work.rmdir()
        for name, before in kept.items():
            os.environ.pop(name, None)
            if before is not None:
                os.environ[name] = before


def wait_until_ready() -> None:
    """Wait for the server in `PREFECT_API_URL`.

    Raises:
        ServerError: it does not answer within two minutes, or has ended.
    """
    _probe(os.environ[API_URL])


def end_orphans(work: Path) -> int:
    """End the temporary servers below `work` whose run is gone, remove their files, count them.

    A server is ended only if process id, start and command line are those recorded, and the
    process that started it is not running any more.
    """
    ended = 0
    for home in sorted(work.glob("server-*")):
        record = Record.read(home)
        if record and _runs(record.owner, record.owner_started):
            continue
        if record is None and _runs(_number(home.name), None):
            continue
        if record and _runs(record.server, record.server_started, MODULE):
            _kill(record.server)
            ended += 1
        shutil.rmtree(home, ignore_errors=True)
    return ended


class _Server:
    """A running temporary server."""

    def __init__(self, home: Path) -> None:
        """Start it; it takes seconds until it answers, requests made before then wait."""
        import psutil

        # Bound here and handed over: no other program can take the port in between, and a request
        # made before the server is up waits in the socket's queue instead of being refused.
        with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
            self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
            with (home / "server.log").open("wb") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", MODULE, str(listener.fileno())],
                    env=_private_environment(home),
                    cwd=home,
                    # Its end tells the server that we are gone.
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    pass_fds=(listener.fileno(),),
                    # Ctrl-C in a terminal is for us; the server ends after the flow has.
                    start_new_session=True,
                )
        started = psutil.Process(self._process.pid).create_time()
        record = Record(self._process.pid, started, os.getpid(), psutil.Process().create_time())
        (home / RECORD).write_text(json.dumps(asdict(record)))

    def stop(self) -> None:
        """End it; nothing it holds is wanted any more."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()


def _private_environment(home: Path) -> dict[str, str]:
    """The environment without the user's own Prefect: its database must not be touched."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return ours | QUIET | PRIVATE | {"PREFECT_HOME": str(home)}


def _probe(url: str) -> None:
    """One request, answered as soon as the server can."""
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/health", timeout=STARTUP_TIMEOUT_S):
            return
    except urllib.error.HTTPError:
        # It answers; whether it lets us in is for Prefect's client, which knows how to log in.
        return
    except (OSError, ValueError) as error:
        raise ServerError(
            f"no Prefect server answers at {url} ({error}); "
            f"start it, or unset {API_URL} to run with a temporary one"
        ) from error


def _runs(process: int, started: float | None, command: str | None = None) -> bool:
    """Whether the very process that was recorded is still running."""
    import psutil

    try:
        found = psutil.Process(process)
        return (
            (started is None or found.create_time() == started)
            and found.status() != psutil.STATUS_ZOMBIE
            and (command is None or command in found.cmdline())
        )
    except psutil.AccessDenied:
        return True
    except psutil.Error:
        return False


def _kill(process: int) -> None:
    """End a process and wait until it is gone; one that is stopped cannot end by itself."""
    import psutil

    with suppress(psutil.Error):
        found = psutil.Process(process)
        found.kill()
        found.wait(timeout=10)


def _number(name: str) -> int:
    """The process id in a folder's name, 0 if there is none."""
    digits = name.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0


def _leave_with_parent() -> None:
    """Ends this process when its parent's end of the pipe is closed, by whatever ended it."""
    while os.read(sys.stdin.fileno(), 1024):
        time.sleep(0.1)
    os._exit(0)


async def _create_tables() -> None:
    """Create all tables of the fresh database as Prefect's models declare them."""
    from prefect.server.database import provide_database_interface
    from prefect.server.database.orm_models import Base

    # The models name some indexes twice, which the migrations do not.
    names: set[str | None] = set()
    for table in Base.metadata.sorted_tables:
        for index in [*table.indexes]:
            if index.name in names:
                table.indexes.remove(index)
            names.add(index.name)
    database = provide_database_interface()
    engine = await database.engine()
    async with engine.begin() as connection:
        await database.database_config.create_db(connection, Base.metadata)
    await engine.dispose()


def _serve(descriptor: str) -> None:
    """The temporary server's process."""
    import asyncio

    threading.Thread(target=_leave_with_parent, daemon=True).start()
    asyncio.run(_create_tables())
    sys.argv = ["uvicorn", "--factory", "prefect.server.api.server:create_app"]
    sys.argv += ["--fd", descriptor, "--log-level", "error", "--lifespan", "on"]
    runpy.run_module("uvicorn", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve(sys.argv[1])
