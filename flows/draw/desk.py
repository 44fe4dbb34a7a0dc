"""The service desk: who can be sent which case on which day, and when routing is misled."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orgsmith.flows.draw.frames import Bools, Floats, Ints, day_number, day_numbers
from orgsmith.flows.draw.hours import Shifts, shifts_of
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.rows import issue_rows, rows_in
from orgsmith.flows.draw.span import EPOCH
from orgsmith.schema.organisation import Organisation

WINDING_DOWN_DAYS = 3
"""Agents get no new cases in their last days."""
DAY_OFF = 0.12
"""Relative chance of an agent to be sent a mail on a day off; a chat never is."""
NO_EPISODE = -1


@dataclass(frozen=True, slots=True)
class Desk:
    """The service desk: arrays by agent, in the order of Tenure; days counted since 1970."""

    users: pl.Series
    start: Ints
    end: Ints
    load: Floats
    skill: Floats
    """Weight of each issue, 0 where the agent cannot solve it, shape (issues, agents)."""
    routed: Floats
    """Chance to be sent an issue, relatively: `skill`, levelled by the routing's strength."""
    shifts: Shifts
    first: int
    """The first day of `chances`."""
    chances: Floats
    """Chance to be sent a mail, or a chat, on a day, relatively: by duty, workday and load; shape
    (2, days, agents)."""
    works: Bools
    """Whether an agent is on duty and works on a day, shape (agents, days)."""

    def sent(self, days: Ints, chat: Bools, agents: Ints | None = None) -> Floats:
        """Chance of agents to be sent each case, relatively, shape (cases, agents).

        Args:
            days: the day of each case, shape (n,).
            chat: whether it is a chat, shape (n,).
            agents: which agents, shape (k,); everybody if left out.
        """
        days_known, everybody = self.chances.shape[1:]
        rows = chat * days_known + (days - self.first)
        table = self.chances.reshape(-1, everybody)
        if agents is None:
            chances: Floats = table[rows]
        else:
            chances = table.reshape(-1).take(rows[:, None] * everybody + agents)
        return chances


@dataclass(frozen=True, slots=True)
class Episodes:
    """The episodes of misrouting that can run on each day, because their agent works then.

    `running` holds their numbers, shape (days, most), `NO_EPISODE` where there are fewer; `agent`
    is the row of each episode's agent at the desk.
    """

    agent: Ints
    running: Ints


def desk_of(organisation: Organisation, parents: Parents) -> Desk:
    """The desk as Tenure and Skill have it."""
    tenure = parents["Tenure"]
    issues = len(organisation.industry.issues)
    skills = parents["Skill"]
    skill = np.zeros((tenure.height, issues))
    agent = rows_in(tenure["UserId"], skills["UserId"])
    skill[agent, issue_rows(organisation, skills["IssueId"])] = skills["weight"].to_numpy()
    strength = organisation.industry.latents.Skill.routing_strength
    # An even desk sends as much in all as a skilled one, so that strengths between mix the two.
    even = skill.sum(axis=1, keepdims=True) / issues
    routed = strength * skill + (1 - strength) * even
    start = day_numbers(tenure["start"])
    end = day_numbers(tenure["end"].fill_null(np.datetime64("2999-12-31").item()))
    load = tenure["load"].to_numpy()
    shifts = shifts_of(tenure, day_number(organisation.start), organisation.days)
    days = day_number(organisation.start) + np.arange(organisation.days)
    on_duty = (start <= days[:, None]) & (days[:, None] < end - WINDING_DOWN_DAYS)
    works = shifts.works.T[(days + EPOCH.weekday()) % 7]
    chances = [np.where(on_duty, np.where(works, 1.0, off), 0.0) * load for off in (DAY_OFF, 0.0)]
    return Desk(
        users=tenure["UserId"],
        start=start,
        end=end,
        load=load,
        skill=np.ascontiguousarray(skill.T),
        routed=np.ascontiguousarray(routed.T),
        shifts=shifts,
        first=int(days[0]),
        chances=np.stack(chances),
        works=np.ascontiguousarray((on_duty & works).T),
    )


def episodes_of(desk: Desk, misrouting: pl.DataFrame) -> Episodes:
    """The episodes of Misrouting, day by day."""
    agent = rows_in(desk.users, misrouting["UserId"])
    start, end = day_numbers(misrouting["start"]), day_numbers(misrouting["end"])
    days = desk.first + np.arange(desk.chances.shape[1])[:, None]
    runs = (start <= days) & (days < end) & desk.works[agent].T
    most = int(runs.sum(axis=1).max(initial=0))
    # The running ones first, in their order.
    numbers = np.argsort(~runs, axis=1, kind="stable")[:, :most]
    there = np.take_along_axis(runs, numbers, axis=1)
    return Episodes(agent, np.where(there, numbers, NO_EPISODE))
