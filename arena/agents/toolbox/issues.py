"""Issues: what there are, and how often they were reported."""

from orgsmith.arena.agents.toolbox.arguments import listed, record_ids, window
from orgsmith.arena.record import Record
from orgsmith.arena.solver.desk import Desk
from orgsmith.arena.solver.spans import within


def get_issues(desk: Desk) -> list[Record]:
    """List all issues that cases are about: Ids, names and descriptions."""
    rows = desk.query("SELECT Id, Name, Description__c FROM Issue__c ORDER BY Name")
    return [
        {"id": row["Id"], "name": row["Name"], "description": row["Description__c"]} for row in rows
    ]


def count_issues_of_order_items(
    desk: Desk, order_item_ids: list[str], start: str, end: str
) -> list[Record]:
    """Count the cases about some order items that were created in a window, by issue.

    Issues without such a case are not listed. The window is half-open.

    Args:
        order_item_ids: Ids of the order items.
        start: First day of the window, YYYY-MM-DD.
        end: First day after the window, YYYY-MM-DD.
    """
    asked = window(desk, start, end)
    items = record_ids(order_item_ids, "OrderItem")
    if not items:
        return []
    rows = desk.query(
        "SELECT IssueId__c, IssueId__r.Name title, COUNT(Id) cases FROM Case "
        f"WHERE OrderItemId__c IN {listed(items)} AND IssueId__c != null "
        f"AND {within('CreatedDate', asked)} GROUP BY IssueId__c, IssueId__r.Name "
        "ORDER BY IssueId__c"
    )
    return [
        {"issue_id": row["IssueId__c"], "name": row["title"], "cases": row["cases"]} for row in rows
    ]
