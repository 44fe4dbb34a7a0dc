"""Questions about hand-overs: every answer, told again from the rows."""

from orgsmith.arena.tasks.transfer_count import SINGLE, TRANSFER_COUNT
from tests.arena.tasks.truth import truth
from tests.arena.tasks.world import World


def test_answers_are_what_the_rows_say(world: World) -> None:
    asked = world.sample(TRANSFER_COUNT)
    assert asked
    for candidate in asked:
        truth(world.rows, world.facts, TRANSFER_COUNT, candidate)


def test_both_ends_and_several_reasons_come(world: World) -> None:
    every = world.candidates(TRANSFER_COUNT)
    assert {each.shape for each in every if each.none_reason is None} == {"most", "fewest"}
    reasons = {None, "nobody_above_n", "nothing_handed_over"}
    assert {each.none_reason for each in every} == reasons


def test_winners_by_a_single_hand_over_are_labelled(world: World) -> None:
    for each in world.candidates(TRANSFER_COUNT):
        single = each.shape == "most" and len(each.evidence) == 1
        assert (SINGLE in each.labels) == single
