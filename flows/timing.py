"""How long each object takes to be made: noted in the work folder, so that it outlives a kill.

It is no part of what a task returns: results are what later tasks are remembered by.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from orgsmith.flows.work_files import files_at
from orgsmith.schema.errors import StorageError


@contextmanager
def timed(place: str, node: str) -> Iterator[None]:
    """Note the seconds that the block takes for a node, in the work folder at a place."""
    started = time.perf_counter()
    yield
    line = json.dumps({"node": node, "seconds": round(time.perf_counter() - started, 4)})
    # A note that cannot be written is no reason for a task to fail.
    with suppress(StorageError):
        files_at(place).note(line)


def seconds_of(place: str) -> dict[str, float]:
    """Seconds by node, all its tasks together; tasks run at the same time count in full each."""
    found: dict[str, float] = {}
    for line in files_at(place).notes():
        try:
            note = json.loads(line)
            found[note["node"]] = found.get(note["node"], 0.0) + float(note["seconds"])
        except (ValueError, TypeError, KeyError):
            # The last line of a run that was killed while it wrote.
            continue
    return found
