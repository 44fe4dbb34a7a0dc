"""The place of a version on object storage while it is uploaded, or removed."""

from collections.abc import Mapping
from pathlib import Path

from orgsmith.outputs.remote import Remote
from orgsmith.schema.errors import StorageError

UPLOADING = ".uploading"
"""The lease of whoever uploads or removes a version, in its place."""


def empty(version: Remote) -> bool:
    """Remove what is in a place; its lease, which is held, is left. Whether anything was there."""
    files = version.files()
    version.remove_files(each for each in files if not is_lease(each))
    # Of one that was killed while it asked for the time.
    version.remove_files(each for each in files if is_lease(each) and not is_numbered(each))
    return not all(map(is_lease, files))


def compare(final: Remote, files: Mapping[str, Path]) -> None:
    """Make sure that what was sent has arrived.

    Raises:
        StorageError: a file is missing, or has another size.
    """
    there = final.files()
    for name, path in files.items():
        if there.get(name) != path.stat().st_size:
            raise StorageError(
                f"{final / name} has not arrived as it was sent; run the same command again"
            )


def uploads(files: Mapping[str, int] | list[str]) -> bool:
    """Whether a place is, or was, being uploaded to by one of us."""
    return any(map(is_lease, files))


def is_lease(path: str) -> bool:
    """Whether a path in such a place is of its lease."""
    return path.startswith(f"{UPLOADING}/")


def is_numbered(path: str) -> bool:
    """Whether a path is a numbered file of a lease."""
    return path.rpartition("/")[2].isdecimal()


def taken(final: Remote) -> str:
    """What is said of a name that a version has."""
    return f"dataset version {final.name!r} is taken: {final} exists; choose another name"


def busy(final: Remote) -> str:
    """What is said of a name that something else has."""
    return (
        f"dataset version {final.name!r} is taken: something is at {final}, or is just being "
        "published there; choose another name"
    )
