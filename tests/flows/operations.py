"""Server, pool, worker and deployments, brought up by the commands of docs/operators.md."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any, TypeAlias

REPO = Path(__file__).resolve().parents[2]
PAGE = REPO / "docs/operators.md"
SECONDS = 240
ATTEMPTS = 5
"""How often a request is made that the server is too busy to answer."""

Json: TypeAlias = Any
"""What Prefect's API answers."""

_FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    """The page's blocks of one language, in order."""
    return [
        each["text"] for each in _FENCE.finditer(PAGE.read_text()) if each["language"] == language
    ]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass(slots=True)
class Operations:
    """What runs, in the folder of a clone; `done` are the outputs of the commands that ended."""

    tree: Path
    environment: Mapping[str, str]
    port: int
    outside: "Outside | None" = None
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of the server's pages."""
        return f"http://127.0.0.1:{self.port}"

    def follow(self, script: str) -> None:
        """Run a block of the page; a server or a worker goes on running."""
        script = script.replace("4200", str(self.port))
        lasting = re.search(r"prefect (server|worker) start", script)
        if lasting:
            log = (self.tree.parent / f"{lasting[1]}.log").open("wb")
            process = self._start(script, log)
            self.running.append(process)
            log.close()
            ready = {"server": self.answers, "worker": self.has_pool}
            until(ready[lasting[1]])
            return
        process = self._start(script, subprocess.PIPE)
        self.running.append(process)
        out, _ = process.communicate(timeout=SECONDS)
        self.done.append(out.decode())
        assert process.returncode == 0, out.decode()

    def run(self, *command: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run a command as an operator would."""
        return subprocess.run(
            command,
            cwd=self.tree,
            env={
                **self.environment,
                "PATH": f"{Path(sys.executable).parent}:{self.environment['PATH']}",
                "PREFECT_API_URL": f"{self.url}/api",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
        )

    def ask(self, path: str, body: Json = None, method: str = "POST") -> Json:
        """What the server's API says."""
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(
            f"{self.url}/api/{path}",
            data=data,
            headers={"content-type": "application/json"},
            method=method,
        )
        attempt = 1
        while True:
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    text = answer.read()
            except urllib.error.HTTPError as error:
                # Its database was locked for longer than it waits: clients are to ask again.
                if error.code != HTTPStatus.SERVICE_UNAVAILABLE or attempt == ATTEMPTS:
                    raise
                time.sleep(attempt)
                attempt += 1
            else:
                return json.loads(text) if text else None

    def answers(self) -> bool:
        """Whether the server is up."""
        try:
            return self.ask("health", method="GET") is True
        except (OSError, HTTPException):
            # It may also end in the middle of its answer.
            return False

    def has_pool(self) -> bool:
        """Whether the worker has made its pool."""
        return bool(self.ask("work_pools/filter"))

    def ended(self, run: str) -> Json:
        """A flow run, once it has ended."""
        until(lambda: self.ask(f"flow_runs/{run}", method="GET")["state"]["type"] in ENDS)
        return self.ask(f"flow_runs/{run}", method="GET")

    def end(self) -> None:
        """End all that was started, the last first."""
        for process in reversed(self.running):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            if process.stdout:
                process.stdout.close()

    def _start(self, script: str, out: "int | IO[bytes]") -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            ["bash", "-euc", script],
            cwd=self.tree,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


ENDS = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})


class Outside:
    """A proxy for the world outside that lets nothing through and keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which programs find it."""
        url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        own = "127.0.0.1,localhost"
        proxies = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), url)
        return {
            **proxies,
            **{name.upper(): url for name in proxies},
            "no_proxy": own,
            "NO_PROXY": own,
        }

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with connection:
                    connection.settimeout(5)
                    self.asked.append(connection.recv(200).decode(errors="replace"))

    def close(self) -> None:
        """Stop listening."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def until(holds: Callable[[], bool], seconds: float = SECONDS) -> bool:
    """Wait until something comes true; it fails the test if it does not in time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.3)
    return True


def clone(copy_tree: Callable[[Path], Path], folder: Path) -> Path:
    """What a clone holds, with this environment as its .venv."""
    tree = copy_tree(folder / "orgsmith")
    (tree / ".venv").symlink_to(sys.prefix)
    return tree


def environment(folder: Path) -> dict[str, str]:
    """That of a new user: an empty home, nobody's settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ORGSMITH_", "PREFECT_"))}
    home = folder / "home"
    home.mkdir()
    return kept | {"HOME": os.fspath(home), "NO_COLOR": "1"}
