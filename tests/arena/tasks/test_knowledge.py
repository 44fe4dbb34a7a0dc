"""Questions about articles: every answer, told again from the rows."""

import re
from collections import defaultdict

import pytest

from orgsmith.arena.tasks.knowledge import KNOWLEDGE_QA
from tests.arena.tasks.truth import truth
from tests.arena.tasks.world import World


def test_answers_are_what_the_rows_say(world: World) -> None:
    asked = world.sample(KNOWLEDGE_QA)
    assert asked
    for candidate in asked:
        truth(world.rows, world.facts, KNOWLEDGE_QA, candidate)


def test_every_question_is_of_one_fact(world: World) -> None:
    every = world.candidates(KNOWLEDGE_QA)
    assert len({each.fact for each in every}) == len(every)
    assert len({each.parameters["question"] for each in every}) == len(every)


def test_no_other_statement_holds_as_many_of_the_words(world: World) -> None:
    told = world.rows["KnowledgeFact"]
    for each in world.sample(KNOWLEDGE_QA):
        asked = _words(str(each.parameters["question"]))
        shares: dict[str, int] = defaultdict(int)
        for fact in told:
            share = len(asked & _words(f"{fact['title']} {fact['statement']}"))
            shares[fact["statement"]] = max(share, shares[fact["statement"]])
        own = shares.pop(each.answers[-1])
        assert own > max(shares.values())
        assert each.margin == pytest.approx((own - max(shares.values())) / len(asked), abs=1e-6)


def _words(text: str) -> set[str]:
    """Words of four letters and more, and numbers, each by its first five characters."""
    return {
        word[:5]
        for word in re.findall(r"[a-z0-9]+", text.casefold())
        if len(word) > 3 or word.isdigit()
    }
