"""Answers in bulk: taken over from another folder, and removed."""

import fcntl
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from orgsmith.prompts.model.answers import Answers
from orgsmith.prompts.model.segments import Answer, every, lines, segments, storage
from orgsmith.schema.errors import StorageError


def copy(source: Path, target: Path) -> int:
    """Add the answers of another folder; how many were not here yet.

    Raises:
        StorageError: one of the folders cannot be used.
    """
    if not segments(source):
        raise StorageError(f"{source} holds no answers; name a folder in which a run kept some")
    known = Answers(target)
    try:
        new = (answer for answer, _ in every(source) if known.get(answer.key) is None)
        # Handed over at once, put on the disk by a few fsyncs.
        waiting = [known.put(answer) for answer in new]
        for each in waiting:
            each.result()
    finally:
        known.close()
    return len(waiting)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What `prune` removed; `in_use` segments belong to runs at work and were left alone."""

    answers: int
    bytes: int
    in_use: int


def prune(folder: Path, unwanted: Callable[[Answer], bool]) -> Pruned:
    """Remove answers; a run that needs them again pays for them again.

    Raises:
        StorageError: the folder cannot be written.
    """
    removed = freed = in_use = 0
    with storage(folder):
        for file in segments(folder):
            with file.open("rb") as held:
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    in_use += 1
                    continue
                kept = [
                    line
                    for line in lines(file)
                    if (answer := Answer.read(line)) is not None and not unwanted(answer)
                ]
                before = sum(1 for _ in lines(file))
                size = file.stat().st_size
                _replace(file, kept)
                removed += before - len(kept)
                freed += size - (file.stat().st_size if kept else 0)
    return Pruned(removed, freed, in_use)


def _replace(file: Path, kept: Sequence[bytes]) -> None:
    """Put other lines in the place of a segment's, or remove it if there are none."""
    if not kept:
        file.unlink()
        return
    fresh = file.with_suffix(".tmp")
    try:
        with fresh.open("wb") as content:
            content.writelines(kept)
            content.flush()
            os.fsync(content.fileno())
    except OSError:
        # What is left of it would keep the disk full.
        fresh.unlink(missing_ok=True)
        raise
    fresh.replace(file)
