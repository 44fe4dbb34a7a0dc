import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.integrity import check_files
from orgsmith.outputs.manifest import Manifest
from orgsmith.outputs.question_lookup import find_answer, find_question
from orgsmith.outputs.questions import (
    ANSWERS,
    CANARY,
    TASK_ID,
    TASK_KEYS,
    TASKS,
    read_answers,
    read_questions,
)
from orgsmith.schema.errors import DatasetError
from tests.outputs.asked import NOTHING, every_task, facts, tables

FIRST = "handle_time-000000000000"


def test_tables_have_the_columns_of_the_contract_and_the_canary() -> None:
    assert TASKS.names() == (
        [
            "task_id",
            "task",
            "persona",
            "question",
            "context",
            "domain",
            "today",
            "answer_type",
            "metric",
            "canary",
        ]
    )
    assert ANSWERS.names() == (
        [
            "task_id",
            "answers",
            "none_reason",
            "parameters",
            "evidence",
            "runner_up",
            "margin",
            "solver_query",
            "canary",
        ]
    )
    assert (TASKS["today"], ANSWERS["answers"]) == (pl.Date(), pl.List(pl.String()))


@pytest.mark.parametrize("key", TASK_KEYS)
def test_every_question_is_published_in_order_of_its_id(asked: Path, key: str) -> None:
    dataset = Dataset.open(asked)
    questions, answers = tables(key, every_task()[key])
    marked = pl.lit(CANARY).alias("canary")
    assert read_questions(dataset, key).equals(questions.sort("task_id").with_columns(marked))
    assert read_answers(dataset, key).equals(answers.sort("task_id").with_columns(marked))
    assert dataset.manifest.tasks[key] == facts(every_task()[key])


def test_the_manifest_lists_tasks_in_their_order_and_what_was_asked_for(asked: Path) -> None:
    manifest = Manifest.read(asked)
    assert tuple(manifest.tasks) == TASK_KEYS
    assert manifest.questions is not None
    assert (manifest.questions.number, manifest.questions.none_share) == (40, 0.25)
    assert {entry.path for entry in manifest.files} >= {
        f"{folder}/{key}.parquet" for folder in ("tasks", "answers") for key in TASK_KEYS
    }


def test_questions_change_the_fingerprint(asked: Path, published: Path) -> None:
    assert Manifest.read(asked).fingerprint != Manifest.read(published).fingerprint


def test_a_dataset_without_questions_has_neither_folder(published: Path) -> None:
    assert not {"tasks", "answers"} & {each.name for each in published.iterdir()}
    with pytest.raises(DatasetError, match="has no questions; orgsmith generate makes them"):
        read_questions(Dataset.open(published), "handle_time")


def test_a_question_is_found_with_its_answer(asked: Path) -> None:
    dataset = Dataset.open(asked)
    question = find_question(dataset, FIRST)
    assert (question.task, question.question) == ("handle_time", "Question 0 of handle_time?")
    answer = find_answer(dataset, question)
    assert answer.answers == ("handle_time one", "handle_time one, in other words")
    assert (answer.parameters, answer.margin) == ({"number": 0, "extreme": "most"}, 2.0)
    nothing = find_answer(dataset, find_question(dataset, "handle_time-000000000002"))
    assert (nothing.answers, nothing.none_reason) == (("None",), NOTHING)


