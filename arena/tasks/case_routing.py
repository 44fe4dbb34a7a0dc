"""NCR: the agent who should take a new case."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from orgsmith.arena.tasks import glossary
from orgsmith.arena.tasks.facts import DAY_US, Facts, Ints, day_of, moment
from orgsmith.arena.tasks.question import Candidate
from orgsmith.arena.tasks.ranking import PAIR
from orgsmith.arena.tasks.rules import ROUTING_DAYS
from orgsmith.arena.tasks.task import SERVICE_MANAGER, Task

RULE = (
    "Only agents on duty today can take a case: DutyStart__c is today or before, DutyEnd__c is "
    "empty or after today. (1) The case goes to the agent on duty who closed most cases of the "
    "issue that the new case is about. (2) If several closed equally many, it goes to the one of "
    "them who closed most cases, of any issue, about the product that the new case names. (3) If "
    "several are still equal, it goes to the one of them with the fewest open cases. A closed case "
    "counts for its owner if it was closed within the {days} days before today, today not "
    "included. An open case is one created before today and not closed before today; it counts for "
    "whom it was last assigned to before today. Who has none counts with 0."
)

ISSUES = "The new case is about the issue whose words stand in its subject or description:"

CASES = 1_200
"""Cases that are looked at as new ones."""

BUSIEST = "busiest agent"
"""A guesser who names the agent on duty who closed most cases of any kind."""

FIRST_OWNER = "first owner"
"""A guesser who looks up to whom the case went in fact."""

ISSUE, PRODUCT, OPEN = "decided by issue", "decided by product", "decided by open cases"


@dataclass(frozen=True, slots=True)
class Decision:
    """Who gets a case: places of agents; on which level that was decided, and by how much."""

    winner: int
    runner_up: int
    level: str
    margin: int


def find(facts: Facts, rng: np.random.Generator) -> Iterator[Candidate]:
    """Questions about cases as they came in, asked on the day they came."""
    cases = facts.cases
    settled = moment(facts.organisation.start + dt.timedelta(days=ROUTING_DAYS // 2))
    young = np.flatnonzero(cases.created >= settled)
    chosen = np.sort(rng.permutation(young)[:CASES])
    texts = _texts(facts, cases.named(chosen))
    issue_of = _Issues(_terms(facts))
    product_of = _Products(facts.products["Name"].to_list())
    by_owner = _ByOwner.of(facts)
    for place in chosen.tolist():
        subject, description = texts[cases.ids[place]]
        issue, product = int(cases.issue[place]), int(cases.product[place])
        if issue_of(f"{subject}\n{description}") != facts.issues["Name"][issue]:
            continue
        if product_of(description) != product:
            continue
        yield from _about(facts, by_owner, place, subject, description)


def _about(
    facts: Facts, by_owner: "_ByOwner", place: int, subject: str, description: str
) -> Iterator[Candidate]:
    cases, ids = facts.cases, facts.agents["Id"]
    today = day_of(int(cases.created[place]))
    duty = facts.on_duty(today)
    closed = by_owner.closed(moment(today) - ROUTING_DAYS * DAY_US, today)
    issue = closed[cases.issue[closed] == cases.issue[place]]
    product = closed[cases.product[closed] == cases.product[place]]
    levels = {
        ISSUE: by_owner.counts(issue)[duty],
        PRODUCT: by_owner.counts(product)[duty],
        OPEN: -by_owner.open(today)[duty],
    }
    decision = decide(duty, levels)
    if decision is None:
        return
    overall = by_owner.counts(closed)[duty]
    proof = {ISSUE: issue, PRODUCT: product, OPEN: closed[:0]}[decision.level]
    own = proof[cases.owner[proof] == decision.winner]
    answer = ids[decision.winner]
    busiest, first = ids[int(duty[np.argmax(overall)])], ids[int(cases.manager[place])]
    guesses = {BUSIEST: busiest, FIRST_OWNER: first}
    hit = (name for name, guess in guesses.items() if guess == answer)
    yield Candidate(
        today=today,
        shape="who",
        parameters={"subject": subject, "description": description},
        slots={"subject": subject},
        answers=(answer,),
        evidence=(cases.ids[place], *cases.named(own)),
        fact=f"{answer} {cases.issue[place]} {today:%Y-%m}",
        runner_up=ids[decision.runner_up],
        margin=float(decision.margin),
        labels=(decision.level, *hit),
        guesses=guesses,
    )


def decide(duty: Ints, levels: Mapping[str, Ints]) -> Decision | None:
    """Who is ahead on the first level that tells agents apart; None if none does.

    Args:
        duty: places of the agents who can take the case, shape (n,).
        levels: for each level what they are compared by, the more the better, shape (n,).
    """
    left = np.arange(duty.size)
    for level, values in levels.items():
        order = left[np.argsort(-values[left], kind="stable")]
        if order.size < PAIR:
            return None
        margin = int(values[order[0]] - values[order[1]])
        if margin > 0:
            return Decision(int(duty[order[0]]), int(duty[order[1]]), level, margin)
        left = left[values[left] == values[order[0]]]
    return None


@dataclass(frozen=True, slots=True)
class _ByOwner:
    """Cases in the order of their closing, and who owned them when."""

    facts: Facts
    order: Ints
    closings: Ints

    @classmethod
    def of(cls, facts: Facts) -> "_ByOwner":
        order = np.argsort(facts.cases.closed, kind="stable")
        return cls(facts, order, facts.cases.closed[order])

    def closed(self, start: int, today: dt.date) -> Ints:
        """Places of the cases closed in [start, today)."""
        first, last = np.searchsorted(self.closings, (start, moment(today)))
        return self.order[first:last]

    def counts(self, cases: Ints) -> Ints:
        """How many of the cases each agent owns, shape (agents,)."""
        owners = self.facts.cases.owner[cases]
        found: Ints = np.bincount(owners, minlength=self.facts.agents.height).astype(np.int64)
        return found

    def open(self, today: dt.date) -> Ints:
        """How many open cases each agent has at the first moment of a day, shape (agents,)."""
        cases, steps, now = self.facts.cases, self.facts.assignments, moment(today)
        waiting = np.flatnonzero((cases.created < now) & (cases.closed >= now))
        until = slice(0, int(np.searchsorted(steps.at, now)))
        owner = np.full(len(cases.ids), -1, dtype=np.int64)
        # In the order of time: the last assignment stays.
        owner[steps.case[until]] = steps.receiver[until]
        owners = owner[waiting]
        found: Ints = np.bincount(owners[owners >= 0], minlength=self.facts.agents.height).astype(
            np.int64
        )
        return found


class _Issues:
    """Finds the issue that a text is about."""

    def __init__(self, terms: Mapping[str, tuple[str, ...]]) -> None:
        self._finders = {name: glossary.finder(words) for name, words in terms.items()}

    def __call__(self, text: str) -> str | None:
        """The one issue whose words stand in the text; None if several do, or none."""
        found = [name for name, finder in self._finders.items() if finder.search(text)]
        return found[0] if len(found) == 1 else None


class _Products:
    """Finds the product that a text names."""

    def __init__(self, names: list[str]) -> None:
        self._places = {name: place for place, name in enumerate(names)}
        longest = sorted(names, key=len, reverse=True)
        self._any = re.compile("|".join(map(re.escape, longest)))

    def __call__(self, text: str) -> int | None:
        """The place of the one product named; None if several are, or none."""
        named = set(self._any.findall(text))
        return self._places[named.pop()] if len(named) == 1 else None


def _texts(facts: Facts, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    rows = (
        facts.tables.scan("Case")
        .select("Id", "Subject", "Description")
        .join(pl.LazyFrame({"Id": list(ids)}, schema={"Id": pl.String}), on="Id", how="semi")
        .collect()
    )
    return {row[0]: (row[1], row[2]) for row in rows.iter_rows()}


def _terms(facts: Facts) -> dict[str, tuple[str, ...]]:
    return {issue.name: issue.terms for issue in facts.organisation.industry.issues}


def about(facts: Facts, candidate: Candidate) -> tuple[str, ...]:
    """The words of the issues, and the new case."""
    return (
        glossary.spelled(ISSUES, _terms(facts)),
        f"Subject of the new case: {candidate.parameters['subject']}",
        f"Description of the new case: {candidate.parameters['description']}",
    )


CASE_ROUTING = Task(
    key="case_routing",
    code="NCR",
    persona=SERVICE_MANAGER,
    answer_type="id",
    metric="exact",
    find=find,
    rules=(RULE.format(days=ROUTING_DAYS),),
    about=about,
    quotas={ISSUE: 0.66, BUSIEST: 0.15, FIRST_OWNER: 0.4},
    per_fact=2,
)
