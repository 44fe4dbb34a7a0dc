"""Answers counted again, row by row and in plain loops, from what an agent is told and no more.

The numbers of the rules stand here as words of the rules give them; nothing of the tasks' own code
is used.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from tests.arena.tasks.rows import Row, Rows

NONE = "None"
HOURS = Fraction(1, 3_600_000_000)
"""Of a microsecond."""

Score = int | Fraction


@dataclass(frozen=True, slots=True)
class Truth:
    """An answer; all that came second, by how much they are behind, and what proves it."""

    answer: str
    second: frozenset[str] = frozenset()
    margin: Score = 0
    evidence: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Span:
    """Cases created in [start, end), as known before `now`."""

    start: dt.datetime
    end: dt.datetime
    now: dt.datetime

    @classmethod
    def of(cls, start: dt.date, end: dt.date, today: dt.date) -> "Span":
        return cls(midnight(start), midnight(end), midnight(today))

    def holds(self, moment: dt.datetime) -> bool:
        return self.start <= moment < self.end and moment < self.now


def midnight(day: dt.date) -> dt.datetime:
    """The first moment of a day in UTC."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def best(scores: Mapping[str, Score], *, highest: bool) -> Truth:
    """Who is ahead of all others; a tie is no answer."""
    order = sorted(set(scores.values()), reverse=highest)
    first = [name for name, score in scores.items() if score == order[0]]
    assert len(first) == 1, f"{first} tie"
    if len(order) == 1:
        return Truth(first[0])
    second = frozenset(name for name, score in scores.items() if score == order[1])
    return Truth(first[0], second, abs(Fraction(order[0]) - Fraction(order[1])))


def first_owner(rows: Rows, case: Row, now: dt.datetime) -> str | None:
    """The agent who manages a case: the first it was assigned to."""
    for step in rows.steps(case["Id"]):
        given = step["Field__c"] == "Owner Assignment" and step["OldValue__c"] is None
        if given and step["CreatedDate"] < now:
            return str(step["NewValue__c"])
    return None


def last_owner(rows: Rows, case: Row, now: dt.datetime) -> str | None:
    """The agent a case was last assigned to."""
    owner = None
    for step in sorted(rows.steps(case["Id"]), key=lambda step: step["CreatedDate"]):
        if step["Field__c"] == "Owner Assignment" and step["CreatedDate"] < now:
            owner = str(step["NewValue__c"])
    return owner


def handed_over(rows: Rows, case: Row, now: dt.datetime) -> bool:
    """Whether a case went from one agent to another."""
    return any(
        step["Field__c"] == "Owner Assignment"
        and step["OldValue__c"] is not None
        and step["CreatedDate"] < now
        for step in rows.steps(case["Id"])
    )


def closed(case: Row, now: dt.datetime) -> bool:
    """Whether a case was closed before a moment."""
    return case["ClosedDate"] is not None and case["ClosedDate"] < now


