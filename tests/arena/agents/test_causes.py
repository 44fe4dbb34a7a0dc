"""Why answers are wrong, told from what agents did."""

from dataclasses import replace

import pytest

from orgsmith.arena.agents.causes import Cause, Sought, Work, cause_of
from orgsmith.arena.scoring.verdict import Kind, Verdict

SOUGHT = Sought(("Case", "CaseHistory__c"), "2024-04-01", "2024-07-01", "second")
IN_WINDOW = (
    "SELECT Id FROM Case WHERE CreatedDate >= 2024-04-01T00:00:00Z AND CreatedDate < 2024-07-01"
)
WORK = Work(None, 4, 0, (IN_WINDOW,), ("Case",))
WRONG = Verdict(Kind.WRONG, 0.0, 0.0, ("third",))


@pytest.mark.parametrize(
    ("verdict", "work", "cause"),
    [
        (Verdict(Kind.RIGHT, 1.0, 1.0, ("first",)), WORK, None),
        # Right by whatever way.
        (Verdict(Kind.NONE_RIGHT, 1.0, 1.0), replace(WORK, statements=(), objects=()), None),
        (WRONG, WORK, Cause.WRONG_VALUE),
        (Verdict(Kind.WRONG, 0.0, 0.0, ("second",)), WORK, Cause.NEXT_BEST),
        (Verdict(Kind.PARTLY, 0.4, 0.4, ("x",)), WORK, Cause.WRONG_VALUE),
        (Verdict(Kind.NONE_WRONG, 0.0, 0.0), WORK, Cause.SAID_NONE),
        (Verdict(Kind.NONE_MISSED, 0.0, 0.0, ("x",)), WORK, Cause.MISSED_NONE),
        (Verdict(Kind.SEVERAL, 0.0, 0.5, ("first", "second")), WORK, Cause.SEVERAL),
        (Verdict(Kind.REFUSED, 0.0, 0.0), WORK, Cause.REFUSED),
        (Verdict(Kind.UNREADABLE, 0.0, 0.0), WORK, Cause.GAVE_UP),
        (WRONG, replace(WORK, statements=(), objects=()), Cause.GUESSED),
        (WRONG, replace(WORK, objects=("User", "Issue__c")), Cause.WRONG_TOOL),
        (
            WRONG,
            replace(WORK, statements=("SELECT Id FROM Case WHERE CreatedDate >= 2024-05-01",)),
            Cause.WRONG_WINDOW,
        ),
        # The last day of the window does as well as the first one after it.
        (
            WRONG,
            replace(WORK, statements=(IN_WINDOW.replace("< 2024-07-01", "<= 2024-06-30"),)),
            Cause.WRONG_VALUE,
        ),
        # Who reads everything may still have counted the right days.
        (WRONG, replace(WORK, statements=("SELECT Id FROM Case",)), Cause.WRONG_VALUE),
        (
            Verdict(Kind.UNANSWERED, 0.0, 0.0),
            replace(WORK, unfinished=Cause.TURN_LIMIT, idle=2),
            Cause.TURN_LIMIT,
        ),
        (
            Verdict(Kind.UNANSWERED, 0.0, 0.0),
            replace(WORK, unfinished=Cause.TURN_LIMIT, idle=3),
            Cause.FORMAT,
        ),
        (
            Verdict(Kind.UNANSWERED, 0.0, 0.0),
            replace(WORK, unfinished=Cause.CONTEXT_FULL, idle=4),
            Cause.CONTEXT_FULL,
        ),
    ],
)
def test_causes(verdict: Verdict, work: Work, cause: Cause | None) -> None:
    assert cause_of(SOUGHT, verdict, work) == cause


def test_a_question_without_a_window_has_no_wrong_one() -> None:
    work = replace(WORK, statements=("SELECT Id FROM Case WHERE CreatedDate >= 1999-01-01",))
    assert cause_of(replace(SOUGHT, start=None, end=None), WRONG, work) is Cause.WRONG_VALUE
