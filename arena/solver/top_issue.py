"""The issue that was reported most often about a product."""

from collections import defaultdict

from orgsmith.arena.solver.desk import Desk, Found, quoted
from orgsmith.arena.solver.ranking import Compared, Ranking, counted, decided
from orgsmith.arena.solver.spans import window, within
from orgsmith.arena.tasks.question import Asked


def solve(desk: Desk, asked: Asked) -> Found:
    """The most frequent issue among the cases of a product."""
    product = asked.text("product")
    desk.needs("OrderItem", "Issue__c")
    rows = desk.query(
        "SELECT Id, IssueId__c, IssueId__r.Name FROM Case "
        f"WHERE OrderItemId__r.Product2Id = {quoted(product)} AND {within('CreatedDate', asked)}"
    )
    cases: defaultdict[str, list[str]] = defaultdict(list)
    names: dict[str, str] = {}
    for row in rows:
        if row["IssueId__c"] is not None:
            cases[row["IssueId__c"]].append(row["Id"])
            names[row["IssueId__c"]] = row["IssueId__r"]["Name"]
    ranking = Ranking.of(
        (
            Compared(issue, names[issue], len(found), counted(len(found), "case"))
            for issue, found in cases.items()
        ),
        greatest=True,
    )
    heading = f"issues of {counted(len(rows), 'case')} about {product} created in {window(asked)}"
    return decided((heading,), ranking, lambda issue: cases[issue])
