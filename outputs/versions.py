"""Versions of an industry's dataset: how one appears in a single rename, and which is newest."""

import datetime as dt
import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from orgsmith.outputs.manifest import Manifest
from orgsmith.outputs.storage import storage_errors, sync_folder
from orgsmith.schema.errors import DatasetError, StorageError, UsageError

LATEST = "latest"
STAGING = ".staging-"
"""How the name of a folder starts that is being filled. Readers ignore names with a dot."""

ABANDONED = re.compile(rf"{re.escape(STAGING)}\d{{8}}T\d{{6}}Z-\d+")
"""The whole name of such a folder: of what is being filled, only that is ever removed."""

REMOVED = ".removed-"
"""How the name of a folder starts that is being removed."""

STAMP = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def check_version(out: Path, industry: str, version: str | None) -> None:
    """Refuse a version's name before anything is generated for it.

    Raises:
        UsageError: the name cannot be a folder's name, is reserved, or is taken.
    """
    if version is None:
        return
    check_name(version)
    if os.path.lexists(out / industry / version):
        raise UsageError(_taken(out / industry / version))


def check_name(version: str) -> None:
    """Refuse what cannot be the name of a version, wherever it is published.

    Raises:
        UsageError: the name cannot be a folder's name, or is reserved.
    """
    if not NAME.fullmatch(version) or version.endswith(".") or version == LATEST:
        raise UsageError(
            f"dataset version {version!r} cannot be used: 1 to 100 letters, digits, dots, hyphens "
            f"and underscores, beginning with a letter or digit, not ending in a dot, not {LATEST}"
        )


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """An empty folder inside an industry's, on the same file system as its final place.

    It is removed at the end of the block unless `release` has renamed it, and locked meanwhile, so
    that `remove_abandoned` can tell it from the leavings of a killed process.

    Raises:
        StorageError: it cannot be made.
    """
    with storage_errors(folder):
        staged, descriptor = _stage(folder)
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)
        os.close(descriptor)
        # Only if nothing was ever published there.
        with suppress(OSError):
            folder.rmdir()


def release(
    staged: Path,
    version: str | None,
    now: dt.datetime,
    announce: Callable[[Path], None] = lambda final: None,
) -> Path:
    """Rename a filled staging folder to its version, and let `latest` point to it.

    Everything that may lack room comes before the first of the two renames; if the second fails,
    the first is undone.

    Args:
        staged: a folder of `staging`.
        version: its name; a time stamp, or the next free second, if left out.
        now: the time of the stamp.
        announce: called with the final path, right before the rename.

    Returns:
        The folder of the published version.

    Raises:
        UsageError: the name is taken.
        StorageError: the rename failed for another reason, or a folder is called `latest`.
    """
    folder = staged.parent
    with storage_errors(folder):
        for inside, _, _ in os.walk(staged):
            sync_folder(Path(inside))
        # The lock makes the last to publish also the last to say what is latest.
        with locked(folder):
            _refuse_folder(folder / LATEST)
            final = _free(folder, version, now)
            link = _fresh_link(final)
            try:
                announce(final)
                staged.rename(final)
                _swap_latest(link, final, staged)
            finally:
                link.unlink(missing_ok=True)
            sync_folder(folder)
    return final


def finish_release(final: Path) -> None:
    """Let `latest` point to a version whose process was killed before it did.

    A version that was made after it stays the latest.

    Raises:
        StorageError: the link cannot be written.
    """
    folder = final.parent
    remove_abandoned(folder)
    with storage_errors(folder), locked(folder):
        link = folder / LATEST
        if link.is_dir() and _made(link) >= _made(final):
            return
        _refuse_folder(link)
        _fresh_link(final).replace(link)
        sync_folder(folder)


def remove_abandoned(folder: Path) -> tuple[Path, ...]:
    """Remove what killed processes left behind while they were publishing an industry.

    Returns:
        The folders removed. What a living process is filling stays.
    """
    removed = []
    with storage_errors(folder), locked(folder):
        for left in sorted(folder.glob(f"{STAGING}*")):
            ours = ABANDONED.fullmatch(left.name) and left.is_dir() and not left.is_symlink()
            if ours and not _is_locked(left):
                shutil.rmtree(left, ignore_errors=True)
                removed.append(left)
        for left in sorted(folder.glob(f"{REMOVED}*")):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
                removed.append(left)
        for link in sorted(folder.glob(f".{LATEST}.*.tmp")):
            link.unlink(missing_ok=True)
    return tuple(removed)


def versions(folder: Path) -> tuple[Path, ...]:
    """The published versions in an industry's folder, by name; links and staging left out."""
    try:
        inside = sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return ()
    return tuple(
        each
        for each in inside
        if each.is_dir() and not each.is_symlink() and not each.name.startswith(".")
    )


def _stage(folder: Path) -> tuple[Path, int]:
    """A staging folder, and the descriptor that holds its lock."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        # Another run that ends without a version takes the folder away again, at any moment.
        with suppress(FileNotFoundError), locked(folder):
            stamp = dt.datetime.now(dt.UTC).strftime(STAMP)
            staged = folder / f"{STAGING}{stamp}-{os.getpid()}"
            staged.mkdir()
            descriptor = os.open(staged, os.O_RDONLY)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            return staged, descriptor


def _free(folder: Path, version: str | None, now: dt.datetime) -> Path:
    """The path of the name asked for, or of the first free second.

    A name is taken by anything, even by an empty folder, which a rename would replace.
    """
    if version is not None:
        final = folder / version
        if os.path.lexists(final):
            raise UsageError(_taken(final))
        return final
    second = now
    while os.path.lexists(final := folder / second.strftime(STAMP)):
        second += dt.timedelta(seconds=1)
    return final


def _fresh_link(final: Path) -> Path:
    """A link to a version, on the disk for good, under a name of its own."""
    fresh = final.with_name(f".{LATEST}.{os.getpid()}.tmp")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(final.name, target_is_directory=True)
    sync_folder(final.parent)
    return fresh


def _made(version: Path) -> dt.datetime:
    """When a version was made; long ago if its manifest cannot be read."""
    try:
        return Manifest.read(version).created_at
    except DatasetError:
        return dt.datetime.min.replace(tzinfo=dt.UTC)


def _swap_latest(link: Path, final: Path, staged: Path) -> None:
    """Swap the link in one step: it is never missing. On failure the version goes as well."""
    try:
        link.replace(final.with_name(LATEST))
    except BaseException:
        final.rename(staged)
        raise


def _refuse_folder(link: Path) -> None:
    """A folder in the link's place could not be swapped once the version is there."""
    if link.is_dir() and not link.is_symlink():
        raise StorageError(f"{link} is a folder, not a link; rename or remove it")


def _taken(final: Path) -> str:
    return f"dataset version {final.name!r} is taken: {final} exists; choose another name"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder against other processes; the system lets go when a process dies."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _is_locked(folder: Path) -> bool:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