def took(case: Row) -> Fraction:
    """Microseconds from a case's creation to its closing."""
    return Fraction((case["ClosedDate"] - case["CreatedDate"]) // dt.timedelta(microseconds=1))


def managed(rows: Rows, span: Span) -> dict[str, list[Row]]:
    """The cases created in a window, by the agent who manages them."""
    found: dict[str, list[Row]] = defaultdict(list)
    for case in rows["Case"]:
        owner = first_owner(rows, case, span.now) if span.holds(case["CreatedDate"]) else None
        if owner is not None:
            found[owner].append(case)
    return found


def handle_time(rows: Rows, span: Span, more_than: int, extreme: str) -> Truth:
    """Mean time from creation to closing; at least 2 closed cases, none handed over."""
    means: dict[str, Score] = {}
    proof: dict[str, list[Row]] = {}
    for agent, cases in managed(rows, span).items():
        if len(cases) <= more_than:
            continue
        own = [
            case
            for case in cases
            if closed(case, span.now) and not handed_over(rows, case, span.now)
        ]
        if len(own) >= 2:
            means[agent] = sum(map(took, own), Fraction()) / len(own)
            proof[agent] = own
    return _proved(means, proof, highest=extreme == "highest")


def transfer_count(rows: Rows, span: Span, more_than: int, extreme: str) -> Truth:
    """Hand-overs given in a window, by agents who manage more than n of its cases."""
    given: dict[str, list[Row]] = {
        agent: [] for agent, cases in managed(rows, span).items() if len(cases) > more_than
    }
    for step in rows["CaseHistory__c"]:
        giver = step["OldValue__c"] if step["Field__c"] == "Owner Assignment" else None
        if giver in given and span.holds(step["CreatedDate"]):
            given[giver].append(step)
    if not given or (extreme == "most" and not any(given.values())):
        return Truth(NONE)
    numbers = {agent: len(steps) for agent, steps in given.items()}
    return _proved(numbers, given, highest=extreme == "most")


def top_issue(rows: Rows, span: Span, product: str) -> Truth:
    """The issue of most cases of a product in a window."""
    found: dict[str, list[Row]] = defaultdict(list)
    for case in rows["Case"]:
        if span.holds(case["CreatedDate"]) and rows.product(case) == product:
            found[case["IssueId__c"]].append(case)
    if not found:
        return Truth(NONE)
    numbers = {issue: len(cases) for issue, cases in found.items()}
    truth = _proved(numbers, found, highest=True)
    if truth.second:
        return truth
    return Truth(truth.answer, frozenset(), numbers[truth.answer], truth.evidence)


def monthly_trend(rows: Rows, span: Span, product: str) -> Truth:
    """The month with at least 3 cases, and at least twice as many as in any other month."""
    found: dict[str, list[Row]] = defaultdict(list)
    for case in rows["Case"]:
        if span.holds(case["CreatedDate"]) and rows.product(case) == product:
            found[f"{case['CreatedDate']:%Y-%m}"].append(case)
    ahead = []
    for month, cases in found.items():
        others = [len(found[other]) for other in found if other != month]
        if len(cases) >= 3 and all(len(cases) >= 2 * other for other in others):
            ahead.append(month)
    assert len(ahead) == 1, f"{ahead} stand out"
    rest = Counter({month: len(cases) for month, cases in found.items() if month != ahead[0]})
    most = max(rest.values(), default=0)
    return Truth(
        ahead[0],
        frozenset(month for month, number in rest.items() if number == most),
        len(found[ahead[0]]) - most,
        _ids(found[ahead[0]]),
    )


def best_region(rows: Rows, span: Span) -> Truth:
    """The state with the lowest mean time to closing, of those with at least 3 closed cases."""
    found: dict[str, list[Row]] = defaultdict(list)
    for case in rows["Case"]:
        state = rows.one("Account", case["AccountId"])["ShippingState"]
        if state and span.holds(case["CreatedDate"]) and closed(case, span.now):
            found[state].append(case)
    means: dict[str, Score] = {
        state: sum(map(took, cases), Fraction()) / len(cases)
        for state, cases in found.items()
        if len(cases) >= 3
    }
    return _proved(means, found, highest=False)


@dataclass(frozen=True, slots=True)
class Routed:
    """Who takes a case, and which of the three rules decided it: 1, 2 or 3."""

    truth: Truth
    rule: int


def case_routing(rows: Rows, today: dt.date, issue: str, product: str) -> Routed:
    """The agent on duty who is ahead by cases of the issue, of the product, or by open ones.

    Args:
        rows: all records.
        today: the day of the question.
        issue: Id of the issue that the new case is about.
        product: Id of the product that it names.
    """
    now = midnight(today)
    since = now - dt.timedelta(days=365)
    duty = [
        str(user["Id"])
        for user in rows["User"]
        if user["DutyStart__c"] <= today
        and (user["DutyEnd__c"] is None or user["DutyEnd__c"] > today)
    ]
    done = [
        case
        for case in rows["Case"]
        if case["ClosedDate"] is not None and since <= case["ClosedDate"] < now
    ]
    waiting = Counter(
        last_owner(rows, case, now)
        for case in rows["Case"]
        if case["CreatedDate"] < now and not closed(case, now)
    )
    of_issue = [case for case in done if case["IssueId__c"] == issue]
    of_product = [case for case in done if rows.product(case) == product]
    left = duty
    for rule, proof in ((1, of_issue), (2, of_product), (3, None)):
        scores = (
            {agent: -waiting[agent] for agent in left}
            if proof is None
            else {agent: sum(case["OwnerId"] == agent for case in proof) for agent in left}
        )
        ahead = [agent for agent in left if scores[agent] == max(scores.values())]
        if len(ahead) == 1:
            truth = best(scores, highest=True)
            own = [case for case in proof or () if case["OwnerId"] == truth.answer]
            return Routed(Truth(truth.answer, truth.second, truth.margin, _ids(own)), rule)
        left = ahead
    raise AssertionError(f"{left} tie")


def _proved(
    scores: Mapping[str, Score], proof: Mapping[str, Iterable[Row]], *, highest: bool
) -> Truth:
    if not scores:
        return Truth(NONE)
    truth = best(scores, highest=highest)
    return Truth(truth.answer, truth.second, truth.margin, _ids(proof[truth.answer]))


def _ids(rows: Iterable[Row]) -> frozenset[str]:
    return frozenset(row["Id"] for row in rows)
