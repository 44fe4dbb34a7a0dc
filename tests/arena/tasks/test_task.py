"""What an agent is told: enough to answer from it, and nothing that gives the answer away."""

import re

import pytest

from orgsmith.arena.tasks import TASKS
from orgsmith.arena.tasks.question import NONE, Candidate
from orgsmith.arena.tasks.rules import (
    FIRST_OWNER_RULE,
    HANDLE_TIME_FLOOR,
    REGION_FLOOR,
    ROUTING_DAYS,
    TODAY_RULE,
    TREND_FACTOR,
    TREND_FLOOR,
)
from orgsmith.arena.tasks.task import Task
from orgsmith.arena.tasks.windows import WINDOW_RULE
from tests.arena.tasks.world import World

MOODS = ("Negative", "Neutral", "Positive")
NUMBERS = {
    "HTU": (WINDOW_RULE, FIRST_OWNER_RULE, f"fewer than {HANDLE_TIME_FLOOR} of those"),
    "TCU": (WINDOW_RULE, FIRST_OWNER_RULE, "counts with 0"),
    "NCR": (f"within the {ROUTING_DAYS} days before today", "DutyEnd__c is empty or after today"),
    "TII": (WINDOW_RULE,),
    "MTA": (f"at least {TREND_FLOOR}, and at least {TREND_FACTOR} times as many",),
    "BRI": (WINDOW_RULE, f"at least {REGION_FLOOR} such cases"),
    "NED": ("Activated", "A week is 7 days"),
    "PVI": ("EffectiveDate", "(UTC)"),
    "CSA": MOODS,
    "KQA": ("Knowledge__kav",),
}
IDS = {"NED": "contact", "PVI": "case", "CSA": "case"}
"""What a question names only by its Id's record."""


@pytest.fixture(params=TASKS.values(), ids=lambda task: task.code)
def task(request: pytest.FixtureRequest) -> Task:
    """Each task."""
    found: Task = request.param
    return found


def _context(world: World, task: Task, candidate: Candidate) -> str:
    return task.context(world.facts, candidate)


def test_the_day_and_the_rules_are_told(world: World, task: Task) -> None:
    for candidate in world.sample(task, 20):
        context = _context(world, task, candidate)
        assert context.startswith(f"Today is {candidate.today.isoformat()}. {TODAY_RULE}\n")
        for told in NUMBERS[task.code]:
            assert told in context
        assert "{" not in "".join(task.rules)


def test_ids_and_texts_that_are_needed_are_told(world: World, task: Task) -> None:
    for candidate in world.sample(task, 20):
        context = _context(world, task, candidate)
        if task.code in IDS:
            assert str(candidate.parameters[IDS[task.code]]) in context
        if task.code == "NCR":
            assert f"Subject of the new case: {candidate.parameters['subject']}\n" in context
            assert context.endswith(
                f"Description of the new case: {candidate.parameters['description']}"
            )


def test_words_of_issues_and_remedies_are_told(world: World) -> None:
    industry = world.facts.organisation.industry
    for code, entries in (("NCR", industry.issues), ("PVI", industry.remedies)):
        (task,) = (task for task in TASKS.values() if task.code == code)
        context = _context(world, task, world.sample(task, 1)[0])
        for entry in entries:
            assert f"\n- {entry.name}: " in context
            assert all(f'"{term}"' in context for term in entry.terms)


def test_no_answer_and_no_rival_is_told(world: World, task: Task) -> None:
    for candidate in world.sample(task, 20):
        shown = "\n".join((_context(world, task, candidate), *candidate.slots.values()))
        secret = {*candidate.answers, candidate.runner_up} - {NONE, None, *MOODS}
        for value in secret:
            assert re.search(rf"(?<!\w){re.escape(str(value))}(?!\w)", shown) is None


def test_no_record_is_told_but_the_one_that_is_asked_about(world: World, task: Task) -> None:
    known = re.compile(r"\b[A-Za-z0-9]{3}Or[A-Za-z0-9]{13}\b")
    for candidate in world.sample(task, 20):
        shown = "\n".join((_context(world, task, candidate), *candidate.slots.values()))
        asked = {str(candidate.parameters[IDS[task.code]])} if task.code in IDS else set()
        assert set(known.findall(shown)) == asked


def test_only_what_has_no_answer_answers_none(world: World, task: Task) -> None:
    for candidate in world.candidates(task):
        assert (candidate.answer == NONE) == (candidate.none_reason is not None)
        assert task.none or candidate.none_reason is None
        assert candidate.today <= world.facts.organisation.as_of


def test_quotas_are_of_labels_that_come(reference: World, task: Task) -> None:
    labels = {label for each in reference.candidates(task) for label in each.labels}
    assert set(task.quotas) <= labels
