"""Which questions are asked: as many as wanted, spread over answers and facts, within quotas."""

import datetime as dt
import math
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.tasks.deal import LARGEST_SHARE, deal
from orgsmith.arena.tasks.question import NONE, Candidate
from orgsmith.arena.tasks.task import SERVICE_AGENT, Task
from orgsmith.schema.streams import stream

DAY = dt.date(2025, 3, 1)


def candidate(
    number: int,
    answer: str = "a",
    fact: str | None = None,
    labels: tuple[str, ...] = (),
    reason: str | None = None,
) -> Candidate:
    """A question; another number is another question."""
    return Candidate(
        today=DAY,
        shape="shape",
        parameters={"number": number},
        slots={},
        answers=(NONE if reason else answer,),
        evidence=(),
        fact=fact or f"fact {number}",
        none_reason=reason,
        labels=labels,
    )


def task(*, none: bool = True, per_fact: int = 1, share: float = 0.15, **quotas: float) -> Task:
    """A task that asks for nothing itself."""
    return Task(
        key="a_task",
        code="ATK",
        persona=SERVICE_AGENT,
        answer_type="id",
        metric="exact",
        find=lambda facts, rng: (),
        rules=(),
        none=none,
        quotas=quotas,
        per_fact=per_fact,
        share=share,
    )


def dealt(
    candidates: Sequence[Candidate],
    of: Task,
    number: int,
    none_share: float = 0.15,
    seed: int = 1,
) -> list[Candidate]:
    return deal(candidates, of, number, none_share, stream(seed, "deal", 0, "test"))


CANDIDATES = st.lists(
    st.builds(
        candidate,
        st.integers(0, 200),
        answer=st.sampled_from("abcdefg"),
        fact=st.sampled_from([f"fact {number}" for number in range(30)]),
        labels=st.lists(st.sampled_from(("one", "two")), unique=True, max_size=2).map(tuple),
        reason=st.sampled_from((None, None, None, "nothing", "nobody")),
    ),
    max_size=80,
)
TASKS = st.builds(
    task,
    none=st.booleans(),
    per_fact=st.integers(1, 3),
    share=st.sampled_from((0.15, 0.34)),
    one=st.sampled_from((0.0, 0.2, 1.0)),
)
SHARES = st.sampled_from((0.0, 0.15, 0.3, 0.5, 0.9, 1.0))


@given(CANDIDATES, TASKS, st.integers(0, 60), SHARES)
def test_limits_hold_in_any_order(
    candidates: list[Candidate], of: Task, number: int, none_share: float
) -> None:
    for given_ones in (candidates, candidates[::-1]):
        chosen = dealt(given_ones, of, number, none_share)
        true = [each for each in chosen if each.none_reason is None]
        false = [each for each in chosen if each.none_reason is not None]
        assert len(chosen) <= number
        assert len({each.identity for each in chosen}) == len(chosen)
        assert all(each in candidates for each in chosen)
        # Caps are shares of the questions that there are, not of those that were wanted.
        answers = {each.identity: each for each in given_ones}.values()
        kinds = len({each.answer for each in answers if each.none_reason is None})
        share = max(of.share, min(1 / kinds, LARGEST_SHARE)) if kinds else of.share
        most = max(2, math.ceil(len(chosen) * share))
        assert max(Counter(each.answer for each in true).values(), default=0) <= most
        assert max(Counter(each.fact for each in true).values(), default=0) <= of.per_fact
        assert len(false) <= (len(chosen) * none_share + 1e-6 if of.none else 0)


@given(CANDIDATES, st.integers(1, 3), st.integers(0, 60))
def test_where_answers_may_repeat_every_fact_is_asked_about(
    candidates: list[Candidate], per_fact: int, number: int
) -> None:
    of = task(none=False, per_fact=per_fact, share=1.0, one=0.2)
    true = {each.identity: each for each in candidates if each.none_reason is None}.values()
    facts = Counter(each.fact for each in true)
    there_are = sum(min(often, per_fact) for often in facts.values())
    assert len(dealt([*true], of, number)) == min(number, there_are)


@given(CANDIDATES, TASKS, st.integers(0, 60), st.integers(0, 9))
def test_equal_seeds_deal_equal_lists(
    candidates: list[Candidate], of: Task, number: int, seed: int
) -> None:
    assert dealt(candidates, of, number, seed=seed) == dealt(candidates, of, number, seed=seed)


def _ample(labels: tuple[str, ...] = (), number: int = 400) -> list[Candidate]:
    """Questions with fifty answers, each of a fact of its own."""
    return [candidate(each, answer=f"answer {each % 50}", labels=labels) for each in range(number)]


