"""Cases of a kind, and what is told of a list of cases."""

from collections import Counter
from typing import Literal

from orgsmith.arena.agents.toolbox.arguments import (
    batches,
    day,
    listed,
    one_of,
    record_ids,
    some_ids,
    window,
)
from orgsmith.arena.agents.toolbox.histories import histories
from orgsmith.arena.record import Record
from orgsmith.arena.solver.desk import Desk, moment
from orgsmith.arena.solver.spans import within

EARLIEST = "1900-01-01"
"""Where a window begins that is open towards the past."""

MOST_LISTED = 1_000
"""Ids of one condition: a statement holds several lists of them."""


def get_cases(
    desk: Desk,
    created_start: str | None = None,
    created_end: str | None = None,
    closed_start: str | None = None,
    closed_end: str | None = None,
    managed_by: list[str] | None = None,
    owned_by: list[str] | None = None,
    case_ids: list[str] | None = None,
    order_item_ids: list[str] | None = None,
    issue_ids: list[str] | None = None,
    status: Literal["open", "closed"] | None = None,
) -> list[str]:
    """List the Ids of the cases that fit all conditions given, by what was known before today.

    Windows are half-open: the start counts, the end is the first day that does not. Leave out every
    condition that is not wanted.

    Args:
        created_start: First day of creation that counts, YYYY-MM-DD.
        created_end: First day of creation that no longer counts, YYYY-MM-DD.
        closed_start: First day of closing that counts, YYYY-MM-DD.
        closed_end: First day of closing that no longer counts, YYYY-MM-DD.
        managed_by: Ids of agents (User): cases that were first assigned to one of them.
        owned_by: Ids of agents (User): cases that were last assigned to one of them.
        case_ids: Ids of cases: only cases of this list.
        order_item_ids: Ids of order items that the cases are about.
        issue_ids: Ids of issues that the cases are about.
        status: open or closed, as it was at the first moment of today.
    """
    conditions = [f"CreatedDate < {moment(desk.today)}"]
    if created_start is not None or created_end is not None:
        conditions.append(_during(desk, "CreatedDate", created_start, created_end))
    if closed_start is not None or closed_end is not None:
        conditions.append(_during(desk, "ClosedDate", closed_start, closed_end))
    if status is not None:
        conditions.append(_status(desk, status))
    for field, object_name, ids in (
        ("Id", "Case", case_ids),
        ("OrderItemId__c", "OrderItem", order_item_ids),
        ("IssueId__c", "Issue__c", issue_ids),
    ):
        if ids is not None:
            conditions.append(
                f"{field} IN {listed(some_ids(ids, object_name, field, MOST_LISTED))}"
            )
    rows = desk.query(
        f"SELECT Id FROM Case WHERE {' AND '.join(conditions)} ORDER BY CreatedDate, Id"
    )
    return _assigned(desk, [str(row["Id"]) for row in rows], managed_by, owned_by)


def get_cases_without_transfer(desk: Desk, case_ids: list[str]) -> list[str]:
    """List those of some cases that were assigned once only before today, so never handed over.

    Args:
        case_ids: Ids of the cases.
    """
    cases = record_ids(case_ids, "Case")
    known = histories(desk, cases)
    return [case for case in cases if case in known and known[case].hand_overs == 0]


def get_states_of_cases(desk: Desk, case_ids: list[str]) -> list[Record]:
    """Tell the state (two letters) in the shipping address of each case's account.

    Args:
        case_ids: Ids of the cases.
    """
    return [
        {"case": row["Id"], "state": state_of(row)}
        for row in case_rows(desk, record_ids(case_ids, "Case"), "Account.ShippingState")
    ]


def count_cases_by_month(desk: Desk, case_ids: list[str]) -> dict[str, int]:
    """Count cases by the calendar month (YYYY-MM, UTC) in which they were created.

    Months without any of these cases are not listed.

    Args:
        case_ids: Ids of the cases.
    """
    rows = case_rows(desk, record_ids(case_ids, "Case"), "CreatedDate")
    months = Counter(row["CreatedDate"][:7] for row in rows)
    return dict(sorted(months.items()))


def case_rows(desk: Desk, cases: list[str], fields: str) -> list[Record]:
    """Fields of some cases that were created before today."""
    return [
        row
        for ids in batches(cases)
        for row in desk.query(
            f"SELECT Id, {fields} FROM Case "
            f"WHERE CreatedDate < {moment(desk.today)} AND Id IN {ids} ORDER BY Id"
        )
    ]


def state_of(row: Record) -> str | None:
    """The state of a case's account; None where it has none."""
    account = row["Account"]
    return account["ShippingState"] if account else None


def _during(desk: Desk, field: str, start: str | None, end: str | None) -> str:
    # What happens today or later is cut off by the condition itself.
    after = day(end, "end").isoformat() if end is not None else desk.today.isoformat()
    return within(field, window(desk, EARLIEST if start is None else start, after))


def _status(desk: Desk, status: str) -> str:
    today = moment(desk.today)
    if one_of(status, ("open", "closed"), "status") == "closed":
        return f"ClosedDate < {today}"
    return f"(ClosedDate = null OR ClosedDate >= {today})"


def _assigned(
    desk: Desk, cases: list[str], managed_by: list[str] | None, owned_by: list[str] | None
) -> list[str]:
    if managed_by is None and owned_by is None:
        return cases
    managers = (
        None if managed_by is None else {*some_ids(managed_by, "User", "managed_by", MOST_LISTED)}
    )
    owners = None if owned_by is None else {*some_ids(owned_by, "User", "owned_by", MOST_LISTED)}
    return [
        case
        for case, known in histories(desk, cases).items()
        if (managers is None or known.manager in managers)
        and (owners is None or known.owner in owners)
    ]
