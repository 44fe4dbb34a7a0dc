"""A Prefect server with pages and a lasting database, as long as `orgsmith serve` runs.

It is Prefect's own, its database in PREFECT_HOME as `prefect server start` has it; the difference
is that it ends when this process does, however that ends.
"""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from orgsmith.flows.environment import API_URL, QUIET, changed, direct
from orgsmith.flows.server import STARTUP_TIMEOUT_S, ServerError, answers, last_words
from orgsmith.flows.server_process import HOST, STANDING, command

POLL_S = 0.5
STOP_TIMEOUT_S = 20
"""Seconds a server has to end when it is asked to."""


@contextmanager
def standing_server(port: int) -> Iterator[str]:
    """A server for schedules: the one that PREFECT_API_URL names, or our own on a port.

    Enter it before Prefect is imported.

    Yields:
        The address of its pages.

    Raises:
        ServerError: the server named does not answer, the port is taken, or ours does not start.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    configured = os.environ.get(API_URL)
    with changed(direct()):
        if configured:
            answers(configured, STARTUP_TIMEOUT_S)
            yield configured.rstrip("/").removesuffix("/api")
            return
        _refuse_taken(port)
        pages = f"http://{HOST}:{port}"
        # A file, since a pipe that nobody reads would stop the server once it is full.
        with changed({API_URL: f"{pages}/api"}), tempfile.TemporaryFile() as log:
            process = subprocess.Popen(
                command(STANDING, port),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                # Ctrl-C in a terminal is for us; the server ends after the runs have.
                start_new_session=True,
            )
            try:
                _wait(process, f"{pages}/api", log)
                yield pages
            finally:
                _end(process)


def _refuse_taken(port: int) -> None:
    """A port that something else listens on is no place for a server."""
    try:
        with socket.create_server((HOST, port)):
            return
    except (OSError, OverflowError) as error:
        raise ServerError(
            f"port {port} cannot be used ({error}); name another --port, or let {API_URL} name "
            "the Prefect server that runs there"
        ) from error


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the server; one that does not end when it is asked to is killed."""
    process.terminate()
    try:
        process.wait(timeout=STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin:
        process.stdin.close()


def _wait(process: "subprocess.Popen[bytes]", url: str, log: IO[bytes]) -> None:
    """Wait until the server answers or has ended."""
    waited = 0.0
    while process.poll() is None and waited < STARTUP_TIMEOUT_S:
        try:
            answers(url, POLL_S)
        except ServerError:
            waited += POLL_S
            time.sleep(POLL_S)
        else:
            return
    process.kill()
    process.wait()
    log.seek(0)
    said = last_words(log.read().decode(errors="replace"))
    raise ServerError(f"Prefect's server did not start at {url}: {said or 'no reason given'}")
