"""`orgsmith explain`, as a process of its own."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orgsmith.arena.tasks import TASKS
from orgsmith.flows.explanation import RECORDS_SHOWN, UNITS
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.question_lookup import find_answer, find_question
from orgsmith.outputs.questions import read_answers
from orgsmith.validators.readings import READ
from tests.flows.asking import quiet
from tests.flows.questioned import STATEMENT, questioned

Tell = Callable[..., "subprocess.CompletedProcess[str]"]

ESCAPE = "\x1b[31mred\x07\u202e"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the dataset is published; only read it."""
    return questioned(tmp_path_factory.mktemp("explain"))


@pytest.fixture(scope="module")
def published(out: Path) -> Dataset:
    """The dataset whose questions are explained."""
    return Dataset.open(out / "sportswear/latest")


@pytest.fixture
def copied(published: Dataset, tmp_path: Path) -> Path:
    """A copy to plant something in."""
    return shutil.copytree(published.path, tmp_path / "copied")


@pytest.fixture
def tell(orgsmith: str, tmp_path: Path, out: Path) -> Tell:
    """Runs `orgsmith explain` with `--out`."""

    def run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [orgsmith, "explain", "--out", out, *arguments],
            cwd=tmp_path,
            env=quiet(),
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def said(process: "subprocess.CompletedProcess[str]") -> str:
    """What a command that ended well printed."""
    assert (process.returncode, process.stderr) == (0, "")
    return process.stdout


def some_id(dataset: Dataset, key: str, *, none: bool = False) -> str:
    """The first question of a task that has an answer, or that has none."""
    answers = read_answers(dataset, key)
    reasons = pl.col("none_reason")
    first: str = answers.filter(reasons.is_not_null() if none else reasons.is_null())["task_id"][0]
    return first


def rewrite(folder: Path, name: str, **values: object) -> None:
    """Set columns of a table to one value."""
    file = folder / name
    schema = pl.read_parquet_schema(file)
    columns = {column: pl.lit(value, schema[column]) for column, value in values.items()}
    pl.read_parquet(file).with_columns(**columns).write_parquet(file)


@pytest.mark.parametrize("key", TASKS)
def test_json_has_all_that_is_known(tell: Tell, published: Dataset, key: str) -> None:
    task_id = some_id(published, key)
    question = find_question(published, task_id)
    answer = find_answer(published, question)

    found = json.loads(said(tell(task_id, "--json")))

    for name in ("task_id", "task", "persona", "question", "context", "answer_type", "metric"):
        assert found[name] == getattr(question, name)
    assert found["today"] == question.today.isoformat()
    assert found["answers"] == list(answer.answers)
    assert found["parameters"] == answer.parameters
    assert found["evidence"] == list(answer.evidence)
    assert found["derivation"]["agrees"] is True
    assert answer.answers[0] in found["derivation"]["answer"]
    assert [each["id"] for each in found["records"]] == list(answer.evidence[:RECORDS_SHOWN])
    assert found["solver_query"] == STATEMENT
    if answer.runner_up is None:
        assert found["runner_up"] is None
    else:
        assert (found["runner_up"]["answer"], found["runner_up"]["margin"]) == (
            answer.runner_up,
            answer.margin,
        )
        assert found["runner_up"]["unit"] == UNITS[key]
    if found["answer_type"] == "id":
        kind = {"005": "User", "01t": "Product2", "ka0": "Knowledge__kav", "a0I": "Issue__c"}
        records = published.scan(kind[answer.answers[0][:3]]).filter(Id=answer.answers[0])
        name = "Title" if answer.answers[0].startswith("ka0") else "Name"
        assert [found["name"]] == records.collect()[name].to_list()
    else:
        assert found["name"] is None


def test_it_is_shown_for_people(tell: Tell, published: Dataset) -> None:
    task_id = some_id(published, "handle_time")
    found = json.loads(said(tell(task_id, "--json")))

    shown = said(tell("sportswear", task_id))

    for text in (found["question"], *found["context"].splitlines(), found["solver_query"]):
        assert f"    {text}\n" in shown
    assert f"Answer: {found['answers'][0]} ({found['name']})\n" in shown
    second = found["runner_up"]
    behind = f"behind by {second['margin']:g} (hours)"
    assert f"Second: {second['answer']} ({second['name']}), {behind}\n" in shown
    assert all(f"    {line}\n" in shown for line in found["derivation"]["text"].splitlines())
    assert f"\nRecords that prove it: {len(found['evidence']):,}\n" in shown
    for record in found["records"]:
        assert f"  Case {record['id']} ({record['name']})\n" in shown
        assert f"      ClosedDate: {record['fields']['ClosedDate']}\n" in shown
    assert "not the published answer" not in shown


def test_none_says_why(tell: Tell, published: Dataset) -> None:
    task_id = some_id(published, "top_issue_identification", none=True)
    reason = find_answer(published, find_question(published, task_id)).none_reason
    assert reason is not None

    shown = said(tell(task_id))

    assert f"Answer: None\nbecause: {reason.replace('_', ' ')}\n" in shown
    assert "Second:" not in shown
    assert json.loads(said(tell(task_id, "--json")))["none_reason"] == reason


