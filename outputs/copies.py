"""Local copies of what lies elsewhere, in a cache folder.

    <cache>/datasets/<key>/<industry>/<version>/    a dataset, by the digest of its manifest
    <cache>/runs/<key>/<work key>/                  files of a run whose work folder is a URL

The cache is `ORGSMITH_CACHE`, by default `orgsmith` in the user's own (`~/.cache`). A process holds
the copies it uses until it ends; `remove_unused` removes the others.
"""

import fcntl
import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path
from threading import Lock

from orgsmith.outputs.storage import storage_errors

CACHE = "ORGSMITH_CACHE"

DATASETS, WORK = "datasets", "runs"
KINDS = (DATASETS, WORK)

_held: dict[Path, int] = {}
"""Descriptors of the copies that this process uses: the system lets go when it ends."""

_holding = Lock()


def cache_folder() -> Path:
    """Where copies lie."""
    named = os.environ.get(CACHE)
    if named:
        return Path(named).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "orgsmith"


def copy_path(kind: str, of: str) -> Path:
    """Where the copy lies, or would; nothing is made or held."""
    return cache_folder() / kind / hashlib.sha256(of.encode()).hexdigest()[:16]


def copy_folder(kind: str, of: str) -> Path:
    """The folder for a copy, made if need be, and held by this process until it ends.

    Args:
        kind: DATASETS or WORK.
        of: what it is a copy of: other text, other folder.

    Raises:
        StorageError: it cannot be made.
    """
    folder = copy_path(kind, of)
    with storage_errors(folder), _holding:
        while folder not in _held or not _same(_held[folder], folder):
            folder.mkdir(parents=True, exist_ok=True)
            # Whoever clears the cache may take it away between these two.
            with suppress(FileNotFoundError):
                descriptor = os.open(folder, os.O_RDONLY)
                fcntl.flock(descriptor, fcntl.LOCK_SH)
                if folder in _held:
                    os.close(_held[folder])
                _held[folder] = descriptor
    return folder


def remove_unused() -> tuple[Path, ...]:
    """Remove the copies that no process uses; what was removed.

    Raises:
        StorageError: they cannot be removed.
    """
    removed = []
    for kind in KINDS:
        for folder in sorted((cache_folder() / kind).glob("*")):
            if folder.is_dir() and not folder.is_symlink() and _remove(folder):
                removed.append(folder)
        with suppress(OSError):
            (cache_folder() / kind).rmdir()
    return tuple(removed)


def _remove(folder: Path) -> bool:
    """Remove a copy unless a process uses it."""
    with storage_errors(folder):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
        except BlockingIOError:
            return False
        finally:
            os.close(descriptor)
    return True


def _same(descriptor: int, folder: Path) -> bool:
    """Whether the folder is still the one that is held, and not one of the same name."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), folder.stat())
    return False