@pytest.mark.parametrize(
    ("task_id", "message"),
    [
        (
            "handle_time-00000000000f",
            "near it are handle_time-.*tasks/handle_time.parquet lists all",
        ),
        ("handle_time-", "near it are handle_time-"),
        ("handle_tme-000000000000", f"such as {FIRST}"),
        ("handle_time", f"such as {FIRST}"),
        ("", "such as "),
        ("../../etc/passwd-000000000000", "an id is a task and 12 digits"),
    ],
)
def test_an_unknown_id_says_what_there_is(asked: Path, task_id: str, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        find_question(Dataset.open(asked), task_id)


def test_an_unknown_task_names_those_there_are(asked: Path) -> None:
    with pytest.raises(DatasetError, match="no task 'x'; there are case_routing, "):
        read_questions(Dataset.open(asked), "x")


@pytest.mark.parametrize("folder", ["tasks", "answers"])
def test_a_damaged_file_is_named(copied_questions: Path, folder: str) -> None:
    file = copied_questions / folder / "handle_time.parquet"
    file.write_bytes(file.read_bytes()[:-9])
    dataset = Dataset.open(copied_questions)
    with pytest.raises(DatasetError, match=rf"{folder}/handle_time\.parquet: cannot be read"):
        find_answer(dataset, find_question(dataset, FIRST))


def test_a_link_is_not_followed(copied_questions: Path, tmp_path: Path) -> None:
    file = copied_questions / "answers/handle_time.parquet"
    file.rename(tmp_path / "elsewhere.parquet")
    file.symlink_to(tmp_path / "elsewhere.parquet")
    with pytest.raises(DatasetError, match="is a link"):
        read_answers(Dataset.open(copied_questions), "handle_time")


def test_parameters_that_are_no_json_are_damage(copied_questions: Path) -> None:
    file = copied_questions / "answers/handle_time.parquet"
    pl.read_parquet(file).with_columns(parameters=pl.lit("[")).write_parquet(file)
    dataset = Dataset.open(copied_questions)
    with pytest.raises(DatasetError, match="are no JSON object"):
        find_answer(dataset, find_question(dataset, FIRST))


def test_every_id_of_a_task_is_one(asked: Path) -> None:
    for key in TASK_KEYS:
        for task_id in read_questions(Dataset.open(asked), key)["task_id"]:
            found = TASK_ID.fullmatch(task_id)
            assert found
            assert found["key"] == key


def findings(folder: Path) -> list[str]:
    """What is found of questions."""
    return [
        str(finding)
        for outcome in check_files(folder)
        if outcome.name in {"questions", "columns", "rows"}
        for finding in outcome.findings
    ]


def test_sound_questions_have_no_findings(asked: Path) -> None:
    outcomes = list(check_files(asked))
    assert [str(each) for outcome in outcomes for each in outcome.findings] == []
    questions = {each.object: each.n for each in outcomes if each.name == "questions"}
    assert questions == dict.fromkeys(TASK_KEYS, 4)
    assert {each.object for each in outcomes if each.name == "columns"} >= set(TASK_KEYS)


def change(name: str, value: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Set a value in the first row."""

    def changed(frame: pl.DataFrame) -> pl.DataFrame:
        values = frame[name].to_list()
        return frame.with_columns(pl.Series(name, [value, *values[1:]], frame[name].dtype))

    return changed


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        ("tasks", change("task_id", "handle_time-000000000001"), "stands there more than once"),
        ("tasks", change("task_id", "handle_time-00000000000a"), "has no answer"),
        ("tasks", change("task_id", "handle_time-00000000000a"), "is answered, but not asked"),
        ("tasks", change("task_id", "knowledge_qa-000000000000"), "is not handle_time, - and 12"),
        ("tasks", change("task", "knowledge_qa"), "stands in another task's table"),
        ("tasks", change("question", ""), "question '' is empty"),
        ("tasks", change("context", None), "context '(empty)' is empty"),
        ("tasks", change("today", None), "is after the as-of date, 2026-01-01, or empty"),
        ("tasks", change("canary", "tweet"), "canary 'tweet' is not the canary"),
        ("answers", change("canary", "tweet"), "canary 'tweet' is not the canary"),
        ("tasks", lambda frame: frame.head(3), "rows '3' in the table, 4 in the manifest"),
        ("tasks", lambda frame: frame.drop("metric"), "metric 'String' is missing"),
        ("answers", change("answers", []), "answers '[]' is empty"),
        ("answers", change("answers", [""]), "is empty"),
        ("answers", change("answers", ["None"]), "does not go with"),
        ("answers", change("none_reason", "closed"), "none_share '0.5' in the table, 0.25 in"),
        ("answers", change("none_reason", "closed"), "none_kinds "),
        ("answers", change("answers", ["other"]), "constant_baseline '0.25' in the table, 0.5 in"),
        ("answers", change("answers", ["other"]), "distinct_answers '4' in the table, 3 in"),
        ("answers", change("parameters", "[]"), "is no JSON object"),
        ("answers", change("parameters", '{"b": 1, "a": 2}'), "is no JSON object"),
    ],
)
def test_changed_questions_are_found(
    copied_questions: Path,
    table: str,
    change: Callable[[pl.DataFrame], pl.DataFrame],
    message: str,
) -> None:
    file = copied_questions / table / "handle_time.parquet"
    change(pl.read_parquet(file)).write_parquet(file)
    found = "\n".join(findings(copied_questions))
    assert message in found


def test_a_task_left_out_of_the_manifest_is_found(copied_questions: Path) -> None:
    file = copied_questions / "manifest.json"
    content = json.loads(file.read_text())
    del content["tasks"]["handle_time"]
    file.write_text(json.dumps(content))
    assert "handle_time (manifest): task 'handle_time' is not in the manifest" in findings(
        copied_questions
    )


def test_a_manifest_from_before_there_were_questions_is_read(copied: Path) -> None:
    file = copied / "manifest.json"
    content = json.loads(file.read_text())
    assert (content["tasks"], content.pop("questions")) == ({}, None)
    file.write_text(json.dumps(content))
    assert Manifest.read(copied).questions is None
    assert findings(copied) == []