NOTHING = [
    candidate(1_000 + each, reason=("few", "some", "most")[min(each // 5, 2)])
    for each in range(400)
]


@pytest.mark.parametrize(
    ("number", "none_share", "nothing"),
    [
        (130, 0.15, 19),
        (130, 0.0, 0),
        (130, 0.9, 117),
        (130, 1.0, 130),
        (20, 0.15, 3),
        (1, 0.15, 0),
        (1, 1.0, 1),
        (0, 0.15, 0),
        (0, 1.0, 0),
    ],
)
def test_as_many_as_wanted_suppose_something_false(
    number: int, none_share: float, nothing: int
) -> None:
    chosen = dealt(_ample() + NOTHING, task(), number, none_share)
    assert len(chosen) == number
    assert sum(each.none_reason is not None for each in chosen) == nothing


def test_a_task_without_none_asks_for_answers_only() -> None:
    chosen = dealt(_ample() + NOTHING, task(none=False), 130)
    assert len(chosen) == 130
    assert not any(each.none_reason for each in chosen)


def test_nothing_to_ask_is_no_question() -> None:
    assert dealt([], task(), 130) == []
    assert dealt(NOTHING, task(), 130) == []


def test_reasons_take_turns() -> None:
    chosen = dealt(_ample() + NOTHING, task(), 130)
    reasons = Counter(each.none_reason for each in chosen if each.none_reason)
    assert reasons == {"few": 5, "some": 5, "most": 9} or reasons == {
        "few": 6,
        "some": 5,
        "most": 8,
    }


def test_fewer_answers_leave_fewer_without() -> None:
    few = _ample(number=40)
    chosen = dealt(few + NOTHING, task(), 130)
    assert sum(each.none_reason is None for each in chosen) == 40
    assert sum(each.none_reason is not None for each in chosen) == 7


def test_answers_come_about_equally_often() -> None:
    chosen = dealt(_ample(), task(none=False), 130)
    often = Counter(each.answer for each in chosen)
    assert len(often) == 50
    assert set(often.values()) == {2, 3}


def test_quotas_hold_while_there_is_enough() -> None:
    plain, odd = (
        _ample(),
        [candidate(2_000 + each, f"odd {each}", labels=("odd",)) for each in range(99)],
    )
    chosen = dealt(odd + plain, task(none=False, odd=0.1), 130)
    assert len(chosen) == 130
    assert sum("odd" in each.labels for each in chosen) == 13


def test_a_label_without_room_is_taken_before_nothing_is() -> None:
    chosen = dealt(_ample(labels=("odd",)), task(none=False, odd=0.1), 130)
    assert len(chosen) == 130


def test_facts_come_once_or_as_often_as_the_task_says() -> None:
    shared = [candidate(each, f"answer {each}", fact=f"fact {each % 10}") for each in range(90)]
    assert len(dealt(shared, task(none=False), 130)) == 10
    assert len(dealt(shared, task(none=False, per_fact=2), 130)) == 20


def test_equal_questions_are_asked_once() -> None:
    twice = [candidate(1, "a", fact="x"), candidate(1, "a", fact="y")]
    assert len(dealt(twice, task(none=False), 10)) == 1


@pytest.mark.parametrize("kinds", [4, 5])
def test_few_answers_carry_as_many_questions(kinds: int) -> None:
    """An industry with four issues is asked as much as one with ten."""
    few = [candidate(each, f"answer {each % kinds}") for each in range(400)]
    found = Counter(each.answer for each in dealt(few, task(none=False), 130))
    assert found.total() == 130
    assert max(found.values()) == math.ceil(130 / kinds)


def test_one_answer_is_right_for_its_share_of_what_is_asked_at_most() -> None:
    same = [candidate(each, "the same") for each in range(99)]
    others = [candidate(1_000 + each, f"other {each}") for each in range(60)]
    chosen = dealt(same + others, task(none=False), 130)
    often = Counter(each.answer for each in chosen)
    assert often["the same"] == len(chosen) - 60 == math.ceil(0.15 * len(chosen))
    # The cap shrinks with the number of questions: 20 of 130, 3 of 20, 2 of 3.
    assert len(dealt(same, task(none=False), 130)) == 2


def test_what_has_no_answer_rests_on_facts_as_well() -> None:
    same = [
        candidate(each, fact=f"fact {each % 4}", reason="nobody") for each in range(1_000, 1_099)
    ]
    for per_fact in (1, 2):
        chosen = dealt(_ample() + same, task(per_fact=per_fact), 130)
        assert sum(each.none_reason is not None for each in chosen) == 4 * per_fact
