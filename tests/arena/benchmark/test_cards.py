"""docs/tasks.md says what the tasks and their rules say."""

from pathlib import Path

from orgsmith.arena.benchmark.cards import cards, render
from orgsmith.arena.tasks import TASKS


def test_the_page_is_not_stale(repo: Path) -> None:
    assert (repo / "docs/tasks.md").read_text() == render(), "run make docs"


def test_every_task_has_a_card_with_its_rules() -> None:
    page = render()
    assert list(cards()) == list(TASKS)
    for key, task in TASKS.items():
        assert f"| key | `{key}` |" in page
        for rule in task.rules:
            assert f"> {rule}\n" in page