def test_more_records_than_are_shown_are_counted(tell: Tell, copied: Path) -> None:
    cases = Dataset.open(copied).scan("Case").head(RECORDS_SHOWN + 7).collect()["Id"].to_list()
    rewrite(copied, "answers/handle_time.parquet", evidence=cases)

    shown = said(tell(copied, some_id(Dataset.open(copied), "handle_time")))

    assert f"\nRecords that prove it: {RECORDS_SHOWN + 7}\n" in shown
    assert len(re.findall(r"^  Case 500", shown, re.MULTILINE)) == RECORDS_SHOWN
    assert "  and 7 more; --json has all Ids\n" in shown


def test_another_answer_than_the_published_is_said(tell: Tell, copied: Path) -> None:
    dataset = Dataset.open(copied)
    task_id = some_id(dataset, "handle_time")
    own = find_answer(dataset, find_question(dataset, task_id)).answers[0]
    rewrite(copied, "answers/handle_time.parquet", answers=["005Or0000FOmh8fIQB"])

    shown = said(tell(copied, task_id))

    assert "Answer: 005Or0000FOmh8fIQB\n" in shown
    assert f"That is not the published answer, but {own}: orgsmith verify {copied}" in shown


def test_where_a_model_wrote_its_reader_is_heard(tell: Tell, copied: Path) -> None:
    dataset = Dataset.open(copied)
    task_id = some_id(dataset, "customer_sentiment_analysis")
    answer = find_answer(dataset, find_question(dataset, task_id))
    case = answer.parameters["case"]
    row = {"Id": case, "question": "mood", "found": answer.answers[0], "passed": True, "round": 0}
    (copied / "readings").mkdir()
    readings = pl.DataFrame([{**dict.fromkeys(READ), **row}], schema=READ)
    readings.write_parquet(copied / "readings/Case.parquet")
    counts = {"checked": 1, "passed": 1, "refused": 0}
    manifest(copied, lambda content: content.update(readings={"Case": counts}))

    found = json.loads(said(tell(copied, task_id, "--json")))["derivation"]

    assert found["agrees"] is True
    assert found["text"] == f"the reader of {case} found as mood: {answer.answers[0]}"


@pytest.mark.parametrize("parameters", ["{}", '{"start": 7, "end": 8}', '{"start": "then"}'])
def test_a_question_that_cannot_be_solved_is_said(
    tell: Tell, copied: Path, parameters: str
) -> None:
    rewrite(copied, "answers/handle_time.parquet", parameters=parameters)

    shown = said(tell(copied, some_id(Dataset.open(copied), "handle_time")))

    assert "    the question cannot be solved: " in shown
    assert "That is not the published answer, but nothing" in shown


def test_no_escape_sequence_reaches_the_terminal(tell: Tell, copied: Path) -> None:
    task_id = some_id(Dataset.open(copied), "handle_time")
    rewrite(copied, "tasks/handle_time.parquet", question=ESCAPE, persona=ESCAPE)
    rewrite(
        copied,
        "answers/handle_time.parquet",
        solver_query=ESCAPE,
        runner_up=ESCAPE,
        answers=[ESCAPE],
    )
    rewrite(copied, "objects/Case/part-00000.parquet", Subject=ESCAPE)
    for more in ((), ("--json",)):
        shown = said(tell(copied, task_id, *more))
        assert "[31mred" in shown
        assert not {"\x1b", "\x07", "\u202e"} & set(shown)


UNKNOWN = "handle_time-0123456789ab"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((UNKNOWN,), 1, f"has no question '{UNKNOWN}'; near it are handle_time-"),
        (("sportswear", "handle_time-1"), 1, "near it are handle_time-"),
        (("sportswear", "no_task-0123456789ab"), 1, "an id is a task and 12 digits, such as "),
        (("elsewhere", UNKNOWN), 1, "no dataset 'elsewhere'"),
        (("sportswear",), 2, "'sportswear' is no TASK_ID"),
        ((UNKNOWN, "sportswear"), 2, f"say sportswear {UNKNOWN}: the dataset comes first"),
        (("a", "b", "c"), 2, "3 arguments: say [DATASET] TASK_ID"),
        ((), 2, "see orgsmith explain --help"),
    ],
)
def test_what_cannot_be_meant_is_said_in_a_line(
    tell: Tell, arguments: tuple[str, ...], code: int, message: str
) -> None:
    process = tell(*arguments)
    assert (process.returncode, process.stdout) == (code, "")
    assert process.stderr.count("\n") == 1
    assert message in process.stderr


def test_a_dataset_without_questions_is_said(tell: Tell, copied: Path) -> None:
    manifest(copied, lambda content: content.update(tasks={}))
    process = tell(copied, UNKNOWN)
    assert process.returncode == 1
    assert "it has none at all: orgsmith generate makes them" in process.stderr


def manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest."""
    file = folder / "manifest.json"
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))
