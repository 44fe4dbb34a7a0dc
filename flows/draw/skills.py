"""What agents can do, how fast they are, and who wrongly gets other agents' cases."""

import math
from itertools import pairwise

import numpy as np
import polars as pl

from orgsmith.flows.draw.agents import on_duty
from orgsmith.flows.draw.frames import Ints, dates, day_number, node_frame
from orgsmith.flows.draw.keys import ids
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.shares import issue_weights
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

EPISODE_GROWTH = 0.38
"""Exponent of the scale: 40 episodes at scale 1, 96 at scale 10 (question spread simulation)."""


def draw_skill(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """The issues each agent can solve, the main one first."""
    del block
    tenure = parents["Tenure"].sort("start", "UserId")
    rng = stream(organisation.seed, "Skill", 0, "issues")
    weights = organisation.industry.latents.Skill.weights
    issues = len(organisation.industry.issues)
    skills = min(len(weights), issues)
    chosen = np.zeros((tenure.height, skills), dtype=np.int64)
    chosen[:, 0] = _main_issues(tenure, rng.permutation(issues))
    # Gumbel keys: a weighted draw without replacement for all agents at once.
    keys = np.log(issue_weights(organisation.industry)) + rng.gumbel(size=(tenure.height, issues))
    keys[np.arange(tenure.height), chosen[:, 0]] = -np.inf
    chosen[:, 1:] = np.argsort(-keys, axis=1)[:, : skills - 1]
    return node_frame(
        "Skill",
        {
            "UserId": tenure["UserId"].gather(np.repeat(np.arange(tenure.height), skills)),
            "IssueId": ids(organisation, "Issue__c", issues).gather(chosen.ravel()),
            "weight": np.tile(np.array(weights[:skills]), tenure.height),
        },
    )


def _main_issues(tenure: pl.DataFrame, turn: Ints) -> Ints:
    """The main issue of each agent, in order of joining.

    Dealt in turn, but first to the issue with the fewest specialists on duty on that day, so that
    whoever leaves is followed by one of the same kind.
    """
    start = tenure["start"].cast(pl.Int64).to_numpy()
    end = tenure["end"].cast(pl.Int64).fill_null(np.iinfo(np.int32).max).to_numpy()
    main = np.zeros(tenure.height, dtype=np.int64)
    dealt = np.argsort(turn)
    for agent in range(tenure.height):
        there = main[:agent][end[:agent] > start[agent]]
        specialists = np.bincount(there, minlength=turn.size)
        main[agent] = np.lexsort((dealt, specialists))[0]
        dealt[main[agent]] = turn.size + agent
    return main


def draw_response_time(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """How fast each agent works."""
    del block
    tenure = parents["Tenure"]
    sigma = organisation.industry.latents.ResponseTime.agent_sigma
    rng = stream(organisation.seed, "ResponseTime", 0, "factor")
    factor = np.exp(sigma * rng.standard_normal(tenure.height))
    return node_frame("ResponseTime", {"UserId": tenure["UserId"], "factor": factor})


def draw_misrouting(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """Which agent wrongly gets cases in which weeks."""
    del block
    start, end = _episodes(organisation)
    rng = stream(organisation.seed, "Misrouting", 0, "agents")
    tenure = parents["Tenure"]
    agents = tenure["UserId"].gather(_victims(rng, tenure, start, end))
    return node_frame(
        "Misrouting",
        {
            "episode": np.arange(start.size),
            "UserId": agents,
            "start": dates(start),
            "end": dates(end),
        },
    )


def _episodes(organisation: Organisation) -> tuple[Ints, Ints]:
    """First day of each episode and day after its last one.

    Episodes follow one another; what does not fit in one row of them runs beside it, so that an
    episode never gets shorter than at scale 1.
    """
    base = organisation.industry.latents.Misrouting.episodes
    count = round(base * organisation.scale**EPISODE_GROWTH)
    lanes = math.ceil(count / base) if base else 0
    first, days = day_number(organisation.start), organisation.days
    edges = [
        first + np.linspace(0, days, 1 + count // lanes + (lane < count % lanes)).astype(np.int64)
        for lane in range(lanes)
    ]
    pairs = sorted((int(a), int(b)) for edge in edges for a, b in pairwise(edge))
    periods = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return periods[:, 0], periods[:, 1]


def _victims(rng: np.random.Generator, tenure: pl.DataFrame, start: Ints, end: Ints) -> Ints:
    """An agent for each episode: on duty all the time if anyone is, and not chosen before."""
    if not start.size:
        return np.zeros(0, dtype=np.int64)
    days = np.arange(start[0], end.max())
    duty = np.vstack([np.zeros(tenure.height), np.cumsum(on_duty(tenure, days), axis=0)])
    used = np.zeros(tenure.height, dtype=np.int64)
    chosen = np.zeros(start.size, dtype=np.int64)
    for episode in range(start.size):
        there = duty[end[episode] - days[0]] - duty[start[episode] - days[0]]
        absent = (end[episode] - start[episode]) - there
        chosen[episode] = np.lexsort((rng.random(tenure.height), used, absent))[0]
        used[chosen[episode]] += 1
    return chosen
