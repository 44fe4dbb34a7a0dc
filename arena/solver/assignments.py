"""Who had a case when, from its history: first owners, hand-overs, owners on a day.

A case is assigned once without an old value: when it comes in. Every later assignment names who
handed it over.
"""

from dataclasses import dataclass

from orgsmith.arena.solver.desk import Desk, moment
from orgsmith.arena.solver.spans import within
from orgsmith.arena.tasks.question import Asked


@dataclass(frozen=True, slots=True)
class Managed:
    """A case that is managed by an agent, as it was on the question's day.

    `created` and `closed` as records write them; `closed` is None while it is open.
    """

    case: str
    agent: str
    created: str
    closed: str | None
    handed_over: bool


@dataclass(frozen=True, slots=True)
class HandOver:
    """A row of the history with which an agent gave a case away."""

    row: str
    agent: str


def agent_names(desk: Desk) -> dict[str, str]:
    """The name of every agent, by Id."""
    return {agent["Id"]: agent["Name"] for agent in desk.query("SELECT Id, Name FROM User")}


def managed_cases(desk: Desk, asked: Asked) -> list[Managed]:
    """The cases created in a question's window that were assigned to somebody before its day."""
    desk.needs("Case")
    rows = desk.query(
        "SELECT CaseId__c, OldValue__c, NewValue__c, CaseId__r.CreatedDate, CaseId__r.ClosedDate "
        f"FROM CaseHistory__c WHERE {_before(asked)} AND {within('CaseId__r.CreatedDate', asked)} "
        "ORDER BY CreatedDate"
    )
    handed_over = {row["CaseId__c"] for row in rows if row["OldValue__c"] is not None}
    managed: dict[str, Managed] = {}
    today = asked.today.isoformat()
    for row in rows:
        key, case = row["CaseId__c"], row["CaseId__r"]
        if row["OldValue__c"] is None and key not in managed:
            closed = case["ClosedDate"]
            if closed is not None and closed >= today:
                closed = None
            managed[key] = Managed(
                key, row["NewValue__c"], case["CreatedDate"], closed, key in handed_over
            )
    return list(managed.values())


def managers(desk: Desk, asked: Asked, more_than: int) -> dict[str, int]:
    """How many of the cases created in the window agents manage, if more than so many; by Id."""
    desk.needs("Case")
    rows = desk.query(
        "SELECT NewValue__c, COUNT(Id) managed FROM CaseHistory__c "
        f"WHERE {_before(asked)} AND OldValue__c = null "
        f"AND {within('CaseId__r.CreatedDate', asked)} "
        f"GROUP BY NewValue__c HAVING COUNT(Id) > {more_than}"
    )
    return {row["NewValue__c"]: row["managed"] for row in rows}


def hand_overs(desk: Desk, asked: Asked) -> list[HandOver]:
    """The hand-overs that happened in a question's window, whatever the case."""
    rows = desk.query(
        "SELECT Id, OldValue__c FROM CaseHistory__c WHERE Field__c = 'Owner Assignment' "
        f"AND OldValue__c != null AND {within('CreatedDate', asked)}"
    )
    return [HandOver(row["Id"], row["OldValue__c"]) for row in rows]


def open_cases(desk: Desk, asked: Asked) -> dict[str, str]:
    """Who owned each case that was open at the first moment of the question's day; by Id."""
    desk.needs("Case")
    today = moment(asked.today)
    rows = desk.query(
        f"SELECT CaseId__c, NewValue__c FROM CaseHistory__c WHERE {_before(asked)} "
        f"AND (CaseId__r.ClosedDate = null OR CaseId__r.ClosedDate >= {today}) "
        "ORDER BY CreatedDate"
    )
    # The last assignment stands; a case that was assigned had been created.
    return {row["CaseId__c"]: row["NewValue__c"] for row in rows}


def _before(asked: Asked) -> str:
    return f"Field__c = 'Owner Assignment' AND CreatedDate < {moment(asked.today)}"
