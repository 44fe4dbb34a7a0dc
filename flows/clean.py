"""Removes the work folders of runs that are gone."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from orgsmith.flows.server import end_orphans
from orgsmith.flows.work import FOLDER
from orgsmith.outputs.storage import storage_errors


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What `clean` removed and what it left to the runs that use it."""

    removed: tuple[Path, ...]
    in_use: tuple[Path, ...]
    bytes: int


def clean(out: Path) -> Cleaned:
    """Remove the work folders below `out` that no run is using.

    Raises:
        StorageError: they cannot be removed.
    """
    work = out / FOLDER
    removed: list[Path] = []
    in_use: list[Path] = []
    size = 0
    end_orphans(work)
    with storage_errors(work):
        for lock in sorted(work.glob("*.lock")):
            folder = lock.with_suffix("")
            held = FileLock(lock)
            try:
                held.acquire(timeout=0)
            except Timeout:
                in_use.append(folder)
                continue
            if folder.is_dir():
                size += sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
                shutil.rmtree(folder)
                removed.append(folder)
            lock.unlink(missing_ok=True)
            held.release()
    with suppress(OSError):
        work.rmdir()
    return Cleaned(tuple(removed), tuple(in_use), size)
