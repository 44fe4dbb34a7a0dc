"""The state whose cases are closed fastest."""

from collections import defaultdict

from orgsmith.arena.solver.desk import Desk, Found, moment
from orgsmith.arena.solver.ranking import Compared, Ranking, counted, decided
from orgsmith.arena.solver.spans import Closing, mean, spelled, window, within
from orgsmith.arena.tasks.question import Asked
from orgsmith.arena.tasks.rules import REGION_FLOOR


def solve(desk: Desk, asked: Asked) -> Found:
    """The state with the lowest mean time from a case's creation to its closing."""
    desk.needs("Account")
    rows = desk.query(
        "SELECT Id, Account.ShippingState, CreatedDate, ClosedDate FROM Case "
        f"WHERE {within('CreatedDate', asked)} AND ClosedDate < {moment(asked.today)} "
        "AND Account.ShippingState != null"
    )
    closings: defaultdict[str, list[Closing]] = defaultdict(list)
    for row in rows:
        closing = Closing.of(row["Id"], row["CreatedDate"], row["ClosedDate"])
        closings[row["Account"]["ShippingState"]].append(closing)
    fit = {state: found for state, found in closings.items() if len(found) >= REGION_FLOOR}
    ranking = Ranking.of((_compared(state, found) for state, found in fit.items()), greatest=False)
    thin = counted(len(closings) - len(fit), "state")
    heading = (
        f"mean closing time of {counted(len(rows), 'case')} created in {window(asked)} and closed "
        f"before {asked.today}, by state",
        f"{thin} left out with fewer than {REGION_FLOOR} cases",
    )
    return decided(heading, ranking, lambda state: (one.case for one in fit[state]))


def _compared(state: str, closings: list[Closing]) -> Compared:
    number = mean(closings)
    told = f"{spelled(number)} in the mean of {len(closings)} cases"
    return Compared(state, state, number, told)
