"""Questions about issues: every answer, told again from the rows."""

from orgsmith.arena.tasks.top_issue import TOP_ISSUE
from tests.arena.tasks.naive import midnight
from tests.arena.tasks.truth import truth
from tests.arena.tasks.world import World


def test_answers_are_what_the_rows_say(world: World) -> None:
    asked = world.sample(TOP_ISSUE)
    assert asked
    for candidate in asked:
        truth(world.rows, world.facts, TOP_ISSUE, candidate)


def test_several_reasons_come(world: World) -> None:
    reasons = {each.none_reason for each in world.candidates(TOP_ISSUE)}
    assert reasons == {None, "no_case_in_window", "no_case_yet"}


def test_a_product_without_a_case_yet_has_none_before_today(world: World) -> None:
    for each in world.candidates(TOP_ISSUE):
        if each.none_reason is None:
            continue
        before = any(
            case["CreatedDate"] < midnight(each.today)
            for case in world.rows["Case"]
            if world.rows.product(case) == each.parameters["product"]
        )
        assert before == (each.none_reason == "no_case_in_window")
