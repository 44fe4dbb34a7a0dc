"""How long each object takes to be made: noted in the work folder, so that it outlives a kill.

It is no part of what a task returns: results are what later tasks are remembered by.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NOTES = "seconds.jsonl"


@contextmanager
def timed(folder: str, node: str) -> Iterator[None]:
    """Note the seconds that the block takes for a node."""
    started = time.perf_counter()
    yield
    line = json.dumps({"node": node, "seconds": round(time.perf_counter() - started, 4)}) + "\n"
    # A note that cannot be written is no reason for a task to fail.
    with suppress(OSError):
        # One write of a short line to a file opened for appending: lines of tasks do not mix.
        descriptor = os.open(Path(folder) / NOTES, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)


def seconds_of(folder: Path) -> dict[str, float]:
    """Seconds by node, all its tasks together; tasks run at the same time count in full each."""
    found: dict[str, float] = {}
    try:
        lines = (folder / NOTES).read_text().splitlines()
    except FileNotFoundError:
        return found
    for line in lines:
        try:
            note = json.loads(line)
            found[note["node"]] = found.get(note["node"], 0.0) + float(note["seconds"])
        except (ValueError, TypeError, KeyError):
            # The last line of a run that was killed while it wrote.
            continue
    return found
