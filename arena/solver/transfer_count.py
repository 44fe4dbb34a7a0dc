"""The agent who handed over the most or the fewest cases."""

from collections import defaultdict

from orgsmith.arena.solver.assignments import agent_names, hand_overs, managers
from orgsmith.arena.solver.desk import Desk, Found
from orgsmith.arena.solver.ranking import Compared, Ranking, counted, decided
from orgsmith.arena.solver.spans import window
from orgsmith.arena.tasks.question import NONE, Asked

MOST = "most"


def solve(desk: Desk, asked: Asked) -> Found:
    """The agent with the most or the fewest hand-overs."""
    more_than, extreme = asked.number("more_than"), asked.text("extreme")
    managing = managers(desk, asked, more_than)
    given: defaultdict[str, list[str]] = defaultdict(list)
    for hand_over in hand_overs(desk, asked):
        given[hand_over.agent].append(hand_over.row)
    names = agent_names(desk)
    ranking = Ranking.of(
        (_compared(agent, names[agent], cases, given[agent]) for agent, cases in managing.items()),
        greatest=extreme == MOST,
    )
    heading = (
        f"{extreme} hand-overs in {window(asked)} of {counted(len(managing), 'agent')} managing "
        f"more than {counted(more_than, 'case')} created in it"
    )
    if extreme == MOST and ranking.places and ranking.places[0].number == 0:
        return Found(NONE, f"{heading}\nnone of them handed over a case")
    return decided((heading,), ranking, lambda agent: given[agent])


def _compared(agent: str, name: str, managed: int, rows: list[str]) -> Compared:
    told = f"{counted(len(rows), 'hand-over')}, {managed} managed"
    return Compared(agent, name, len(rows), told)
