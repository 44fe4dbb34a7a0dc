"""TCU: the agent who hands over most cases, or fewest."""

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
from orgsmith.arena.tasks.facts import Facts, Ints, moment
from orgsmith.arena.tasks.question import NONE, Candidate
from orgsmith.arena.tasks.ranking import lead
from orgsmith.arena.tasks.rules import FEWEST_COMPARED, FIRST_OWNER_RULE
from orgsmith.arena.tasks.task import SERVICE_MANAGER, Task
from orgsmith.arena.tasks.windows import WINDOW_RULE, Window, windows

RULE = (
    "{first} Compare the agents who manage as many of the cases created in the window as the "
    "question says. A hand-over is an Owner Assignment with a previous owner; it counts for the "
    "agent who gave the case away, by the time of the hand-over, which must lie in the window, "
    "whenever the case was created and whoever managed it. An agent without a hand-over counts "
    "with 0. If no agent is compared, or if most are asked for and nobody compared handed over a "
    "case, the answer is None."
)

SINGLE = "single hand-over"
"""Label of questions whose winner leads with one hand-over against none."""


def find(facts: Facts, rng: np.random.Generator) -> Iterator[Candidate]:
    """Questions about hand-overs."""
    for window in windows(facts.organisation, len(facts.cases.ids), WINDOWS * 2, rng):
        yield from _about(facts, window, rng)


def _about(facts: Facts, window: Window, rng: np.random.Generator) -> Iterator[Candidate]:
    agents = facts.agents
    inside = facts.cases.between(moment(window.start), moment(window.end))
    numbers = counts(managed(facts, window, inside), agents.height)
    given = facts.assignments.between(moment(window.start), moment(window.end))
    handed = counts(facts.assignments.giver[given], agents.height)
    for more_than in thresholds(numbers, FEWEST_COMPARED):
        compared = np.flatnonzero(numbers > more_than)
        yield from _compared(facts, window, given, handed, compared, numbers, more_than)
    if numbers.any():
        yield nobody(
            facts, window, int(numbers.max()), str(rng.choice(("most", "fewest"))), "nobody_above_n"
        )


def _compared(
    facts: Facts,
    window: Window,
    given: slice,
    handed: Ints,
    compared: Ints,
    numbers: Ints,
    more_than: int,
) -> Iterator[Candidate]:
    ids, steps = facts.agents["Id"], facts.assignments
    busiest = ids[int(np.argmax(numbers))]
    slots = {"window": window.words, "agents": spoken(more_than)}
    if not handed[compared].any():
        yield Candidate(
            today=window.today,
            shape="most",
            parameters=parameters(window, more_than, "most"),
            slots=slots,
            answers=(NONE,),
            evidence=(),
            fact=f"nothing {window.start} {window.end} {more_than}",
            none_reason="nothing_handed_over",
            guesses={BUSIEST: busiest},
        )
        return
    for extreme in ("most", "fewest"):
        found = lead(compared, handed[compared], highest=extreme == "most")
        if found is None:
            continue
        answer = ids[found.winner]
        own = np.flatnonzero(steps.giver[given] == found.winner) + given.start
        evidence = steps.named(own)
        single = (SINGLE,) if extreme == "most" and found.value == 1 else ()
        yield Candidate(
            today=window.today,
            shape=extreme,
            parameters=parameters(window, more_than, extreme),
            slots=slots,
            answers=(answer,),
            evidence=evidence,
            fact=f"{extreme} {answer} {' '.join(evidence) or window.start}",
            runner_up=ids[found.runner_up],
            margin=found.margin,
            labels=(*labels(window, extreme, busiest == answer), *single),
            guesses={BUSIEST: busiest},
        )


TRANSFER_COUNT = Task(
    key="transfer_count",
    code="TCU",
    persona=SERVICE_MANAGER,
    answer_type="id",
    metric="exact",
    find=find,
    rules=(WINDOW_RULE, RULE.format(first=FIRST_OWNER_RULE)),
    none=True,
    # Winners of "fewest", and those with a single hand-over, are carried by the floor of cases.
    quotas={"fewest": 0.19, SINGLE: 0.27, "relative": 0.5, BUSIEST: 0.25},
)
