"""Which samples count."""

import datetime as dt

from orgsmith.arena.results.trials import by_question, newest
from tests.arena.results.plausible import MORNING, frame, sample, unscored, wrong

LATER = MORNING + dt.timedelta(hours=1)


def test_the_newest_of_a_run_counts() -> None:
    rows = [wrong(created_at=MORNING), sample(created_at=LATER), wrong(epoch=2)]

    kept = newest(frame(rows))

    assert kept.select("epoch", "score").rows() == [(1, 1.0), (2, 0.0)]
    assert newest(frame(rows[::-1])).equals(kept)


def test_other_runs_are_other_trials() -> None:
    kept = newest(frame([sample(run="a"), wrong(run="b"), wrong(run="b", agent="act")]))

    assert kept.height == 3


def test_what_came_from_the_cache_is_no_trial_of_its_own() -> None:
    first = sample(run="a")
    again = sample(run="b", cached_calls=3, created_at=LATER)
    partly = wrong(run="c", cached_calls=2, created_at=LATER)

    assert newest(frame([first, again, partly]))["run"].to_list() == ["a", "c"]
    assert newest(frame([again]))["run"].to_list() == ["b"]
    # Two guesses by rule are one.
    guesses = [sample(run=run, model=None, calls=0) for run in "ab"]
    assert newest(frame(guesses)).height == 1


def test_a_cached_answer_stands_in_for_one_that_was_never_scored() -> None:
    failed = unscored(run="a", status="failed")
    again = sample(run="b", cached_calls=3, created_at=LATER)

    assert newest(frame([failed, again])).select("run", "status").rows() == [
        ("a", "failed"),
        ("b", "scored"),
    ]


def test_questions_average_their_epochs() -> None:
    found = by_question(
        frame(
            [
                sample(task_id="handle_time-1", fact="a"),
                wrong(task_id="handle_time-1", fact="a", epoch=2, partial=0.5),
                wrong(task_id="handle_time-2", fact="b", score=0.25),
                unscored(task_id="handle_time-2", fact="b", epoch=2),
                unscored(task_id="handle_time-3", fact="c"),
            ]
        )
    )

    assert found.drop("task").rows() == [
        ("handle_time-1", "a", 2, 1, 0.5, 0.75, 0.5),
        ("handle_time-2", "b", 1, 0, 0.25, 0.0, 0.0),
    ]
    assert by_question(frame([])).is_empty()
