"""The agent with the highest or lowest mean handle time."""

from collections import Counter, defaultdict

from orgsmith.arena.solver.assignments import agent_names, managed_cases
from orgsmith.arena.solver.desk import Desk, Found
from orgsmith.arena.solver.ranking import SHOWN, Compared, Ranking, counted, decided
from orgsmith.arena.solver.spans import Closing, mean, spelled, window
from orgsmith.arena.tasks.question import Asked
from orgsmith.arena.tasks.rules import HANDLE_TIME_FLOOR


def solve(desk: Desk, asked: Asked) -> Found:
    """The agent whose closed cases took longest or shortest in the mean."""
    more_than, extreme = asked.number("more_than"), asked.text("extreme")
    managed: Counter[str] = Counter()
    closings: defaultdict[str, list[Closing]] = defaultdict(list)
    for case in managed_cases(desk, asked):
        managed[case.agent] += 1
        if case.closed is not None and not case.handed_over:
            closings[case.agent].append(Closing.of(case.case, case.created, case.closed))
    names = agent_names(desk)
    managing = sorted(agent for agent, cases in managed.items() if cases > more_than)
    fit = [agent for agent in managing if len(closings[agent]) >= HANDLE_TIME_FLOOR]
    ranking = Ranking.of(
        (_compared(agent, names[agent], managed[agent], closings[agent]) for agent in fit),
        greatest=extreme == "highest",
    )
    heading = [
        f"{extreme} mean handle time of {counted(len(fit), 'agent')} managing more than "
        f"{counted(more_than, 'case')} created in {window(asked)}"
    ]
    thin = [f"{names[agent]} ({len(closings[agent])})" for agent in managing if agent not in fit]
    if thin:
        more = f" and {len(thin) - SHOWN} more" if len(thin) > SHOWN else ""
        heading.append(
            f"left out with fewer than {HANDLE_TIME_FLOOR} closed cases that were never handed "
            f"over: {', '.join(thin[:SHOWN])}{more}"
        )
    return decided(heading, ranking, lambda agent: (one.case for one in closings[agent]))


def _compared(agent: str, name: str, managed: int, closings: list[Closing]) -> Compared:
    number = mean(closings)
    told = f"{spelled(number)} in the mean of {len(closings)} closed, {managed} managed"
    return Compared(agent, name, number, told)
