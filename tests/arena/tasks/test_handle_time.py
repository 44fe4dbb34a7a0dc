"""Questions about handle time: every answer, told again from the rows."""

from orgsmith.arena.tasks.handle_time import HANDLE_TIME
from tests.arena.tasks.truth import truth
from tests.arena.tasks.world import World


def test_answers_are_what_the_rows_say(world: World) -> None:
    asked = world.sample(HANDLE_TIME)
    assert asked
    for candidate in asked:
        truth(world.rows, world.facts, HANDLE_TIME, candidate)


def test_both_ends_and_several_reasons_come(world: World) -> None:
    every = world.candidates(HANDLE_TIME)
    assert {each.shape for each in every if each.none_reason is None} == {"highest", "lowest"}
    assert {each.none_reason for each in every} == {None, "nobody_above_n", "too_few_closed"}
