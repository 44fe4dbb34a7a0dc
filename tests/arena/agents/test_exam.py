"""The questions of a dataset as agents are asked them, and those who never look."""

import shutil
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from orgsmith.arena.agents.exam import Exam
from orgsmith.arena.agents.kinds import CONSTANT, RANDOM, SOLVER
from orgsmith.arena.tasks import TASKS
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.questions import TASK_KEYS
from orgsmith.schema.errors import DatasetError, UsageError
from tests.flows.questioned import questioned


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A dataset with questions."""
    out = questioned(tmp_path_factory.mktemp("exam"))
    return Dataset.open(out / "sportswear/latest")


@pytest.fixture(scope="module")
def exam(asked: Dataset) -> Exam:
    """Its questions."""
    return Exam.of(asked)


def test_all_questions_and_some(exam: Exam, asked: Dataset) -> None:
    assert len(exam.chosen()) == sum(each.rows for each in asked.manifest.tasks.values())
    some = exam.chosen(("handle_time", "case_routing"), 2)
    assert [item.question.task for item in some] == ["handle_time"] * 2 + ["case_routing"] * 2
    # A larger choice holds every smaller one: what was answered is not asked again.
    assert exam.chosen((), 1) == [item for item in exam.chosen((), 3) if item in exam.chosen((), 1)]
    with pytest.raises(UsageError, match="'guessing' is not known; there are case_routing"):
        exam.chosen(("guessing",))


def test_a_dataset_without_questions(dataset: Dataset) -> None:
    with pytest.raises(DatasetError, match="has no questions; orgsmith generate makes them"):
        Exam.of(dataset)


def test_as_many_facts_as_the_tasks_counted(exam: Exam, asked: Dataset) -> None:
    for key, items in exam.items.items():
        facts = {item.fact for item in items if item.answer.none_reason is None}
        assert len(facts) == asked.manifest.tasks[key].facts, key


@pytest.mark.parametrize("key", TASK_KEYS)
def test_without_rules_nothing_else_is_missing(exam: Exam, key: str) -> None:
    item = exam.items[key][0]
    whole, bare = item.context(rules=True), item.context(rules=False)
    assert whole == item.question.context
    for rule in TASKS[key].rules:
        assert rule not in bare
    left = [line for line in whole.split("\n") if line not in TASKS[key].rules]
    assert bare.split("\n") == left


def test_the_constant_answer_is_the_most_frequent(exam: Exam) -> None:
    for items in exam.items.values():
        counted = Counter(item.answer.answers[0] for item in items)
        said = {exam.guess(CONSTANT, item, 1) for item in items}
        assert len(said) == 1
        assert counted[said.pop()] == max(counted.values())


def test_the_random_answer_is_one_of_the_task_s_and_drawn_anew(exam: Exam) -> None:
    items = exam.items["case_routing"]
    answers = {item.answer.answers[0] for item in items}
    drawn = [exam.guess(RANDOM, item, epoch) for item in items for epoch in range(1, 30)]
    assert set(drawn) == answers
    assert drawn == [exam.guess(RANDOM, item, epoch) for item in items for epoch in range(1, 30)]


def test_who_looks_does_not_guess(exam: Exam) -> None:
    with pytest.raises(ValueError, match="solver looks"):
        exam.guess(SOLVER, exam.items["case_routing"][0], 1)


def test_an_answer_that_is_missing(asked: Dataset, tmp_path: Path) -> None:
    copy = Dataset.open(shutil.copytree(asked.path, tmp_path / "copy"))
    file = copy.path / "answers/handle_time.parquet"
    pl.read_parquet(file).head(1).write_parquet(file)
    with pytest.raises(DatasetError, match="has no answer to handle_time-"):
        Exam.of(copy)
