"""HTU: the agent whose cases take longest, or shortest, on average."""

from collections.abc import Iterator

import numpy as np

from orgsmith.arena.tasks.agents import (
    BUSIEST,
    WINDOWS,
    counts,
    labels,
    managed,
    nobody,
    parameters,
    spoken,
    thresholds,
)
from orgsmith.arena.tasks.facts import DAY_US, Facts, moment
from orgsmith.arena.tasks.question import Candidate
from orgsmith.arena.tasks.ranking import lead
from orgsmith.arena.tasks.rules import (
    FEWEST_COMPARED,
    FIRST_OWNER_RULE,
    HANDLE_TIME_FLOOR,
    HANDLE_TIME_MARGIN,
)
from orgsmith.arena.tasks.task import SERVICE_MANAGER, Task
from orgsmith.arena.tasks.windows import WINDOW_RULE, Window, windows

RULE = (
    "Count the cases created in the window. {first} Compare the agents who manage as many of these "
    "cases as the question says, whether closed or not, handed over or not. The handle time of a "
    "case is ClosedDate minus CreatedDate. An agent's mean is over the managed cases that were "
    "closed before today and never handed over to another agent; leave out agents with fewer than "
    "{floor} of those. If no agent is left, the answer is None."
)


def find(facts: Facts, rng: np.random.Generator) -> Iterator[Candidate]:
    """Questions about handle time."""
    for window in windows(facts.organisation, len(facts.cases.ids), WINDOWS, rng):
        yield from _about(facts, window, rng)


def _about(facts: Facts, window: Window, rng: np.random.Generator) -> Iterator[Candidate]:
    cases, ids = facts.cases, facts.agents["Id"]
    inside = cases.between(moment(window.start), moment(window.end))
    owners = managed(facts, window, inside)
    numbers = counts(owners, len(ids))
    for more_than in thresholds(numbers, FEWEST_COMPARED):
        yield from _compared(facts, window, inside, more_than, rng)
    if numbers.any():
        yield nobody(
            facts,
            window,
            int(numbers.max()),
            str(rng.choice(("highest", "lowest"))),
            "nobody_above_n",
        )


def _compared(
    facts: Facts, window: Window, inside: slice, more_than: int, rng: np.random.Generator
) -> Iterator[Candidate]:
    cases, agents = facts.cases, facts.agents
    owners = managed(facts, window, inside)
    numbers = counts(owners, agents.height)
    kept = (owners >= 0) & (cases.closed[inside] < moment(window.today))
    kept &= ~cases.handed_over[inside]
    took = (cases.closed[inside] - cases.created[inside])[kept]
    closed = counts(owners[kept], agents.height)
    ranked = np.flatnonzero((numbers > more_than) & (closed >= HANDLE_TIME_FLOOR))
    if not ranked.size:
        extreme = str(rng.choice(("highest", "lowest")))
        yield nobody(facts, window, more_than, extreme, "too_few_closed")
    if ranked.size < FEWEST_COMPARED:
        return
    total = np.bincount(owners[kept], weights=took, minlength=agents.height)
    means = total[ranked] / closed[ranked]
    busiest = agents["Id"][int(np.argmax(numbers))]
    for extreme in ("highest", "lowest"):
        found = lead(ranked, means, highest=extreme == "highest")
        if found is None or found.margin < HANDLE_TIME_MARGIN * found.value:
            continue
        own = np.flatnonzero(kept & (owners == found.winner)) + inside.start
        evidence = cases.named(own)
        answer = agents["Id"][found.winner]
        yield Candidate(
            today=window.today,
            shape=extreme,
            parameters=parameters(window, more_than, extreme),
            slots={"window": window.words, "agents": spoken(more_than)},
            answers=(answer,),
            evidence=evidence,
            fact=f"{answer} {' '.join(sorted(evidence))}",
            runner_up=agents["Id"][found.runner_up],
            margin=round(found.margin / DAY_US * 24, 6),
            labels=labels(window, extreme, busiest == answer),
            guesses={BUSIEST: busiest},
        )


HANDLE_TIME = Task(
    key="handle_time",
    code="HTU",
    persona=SERVICE_MANAGER,
    answer_type="id",
    metric="exact",
    find=find,
    rules=(WINDOW_RULE, RULE.format(first=FIRST_OWNER_RULE, floor=HANDLE_TIME_FLOOR)),
    none=True,
    quotas={"highest": 0.43, "lowest": 0.43, "relative": 0.5, BUSIEST: 0.2},
)
