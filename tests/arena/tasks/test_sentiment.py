"""Questions about moods: every answer, told again from the rows."""

from orgsmith.arena.tasks.sentiment import SENTIMENT
from tests.arena.tasks.truth import truth
from tests.arena.tasks.world import World


def test_answers_are_what_the_rows_say(world: World) -> None:
    asked = world.sample(SENTIMENT)
    assert asked
    for candidate in asked:
        truth(world.rows, world.facts, SENTIMENT, candidate)


def test_every_mood_comes(world: World) -> None:
    moods = {each.answer for each in world.candidates(SENTIMENT)}
    assert moods == {"Negative", "Neutral", "Positive"}
