"""A run that `orgsmith serve` started ends when that process does, however that ends.

Prefect ends its runs when it is ended itself, but not when it is killed: a run would live on
without anybody, and hold its work folder.
"""

import os
import threading
import time

SERVED_BY = "ORGSMITH_SERVED_BY"
"""The process that serves, as its id and its start: ids are used again."""

POLL_S = 1.0
KILLED = 137


def announce() -> None:
    """Say in the environment of runs to be started that this process serves them."""
    os.environ[SERVED_BY] = f"{os.getpid()} {_start(os.getpid())}"


def leave_with_server() -> None:
    """End this process when the one that serves it is gone; where none does, nothing is done."""
    process, _, start = os.environ.get(SERVED_BY, "").partition(" ")
    if process and int(process) != os.getpid():
        threading.Thread(target=_watch, args=(int(process), start), daemon=True).start()


def _watch(process: int, start: str) -> None:
    while _start(process) == start:
        time.sleep(POLL_S)
    os._exit(KILLED)


def _start(process: int) -> str:
    """When a process was started; empty if it is gone."""
    import psutil

    try:
        found = psutil.Process(process)
        return "" if found.status() == psutil.STATUS_ZOMBIE else repr(found.create_time())
    except psutil.Error:
        return ""
