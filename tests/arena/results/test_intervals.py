"""Bootstrap intervals, clustered by fact."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.results.intervals import Interval, facts, interval
from orgsmith.schema.streams import stream

ROOM = 0.012
"""How far a quantile of 2,000 resamples strays from the exact one in the tests here."""


def asked(*rows: tuple[str, str, float]) -> pl.DataFrame:
    """Questions from task, fact and value."""
    return pl.DataFrame(
        [
            (task, f"{task}-{number}", fact, value)
            for number, (task, fact, value) in enumerate(rows)
        ],
        {
            "task": pl.String(),
            "task_id": pl.String(),
            "fact": pl.String(),
            "value": pl.Float64(),
        },
        orient="row",
    )


def clustered(number: int, clusters: int, size: int) -> pl.DataFrame:
    """Answers of an agent that is right in half of the facts, and alike within each of them."""
    generator = stream(1, "intervals", number, "clusters")
    chances = generator.choice((0.1, 0.9), clusters)
    return asked(
        *(
            ("t", f"f{fact}", float(generator.random() < chance))
            for fact, chance in enumerate(chances)
            for _ in range(size)
        )
    )


def coverage(samples: list[pl.DataFrame]) -> float:
    """How often the interval holds the true mean, 0.5."""
    found = [interval(each, "value") for each in samples]
    return float(np.mean([each is not None and each.low <= 0.5 <= each.high for each in found]))


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    samples = [clustered(number, clusters=40, size=6) for number in range(300)]
    apart = [each.with_columns(fact="task_id") for each in samples]

    assert 0.90 <= coverage(samples) <= 0.985
    # As if every question were a fact of its own: the test would notice.
    assert coverage(apart) < 0.75


def test_two_facts_by_hand() -> None:
    # Drawn twice of two: (0, 0) and (1, 1) a quarter of the time each, so both ends are reached.
    assert interval(asked(("t", "a", 0.0), ("t", "b", 1.0)), "value") == Interval(0.0, 1.0)


def test_the_quantiles_are_those_of_the_binomial() -> None:
    # 100 facts, 30 of them right: the mean of a resample is binomial(100, 0.3) / 100, whose
    # 2.5 % and 97.5 % points are 21 and 39.
    found = interval(asked(*(("t", str(fact), float(fact < 30)) for fact in range(100))), "value")

    assert found is not None
    assert found.low == pytest.approx(0.21, abs=ROOM)
    assert found.high == pytest.approx(0.39, abs=ROOM)


def test_tasks_are_drawn_from_apart() -> None:
    # All that differs lies between the tasks, and each has its share in every resample.
    within = asked(*((task, str(fact), value) for task, value in (("a", 0.0), ("b", 1.0))
                     for fact in range(20)))  # fmt: skip
    together = within.with_columns(task=pl.lit("one"), fact=pl.concat_str("task", "fact"))

    assert interval(within, "value") == Interval(0.5, 0.5)
    whole = interval(together, "value")
    assert whole is not None
    assert whole.high - whole.low > 0.2


def test_tasks_with_a_single_fact_are_not_certain() -> None:
    single = interval(asked(*((f"t{n}", "f", float(n % 2)) for n in range(10))), "value")
    assert single is not None
    assert single.high - single.low > 0.4

    joined = interval(asked(("a", "f", 1.0), *(("b", str(n), 0.0) for n in range(4))), "value")
    assert joined is not None
    assert joined.low == 0.0
    assert joined.high >= 0.4


def test_questions_about_one_fact_count_as_one() -> None:
    few = asked(*(("t", str(fact), float(fact % 2)) for fact in range(10)))
    many = pl.concat([few.with_columns(task_id=pl.lit(f"q{n}-") + "task_id") for n in range(5)])

    assert interval(many, "value") == interval(few, "value")
    assert facts(many) == facts(few) == 10


@pytest.mark.parametrize(
    "questions",
    [asked(), asked(("t", "f", 1.0)), asked(("t", "f", 1.0), ("t", "f", 0.0))],
    ids=["nothing", "one question", "one fact"],
)
def test_one_fact_has_no_interval(questions: pl.DataFrame) -> None:
    assert interval(questions, "value") is None


def test_the_same_fact_in_two_tasks_is_two() -> None:
    assert facts(asked(("a", "f", 1.0), ("b", "f", 0.0))) == 2


def test_a_question_without_a_fact_is_one_of_its_own() -> None:
    unknown = asked(("t", "", 1.0), ("t", "", 0.0), ("t", "", 0.0)).with_columns(
        fact=pl.lit(None, pl.String)
    )
    assert facts(unknown) == 3
    assert interval(unknown, "value") == Interval(0.0, 1.0)


QUESTIONS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("vwxyz"), st.floats(0, 1)),
    min_size=1,
    max_size=20,
)


def test_rounding_does_not_leave_the_mean_outside() -> None:
    for count in range(2, 40):
        questions = asked(
            *(("ab"[n % 2], str(n // 3), 0.1 * (n % 3 == 0) + 0.7) for n in range(count))
        )
        equal = questions.with_columns(value=pl.lit(0.7))
        for each in (questions, equal):
            found = interval(each, "value")
            if found is not None:
                mean = float(each["value"].sort().sum()) / count
                assert found.low <= mean <= found.high


@given(rows=QUESTIONS, data=st.data())
def test_the_order_is_irrelevant_and_the_mean_inside(
    rows: list[tuple[str, str, float]], data: st.DataObject
) -> None:
    questions = asked(*rows)
    order = data.draw(st.permutations(range(len(rows))))

    found = interval(questions, "value")

    assert interval(questions[order], "value") == found
    if found is not None:
        mean = float(questions["value"].sort().sum()) / len(rows)
        assert 0 <= found.low <= mean <= found.high <= 1 + 1e-12
