"""Scores the answers in logs anew, with the scorer as it is now."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inspect_ai import score
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log

from orgsmith.arena.trial.quiet import quiet
from orgsmith.arena.trial.run import LOGS, write_samples
from orgsmith.arena.trial.scorer import NAME, verdict
from orgsmith.schema.errors import DatasetError

SUFFIX = ".eval"


@dataclass(frozen=True, slots=True)
class Rescored:
    """A log, how many answers it holds, and how many of them have another score now."""

    log: Path
    answers: int
    changed: int


def logs_at(place: Path) -> list[Path]:
    """The logs that are meant: a log, or those in a folder and below it.

    Raises:
        DatasetError: there are none.
    """
    if place.is_file() and place.suffix == SUFFIX:
        return [place]
    found = sorted(place.rglob(f"[!.]*{SUFFIX}")) if place.is_dir() else []
    if not found:
        raise DatasetError(
            f"{place} holds no log; name a log of inspect-ai ({SUFFIX}), or the folder of a run of "
            "`orgsmith evaluate`"
        )
    return found


def run_of(log: Path) -> Path | None:
    """The folder of the run that a log belongs to; None if inspect-ai wrote it by itself.

    Raises:
        DatasetError: it is no log.
    """
    folder = log.parents[1] if len(log.parents) > 1 else log.parent
    told = _read(log, header_only=True).eval.metadata or {}
    return folder if log.parent.name == LOGS and told.get("run") == folder.name else None


def rescore(log: Path) -> Rescored:
    """Score the answers in a log anew, and write it and the samples of its run.

    Raises:
        DatasetError: it is no log, or holds answers to other questions than a dataset's.
        StorageError: the samples cannot be written.
    """
    read = _read(log)
    if any("sought" not in sample.metadata for sample in read.samples or ()):
        raise DatasetError(f"{log} holds no answers to the questions of a dataset of Orgsmith")
    before = dict(_scores(read))
    with quiet():
        # The model is not asked, and need not be known here.
        scored = score(
            read, verdict(), action="overwrite", model="none/none", display="none", copy=False
        )
        # Whole or not at all: what is read meanwhile is the log as it was.
        fresh = log.with_name(f".{log.stem}.rescored{SUFFIX}")
        write_eval_log(scored, str(fresh))
        fresh.replace(log)
    after = dict(_scores(scored))
    if run_of(log) is not None:
        write_samples(log.parents[1])
    changed = sum(before.get(key) != value for key, value in after.items())
    return Rescored(log, len(after), changed)


def _scores(log: EvalLog) -> Iterator[tuple[tuple[str, int], tuple[object, object]]]:
    """What each answer was scored, by question and epoch."""
    for sample in log.samples or ():
        found = (sample.scores or {}).get(NAME)
        if found is not None and sample.error is None:
            told = (found.metadata or {}).get("verdict")
            yield (str(sample.id), sample.epoch), (found.value, told)


def _read(log: Path, *, header_only: bool = False) -> EvalLog:
    try:
        return read_eval_log(str(log), header_only=header_only)
    except Exception as error:
        # Whatever the reader stumbles over: a file that is cut off or is no log at all.
        said = str(error).strip().partition("\n")[0][:200]
        raise DatasetError(f"{log} cannot be read as a log of inspect-ai: {said}") from error
