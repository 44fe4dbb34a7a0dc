"""Questions about months: every answer, told again from the rows."""

import datetime as dt

from orgsmith.arena.tasks.monthly_trend import MONTHLY_TREND, ONE_MONTH
from tests.arena.tasks.truth import truth
from tests.arena.tasks.world import World


def test_answers_are_what_the_rows_say(world: World) -> None:
    asked = world.sample(MONTHLY_TREND)
    assert asked
    for candidate in asked:
        truth(world.rows, world.facts, MONTHLY_TREND, candidate)


def test_windows_are_of_every_length_and_whole(world: World) -> None:
    lengths = set()
    for each in world.candidates(MONTHLY_TREND):
        start, end = (dt.date.fromisoformat(str(each.parameters[at])) for at in ("start", "end"))
        assert (start.day, end.day) == (1, 1)
        lengths.add(12 * (end.year - start.year) + end.month - start.month)
    assert min(lengths) == 3
    assert max(lengths) == 11


def test_windows_of_one_month_with_cases_are_labelled(world: World) -> None:
    for each in world.candidates(MONTHLY_TREND):
        assert (ONE_MONTH in each.labels) == (each.runner_up is None)
