"""Candidates that ask the same are equal in what they ask; what is asked is read by its kind."""

import datetime as dt
from dataclasses import replace

import pytest

from orgsmith.arena.tasks.question import Asked, Candidate

DAY = dt.date(2025, 3, 1)
CANDIDATE = Candidate(
    today=DAY,
    shape="most",
    parameters={"start": "2025-01-01", "more_than": 2},
    slots={"window": "in the past 2 months"},
    answers=("a", "b"),
    evidence=("c",),
    fact="f",
)
ASKED = Asked("task", DAY, {"start": "2025-01-01", "more_than": 2, "nothing": None}, "")


def test_other_words_for_the_same_are_the_same_question() -> None:
    other = replace(
        CANDIDATE,
        slots={"window": "between January 1 and February 28, 2025"},
        parameters={"more_than": 2, "start": "2025-01-01"},
    )
    assert (other.identity, other.key) == (CANDIDATE.identity, CANDIDATE.key)


@pytest.mark.parametrize(
    "other",
    [
        replace(CANDIDATE, today=dt.date(2025, 3, 2)),
        replace(CANDIDATE, parameters={"start": "2025-01-01", "more_than": 3}),
        replace(CANDIDATE, parameters={"start": "2025-01-01"}),
    ],
)
def test_what_is_asked_differs(other: Candidate) -> None:
    assert other.identity != CANDIDATE.identity
    assert other.key != CANDIDATE.key


def test_the_first_accepted_answer_is_the_answer() -> None:
    assert CANDIDATE.answer == "a"


def test_parameters_are_read_by_their_kind() -> None:
    assert ASKED.text("start") == "2025-01-01"
    assert ASKED.day("start") == dt.date(2025, 1, 1)
    assert ASKED.number("more_than") == 2


def test_a_parameter_of_another_kind_is_named() -> None:
    with pytest.raises(TypeError, match="task: parameter more_than is 2, not a text"):
        ASKED.text("more_than")
    with pytest.raises(TypeError, match="task: parameter nothing is None, not a whole number"):
        ASKED.number("nothing")
