"""BRI: the state whose cases are closed fastest."""

from collections.abc import Iterator

import numpy as np

from orgsmith.arena.tasks.facts import DAY_US, Facts, moment
from orgsmith.arena.tasks.question import Candidate
from orgsmith.arena.tasks.ranking import lead
from orgsmith.arena.tasks.rules import FEWEST_COMPARED, REGION_FLOOR, REGION_MARGIN
from orgsmith.arena.tasks.task import SERVICE_ANALYST, Task
from orgsmith.arena.tasks.windows import WINDOW_RULE, Window, windows

RULE = (
    "Take the cases created in the window and closed before today, those that were handed over as "
    "well. A case belongs to the state in the shipping address of its account. Compare the mean of "
    "ClosedDate minus CreatedDate over the states with at least {floor} such cases; the lowest "
    "mean wins. Answer with the state's two letters."
)

WINDOWS = 2_500

THINNEST = "state with the fewest cases"
"""A guesser who names the state with the fewest of the cases that count, among those compared."""

LARGEST = "state with the most cases"
"""A guesser who names the state with the most of them."""


def find(facts: Facts, rng: np.random.Generator) -> Iterator[Candidate]:
    """Questions about states."""
    for window in windows(facts.organisation, len(facts.cases.ids), WINDOWS, rng):
        yield from _about(facts, window)


def _about(facts: Facts, window: Window) -> Iterator[Candidate]:
    cases, states = facts.cases, facts.states
    inside = cases.between(moment(window.start), moment(window.end))
    kept = (cases.closed[inside] < moment(window.today)) & (cases.state[inside] >= 0)
    state = cases.state[inside][kept]
    took = (cases.closed[inside] - cases.created[inside])[kept]
    numbers = np.bincount(state, minlength=len(states))
    ranked = np.flatnonzero(numbers >= REGION_FLOOR)
    if ranked.size < FEWEST_COMPARED:
        return
    means = np.bincount(state, weights=took, minlength=len(states))[ranked] / numbers[ranked]
    found = lead(ranked, means, highest=False)
    if found is None or found.margin < REGION_MARGIN * found.value:
        return
    answer = states[found.winner]
    own = np.flatnonzero(kept & (cases.state[inside] == found.winner)) + inside.start
    evidence = cases.named(own)
    thinnest = states[int(ranked[np.argmin(numbers[ranked])])]
    largest = states[int(ranked[np.argmax(numbers[ranked])])]
    guessed = tuple(
        name for name, guess in ((THINNEST, thinnest), (LARGEST, largest)) if guess == answer
    )
    yield Candidate(
        today=window.today,
        shape="fastest",
        parameters={"start": window.start.isoformat(), "end": window.end.isoformat()},
        slots={"window": window.words},
        answers=(answer,),
        evidence=evidence,
        fact=f"{answer} {' '.join(sorted(evidence))}",
        runner_up=states[found.runner_up],
        margin=round(found.margin / DAY_US * 24, 6),
        labels=("named" if window.named else "relative", *guessed),
        guesses={THINNEST: thinnest, LARGEST: largest},
    )


BEST_REGION = Task(
    key="best_region_identification",
    code="BRI",
    persona=SERVICE_ANALYST,
    answer_type="state",
    metric="exact",
    find=find,
    rules=(WINDOW_RULE, RULE.format(floor=REGION_FLOOR)),
    quotas={"relative": 0.55, THINNEST: 0.25},
)
