"""What inspect-ai's logs tell of a run, as a table: columns of `results.columns.SAMPLES`."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import polars as pl
from inspect_ai.log import (
    EvalLog,
    EvalSample,
    read_eval_log,
    read_eval_log_sample_summaries,
    read_eval_log_samples_by_id,
)
from inspect_ai.scorer import Score

from orgsmith.arena.agents.causes import Cause, Sought, Work, cause_of
from orgsmith.arena.results.columns import FAILED, SAMPLES, SCORED
from orgsmith.arena.scoring.verdict import Kind, Verdict
from orgsmith.arena.trial.conduct import CONTEXT_FULL, FILTERED, TURN_LIMIT, Conduct
from orgsmith.arena.trial.scorer import NAME
from orgsmith.outputs.storage import storage_errors

UNFINISHED: Mapping[str | None, Cause] = {
    TURN_LIMIT: Cause.TURN_LIMIT,
    CONTEXT_FULL: Cause.CONTEXT_FULL,
    FILTERED: Cause.REFUSED,
}
"""Why an agent never answered, by how it ended."""

FIRST = "first_epoch"
"""What a log's metadata call the epoch that is the first one of the log."""

CANCELLED = ("CancelledError(", "Cancelled(")
"""How an error begins where a sample was interrupted: nothing is to be said of it."""

AT_A_TIME = 200
"""Samples that are read together."""

LONGEST = 500
"""Characters of an error that are kept."""


def log_files(folder: Path) -> list[Path]:
    """The logs in a folder, the oldest first."""
    return sorted(folder.glob("[!.]*.eval"), key=lambda file: (file.stat().st_mtime_ns, file.name))


def samples_of(files: Iterable[Path]) -> pl.DataFrame:
    """The samples in logs; of one that is in several the last, or the last that was scored."""
    found: dict[tuple[str, int], dict[str, object]] = {}
    for file in files:
        written = dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC)
        log = read_eval_log(file, header_only=True)
        heading, before = heading_of(log), _epochs_before(log)
        for sample in samples_in(file):
            if sample.error is not None and sample.error.message.startswith(CANCELLED):
                continue
            key = str(sample.id), before + sample.epoch
            row = {"created_at": written, **heading, **_row(sample), "epoch": key[1]}
            if row["status"] == SCORED or found.get(key, row)["status"] != SCORED:
                found[key] = row
    return pl.DataFrame([found[key] for key in sorted(found)], schema=SAMPLES)


def samples_in(file: Path) -> Iterator[EvalSample]:
    """The samples that a log holds so far, without their messages and events."""
    told = [(each.id, each.epoch) for each in read_eval_log_sample_summaries(file)]
    for start in range(0, len(told), AT_A_TIME):
        # Together: read one by one, the table of contents of the log is read again for each.
        yield from read_eval_log_samples_by_id(
            file,
            told[start : start + AT_A_TIME],
            exclude_fields={"events", "attachments", "messages"},
        )


def finished_in(file: Path) -> Iterator[tuple[str, int]]:
    """The questions and epochs that a log holds an end of that stays."""
    before = _epochs_before(read_eval_log(file, header_only=True))
    for each in read_eval_log_sample_summaries(file):
        if each.error is None and each.scores:
            yield str(each.id), before + each.epoch


def looked_through(folder: Path) -> tuple[set[tuple[str, int]], list[Path]]:
    """The questions and epochs that the logs in a folder have finished; and the logs that cannot be
    read, renamed so that nobody tries again.

    A full disk leaves such, or a copy that was broken off; what they held is asked again.

    Raises:
        StorageError: one cannot be renamed.
    """
    finished: set[tuple[str, int]] = set()
    damaged: list[Path] = []
    for file in log_files(folder):
        try:
            finished.update(finished_in(file))
        except Exception:
            # Whatever the reader stumbles over.
            with storage_errors(file):
                damaged.append(file.rename(file.with_name(f"{file.name}.damaged")))
    return finished, damaged


def was_cancelled(folder: Path) -> bool:
    """Whether the run that wrote the last log was interrupted."""
    written = log_files(folder)
    return bool(written) and read_eval_log(written[-1], header_only=True).status == "cancelled"


def heading_of(log: EvalLog) -> dict[str, object]:
    """What a log says of its run: columns of the table."""
    told = log.eval.metadata or {}
    return {name: value for name, value in told.items() if name in SAMPLES}


def _epochs_before(log: EvalLog) -> int:
    """How many epochs had been before the first one of a log."""
    return int((log.eval.metadata or {}).get(FIRST, 1)) - 1


def conduct_of(sample: EvalSample) -> Conduct:
    """How the agent behaved."""
    return Conduct.of(sample.store)


def _row(sample: EvalSample) -> dict[str, object]:
    conduct, told = conduct_of(sample), sample.metadata
    score = (sample.scores or {}).get(NAME)
    row: dict[str, object] = {
        "task_id": str(sample.id),
        **{name: told[name] for name in ("task", "persona", "fact", "none_expected")},
        "status": conduct.stopped or FAILED,
        "error": None if sample.error is None else said_of(sample, conduct)[:LONGEST],
        "ending": conduct.ending,
        "answer": conduct.reply,
        "gold": [sample.target] if isinstance(sample.target, str) else list(sample.target),
        "calls": conduct.calls,
        "cached_calls": conduct.cached_calls,
        "prompt_tokens": conduct.prompt_tokens,
        "completion_tokens": conduct.completion_tokens,
        "cost_usd": conduct.cost_usd,
        "turns": conduct.turns,
        "seconds": sample.working_time or 0.0,
        "tool_calls": len(conduct.steps),
        "tool_errors": conduct.tool_errors,
        "format_errors": conduct.format_errors,
    }
    if sample.completed_at is not None:
        row["created_at"] = dt.datetime.fromisoformat(sample.completed_at).astimezone(dt.UTC)
    if score is None or sample.error is not None:
        return row
    return row | _judged(conduct, score, Sought(**told["sought"]))


def said_of(sample: EvalSample, conduct: Conduct) -> str:
    """What went wrong in a sample, in words."""
    return conduct.stopped_by or (sample.error.message if sample.error else "")


def _judged(conduct: Conduct, score: Score, sought: Sought) -> dict[str, object]:
    told = score.metadata or {}
    verdict = Verdict(
        Kind(told["verdict"]), score.as_float(), float(told["partial"]), tuple(told["said"])
    )
    work = Work(
        unfinished=UNFINISHED.get(conduct.ending),
        turns=conduct.turns,
        idle=conduct.idle,
        statements=conduct.statements,
        objects=conduct.objects,
    )
    cause = cause_of(sought, verdict, work)
    return {
        "status": SCORED,
        "verdict": verdict.kind.value,
        "score": verdict.score,
        "partial": verdict.partial,
        "success": verdict.score >= 1,
        "none_said": verdict.said_none,
        "cause": None if cause is None else cause.value,
    }
