"""Who deals with each case: skill among those on duty, and what is routed wrongly."""

from dataclasses import dataclass

import numpy as np

from orgsmith.flows.draw.deals import exactly, pick_column, rank_within
from orgsmith.flows.draw.desk import NO_EPISODE, Desk, Episodes
from orgsmith.flows.draw.frames import Bools, Floats, Ints, day_number
from orgsmith.flows.draw.shares import quotas
from orgsmith.flows.draw.span import DAY
from orgsmith.flows.draw.subjects import CHAT, NEW, Subjects
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

CELLS = 2_000_000
"""Cells of a table of cases by agents that are held at a time."""


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


def draw_owners(
    organisation: Organisation,
    subjects: Subjects,
    desk: Desk,
    episodes: Episodes,
    block: int,
) -> Owners:
    """Send each case to an agent, an exact number of them to a wrong one first."""
    rng = stream(organisation.seed, "CasePlan", block, "owners")
    day = day_number(organisation.start) + subjects.day
    right = _skilled(desk, desk.routed, subjects, day, rng)
    episode, first = _misrouted(organisation, subjects, desk, episodes, day, block, rng)
    wrong = first >= 0
    rows = np.flatnonzero(wrong)
    right[rows] = _take_over(desk, subjects, day, first, rows, rng)
    owners = Owners(np.where(wrong, first, right), right, episode)
    return _nobody_idle(desk, subjects, day, owners, rng)


def _suits(desk: Desk, subjects: Subjects, day: Ints, rows: Ints) -> Floats:
    """Relative chance of everybody to be sent each case, by duty, workday and load."""
    return desk.sent(day[rows], subjects.channel[rows] == CHAT)


def _skilled(
    desk: Desk, weights: Floats, subjects: Subjects, day: Ints, rng: np.random.Generator
) -> Ints:
    """An agent for each case by weight, or anybody on duty where there is none with a weight."""
    agent = np.full(day.size, -1, dtype=np.int64)
    for issue, of_issue in enumerate(weights):
        candidates = np.flatnonzero(of_issue > 0)
        for rows in _chunks(np.flatnonzero(subjects.issue == issue), candidates.size):
            suits = desk.sent(day[rows], subjects.channel[rows] == CHAT, candidates)
            suits *= of_issue[candidates]
            column = pick_column(suits, rng.random(rows.size))
            agent[rows] = np.where(column >= 0, candidates[column], -1)
    return _anybody(desk, subjects, day, agent, rng)


def _anybody(
    desk: Desk, subjects: Subjects, day: Ints, agent: Ints, rng: np.random.Generator
) -> Ints:
    """Fill the cases for which nobody was found: who works, then who is on duty at all."""
    for rows in _chunks(np.flatnonzero(agent < 0), desk.load.size):
        agent[rows] = pick_column(_suits(desk, subjects, day, rows), rng.random(rows.size))
    for rows in _chunks(np.flatnonzero(agent < 0), desk.load.size):
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
    episodes: Episodes,
    day: Ints,
    block: int,
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    """The episode and the wrong first agent of each case; -1 and -1 where routing is right."""
    counts = organisation.industry.counts
    total = organisation.block_share(counts.Case * counts.transfer_share, block)
    share = organisation.industry.latents.Misrouting.episode_share if episodes.agent.size else 0.0
    answered = subjects.status != NEW
    episode, victim = _by_episode(desk, subjects, episodes, day, answered, rng)
    can = np.flatnonzero(episode >= 0)
    planned = min(round(share * total), can.size)
    taken = np.zeros(day.size, dtype=np.bool_)
    if planned:
        sizes = np.bincount(episode[can], minlength=episodes.agent.size)
        rank = rank_within(episode[can], rng.random(can.size))
        taken[can[rank < quotas(sizes.astype(np.float64), planned)[episode[can]]]] = True
    others = exactly(total - int(taken.sum()), (answered & ~taken).astype(np.float64), rng)
    unskilled = (desk.skill == 0).astype(np.float64)
    stray = np.full(day.size, -1, dtype=np.int64)
    rows = np.flatnonzero(others)
    for some in _chunks(rows, desk.load.size):
        suits = _suits(desk, subjects, day, some) * unskilled[subjects.issue[some]]
        stray[some] = pick_column(suits, rng.random(some.size))
    return np.where(taken, episode, NO_EPISODE), np.where(taken, victim, stray)


