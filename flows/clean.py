"""Removes what runs that are gone have left behind."""

import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from orgsmith.flows.server import end_orphans
from orgsmith.flows.work_files import DONE, KEY, LOCK, files_of, lock_of
from orgsmith.outputs.copies import cache_folder, remove_unused
from orgsmith.outputs.lease import Lease
from orgsmith.outputs.remote import Place, Remote
from orgsmith.outputs.remote_shelf import RemoteShelf
from orgsmith.outputs.storage import storage_errors
from orgsmith.outputs.versions import STAGING, remove_abandoned


@dataclass(slots=True)
class Cleaned:
    """What `clean` removed and what it left to the runs that use it."""

    removed: list[Place] = field(default_factory=list)
    in_use: list[Place] = field(default_factory=list)
    bytes: int = 0


def clean(out: Place, work: Place) -> Cleaned:
    """Remove what runs that are gone have left: work folders, half-filled datasets, local copies.

    Raises:
        StorageError: they cannot be removed.
    """
    done = Cleaned()
    end_orphans(cache_folder())
    if isinstance(work, Remote):
        _remote_work(work, done)
    else:
        _local_work(work, done)
    if isinstance(out, Remote):
        _remote_uploads(out, done)
    else:
        _local_uploads(out, done)
    copies = [folder for folder in cache_folder().glob("*/*") if folder.is_dir()]
    sizes = {folder: _size(folder) for folder in copies}
    _note(done, remove_unused(), sizes)
    return done


def _local_work(work: Path, done: Cleaned) -> None:
    end_orphans(work)
    with storage_errors(work):
        for folder in _work_folders(work):
            held = FileLock(folder.with_suffix(LOCK))
            try:
                held.acquire(timeout=0)
            except Timeout:
                done.in_use.append(folder)
                continue
            for each in (folder, folder.with_suffix(DONE)):
                if each.is_dir():
                    done.bytes += _size(each)
                    shutil.rmtree(each)
                    done.removed.append(each)
            Path(held.lock_file).unlink(missing_ok=True)
            held.release()
    with suppress(OSError):
        work.rmdir()


def _remote_work(work: Remote, done: Cleaned) -> None:
    keys = {name.partition(".")[0] for name in work.names()}
    for key in sorted(key for key in keys if KEY.fullmatch(key)):
        folder = work / key
        lease = Lease.take(lock_of(folder))
        if lease is None:
            done.in_use.append(folder)
            continue
        with lease.held():
            files = folder.files()
            files_of(folder).remove()
            if files:
                done.bytes += sum(files.values())
                done.removed.append(folder)


def _local_uploads(out: Path, done: Cleaned) -> None:
    for industry in sorted({left.parent for left in out.glob(f"[!.]*/{STAGING}*")}):
        sizes = {left: _size(left) for left in industry.glob(f"{STAGING}*")}
        _note(done, remove_abandoned(industry), sizes)
        # Only if nothing was ever published there.
        with suppress(OSError):
            industry.rmdir()


def _remote_uploads(out: Remote, done: Cleaned) -> None:
    for name in out.names():
        if not name.startswith("."):
            sizes = (out / name).files()
            removed = RemoteShelf(out / name).remove_abandoned()
            done.removed += removed
            for each in removed:
                done.bytes += sum(sizes[path] for path in sizes if path.startswith(f"{each.name}/"))


def _note(done: Cleaned, removed: tuple[Path, ...], sizes: dict[Path, int]) -> None:
    done.removed += removed
    done.bytes += sum(sizes.get(each, 0) for each in removed)


def _work_folders(work: Path) -> list[Path]:
    """Everything below that is named as a work folder is, locked, unlocked or being removed."""
    return sorted(
        {
            each.with_suffix("")
            for each in work.glob("*")
            if KEY.fullmatch(each.with_suffix("").name)
        }
    )


def _size(folder: Path) -> int:
    """Bytes of the files in a folder; what a living run takes away meanwhile is not counted."""
    size = 0
    for file in folder.rglob("*"):
        with suppress(OSError):
            size += file.lstat().st_size if file.is_file() else 0
    return size
