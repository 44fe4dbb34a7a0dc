"""Questions about offers: every answer, told again from the rows."""

from orgsmith.arena.tasks.policy_violation import POLICY_VIOLATION
from tests.arena.tasks.truth import truth
from tests.arena.tasks.world import World


def test_answers_are_what_the_rows_say(world: World) -> None:
    asked = world.sample(POLICY_VIOLATION)
    assert asked
    for candidate in asked:
        truth(world.rows, world.facts, POLICY_VIOLATION, candidate)


def test_every_way_to_keep_and_to_break_comes(world: World) -> None:
    every = world.candidates(POLICY_VIOLATION)
    kept = {each.none_reason for each in every if each.none_reason is not None}
    assert kept == {"within_time", "within_size", "always_allowed"}
    broken = {label for each in every for label in each.labels}
    assert broken == {"not_allowed", "too_late", "too_much"}


def test_broken_ones_carry_the_article_and_kept_ones_a_reason(world: World) -> None:
    for each in world.candidates(POLICY_VIOLATION):
        assert (each.none_reason is None) == bool(each.labels)
        assert each.answer == (each.evidence[-1] if each.labels else "None")
