"""Agents: the cases they manage, own and hand over, and how long they take."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from orgsmith.arena.agents.toolbox.arguments import at_least, record_ids, window
from orgsmith.arena.agents.toolbox.cases import case_rows
from orgsmith.arena.agents.toolbox.durations import hours_of
from orgsmith.arena.agents.toolbox.histories import histories
from orgsmith.arena.record import Record
from orgsmith.arena.solver.assignments import hand_overs, managers

# The solver is asked who is on duty, so that it stands in one place only.
from orgsmith.arena.solver.case_routing import on_duty
from orgsmith.arena.solver.desk import Desk
from orgsmith.arena.solver.spans import Closing


def count_managed_cases_by_agent(desk: Desk, start: str, end: str) -> dict[str, int]:
    """Count the cases created in a window by the agent who manages them: the first assigned to it.

    Cases count whether closed or not and handed over or not. Agents without any are not listed. The
    window is half-open.

    Args:
        start: First day of the window, YYYY-MM-DD.
        end: First day after the window, YYYY-MM-DD.
    """
    return dict(sorted(managers(desk, window(desk, start, end), 0).items()))


def find_agents_managing_more_than(desk: Desk, start: str, end: str, more_than: int) -> list[str]:
    """List the Ids of the agents who manage more than so many of the cases created in a window.

    An agent manages a case if it was first assigned to the agent. The window is half-open.

    Args:
        start: First day of the window, YYYY-MM-DD.
        end: First day after the window, YYYY-MM-DD.
        more_than: The number that must be exceeded; 0 for "at least one case".
    """
    least = at_least(more_than, 0, "more_than")
    return sorted(managers(desk, window(desk, start, end), least))


def compute_mean_handle_time_by_agent(desk: Desk, case_ids: list[str]) -> list[Record]:
    """Compute each managing agent's mean of ClosedDate minus CreatedDate over some cases, in hours.

    Takes all cases of the list that were closed before today, whoever closed them; leave
    transferred cases out of the list if they are not to count. "cases" is how many cases the mean
    is over.

    Args:
        case_ids: Ids of the cases.
    """
    rows = case_rows(desk, record_ids(case_ids, "Case"), "CreatedDate, ClosedDate")
    known = histories(desk, [row["Id"] for row in rows])
    closings: defaultdict[str, list[Closing]] = defaultdict(list)
    for row in rows:
        manager = known[row["Id"]].manager if row["Id"] in known else None
        closed = row["ClosedDate"]
        if manager is not None and closed is not None and closed < desk.today.isoformat():
            closings[manager].append(Closing.of(row["Id"], row["CreatedDate"], closed))
    return [
        {"agent": agent, "mean_hours": hours_of(found), "cases": len(found)}
        for agent, found in sorted(closings.items())
    ]


def compute_transfer_count_by_agent(
    desk: Desk, start: str, end: str, agent_ids: list[str] | None = None
) -> dict[str, int]:
    """Count hand-overs in a window by the agent who gave the case away, whatever the case.

    What counts is when the case was handed over, not when it was created. The window is half-open.

    Args:
        start: First day of the window, YYYY-MM-DD.
        end: First day after the window, YYYY-MM-DD.
        agent_ids: Ids of agents (User): each is listed, with 0 if there is none; leave out for all
            agents who handed over a case.
    """
    agents = None if agent_ids is None else record_ids(agent_ids, "User")
    given = Counter(each.agent for each in hand_overs(desk, window(desk, start, end)))
    return {agent: given[agent] for agent in (sorted(given) if agents is None else agents)}


def find_agents_with_most_cases(
    desk: Desk,
    case_ids: list[str],
    agent_ids: list[str] | None = None,
    on_duty_only: bool = False,
) -> Record:
    """Find the agents who own most of some cases: all of them if several own equally many.

    The owner is whom a case was last assigned to before today.

    Args:
        case_ids: Ids of the cases.
        agent_ids: Ids of agents (User) to compare, those without a case included; leave out for all
            who own one.
        on_duty_only: Whether to compare agents on duty today only, those without a case included.
    """
    numbers = _owned(desk, case_ids, agent_ids, on_duty_only)
    return _leading(numbers, max(numbers.values(), default=0))


def find_agents_with_fewest_cases(
    desk: Desk,
    case_ids: list[str],
    agent_ids: list[str] | None = None,
    on_duty_only: bool = False,
) -> Record:
    """Find the agents who own fewest of some cases: all of them if several own equally many.

    The owner is whom a case was last assigned to before today.

    Args:
        case_ids: Ids of the cases.
        agent_ids: Ids of agents (User) to compare, those without a case included; leave out for all
            who own one.
        on_duty_only: Whether to compare agents on duty today only, those without a case included.
    """
    numbers = _owned(desk, case_ids, agent_ids, on_duty_only)
    return _leading(numbers, min(numbers.values(), default=0))


def _owned(
    desk: Desk, case_ids: list[str], agent_ids: list[str] | None, on_duty_only: bool
) -> dict[str, int]:
    owners = Counter(each.owner for each in histories(desk, record_ids(case_ids, "Case")).values())
    compared = set(owners) if agent_ids is None else {*record_ids(agent_ids, "User")}
    if on_duty_only:
        duty = set(on_duty(desk))
        compared = duty if agent_ids is None else compared & duty
    return {agent: owners[agent] for agent in sorted(compared)}


def _leading(numbers: Mapping[str, int], best: int) -> Record:
    return {"agents": [agent for agent, n in numbers.items() if n == best], "cases": best}
