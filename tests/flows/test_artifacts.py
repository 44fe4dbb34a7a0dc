import pytest

from orgsmith.flows.artifacts import asked
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.questions import TASK_KEYS
from tests.flows.questioned import questioned


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A dataset with questions."""
    return Dataset.open(questioned(tmp_path_factory.mktemp("artifacts")) / "sportswear/latest")


def test_the_table_of_questions_has_a_row_for_each_task(dataset: Dataset) -> None:
    rows = asked(dataset.manifest)
    assert tuple(row["task"] for row in rows) == TASK_KEYS
    for row in rows:
        task = dataset.manifest.tasks[str(row["task"])]
        assert (row["questions"], row["asked for"], row["None"]) == (
            task.rows,
            task.asked,
            task.none_share,
        )
        assert (row["distinct answers"], row["constant baseline"], row["facts"]) == (
            task.distinct_answers,
            task.constant_baseline,
            task.facts,
        )


def test_a_dataset_without_questions_has_no_rows(dataset: Dataset) -> None:
    assert asked(dataset.manifest.model_copy(update={"tasks": {}})) == []
