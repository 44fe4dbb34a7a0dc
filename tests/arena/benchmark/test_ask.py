"""Questions of a whole task: as many as asked for, phrased, answered twice, or refused."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from orgsmith.arena.benchmark.ask import ask
from orgsmith.arena.benchmark.wanted import FEWEST, Wanted
from orgsmith.arena.catalog import Catalog
from orgsmith.arena.solver.desk import Found
from orgsmith.arena.solver.records import Records
from orgsmith.arena.tasks import TASKS
from orgsmith.arena.tasks.facts import Facts
from orgsmith.arena.tasks.question import Asked
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.questions import ANSWERS, CANARY_COLUMN, TASK_KEYS
from orgsmith.outputs.questions import TASKS as QUESTIONS
from orgsmith.outputs.schema_file import read_schema
from orgsmith.schema.errors import CheckError, DatasetError


@pytest.fixture(scope="module")
def facts(dataset: Dataset) -> Facts:
    return Facts(dataset)


@pytest.fixture
def records(dataset: Dataset) -> Iterator[Records]:
    catalog = Catalog.of(read_schema(dataset.path))
    with closing(Records.open(dataset, catalog, dataset.manifest.as_of)) as opened:
        yield opened


def test_tasks_are_listed_in_one_order() -> None:
    assert tuple(TASKS) == TASK_KEYS


@pytest.mark.parametrize("key", TASK_KEYS)
def test_a_task_is_asked(facts: Facts, records: Records, key: str) -> None:
    asked = ask(TASKS[key], facts, records.session, Wanted())
    assert asked.questions.schema == {k: v for k, v in QUESTIONS.items() if k != CANARY_COLUMN}
    assert asked.answers.schema == {k: v for k, v in ANSWERS.items() if k != CANARY_COLUMN}
    assert asked.questions["task_id"].to_list() == asked.answers["task_id"].to_list()
    assert asked.questions["task_id"].is_unique().all()
    assert asked.questions["question"].is_unique().all()
    assert asked.facts.rows == asked.questions.height <= asked.facts.asked == FEWEST
    for row in asked.answers.iter_rows(named=True):
        assert row["answers"]
        assert row["solver_query"]
        assert (row["answers"] == ["None"]) == (row["none_reason"] is not None)
        assert row["none_reason"] or row["evidence"] or key == "transfer_count"
        assert row["parameters"] == json.dumps(json.loads(row["parameters"]), sort_keys=True)


@pytest.mark.parametrize("key", ["handle_time", "policy_violation_identification"])
def test_records_too_large_for_memory_are_asked_alike(
    facts: Facts, records: Records, dataset: Dataset, tmp_path: Path, key: str
) -> None:
    catalog = Catalog.of(read_schema(dataset.path))
    today = dataset.manifest.as_of
    with closing(Records.open(dataset, catalog, today, scratch=tmp_path, in_memory=0)) as in_a_file:
        assert [file.name for file in tmp_path.glob("*/*") if file.suffix == ".duckdb"]
        asked = ask(TASKS[key], facts, in_a_file.session, Wanted())
    assert not list(tmp_path.iterdir())
    expected = ask(TASKS[key], facts, records.session, Wanted())
    assert asked.questions.equals(expected.questions)
    assert asked.answers.equals(expected.answers)


def test_a_damaged_file_leaves_nothing_in_scratch(dataset: Dataset, tmp_path: Path) -> None:
    damaged = Dataset.open(shutil.copytree(dataset.path, tmp_path / "copy"))
    damaged.files("Case")[0].write_bytes(b"no Parquet")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    catalog = Catalog.of(read_schema(dataset.path))
    with pytest.raises(DatasetError, match="Case"):
        Records.open(damaged, catalog, dataset.manifest.as_of, scratch=scratch, in_memory=0)
    assert not list(scratch.iterdir())


def test_equal_seeds_ask_the_same(facts: Facts, records: Records) -> None:
    task = TASKS["named_entity_disambiguation"]
    once, again = (ask(task, facts, records.session, Wanted()) for _ in range(2))
    assert once.questions.equals(again.questions)
    assert once.answers.equals(again.answers)


def test_a_difference_ends_the_run(facts: Facts, records: Records, dataset: Dataset) -> None:
    """The solver sees a record that the task does not: what was one issue is another."""
    task = TASKS["top_issue_identification"]
    asked = ask(task, facts, records.session, Wanted())
    row = next(row for row in asked.answers.iter_rows(named=True) if row["evidence"])
    issues = dataset.scan("Issue__c").select("Id").collect()["Id"]
    other = next(each for each in issues if each not in row["answers"])
    for case in row["evidence"]:
        records.session.update("Case", case, {"IssueId__c": other})
    with pytest.raises(CheckError) as refused:
        ask(task, facts, records.session, Wanted())
    said = str(refused.value)
    assert "answers differ between the task and the solver" in said
    assert f"the task counts {row['answers'][0]}" in said or "the task counts" in said
    assert other in said


def test_what_a_reader_understands_otherwise_is_dropped(facts: Facts, records: Records) -> None:
    task = TASKS["customer_sentiment_analysis"]
    seen: list[str] = []

    def second(asked: Asked, evidence: Sequence[str], answers: Sequence[str]) -> Found:
        del evidence
        seen.append(asked.text("case"))
        # The reader is wrong about the first.
        return Found(answers[0] if len(seen) > 1 else "Nothing of the kind", "read")

    asked = ask(task, facts, records.session, Wanted(), second)
    assert asked.facts.dropped == 1
    assert asked.facts.rows == len(seen) - 1
    told = [json.loads(each)["case"] for each in asked.answers["parameters"]]
    assert seen[0] not in told


def test_too_many_dropped_is_an_error(facts: Facts, records: Records) -> None:
    def second(asked: Asked, evidence: Sequence[str], answers: Sequence[str]) -> Found:
        del asked, evidence, answers
        return Found("Nothing of the kind", "read")

    with pytest.raises(CheckError, match="understood 20 of 20 questions otherwise"):
        ask(TASKS["customer_sentiment_analysis"], facts, records.session, Wanted(), second)


def test_no_questions_are_a_table_without_rows(facts: Facts, records: Records) -> None:
    asked = ask(TASKS["handle_time"], facts, records.session, Wanted(number=0))
    assert asked.questions.height == asked.answers.height == asked.facts.rows == 0
    assert asked.facts.other_baselines == {}
    assert asked.answers.schema["answers"] == pl.List(pl.String())


@pytest.mark.parametrize(
    ("number", "scale", "wanted"),
    [(130, 1.0, 130), (130, 10.0, 130), (130, 0.3, 39), (130, 0.02, 20), (5, 0.02, 5), (0, 1, 0)],
)
def test_smaller_organisations_are_asked_less(number: int, scale: float, wanted: int) -> None:
    assert Wanted(number).of(scale) == wanted
