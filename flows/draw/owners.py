"""Who deals with each case: skill among those on duty, and what is routed wrongly."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orgsmith.flows.draw.deals import exactly, pick_column, rank_within
from orgsmith.flows.draw.frames import Bools, Floats, Ints, day_number, day_numbers
from orgsmith.flows.draw.hours import Shifts, shifts_of
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.rows import issue_rows, rows_in
from orgsmith.flows.draw.shares import quotas
from orgsmith.flows.draw.span import DAY, EPOCH
from orgsmith.flows.draw.subjects import CHAT, NEW, Subjects
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

WINDING_DOWN_DAYS = 3
"""Agents get no new cases in their last days."""
DAY_OFF = 0.12
"""Relative chance of an agent to be sent a mail on a day off; a chat never is."""
NO_EPISODE = -1
CELLS = 2_000_000
"""Cells of a table of cases by agents that are held at a time."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The service desk: arrays by agent, in the order of Tenure; days counted since 1970."""

    users: pl.Series
    start: Ints
    end: Ints
    load: Floats
    skill: Floats
    """Weight of each issue, 0 where the agent cannot solve it, shape (agents, issues)."""
    routed: Floats
    """Chance to be sent an issue, relatively: `skill`, levelled by the routing's strength."""
    shifts: Shifts

    def on_duty(self, agents: Ints, days: Ints) -> Bools:
        """Who can be sent a case on which day, shape (days, agents)."""
        until = self.end[agents] - WINDING_DOWN_DAYS
        there: Bools = (self.start[agents] <= days[:, None]) & (days[:, None] < until)
        return there

    def working(self, agents: Ints, days: Ints) -> Bools:
        """Whose weekday is a working day, shape (days, agents)."""
        weekday = (days[:, None] + EPOCH.weekday()) % 7
        works: Bools = self.shifts.works[agents[None, :], weekday]
        return works


@dataclass(frozen=True, slots=True)
class Owners:
    """First and last agent of each case, as rows of the desk, and the episode that misrouted it."""

    first: Ints
    last: Ints
    episode: Ints

    @property
    def transferred(self) -> Bools:
        """Whether the case changes hands."""
        moved: Bools = self.first != self.last
        return moved


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
    return Desk(
        users=tenure["UserId"],
        start=day_numbers(tenure["start"]),
        end=day_numbers(tenure["end"].fill_null(np.datetime64("2999-12-31").item())),
        load=tenure["load"].to_numpy(),
        skill=skill,
        routed=strength * skill + (1 - strength) * even,
        shifts=shifts_of(tenure, day_number(organisation.start), organisation.days),
    )


def draw_owners(
    organisation: Organisation,
    subjects: Subjects,
    desk: Desk,
    misrouting: pl.DataFrame,
    block: int,
) -> Owners:
    """Send each case to an agent, an exact number of them to a wrong one first."""
    rng = stream(organisation.seed, "CasePlan", block, "owners")
    day = day_number(organisation.start) + subjects.day
    right = _skilled(desk, desk.routed, subjects, day, rng)
    episode, first = _misrouted(organisation, subjects, desk, misrouting, day, block, rng)
    wrong = first >= 0
    rows = np.flatnonzero(wrong)
    right[rows] = _take_over(desk, subjects, day, first, rows, rng)
    owners = Owners(np.where(wrong, first, right), right, episode)
    return _nobody_idle(desk, subjects, day, owners, rng)


def _suits(desk: Desk, agents: Ints, subjects: Subjects, day: Ints, rows: Ints) -> Floats:
    """Relative chance of each agent to be sent each case, by duty, workday and load."""
    off = np.where(subjects.channel[rows] == CHAT, 0.0, DAY_OFF)[:, None]
    there = np.where(desk.working(agents, day[rows]), 1.0, off)
    return desk.on_duty(agents, day[rows]) * there * desk.load[agents]


def _skilled(
    desk: Desk, weights: Floats, subjects: Subjects, day: Ints, rng: np.random.Generator
) -> Ints:
    """An agent for each case by weight, or anybody on duty where there is none with a weight."""
    agent = np.full(day.size, -1, dtype=np.int64)
    for issue in range(weights.shape[1]):
        candidates = np.flatnonzero(weights[:, issue] > 0)
        for rows in _chunks(np.flatnonzero(subjects.issue == issue), candidates.size):
            suits = _suits(desk, candidates, subjects, day, rows) * weights[candidates, issue]
            column = pick_column(suits, rng.random(rows.size))
            agent[rows] = np.where(column >= 0, candidates[column], -1)
    return _anybody(desk, subjects, day, agent, rng)


def _anybody(
    desk: Desk, subjects: Subjects, day: Ints, agent: Ints, rng: np.random.Generator
) -> Ints:
    """Fill the cases for which nobody was found: who works, then who is on duty at all."""
    everybody = np.arange(desk.load.size)
    for rows in _chunks(np.flatnonzero(agent < 0), everybody.size):
        agent[rows] = pick_column(
            _suits(desk, everybody, subjects, day, rows), rng.random(rows.size)
        )
    for rows in _chunks(np.flatnonzero(agent < 0), everybody.size):
        there = (desk.start <= day[rows, None]) & (day[rows, None] < desk.end)
        agent[rows] = pick_column(there * desk.load, rng.random(rows.size))
    return agent


