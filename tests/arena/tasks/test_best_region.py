"""Questions about states: every answer, told again from the rows."""

from orgsmith.arena.tasks.best_region import BEST_REGION
from tests.arena.tasks.truth import truth
from tests.arena.tasks.world import World


def test_answers_are_what_the_rows_say(world: World) -> None:
    asked = world.sample(BEST_REGION)
    assert asked
    for candidate in asked:
        truth(world.rows, world.facts, BEST_REGION, candidate)
