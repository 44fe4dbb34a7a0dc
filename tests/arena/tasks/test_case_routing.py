"""Questions about new cases: every answer, told again from the rows."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.tasks.case_routing import CASE_ROUTING, ISSUE, OPEN, PRODUCT, decide
from orgsmith.arena.tasks.facts import Ints
from tests.arena.tasks.truth import truth
from tests.arena.tasks.world import World


def test_answers_are_what_the_rows_say(world: World) -> None:
    asked = world.sample(CASE_ROUTING)
    assert asked
    for candidate in asked:
        truth(world.rows, world.facts, CASE_ROUTING, candidate)


def test_more_than_one_rule_decides(reference: World) -> None:
    levels = {each.labels[0] for each in reference.candidates(CASE_ROUTING)}
    assert {ISSUE, PRODUCT} <= levels <= {ISSUE, PRODUCT, OPEN}


@given(
    st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=0, max_size=6),
)
def test_rules_decide_in_order(numbers: list[tuple[int, int, int]]) -> None:
    duty = np.arange(10, 10 + len(numbers), dtype=np.int64)
    columns = np.array(numbers, dtype=np.int64).reshape(-1, 3).T
    levels: dict[str, Ints] = dict(zip((ISSUE, PRODUCT, OPEN), columns, strict=True))
    found = decide(duty, levels)
    ahead = [place for place, each in enumerate(numbers) if each == max(numbers)]
    if len(numbers) < 2 or len(ahead) != 1:
        assert found is None
        return
    assert found is not None
    assert found.winner == duty[ahead[0]]
    assert found.runner_up != found.winner
    depth = (ISSUE, PRODUCT, OPEN).index(found.level)
    first = numbers[ahead[0]]
    rest = [each for each in numbers if each != first]
    # All that came before is shared with the runner-up, and nobody is nearer on this level.
    second = numbers[found.runner_up - 10]
    assert second[:depth] == first[:depth]
    near = max(each[depth] for each in rest if each[:depth] == first[:depth])
    assert found.margin == first[depth] - second[depth] == first[depth] - near > 0
