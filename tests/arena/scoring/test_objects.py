"""What ids a question asks for."""

import pytest

from orgsmith.arena.benchmark.cards import cards
from orgsmith.arena.scoring.objects import prefixes_of
from orgsmith.arena.scoring.score import ID
from orgsmith.arena.scoring.verdict import Kind
from orgsmith.arena.tasks import TASKS
from orgsmith.arena.trial.conduct import Conduct
from orgsmith.arena.trial.scorer import judged
from orgsmith.outputs.questions import NONE
from orgsmith.schema.objects import OBJECTS
from tests.arena.scoring.replies import CASE

ID_TASKS = sorted(key for key, task in TASKS.items() if task.answer_type == ID)


def test_what_ids_are_asked_for_is_known_of_each_task() -> None:
    assert {key for key in TASKS if prefixes_of(key)} == set(ID_TASKS)
    assert prefixes_of("a task of another version") == ()


@pytest.mark.parametrize("task", ID_TASKS)
def test_the_card_of_a_task_names_the_same_object(task: str) -> None:
    (prefix,) = prefixes_of(task)
    (name,) = (name for name, declared in OBJECTS.items() if declared.key_prefix == prefix)
    assert cards()[task].answer.partition(",")[0].partition(";")[0].endswith(f" {name}")


def test_an_id_of_another_object_beside_none_is_no_answer() -> None:
    conduct = Conduct(reply=f"None: case {CASE} was handed over")
    found = judged(conduct, [NONE], ID, "exact", (), prefixes_of("transfer_count"))
    assert found.kind is Kind.NONE_RIGHT
