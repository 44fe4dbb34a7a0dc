"""Removes what runs that are gone have left behind."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from orgsmith.flows.server import end_orphans
from orgsmith.flows.work import DONE, FOLDER, KEY
from orgsmith.outputs.storage import storage_errors
from orgsmith.outputs.versions import STAGING, remove_abandoned


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What `clean` removed and what it left to the runs that use it."""

    removed: tuple[Path, ...]
    in_use: tuple[Path, ...]
    bytes: int


def clean(out: Path) -> Cleaned:
    """Remove what runs that are gone have left below `out`: work folders, half-filled datasets.

    Raises:
        StorageError: they cannot be removed.
    """
    work = out / FOLDER
    removed: list[Path] = []
    in_use: list[Path] = []
    size = 0
    end_orphans(work)
    with storage_errors(work):
        for folder in _work_folders(work):
            held = FileLock(folder.with_suffix(".lock"))
            try:
                held.acquire(timeout=0)
            except Timeout:
                in_use.append(folder)
                continue
            for each in (folder, folder.with_suffix(DONE)):
                if each.is_dir():
                    size += _size(each)
                    shutil.rmtree(each)
                    removed.append(each)
            Path(held.lock_file).unlink(missing_ok=True)
            held.release()
    with suppress(OSError):
        work.rmdir()
    for industry in sorted({left.parent for left in out.glob(f"[!.]*/{STAGING}*")}):
        sizes = {left: _size(left) for left in industry.glob(f"{STAGING}*")}
        abandoned = remove_abandoned(industry)
        size += sum(sizes.get(left, 0) for left in abandoned)
        removed += abandoned
        # Only if nothing was ever published there.
        with suppress(OSError):
            industry.rmdir()
    return Cleaned(tuple(removed), tuple(in_use), size)


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