def _by_episode(
    desk: Desk,
    subjects: Subjects,
    episodes: Episodes,
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
    if not episodes.agent.size:
        return episode, victim
    rows = np.flatnonzero(answered)
    running = episodes.running[day[rows] - desk.first]
    lacks = desk.skill[subjects.issue[rows, None], episodes.agent[running]] == 0
    can = (running != NO_EPISODE) & lacks
    column = pick_column(can.astype(np.float64), rng.random(rows.size))
    found = np.flatnonzero(column >= 0)
    episode[rows[found]] = running[found, column[found]]
    victim[rows[found]] = episodes.agent[episode[rows[found]]]
    return episode, victim


def _take_over(
    desk: Desk, subjects: Subjects, day: Ints, first: Ints, rows: Ints, rng: np.random.Generator
) -> Ints:
    """A skilled agent for each misrouted case, whose shift meets the first agent's in chats."""
    agent = np.full(rows.size, -1, dtype=np.int64)
    everybody = np.arange(desk.load.size)
    for some in _chunks(np.arange(rows.size), everybody.size):
        cases = rows[some]
        suits = _suits(desk, subjects, day, cases)
        suits[np.arange(cases.size), first[cases]] = 0
        # Nobody with the skill may be there: then the case goes to anybody else.
        for skilled, together in ((True, True), (True, False), (False, True), (False, False)):
            left = np.flatnonzero(agent[some] < 0)
            if not left.size:
                break
            weights = suits[left]
            if skilled:
                weights = weights * desk.skill[subjects.issue[cases[left]]]
            if together:
                weights = _meeting(desk, subjects, day, first, cases[left], weights)
            agent[some[left]] = pick_column(weights, rng.random(left.size))
    return np.where(agent >= 0, agent, first[rows])


def _meeting(
    desk: Desk, subjects: Subjects, day: Ints, first: Ints, cases: Ints, weights: Floats
) -> Floats:
    """The weights of everybody for some cases; in chats by the hours shared with the first agent.

    They are looked up for those alone that have a weight.
    """
    chats = np.flatnonzero(subjects.channel[cases] == CHAT)
    row, other = np.nonzero(weights[chats])
    live = cases[chats[row]]
    weights[chats[row], other] *= desk.shifts.hours_shared(first[live], other, day[live] * DAY)
    return weights


def _nobody_idle(
    desk: Desk, subjects: Subjects, day: Ints, owners: Owners, rng: np.random.Generator
) -> Owners:
    """Give agents without a case one that suits them, from whoever has most."""
    first, last = owners.first.copy(), owners.last.copy()
    keys = rng.random(day.size)
    cases = np.bincount(first, minlength=desk.load.size)
    of_issue = [np.flatnonzero(subjects.issue == issue) for issue in range(len(desk.skill))]
    for agent in np.flatnonzero(cases == 0):
        rows = np.concatenate([of_issue[issue] for issue in np.flatnonzero(desk.skill[:, agent])])
        there = desk.works[agent, day[rows] - desk.first]
        rows = rows[there & (first[rows] == last[rows]) & (cases[first[rows]] > 1)]
        if rows.size:
            most = cases[first[rows]]
            rows = rows[most == most.max()]
            chosen = rows[np.argmin(keys[rows])]
            cases[first[chosen]] -= 1
            cases[agent] += 1
            first[chosen] = last[chosen] = agent
    return Owners(first, last, owners.episode)
