"""The figures of entries, against what was counted by hand."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgsmith.arena.results.figures import UNNAMED, NoneSaid, Share, figures
from orgsmith.arena.results.intervals import Interval
from orgsmith.arena.results.summary import ALL, RESULTS, entries, results
from orgsmith.outputs.questions import TASK_KEYS
from tests.arena.results.plausible import Made, frame, plausible, sample, unscored, wrong

MADE = (
    Made("react", "lab/large", 0.7, epochs=2, questions=3),
    Made("tools", "lab/small", 0.3, tool_level="query", questions=2, outage=0.2),
    Made("constant", None, 0.2, price=0.0, questions=3),
)


def test_means_by_hand() -> None:
    known = figures(
        frame(
            [
                sample(task_id="t-1", fact="a", prompt_tokens=100, tool_errors=1),
                wrong(task_id="t-1", fact="a", epoch=2, prompt_tokens=300, cost_usd=0.03),
                wrong(task_id="t-2", fact="b", prompt_tokens=500, score=0.6, partial=0.7, turns=9),
                unscored(task_id="t-3", fact="c", prompt_tokens=9_000, cost_usd=0.5, seconds=99.0),
            ]
        )
    )

    assert (known.asked, known.answered, known.facts) == (3, 2, 2)
    assert (known.samples, known.scored, known.not_scored) == (4, 3, 1)
    assert known.score == pytest.approx((0.5 + 0.6) / 2)
    assert known.success == pytest.approx(0.25)
    assert known.partial == pytest.approx((0.5 + 0.7) / 2)
    assert known.prompt_tokens == 300
    assert known.tokens == 400
    assert known.cost_usd == pytest.approx(0.05 / 3)
    assert known.total_cost_usd == pytest.approx(0.55)
    assert known.turns == 5
    assert known.seconds == 2
    assert known.tool_errors == pytest.approx(1 / 3)


def test_samples_that_are_not_scored_are_counted_by_why() -> None:
    known = figures(
        frame(
            [
                unscored(task_id=f"t-{number}", status=status)
                for number, status in enumerate(["endpoint"] * 3 + ["budget"] * 2 + ["failed"])
            ]
        )
    )

    assert (known.endpoint, known.budget, known.failed, known.scored) == (3, 2, 1, 0)
    means = (known.score, known.success, known.partial, known.cost_usd)
    intervals = (known.score_interval, known.success_interval)
    assert {*means, *intervals} == {None}
    assert not known.consistency
    assert not known.causes
    assert not known.verdicts


def test_score_and_success_have_intervals_of_their_own() -> None:
    """Two facts, drawn twice: each mean of a pair is seen, so the ends are those of one fact."""
    known = figures(
        frame(
            [
                sample(task_id="t-1", fact="a"),
                wrong(task_id="t-2", fact="b", score=0.6),
            ]
        )
    )
    assert known.score_interval == Interval(0.6, 1.0)
    assert known.success_interval == Interval(0.0, 1.0)


def test_an_unknown_cost_makes_the_mean_unknown() -> None:
    known = figures(frame([sample(), wrong(epoch=2, cost_usd=None)]))
    assert known.cost_usd is None
    assert known.total_cost_usd is None

    known = figures(frame([sample(), unscored(epoch=2, cost_usd=None)]))
    assert known.cost_usd == pytest.approx(0.01)
    assert known.total_cost_usd is None


def test_none_that_was_said() -> None:
    said = [(True, True), (True, True), (True, False), (False, True), (False, False)]
    known = figures(
        frame(
            [
                sample(task_id=f"t-{number}", none_said=none_said, none_expected=none_expected)
                for number, (none_said, none_expected) in enumerate([*said, (True, False)])
            ]
        )
    )

    assert known.none == NoneSaid(precision=2 / 4, recall=2 / 3, share=4 / 6)


def test_precision_and_recall_without_an_occasion() -> None:
    assert figures(frame([sample()])).none == NoneSaid(None, None, 0.0)
    assert figures(frame([unscored()])).none == NoneSaid(None, None, None)
    assert figures(frame([sample(none_said=True)])).none == NoneSaid(0.0, None, 1.0)
    assert figures(frame([sample(none_expected=True)])).none == NoneSaid(None, 0.0, 0.0)


def test_causes_are_those_of_failures() -> None:
    known = figures(
        frame(
            [
                sample(task_id="t-1"),
                wrong(task_id="t-2", cause="format"),
                wrong(task_id="t-3", cause="format"),
                wrong(task_id="t-4", cause=None, verdict="partly"),
                unscored(task_id="t-5"),
            ]
        )
    )

    assert known.causes == (Share("format", 2, 0.5), Share(UNNAMED, 1, 0.25))
    assert known.verdicts == (
        Share("wrong", 2, 0.5),
        Share("partly", 1, 0.25),
        Share("right", 1, 0.25),
    )


def test_entries_are_told_apart_by_all_that_makes_them() -> None:
    differing: list[dict[str, object]] = [
        {},
        {"fingerprint": "e" * 64},
        {"agent": "act"},
        {"tool_level": "query"},
        {"model": None},
        {"settings": '{"temperature": 1}'},
    ]
    found = entries(frame([sample(**each) for each in differing]))

    assert len(found) == len(differing)
    assert [each.overall.samples for each in found] == [1] * len(differing)


def test_only_agents_without_a_model_are_baselines() -> None:
    made = [
        sample(agent=agent, model=model) for agent in ("solver", "act") for model in (None, "m")
    ]
    assert [(each.agent, each.model) for each in entries(frame(made)) if each.is_baseline] == [
        ("solver", None)
    ]


def test_tasks_stand_in_their_order_and_add_up() -> None:
    for entry in entries(plausible(MADE)):
        assert [each.name for each in entry.tasks] == list(TASK_KEYS)
        for scopes in (entry.tasks, entry.personas):
            assert sum(each.figures.samples for each in scopes) == entry.overall.samples
            assert sum(each.figures.scored for each in scopes) == entry.overall.scored


def test_results_are_a_table_of_every_scope() -> None:
    found = entries(plausible(MADE))

    table = results(found)

    assert table.schema == RESULTS
    assert table.height == sum(1 + len(each.tasks) + len(each.personas) for each in found)
    overall = table.filter(pl.col("scope") == ALL)
    assert overall["score"].to_list() == [each.overall.score for each in found]
    assert overall["score_low"].to_list() == [
        each.overall.score_interval.low if each.overall.score_interval else None for each in found
    ]
    assert overall["success_high"].to_list() == [
        each.overall.success_interval.high if each.overall.success_interval else None
        for each in found
    ]
    react = overall.row(by_predicate=pl.col("agent") == "react", named=True)
    assert len(react["pass_k"]) == 2
    assert react["pass_k_questions"] == [30, 30]
    assert sum(each["samples"] for each in react["verdicts"]) == react["scored"]
    assert results([]).schema == RESULTS


def test_an_outage_is_null_in_results() -> None:
    table = results(entries(plausible([Made("react", "gone", outage=1.0, questions=2)])))

    assert table["score"].null_count() == table.height > 1
    assert table["score_low"].null_count() == table.height
    assert table["endpoint"].to_list() == table["samples"].to_list()


SAMPLES_OF_MADE = plausible(MADE)
"""The same for every example."""


@given(data=st.data())
@settings(max_examples=10)
def test_order_and_copies_change_nothing(data: st.DataObject) -> None:
    rows = SAMPLES_OF_MADE.height
    order = data.draw(st.permutations(range(rows)))
    copies = data.draw(st.lists(st.integers(0, rows - 1)))

    assert entries(SAMPLES_OF_MADE[[*order, *copies]]) == entries(SAMPLES_OF_MADE)
