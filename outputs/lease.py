"""Leases: at most one process at a time holds a place on object storage, and a dead one lets go.

A lease is a folder of numbered files; who wrote the one with the highest number holds it. A file is
only ever made by a conditional put, so of several that try at once one succeeds. The holder writes
its file again every `BEAT_S` seconds; once it has not done so for `LEASE_S` seconds of the store's
own clock it counts as dead, at once if it ran on this machine and is gone. Whoever takes over makes
the next number, which two cannot do either, and the old holder finds it when it beats again.

Where a store does not know conditional puts, two that begin within the same second may both hold.
"""

import datetime as dt
import hashlib
import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from orgsmith.outputs.remote import Remote
from orgsmith.schema.errors import OrgsmithError, StorageError

BEAT_S = 20.0
LEASE_S = 120.0
WITHDRAWAL_S = 2.0
"""Seconds after which a number that was taken by mistake is gone."""

NUMBERED = "{:08}"


@dataclass(slots=True)
class Lease:
    """A lease that this process holds, from `take` to `release`."""

    folder: Remote
    number: int
    lost: bool = False

    @classmethod
    def take(cls, folder: Remote) -> Self | None:
        """The lease of a folder; None if another process holds it, or takes it at this moment.

        Raises:
            StorageError: the place cannot be used.
        """
        before = _numbers(folder)
        last = _content(folder, before[-1]) if before else b""
        if last is None or (last and _lives(folder, before[-1], last)):
            return None
        number = before[-1] + 1 if before else 0
        mine = folder / NUMBERED.format(number)
        if not mine.create(_holder()):
            return None
        # Numbers are used again once a holder has let go: what we counted from is to be the same.
        if _numbers(folder) != [*before, number] or (
            before and _content(folder, before[-1]) != last
        ):
            mine.remove()
            return None
        return cls(folder, number)

    def check(self) -> None:
        """Make sure that it is still held.

        Raises:
            StorageError: it is not: another process took this one for dead.
        """
        if not self.lost and not self._is_last():
            # Whoever has counted from what is gone has a number for a moment.
            time.sleep(WITHDRAWAL_S)
            self.lost = not self._is_last()
        if self.lost:
            raise StorageError(
                f"{self.folder.parent} was taken over by another run, since this one had no "
                f"connection for {LEASE_S:.0f} seconds; run the same command again"
            )

    def beat(self) -> None:
        """Say that the holder lives.

        Raises:
            StorageError: the lease is lost, or the place cannot be used.
        """
        self.check()
        (self.folder / NUMBERED.format(self.number)).write(_holder())

    def release(self) -> None:
        """Let go. The lowest number goes first: who counts on from it finds it gone."""
        if not self.lost:
            for number in [each for each in _numbers(self.folder) if each <= self.number]:
                (self.folder / NUMBERED.format(number)).remove()

    @contextmanager
    def held(self) -> Iterator[Self]:
        """Hold it inside the block, beating; let go at the end."""
        ended = threading.Event()
        thread = threading.Thread(target=self._keep, args=(ended,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            ended.set()
            thread.join()
            # Where the place has become unreachable, the lease ends by itself.
            with suppress(OrgsmithError):
                self.release()

    def _is_last(self) -> bool:
        return _numbers(self.folder)[-1:] == [self.number]

    def _keep(self, ended: threading.Event) -> None:
        while not ended.wait(BEAT_S) and not self.lost:
            # A beat that fails is followed by another; `check` tells if all did.
            with suppress(OrgsmithError):
                self.beat()


def is_held(folder: Remote) -> bool:
    """Whether a living process holds the lease of a folder.

    Raises:
        StorageError: the place cannot be used.
    """
    numbers = _numbers(folder)
    content = _content(folder, numbers[-1]) if numbers else None
    return content is not None and _lives(folder, numbers[-1], content)


def _numbers(folder: Remote) -> list[int]:
    return sorted(int(name) for name in folder.names() if name.isdecimal())


def _holder() -> bytes:
    """Who holds it, and a word that no other holder has."""
    import psutil

    facts = {
        "machine": _machine(),
        "process": os.getpid(),
        "started": psutil.Process().create_time(),
        "word": secrets.token_hex(8),
    }
    return json.dumps(facts).encode()


def _content(folder: Remote, number: int) -> bytes | None:
    """What a numbered file holds, no two the same; None if it is gone."""
    with suppress(FileNotFoundError):
        return (folder / NUMBERED.format(number)).read_bytes()
    return None


def _lives(folder: Remote, number: int, content: bytes) -> bool:
    """Whether the writer of a numbered file still runs, or wrote it a short while ago."""
    # Where it is none of ours, it ends when nobody writes it again.
    with suppress(ValueError, KeyError, TypeError):
        facts = json.loads(content)
        if facts["machine"] == _machine():
            return _runs(int(facts["process"]), float(facts["started"]))
    with suppress(FileNotFoundError):
        written = (folder / NUMBERED.format(number)).modified()
        return _now(folder) - written <= dt.timedelta(seconds=LEASE_S)
    return False


def _now(folder: Remote) -> dt.datetime:
    """The time by the store's clock: ours may go otherwise."""
    while True:
        probe = folder / f"clock-{secrets.token_hex(8)}"
        probe.write(b"")
        # Whoever removes the folder takes it along.
        with suppress(FileNotFoundError):
            try:
                return probe.modified()
            finally:
                probe.remove()


def _runs(process: int, started: float) -> bool:
    import psutil

    try:
        found = psutil.Process(process)
        return found.create_time() == started and found.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _machine() -> str:
    """What tells this machine from others, and a container from its host, without naming either."""
    facts = [socket.gethostname()]
    # The boot of the kernel, and the numbering of its processes that holds in here.
    for file in ("/proc/sys/kernel/random/boot_id", "/proc/self/ns/pid"):
        with suppress(OSError):
            path = Path(file)
            facts.append(str(path.readlink()) if path.is_symlink() else path.read_text())
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]
