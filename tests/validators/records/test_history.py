"""The state machine of CaseHistory__c."""

import datetime as dt

import pytest

from orgsmith.schema.organisation import Organisation
from orgsmith.validators.records.history import check_history
from tests.validators.tables import Frames, at, rows

CREATION, ASSIGNMENT, CLOSING = "Case Creation", "Owner Assignment", "Case Closed"
Step = tuple[str, str | None, str | None, dt.datetime]

SOUND: list[Step] = [
    (CREATION, None, None, at(1)),
    (ASSIGNMENT, None, "ann", at(1, 12, 1)),
    (ASSIGNMENT, "ann", "bob", at(1, 15)),
    (CLOSING, None, None, at(2)),
]


def faults(
    organisation: Organisation, steps: list[Step], owner: str = "bob", closed: bool = True
) -> list[str]:
    """Messages for one case with these steps."""
    case = {
        "Id": "500",
        "OwnerId": owner,
        "Status": "Closed" if closed else "Working",
        "IsClosed": closed,
        "CreatedDate": at(1),
        "ClosedDate": at(2) if closed else None,
    }
    names = ("Field__c", "OldValue__c", "NewValue__c", "CreatedDate")
    history = [
        {"Id": f"h{i}", "CaseId__c": "500", **dict(zip(names, step, strict=True))}
        for i, step in enumerate(steps)
    ]
    tables = Frames(
        organisation,
        {"Case": rows("Case", case), "CaseHistory__c": rows("CaseHistory__c", *history)},
    )
    return [str(finding) for outcome in check_history(tables) for finding in outcome.findings]


def test_a_sound_life_is_accepted(organisation: Organisation) -> None:
    assert faults(organisation, SOUND) == []
    assert faults(organisation, SOUND[:2], owner="ann", closed=False) == []


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (SOUND[1:], "CaseHistory__c h0: Field__c 'Owner Assignment' is the first step"),
        ([], "Case 500: CreatedDate '2025-03-01"),
        ([SOUND[0], SOUND[3]], "Case 500: OwnerId 'bob' has no Owner Assignment"),
        ([*SOUND[:3]], "Case 500: Status 'Closed' does not agree with 0 closings"),
        ([*SOUND, (ASSIGNMENT, "bob", "eve", at(3))], "h3: Field__c 'Case Closed' is followed by"),
        (
            [*SOUND[:2], (ASSIGNMENT, "eve", "bob", at(1, 15)), SOUND[3]],
            "h2: OldValue__c 'eve' is not the owner before the transfer, ann",
        ),
        (
            [*SOUND[:2], (ASSIGNMENT, None, "bob", at(1, 15)), SOUND[3]],
            "Case 500: OwnerId 'bob' has 2 first assignments",
        ),
        (
            [*SOUND[:2], (ASSIGNMENT, "ann", "ann", at(1, 15)), SOUND[3]],
            "h2: NewValue__c 'ann' is also the one who hands over",
        ),
        (
            [SOUND[0], (ASSIGNMENT, "zoe", "ann", at(1, 13)), *SOUND[2:]],
            "h1: OldValue__c 'zoe' must be empty on the first assignment",
        ),
        (
            [SOUND[0], (ASSIGNMENT, None, None, at(1, 13)), *SOUND[2:]],
            "h1: NewValue__c '(empty)' must name the agent",
        ),
        (
            [*SOUND[:2], SOUND[3]],
            "Case 500: OwnerId 'bob' is not the last assignment in CaseHistory__c (ann)",
        ),
        ([*SOUND[:3], (CLOSING, None, None, at(3))], "Case 500: ClosedDate '2025-03-02"),
        (
            [(CREATION, None, "ann", at(1)), *SOUND[1:]],
            "h0: NewValue__c 'ann' must be empty on Case Creation",
        ),
        ([(CREATION, None, None, at(1, 11)), *SOUND[1:]], "Case 500: CreatedDate '2025-03-01"),
        (
            [*SOUND, (CLOSING, None, None, at(4))],
            "Case 500: ClosedDate '2025-03-02 12:00:00.000000+00:00' has 2 closings",
        ),
    ],
)
def test_each_broken_life_is_named(
    organisation: Organisation, steps: list[Step], expected: str
) -> None:
    assert any(expected in message for message in faults(organisation, steps))
