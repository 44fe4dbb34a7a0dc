"""The files of a run at work: in a folder, or behind a URL with a local copy of what is read."""

import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from orgsmith.outputs.copies import WORK, copy_folder, copy_path
from orgsmith.outputs.lease import Lease
from orgsmith.outputs.remote import Remote, place_of
from orgsmith.outputs.storage import storage_errors
from orgsmith.outputs.store import write_text

KEY = re.compile(r"[0-9a-f]{16}")
"""The name of a work folder."""

RESULTS = "results"
SECONDS = "seconds"
LOCK = ".lock"

DONE = ".done"
"""What is added to the name of a folder that is being removed."""

POLL_S = 0.2
REMOTE_POLL_S = 2.0

Check = Callable[[], None]
"""Raises StorageError if what is held is held no longer."""


class WorkFiles(Protocol):
    """The files of a run. Paths are relative to its folder; errors are StorageError."""

    @property
    def folder(self) -> Path:
        """Where they, or copies of them, lie on this machine."""
        ...

    @property
    def place(self) -> str:
        """What a process anywhere finds them by."""
        ...

    def held(self, waiting: Callable[[], None]) -> AbstractContextManager[Check]:
        """Hold them; while another run does, call `waiting` once and wait."""
        ...

    def keep(self, path: str) -> None:
        """Let other machines find a file that was written whole into the local folder."""

    def bring(self, path: str, sha256: str) -> bool:
        """Fetch a file that is not in the local folder; whether it is there then, unchanged."""
        ...

    def put(self, path: str, text: str) -> None:
        """Write a small text."""

    def text(self, path: str) -> str:
        """Read a small text; FileNotFoundError if it is not there."""
        ...

    def records(self) -> dict[str, str]:
        """What Prefect remembers of finished tasks, by name."""
        ...

    def forget(self, name: str) -> None:
        """Drop what Prefect remembers of a task."""

    def note(self, line: str) -> None:
        """Add a line to the notes of how long tasks took."""

    def notes(self) -> list[str]:
        """Those lines."""
        ...

    def remove(self) -> None:
        """Remove all; killed meanwhile, nothing is taken for work to go on."""


