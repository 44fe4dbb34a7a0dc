"""Verifying a dataset answers its questions again: a wrong answer is found, and named."""

import hashlib
import shutil
from pathlib import Path

import polars as pl
import pytest

from orgsmith.arena.benchmark.verify import check_answers, verify
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.manifest import Manifest
from orgsmith.outputs.questions import ANSWERS_FOLDER, TASK_KEYS, TASKS_FOLDER
from orgsmith.outputs.store import write_table
from orgsmith.validators.outcome import Outcome


@pytest.fixture
def copied(undisturbed: Path, tmp_path: Path) -> Path:
    """A dataset that may be changed."""
    return Path(shutil.copytree(undisturbed, tmp_path / "copied"))


def rewrite(dataset: Path, table: str, frame: pl.DataFrame) -> None:
    """Put other rows into a table, and the digests that follow into the manifest."""
    file = dataset / f"{table}.parquet"
    write_table(frame, file, ["task_id"], table)
    manifest = Manifest.read(dataset)
    entries = [
        entry
        if entry.path != f"{table}.parquet"
        else entry.model_copy(
            update={
                "bytes": file.stat().st_size,
                "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            }
        )
        for entry in manifest.files
    ]
    manifest.model_copy(update={"files": tuple(entries)}).write(dataset)


def failed(dataset: Path) -> list[Outcome]:
    return [outcome for outcome in check_answers(Dataset.open(dataset)) if outcome.failed]


def test_an_untouched_dataset_passes(undisturbed: Path) -> None:
    outcomes = list(verify(undisturbed))
    assert [outcome for outcome in outcomes if outcome.failed] == []
    solved = {outcome.object: outcome.n for outcome in outcomes if outcome.name == "solved again"}
    recounted = {each.object: each.n for each in outcomes if each.name == "counted again"}
    assert tuple(solved) == TASK_KEYS
    assert sum(solved.values()) > 50
    assert recounted == solved


@pytest.mark.parametrize("key", ["named_entity_disambiguation", "customer_sentiment_analysis"])
def test_a_wrong_answer_is_found_by_both(copied: Path, key: str) -> None:
    table = f"{ANSWERS_FOLDER}/{key}"
    answers = pl.read_parquet(copied / f"{table}.parquet")
    rows = answers.to_dicts()
    right = rows[0]["answers"]
    rows[0]["answers"] = next(row["answers"] for row in rows if row["answers"] != right)
    rewrite(copied, table, pl.DataFrame(rows, schema=answers.schema))
    outcomes = failed(copied)
    found = {(outcome.name, outcome.object) for outcome in outcomes}
    assert {("solved again", key), ("counted again", key)} <= found
    (finding,) = next(each for each in outcomes if each.name == "solved again").findings
    assert finding.record == rows[0]["task_id"]


def test_a_question_that_cannot_be_meant_is_found(copied: Path) -> None:
    key = "policy_violation_identification"
    table = f"{ANSWERS_FOLDER}/{key}"
    answers = pl.read_parquet(copied / f"{table}.parquet")
    broken = answers.with_columns(parameters=pl.lit('{"case": "no Id"}'))
    rewrite(copied, table, broken)
    found = {(outcome.name, outcome.object) for outcome in failed(copied)}
    assert ("solved again", key) in found


def test_a_table_that_is_gone_is_said(copied: Path) -> None:
    (copied / TASKS_FOLDER / "handle_time.parquet").unlink()
    assert [outcome for outcome in verify(copied) if outcome.failed and outcome.name == "files"]