def _chunks(rows: Ints, columns: int) -> list[Ints]:
    """The rows in pieces whose tables of `columns` columns stay small."""
    step = max(1, CELLS // max(columns, 1))
    return [rows[at : at + step] for at in range(0, rows.size, step)]


def _misrouted(
    organisation: Organisation,
    subjects: Subjects,
    desk: Desk,
    misrouting: pl.DataFrame,
    day: Ints,
    block: int,
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    """The episode and the wrong first agent of each case; -1 and -1 where routing is right."""
    counts = organisation.industry.counts
    total = organisation.block_share(counts.Case * counts.transfer_share, block)
    share = organisation.industry.latents.Misrouting.episode_share if misrouting.height else 0.0
    answered = subjects.status != NEW
    episode, victim = _by_episode(desk, subjects, misrouting, day, answered, rng)
    can = np.flatnonzero(episode >= 0)
    planned = min(round(share * total), can.size)
    taken = np.zeros(day.size, dtype=np.bool_)
    if planned:
        sizes = np.bincount(episode[can], minlength=misrouting.height)
        rank = rank_within(episode[can], rng.random(can.size))
        taken[can[rank < quotas(sizes.astype(np.float64), planned)[episode[can]]]] = True
    others = exactly(total - int(taken.sum()), (answered & ~taken).astype(np.float64), rng)
    unskilled = (desk.skill == 0).astype(np.float64)
    stray = np.full(day.size, -1, dtype=np.int64)
    rows = np.flatnonzero(others)
    for some in _chunks(rows, desk.load.size):
        suits = _suits(desk, np.arange(desk.load.size), subjects, day, some)
        stray[some] = pick_column(
            suits * unskilled[:, subjects.issue[some]].T, rng.random(some.size)
        )
    return np.where(taken, episode, NO_EPISODE), np.where(taken, victim, stray)


def _by_episode(
    desk: Desk,
    subjects: Subjects,
    misrouting: pl.DataFrame,
    day: Ints,
    answered: Bools,
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    """An episode that could misroute each case, and its agent; -1 where none could.

    It can if the agent works on that day and lacks the skill. Where episodes run side by side, one
    of them is drawn.
    """
    episode = np.full(day.size, NO_EPISODE, dtype=np.int64)
    victim = np.full(day.size, -1, dtype=np.int64)
    if not misrouting.height:
        return episode, victim
    agents = rows_in(desk.users, misrouting["UserId"])
    start, end = day_numbers(misrouting["start"]), day_numbers(misrouting["end"])
    for rows in _chunks(np.flatnonzero(answered), agents.size):
        days = day[rows, None]
        can = (
            (start <= days)
            & (days < end)
            & desk.on_duty(agents, day[rows])
            & desk.working(agents, day[rows])
            & (desk.skill[agents][:, subjects.issue[rows]].T == 0)
        )
        column = pick_column(can.astype(np.float64), rng.random(rows.size))
        episode[rows] = column
        victim[rows] = np.where(column >= 0, agents[column], -1)
    return episode, victim


def _take_over(
    desk: Desk, subjects: Subjects, day: Ints, first: Ints, rows: Ints, rng: np.random.Generator
) -> Ints:
    """A skilled agent for each misrouted case, whose shift meets the first agent's in chats."""
    agent = np.full(rows.size, -1, dtype=np.int64)
    everybody = np.arange(desk.load.size)
    for some in _chunks(np.arange(rows.size), everybody.size):
        cases = rows[some]
        suits = _suits(desk, everybody, subjects, day, cases)
        suits[np.arange(cases.size), first[cases]] = 0
        meets = np.ones_like(suits)
        chats = subjects.channel[cases] == CHAT
        live = cases[chats]
        meets[chats] = desk.shifts.hours_shared(first[live], everybody, day[live] * DAY)
        skill = desk.skill[:, subjects.issue[cases]].T
        # Nobody with the skill may be there: then the case goes to anybody else.
        for weights in (skill * meets, skill, meets, np.ones_like(meets)):
            left = np.flatnonzero(agent[some] < 0)
            if not left.size:
                break
            agent[some[left]] = pick_column(suits[left] * weights[left], rng.random(left.size))
    return np.where(agent >= 0, agent, first[rows])


def _nobody_idle(
    desk: Desk, subjects: Subjects, day: Ints, owners: Owners, rng: np.random.Generator
) -> Owners:
    """Give agents without a case one that suits them, from whoever has most."""
    first, last = owners.first.copy(), owners.last.copy()
    keys = rng.random(day.size)
    cases = np.bincount(first, minlength=desk.load.size)
    for agent in np.flatnonzero(cases == 0):
        alone = np.array([agent])
        fits = (
            (first == last)
            & desk.on_duty(alone, day)[:, 0]
            & desk.working(alone, day)[:, 0]
            & (desk.skill[agent, subjects.issue] > 0)
            & (cases[first] > 1)
        )
        if fits.any():
            chosen = np.lexsort((keys, -cases[first], ~fits))[0]
            cases[first[chosen]] -= 1
            cases[agent] += 1
            first[chosen] = last[chosen] = agent
    return Owners(first, last, owners.episode)