@dataclass(frozen=True, slots=True)
class LocalFiles:
    """Files in a folder that every process at work sees."""

    folder: Path

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.folder)

    @contextmanager
    def held(self, waiting: Callable[[], None]) -> Iterator[Check]:
        """Hold the lock beside the folder, which the system takes from a process that dies."""
        lock = self.folder.with_suffix(LOCK)
        held = FileLock(lock)
        with storage_errors(self.folder):
            _acquire(held, waiting)
        try:
            yield lambda: None
        finally:
            if not self.folder.exists():
                # Held while it goes: who waits for it finds it gone and makes a new one.
                lock.unlink(missing_ok=True)
            held.release()
            with suppress(OSError):
                lock.parent.rmdir()

    def keep(self, path: str) -> None:
        """Nothing: it is where it is looked for."""

    def bring(self, path: str, sha256: str) -> bool:
        """False: it is nowhere else."""
        return False

    def put(self, path: str, text: str) -> None:
        """Write a text, whole or not at all."""
        write_text(text, self.folder / path)

    def text(self, path: str) -> str:
        """Read a text."""
        return (self.folder / path).read_text()

    def records(self) -> dict[str, str]:
        """What Prefect remembers; what cannot be read is empty."""
        found = {}
        for file in sorted((self.folder / RESULTS).glob("*")):
            found[file.name] = ""
            with suppress(OSError, UnicodeDecodeError):
                found[file.name] = file.read_text()
        return found

    def forget(self, name: str) -> None:
        """Drop what Prefect remembers of a task."""
        (self.folder / RESULTS / name).unlink(missing_ok=True)

    def note(self, line: str) -> None:
        """Append a line: one write of a short line, so that lines of tasks do not mix."""
        with storage_errors(self.folder):
            descriptor = os.open(
                self.folder / f"{SECONDS}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644
            )
            try:
                os.write(descriptor, f"{line}\n".encode())
            finally:
                os.close(descriptor)

    def notes(self) -> list[str]:
        """The lines noted so far."""
        with suppress(FileNotFoundError):
            return (self.folder / f"{SECONDS}.jsonl").read_text().splitlines()
        return []

    def remove(self) -> None:
        """Remove the folder, out of sight first."""
        done = self.folder.with_suffix(DONE)
        shutil.rmtree(done, ignore_errors=True)
        with suppress(OSError):
            self.folder.rename(done)
        for folder in (done, self.folder):
            shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class RemoteFiles:
    """Files behind a URL; `folder` is a local copy that processes of this machine share."""

    folder: Path
    remote: Remote

    @property
    def place(self) -> str:
        """The URL."""
        return str(self.remote)

    @contextmanager
    def held(self, waiting: Callable[[], None]) -> Iterator[Check]:
        """Hold the lease beside them (`outputs.lease` says what that is worth)."""
        copy_folder(WORK, self.place)
        told = False
        lock = lock_of(self.remote)
        while (lease := Lease.take(lock)) is None:
            if not told:
                waiting()
                told = True
            time.sleep(REMOTE_POLL_S)
        with lease.held():
            yield lease.check

    def keep(self, path: str) -> None:
        """Upload a file."""
        (self.remote / path).send(self.folder / path)

    def bring(self, path: str, sha256: str) -> bool:
        """Fetch a file into the local copy."""
        copy_folder(WORK, self.place)
        with suppress(FileNotFoundError):
            return (self.remote / path).fetch(self.folder / path, sha256)
        return False

    def put(self, path: str, text: str) -> None:
        """Write a text there."""
        (self.remote / path).write(text.encode())

    def text(self, path: str) -> str:
        """Read a text there."""
        return (self.remote / path).read_text()

    def records(self) -> dict[str, str]:
        """What Prefect remembers."""
        results = self.remote / RESULTS
        found = results.read_all(results.files())
        return {name: found[name].decode(errors="replace") for name in sorted(found)}

    def forget(self, name: str) -> None:
        """Drop what Prefect remembers of a task."""
        (self.remote / RESULTS / name).remove()

    def note(self, line: str) -> None:
        """Write a line as a file of its own: there is no appending."""
        (self.remote / SECONDS / secrets.token_hex(8)).write(line.encode())

    def notes(self) -> list[str]:
        """The lines noted so far."""
        notes = self.remote / SECONDS
        return [line.decode(errors="replace") for line in notes.read_all(notes.files()).values()]

    def remove(self) -> None:
        """Remove all there and here; what is remembered of tasks goes before their files do."""
        remove_remote(self.remote)
        shutil.rmtree(self.folder, ignore_errors=True)


def files_at(place: str) -> WorkFiles:
    """The files of the run whose work folder is at a place, as `WorkFiles.place` names it."""
    where = place_of(place)
    return files_of(where) if isinstance(where, Remote) else LocalFiles(where)


def files_of(remote: Remote) -> RemoteFiles:
    """The files of the run whose work folder is a URL."""
    return RemoteFiles(copy_path(WORK, str(remote)) / remote.name, remote)


def lock_of(remote: Remote) -> Remote:
    """The lease of a work folder."""
    return remote.parent / f"{remote.name}{LOCK}"


def remove_remote(remote: Remote) -> int:
    """Remove a work folder; the bytes that were in it."""
    files = remote.files()
    remove = [path for path in files if path.startswith(f"{RESULTS}/")]
    remote.remove_files(remove)
    remote.remove_files(files.keys() - set(remove))
    return sum(files.values())


def _acquire(held: FileLock, waiting: Callable[[], None]) -> None:
    """Take the lock, sooner or later; the folder it lies in may vanish between two tries."""
    told = False
    while True:
        Path(held.lock_file).parent.mkdir(parents=True, exist_ok=True)
        try:
            held.acquire(timeout=0)
        except FileNotFoundError:
            continue
        except Timeout:
            if not told:
                waiting()
                told = True
            time.sleep(POLL_S)
        else:
            return
