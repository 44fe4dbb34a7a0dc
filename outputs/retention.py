"""How many versions of an industry's dataset are kept."""

import datetime as dt
import secrets
import shutil
from pathlib import Path

from orgsmith.outputs.manifest import Manifest
from orgsmith.outputs.storage import storage_errors
from orgsmith.outputs.versions import LATEST, REMOVED, locked, versions
from orgsmith.schema.errors import DatasetError


def retire(folder: Path, keep: int, newest: Path) -> tuple[Path, ...]:
    """Remove all but the `keep` newest versions in an industry's folder.

    What `latest` points to stays, and so does `newest`: another run may have published meanwhile.
    Age is the manifest's `created_at`. Folders that are no dataset, or one that cannot be read, are
    neither counted nor touched. A version goes in one rename before its files are removed: readers
    never find half of it.

    Args:
        folder: the industry's folder.
        keep: how many to leave, 1 or more.
        newest: the version just published, which stays.

    Returns:
        What was removed, oldest first.

    Raises:
        StorageError: a version cannot be removed; older ones are gone.
    """
    removed: list[Path] = []
    hidden: list[Path] = []
    try:
        with storage_errors(folder), locked(folder):
            found = [(made, path) for path in versions(folder) if (made := _made(path))]
            stay = {newest.name, (folder / LATEST).resolve().name}
            for _, path in sorted(found)[:-keep]:
                if path.name not in stay:
                    away = folder / f"{REMOVED}{path.name}-{secrets.token_hex(4)}"
                    path.rename(away)
                    hidden.append(away)
                    removed.append(path)
    finally:
        for away in hidden:
            shutil.rmtree(away, ignore_errors=True)
    return tuple(removed)


def _made(version: Path) -> dt.datetime | None:
    """When a version was made; None if nobody can tell."""
    try:
        return Manifest.read(version).created_at
    except DatasetError:
        return None
