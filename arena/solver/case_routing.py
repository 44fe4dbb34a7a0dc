"""The agent who should take a new case."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from orgsmith.arena.solver.assignments import open_cases
from orgsmith.arena.solver.desk import Desk, Found, moment, quoted
from orgsmith.arena.solver.ranking import Compared, Ranking, counted
from orgsmith.arena.tasks import glossary
from orgsmith.arena.tasks.question import NONE, Asked
from orgsmith.arena.tasks.rules import ROUTING_DAYS

Cases = dict[str, list[str]]
"""The Ids of the cases that count for an agent, by the agent's Id."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product that a text names."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Level:
    """A rule of routing: the cases it counts, and whether the most or the fewest win.

    `cases` is None where nobody can tell which ones count.
    """

    name: str
    counts: str
    cases: Cases | None
    most: bool = True


def solve(desk: Desk, asked: Asked) -> Found:
    """The agent on duty whom the rules of routing choose."""
    desk.reads()
    issues = issues_named(asked.context, f"{asked.text('subject')}\n{asked.text('description')}")
    if not issues:
        return Found(NONE, "the case names no issue")
    if len(issues) > 1:
        return Found(NONE, f"the issue is ambiguous: {', '.join(issues)}")
    duty = on_duty(desk)
    if not duty:
        return Found(NONE, f"nobody is on duty on {desk.today}")
    return _decided(desk, duty, _levels(desk, asked, issues[0]))


def issues_named(context: str, text: str) -> list[str]:
    """The issues whose words stand most often in a text: several if equally often."""
    hits = {
        name: len(glossary.finder(terms).findall(text))
        for name, terms in glossary.read(context).items()
    }
    most = max(hits.values(), default=0)
    return [name for name, found in hits.items() if found == most > 0]


def longest_named(products: Iterable[Product], text: str) -> list[Product]:
    """The products with the longest of the names that stand in a text: several if equally long."""
    folded = text.casefold()
    named = [product for product in products if product.name.casefold() in folded]
    longest = max((len(product.name) for product in named), default=0)
    return [product for product in named if len(product.name) == longest]


def _decided(desk: Desk, duty: dict[str, str], levels: Iterable[Level]) -> Found:
    """The agent whom the first level chooses that leaves a single one."""
    left = sorted(duty)
    lines = [f"{counted(len(left), 'agent')} on duty on {desk.today}"]
    evidence: defaultdict[str, set[str]] = defaultdict(set)
    for level in levels:
        if level.cases is None:
            lines.append(f"nobody can tell the {level.counts}")
            break
        ranking = Ranking.of(
            (_compared(agent, duty[agent], level.cases.get(agent, ())) for agent in left),
            greatest=level.most,
        )
        lines += [f"{'most' if level.most else 'fewest'} {level.counts}:", *ranking.lines()]
        left = [one.key for one in ranking.leaders]
        for agent in left:
            evidence[agent].update(level.cases.get(agent, ()))
        if len(left) == 1:
            derivation = "\n".join((f"decided by {level.name}", *lines))
            return Found(left[0], derivation, tuple(sorted(evidence[left[0]])))
    return Found(NONE, "\n".join(("not decided", *lines, f"a tie: {', '.join(left)}")))


def _compared(agent: str, name: str, cases: Collection[str]) -> Compared:
    return Compared(agent, name, len(cases), counted(len(cases), "case"))


def _levels(desk: Desk, asked: Asked, issue: str) -> Iterator[Level]:
    """The rules in their order; each is counted when it is come to."""
    desk.needs("Issue__c")
    by_issue = _closed(desk, f"IssueId__r.Name = {quoted(issue)}")
    yield Level("issue", f"closed cases of {issue}", by_issue)
    products = _products_named(desk, asked.text("description"))
    counts = f"closed cases about {' or '.join(each.name for each in products) or 'no product'}"
    yield Level("product", counts, _by_product(desk, products))
    yield Level("open", "open cases", _grouped(open_cases(desk, asked)), most=False)


def on_duty(desk: Desk) -> dict[str, str]:
    """The names of the agents on duty on the question's day, by Id."""
    agents = desk.query(
        f"SELECT Id, Name FROM User WHERE DutyStart__c <= {desk.today} "
        f"AND (DutyEnd__c = null OR DutyEnd__c > {desk.today})"
    )
    return {agent["Id"]: agent["Name"] for agent in agents}


def _products_named(desk: Desk, description: str) -> list[Product]:
    records = desk.query("SELECT Id, Name FROM Product2")
    return longest_named((Product(each["Id"], each["Name"]) for each in records), description)


def _by_product(desk: Desk, products: list[Product]) -> Cases | None:
    if len(products) > 1:
        return None
    if not products:
        return {}
    desk.needs("OrderItem")
    return _closed(desk, f"OrderItemId__r.Product2Id = {quoted(products[0].key)}")


def _closed(desk: Desk, condition: str) -> Cases:
    """The cases that meet a condition and were closed in the time that counts, by owner."""
    start = desk.today - dt.timedelta(days=ROUTING_DAYS)
    rows = desk.query(
        f"SELECT Id, OwnerId FROM Case WHERE {condition} "
        f"AND ClosedDate >= {moment(start)} AND ClosedDate < {moment(desk.today)}"
    )
    return _grouped({row["Id"]: row["OwnerId"] for row in rows})


def _grouped(owners: dict[str, str]) -> Cases:
    """Cases by owner, from the owner of each case."""
    cases: defaultdict[str, list[str]] = defaultdict(list)
    for case, owner in owners.items():
        cases[owner].append(case)
    return cases
