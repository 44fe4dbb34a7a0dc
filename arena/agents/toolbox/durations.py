"""Mean times to close, in hours."""

from collections import defaultdict

from orgsmith.arena.agents.toolbox.arguments import record_ids
from orgsmith.arena.agents.toolbox.cases import case_rows, state_of
from orgsmith.arena.record import Record
from orgsmith.arena.solver.desk import Desk
from orgsmith.arena.solver.spans import Closing, mean

_PER_HOUR = 3_600_000_000
_DIGITS = 4


def compute_mean_closing_time_by_state(desk: Desk, case_ids: list[str]) -> list[Record]:
    """Compute each state's mean of ClosedDate minus CreatedDate over some cases, in hours.

    Takes the cases of the list that were closed before today and whose account has a state. "cases"
    is how many the mean is over.

    Args:
        case_ids: Ids of the cases.
    """
    fields = "Account.ShippingState, CreatedDate, ClosedDate"
    closings: defaultdict[str, list[Closing]] = defaultdict(list)
    for row in case_rows(desk, record_ids(case_ids, "Case"), fields):
        state, closed = state_of(row), row["ClosedDate"]
        if state is not None and closed is not None and closed < desk.today.isoformat():
            closings[state].append(Closing.of(row["Id"], row["CreatedDate"], closed))
    return [
        {"state": state, "mean_hours": hours_of(found), "cases": len(found)}
        for state, found in sorted(closings.items())
    ]


def hours_of(closings: list[Closing]) -> float:
    """The mean time to close in hours, rounded to less than a second."""
    return round(float(mean(closings) / _PER_HOUR), _DIGITS)
