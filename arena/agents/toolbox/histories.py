"""What had become of cases before the desk's day: who had them first, and who had them last."""

from collections.abc import Sequence
from dataclasses import dataclass

from orgsmith.arena.agents.toolbox.arguments import batches
from orgsmith.arena.solver.desk import Desk, moment


@dataclass(frozen=True, slots=True)
class History:
    """A case's assignments: `manager` had it first, `owner` last; `hand_overs` lie between."""

    manager: str | None
    owner: str
    hand_overs: int


def histories(desk: Desk, cases: Sequence[str]) -> dict[str, History]:
    """The histories of those cases that were assigned to somebody before today, by Id."""
    found: dict[str, History] = {}
    for ids in batches(cases):
        rows = desk.query(
            "SELECT CaseId__c, OldValue__c, NewValue__c FROM CaseHistory__c "
            f"WHERE Field__c = 'Owner Assignment' AND CreatedDate < {moment(desk.today)} "
            f"AND CaseId__c IN {ids} ORDER BY CreatedDate"
        )
        for row in rows:
            case, giver, receiver = row["CaseId__c"], row["OldValue__c"], row["NewValue__c"]
            before = found.get(case, History(None, receiver, 0))
            first = receiver if giver is None else None
            found[case] = History(
                before.manager or first, receiver, before.hand_overs + (giver is not None)
            )
    return found
