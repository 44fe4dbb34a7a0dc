"""What ids a question asks for, and that the scorer is told."""

import datetime as dt

import pytest

from orgsmith.arena.agents.exam import Item
from orgsmith.arena.benchmark.cards import cards
from orgsmith.arena.scoring.objects import prefixes_of
from orgsmith.arena.scoring.score import ID
from orgsmith.arena.scoring.verdict import Kind
from orgsmith.arena.tasks import TASKS
from orgsmith.arena.trial.conduct import Conduct
from orgsmith.arena.trial.scorer import judged
from orgsmith.arena.trial.tasks import sample_of
from orgsmith.outputs.questions import NONE, Answer, Question
from orgsmith.schema.objects import OBJECTS
from tests.arena.scoring.replies import CASE

DAY = dt.date(2024, 5, 1)
ID_TASKS = sorted(key for key, task in TASKS.items() if task.answer_type == ID)


def item(task: str) -> Item:
    """A question of a task that nothing answers."""
    question = Question(
        f"{task}-0", task, "manager", "Who?", "", "CRM", DAY, TASKS[task].answer_type, "exact"
    )
    return Item(question, Answer(f"{task}-0", (NONE,), "no case", {}, (), None, None, ""))


def test_what_ids_are_asked_for_is_known_of_each_task() -> None:
    assert {key for key in TASKS if prefixes_of(key)} == set(ID_TASKS)
    assert prefixes_of("a task of another version") == ()


@pytest.mark.parametrize("task", ID_TASKS)
def test_the_card_of_a_task_names_the_same_object(task: str) -> None:
    (prefix,) = prefixes_of(task)
    (name,) = (name for name, declared in OBJECTS.items() if declared.key_prefix == prefix)
    assert cards()[task].answer.partition(",")[0].partition(";")[0].endswith(f" {name}")


@pytest.mark.parametrize("task", TASKS)
def test_a_sample_tells_what_ids_are_asked_for(task: str) -> None:
    assert (sample_of(item(task)).metadata or {})["prefixes"] == list(prefixes_of(task))


def test_an_id_of_another_object_beside_none_is_no_answer() -> None:
    conduct = Conduct(reply=f"None: case {CASE} was handed over")
    told = (conduct, [NONE], ID, "exact", ())
    assert judged(*told, prefixes_of("transfer_count")).kind is Kind.NONE_RIGHT
    # A log of an earlier version does not tell.
    assert judged(*told).kind is Kind.NONE_MISSED
