"""What the two tasks that compare agents share: who manages cases, and who is compared."""

import numpy as np

from orgsmith.arena.tasks.facts import Facts, Ints, moment
from orgsmith.arena.tasks.question import NONE, Candidate
from orgsmith.arena.tasks.windows import Window

WINDOWS = 900
"""Windows that are looked at for each task; each is asked about in several ways."""

BUSIEST = "busiest agent"
"""A guesser who names whoever manages most cases of the window."""

ASKED_NUMBERS = 3
"""How many n of "more than n cases" are asked about in a window, at most: the greatest, as a small
one would tell that somebody is above it."""


def managed(facts: Facts, window: Window, cases: slice) -> Ints:
    """The manager of each of a window's cases; `NOBODY` if assigned too late to be known today."""
    known = facts.cases.assigned[cases] < moment(window.today)
    found: Ints = np.where(known, facts.cases.manager[cases], -1)
    return found


def counts(managers: Ints, agents: int) -> Ints:
    """How many cases each agent manages, shape (agents,)."""
    found: Ints = np.bincount(managers[managers >= 0], minlength=agents).astype(np.int64)
    return found


def thresholds(numbers: Ints, compared: int) -> list[int]:
    """The greatest n of "more than n cases" that leave enough agents to compare."""
    if numbers.size < compared:
        return []
    most = int(np.sort(numbers)[-compared])
    return list(range(max(0, most - ASKED_NUMBERS), most))


def spoken(more_than: int) -> str:
    """`at least one case`, `more than 2 cases`."""
    if more_than == 0:
        return "at least one case"
    return f"more than {more_than} case{'s' if more_than > 1 else ''}"


def nobody(facts: Facts, window: Window, more_than: int, shape: str, reason: str) -> Candidate:
    """A question about agents of whom there are none."""
    inside = facts.cases.between(moment(window.start), moment(window.end))
    numbers = counts(managed(facts, window, inside), facts.agents.height)
    guess = {BUSIEST: facts.agents["Id"][int(np.argmax(numbers))]} if numbers.any() else {}
    return Candidate(
        today=window.today,
        shape=shape,
        parameters=parameters(window, more_than, shape),
        slots={"window": window.words, "agents": spoken(more_than)},
        answers=(NONE,),
        evidence=(),
        fact=f"{reason} {window.start} {window.end} {more_than}",
        none_reason=reason,
        guesses=guess,
    )


def parameters(window: Window, more_than: int, extreme: str) -> dict[str, str | int | None]:
    """What is asked of agents in a window."""
    return {
        "start": window.start.isoformat(),
        "end": window.end.isoformat(),
        "more_than": more_than,
        "extreme": extreme,
    }


def labels(window: Window, extreme: str, busiest: bool) -> tuple[str, ...]:
    """What quotas of agents' questions count."""
    guessed = (BUSIEST,) if busiest else ()
    return (extreme, "named" if window.named else "relative", *guessed)
