"""Prefect's server for one run: the configured one, or a temporary one that ends with us.

The temporary server is Prefect's own, started the way Prefect starts it, with three differences:
it starts while this process still imports Prefect, its fresh database is created at once instead of
through every migration since 2021, and it ends when this process does, however that ends. Prefect's
own survives its parent's SIGKILL.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Self

from orgsmith.flows.environment import (
    API_URL,
    HOME,
    LOGGERS,
    PROFILE,
    QUIET,
    TEMPORARY,
    changed,
    direct,
    private,
)
from orgsmith.flows.logs import NAME
from orgsmith.flows.server_process import HOST, MODULE, command
from orgsmith.flows.server_process import TEMPORARY as TEMPORARY_SERVER
from orgsmith.schema.errors import OrgsmithError, StorageError

STARTUP_TIMEOUT_S = 120
RECORD = "server.json"


ERROR = re.compile(r"[\w.]+(Error|Exception)\b")
"""The last line of a traceback."""


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
def prefect_server(work: Path) -> Iterator[Callable[[], None]]:
    """Prefect's server, reachable through the environment when Prefect is imported inside.

    Enter it before Prefect is imported. `PREFECT_API_URL` names a server to use; without it a
    temporary one runs with its files below `work`, where orphans of killed runs are ended first.

    Yields:
        What waits until the server answers; it raises ServerError if it does not within two
        minutes, or has ended.

    Raises:
        ServerError: the configured server does not answer.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    end_orphans(work)
    configured = os.environ.get(API_URL)
    # A proxy for the world outside is not for a server on this machine.
    with changed(direct()):
        if configured:
            answers(configured, STARTUP_TIMEOUT_S)
            # Whoever looks at that server finds our log there.
            os.environ.setdefault(LOGGERS, NAME)
            yield partial(answers, configured, STARTUP_TIMEOUT_S)
            return
        with (
            _home(work) as home,
            changed({API_URL: None, HOME: str(home), PROFILE: None, TEMPORARY: "1"}),
        ):
            server = _Server(home)
            try:
                server.start()
                os.environ[API_URL] = server.url
                yield server.wait
            finally:
                server.stop()


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


@contextmanager
def _home(work: Path) -> Iterator[Path]:
    """A folder for a temporary server; it goes at the end, and `work` too if nothing else is there.

    Raises:
        StorageError: it cannot be made.
    """
    home = work / f"server-{os.getpid()}"
    try:
        home.mkdir(parents=True)
    except OSError as error:
        raise StorageError(f"cannot write {home}: {error.strerror}") from error
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)
        with suppress(OSError):
            work.rmdir()


class _Server:
    """A temporary server."""

    def __init__(self, home: Path) -> None:
        self.url = ""
        self._log = home / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it takes seconds until it answers, requests made before then wait."""
        import psutil

        home = self._log.parent
        # Bound here and handed over: no other program can take the port in between, and a request
        # made before the server is up waits in the socket's queue instead of being refused.
        with socket.create_server((HOST, 0), backlog=128) as listener:
            self.url = f"http://{HOST}:{listener.getsockname()[1]}/api"
            with self._log.open("wb") as log:
                self._process = subprocess.Popen(
                    command(TEMPORARY_SERVER, listener.fileno()),
                    env=private(str(home)),
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

    def wait(self) -> None:
        """Wait until it answers as it should."""
        try:
            with _DIRECT.open(_health(self.url), timeout=STARTUP_TIMEOUT_S):
                return
        except (OSError, ValueError) as error:
            said = last_words(self._log.read_text(errors="replace"))
            raise ServerError(
                f"the temporary Prefect server at {self.url} did not start ({said or error}); "
                f"try again, or let {API_URL} name a server of your own"
            ) from error

    def stop(self) -> None:
        """End it; nothing it holds is wanted any more."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()


_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks without a proxy."""


def last_words(log: str) -> str:
    """What a server said of why it ended: the last error, else its last line."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if ERROR.match(line)]
    return (errors or lines or [""])[-1]


def _health(url: str) -> str:
    return f"{url.rstrip('/')}/health"


def answers(url: str, timeout: float) -> None:
    """One request to a server that is not ours to start, answered as soon as it can.

    Args:
        url: the address of its API.
        timeout: seconds to wait.

    Raises:
        ServerError: it does not answer.
    """
    try:
        with urllib.request.urlopen(_health(url), timeout=timeout):
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
