"""What is noted of the statements that were sent at a desk."""

import datetime as dt

import pytest

from orgsmith.arena.agents.toolbox.free import describe
from orgsmith.arena.errors import OrgError
from orgsmith.arena.session import Session
from orgsmith.arena.solver.desk import Desk

DAY = dt.date(2024, 1, 1)


@pytest.mark.parametrize(
    ("statement", "objects"),
    [
        ("SELECT Id FROM Case LIMIT 1", {"Case"}),
        ("select id from case limit 1", {"Case"}),
        ("SELECT Id, (SELECT Id FROM Cases) FROM Account LIMIT 1", {"Account", "Case"}),
        ("SELECT Id, (SELECT Id FROM OrderItems) FROM Order LIMIT 1", {"Order", "OrderItem"}),
        (
            "SELECT Id, (SELECT Id FROM casehistories__r) FROM Case LIMIT 1",
            {"Case", "CaseHistory__c"},
        ),
        (
            "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Order) LIMIT 1",
            {"Account", "Order"},
        ),
    ],
)
def test_objects_by_whatever_name(session: Session, statement: str, objects: set[str]) -> None:
    desk = Desk(session, DAY)
    desk.query(statement)
    assert desk.objects == objects
    assert desk.statements == [statement]


def test_searched_objects(session: Session) -> None:
    desk = Desk(session, DAY)
    desk.search("FIND {order} RETURNING knowledge__kav(Id)")
    assert desk.objects == {"Knowledge__kav"}


def test_what_is_refused_asks_for_nothing(session: Session) -> None:
    desk = Desk(session, DAY)
    with pytest.raises(OrgError):
        desk.query("SELECT Nothing FROM Case")
    assert desk.objects == set()
    assert len(desk.statements) == 1


def test_to_be_told_of_an_object_is_not_to_ask_for_its_records(session: Session) -> None:
    desk = Desk(session, DAY)
    assert "Case (" in describe(desk)
    assert "IssueId__c" in describe(desk, "case")
    assert desk.objects == set()
    assert desk.statements == []
