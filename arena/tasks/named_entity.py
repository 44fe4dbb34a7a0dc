"""NED: the product that a customer means by a vague phrase."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from orgsmith.arena.tasks.clues import Clue, Product, products, purchases
from orgsmith.arena.tasks.facts import Facts
from orgsmith.arena.tasks.question import NONE, Candidate
from orgsmith.arena.tasks.rules import ALIKE
from orgsmith.arena.tasks.task import SERVICE_AGENT, Task
from orgsmith.schema.organisation import months_before

RULE = (
    "The product is one that the contact's account ordered on the very day the question names, in "
    "an order whose Status is Activated: a draft has not been placed. A week is 7 days, and N "
    "months ago is the same day of the month N months before today. What follows 'the one with', "
    "'the one made of', 'the one for' or 'the' in the customer's phrase stands in the product's "
    "name or description, in the same words; if no product of that day has it, the answer is None."
)

SUPPOSED = 0.3
"""Share of the days with an order about which something false is asked as well."""

CUSTOMERS = 400
"""Customers whose orders are looked at."""

ANY = "any product of the order"
"""A guesser who names the first product by Id that was ordered that day."""

UNITS = {"day": (2, 60), "week": (2, 26), "month": (1, 18)}
_SINGLE_DAYS = {"day": 1, "week": 7}


_ByDay = dict[dt.date, list[str]]


@dataclass(frozen=True, slots=True)
class _Ago:
    """How long ago something was, and the day from which it is told."""

    today: dt.date
    words: str


@dataclass(frozen=True, slots=True)
class _Customer:
    """A contact, and what its account ordered on each day."""

    contact: str
    name: str
    placed: Mapping[dt.date, list[str]]
    drafts: Mapping[dt.date, list[str]]
    orders: Mapping[dt.date, list[str]]
    """Placed or not, by day."""

    def bought(self, today: dt.date) -> list[str]:
        """What was ordered before a day."""
        return sorted({each for day, of in self.placed.items() if day < today for each in of})


def find(facts: Facts, rng: np.random.Generator) -> Iterator[Candidate]:
    """Questions about what customers ordered."""
    known = products(facts)
    everything = list(known)
    for customer in _customers(facts, rng):
        for day, of_day in customer.placed.items():
            ago = _ago(facts, day, rng)
            if ago is None:
                continue
            shelf = [known[each] for each in of_day]
            yield from _meant(customer, day, ago, shelf, rng)
            if rng.random() >= SUPPOSED:
                continue
            strange = known[everything[int(rng.integers(len(everything)))]]
            yield from _never(customer, day, ago, strange, shelf, known, rng)
            bought = customer.bought(ago.today)
            other = known[bought[int(rng.integers(len(bought)))]]
            yield from _missing(customer, day, ago, other, shelf, "bought_on_another_day", rng)
        for day, of_day in customer.drafts.items():
            ago = _ago(facts, day, rng)
            if ago is not None and day not in customer.placed:
                drafted = known[of_day[0]]
                yield from _missing(customer, day, ago, drafted, [], "draft_only", rng)
        yield from _no_order(facts, customer, known, rng)


def _customers(facts: Facts, rng: np.random.Generator) -> Iterator[_Customer]:
    contacts = facts.read("Contact", "Id", "AccountId", "Name").unique("AccountId", keep="first")
    contacts = contacts.sort("Id")
    chosen = np.sort(rng.permutation(contacts.height)[:CUSTOMERS])
    contacts = contacts[chosen]
    ordered = purchases(facts, contacts["AccountId"])
    placed: dict[str, _ByDay] = defaultdict(dict)
    drafts: dict[str, _ByDay] = defaultdict(dict)
    orders: dict[str, _ByDay] = defaultdict(dict)
    for account, day, is_placed, of_day, made in ordered.iter_rows():
        (placed if is_placed else drafts)[account][day] = of_day
        orders[account].setdefault(day, []).extend(made)
    for contact, account, name in contacts.iter_rows():
        if account in placed:
            yield _Customer(contact, name, placed[account], drafts[account], orders[account])


def _meant(
    customer: _Customer, day: dt.date, ago: _Ago, shelf: list[Product], rng: np.random.Generator
) -> Iterator[Candidate]:
    """Questions about one of several products of a day that a clue tells from the others."""
    if len(shelf) == 1:
        return
    meant = shelf[int(rng.integers(len(shelf)))]
    others = [each for each in shelf if each is not meant]
    for place in rng.permutation(len(meant.clues))[:2].tolist():
        clue = meant.clues[place]
        near = max(others, key=lambda each: (each.says(clue), each.id))
        if meant.says(clue) < 1 or near.says(clue) >= ALIKE:
            continue
        yield _candidate(
            customer,
            day,
            ago,
            clue,
            answer=meant.id,
            fact=f"{customer.contact} {day} {meant.id}",
            runner_up=near.id,
            margin=round(1 - near.says(clue), 6),
            guess=shelf[0].id,
        )


def _missing(
    customer: _Customer,
    day: dt.date,
    ago: _Ago,
    strange: Product,
    shelf: list[Product],
    reason: str,
    rng: np.random.Generator,
) -> Iterator[Candidate]:
    """A question about a product that was not ordered that day."""
    clue = strange.clues[int(rng.integers(len(strange.clues)))] if strange.clues else None
    if clue is None or any(each.says(clue) >= ALIKE for each in shelf):
        return
    yield _candidate(
        customer,
        day,
        ago,
        clue,
        answer=NONE,
        fact=f"{reason} {customer.contact} {day}",
        reason=reason,
        guess=shelf[0].id if shelf else NONE,
    )


def _never(
    customer: _Customer,
    day: dt.date,
    ago: _Ago,
    strange: Product,
    shelf: list[Product],
    known: Mapping[str, Product],
    rng: np.random.Generator,
) -> Iterator[Candidate]:
    """A question about a product of a kind that the customer has never ordered, on any day."""
    for asked in _missing(customer, day, ago, strange, shelf, "never_bought", rng):
        clue = Clue(str(asked.parameters["clue"]), "")
        bought = customer.bought(dt.date.max)
        if all(known[each].says(clue) < ALIKE for each in bought):
            yield asked


def _no_order(
    facts: Facts, customer: _Customer, known: Mapping[str, Product], rng: np.random.Generator
) -> Iterator[Candidate]:
    """A question about a day on which the customer ordered nothing at all."""
    days = list(customer.placed)
    near = days[int(rng.integers(len(days)))]
    day = near + dt.timedelta(days=int(rng.integers(1, 6)))
    ago = _ago(facts, day, rng)
    if ago is not None and day not in customer.placed and day not in customer.drafts:
        other = known[customer.placed[near][0]]
        yield from _missing(customer, day, ago, other, [], "no_order_that_day", rng)


def _candidate(
    customer: _Customer,
    day: dt.date,
    ago: _Ago,
    clue: Clue,
    *,
    answer: str,
    fact: str,
    guess: str,
    reason: str | None = None,
    runner_up: str | None = None,
    margin: float | None = None,
) -> Candidate:
    return Candidate(
        today=ago.today,
        shape="which",
        parameters={
            "contact": customer.contact,
            "ordered_on": day.isoformat(),
            "clue": clue.phrase,
        },
        slots={"contact": customer.name, "clue": clue.said, "ago": ago.words},
        answers=(answer,),
        evidence=(
            customer.contact,
            *customer.orders.get(day, ()),
            *(() if answer == NONE else (answer,)),
        ),
        fact=fact,
        none_reason=reason,
        runner_up=runner_up,
        margin=margin,
        guesses={ANY: guess},
    )


def _ago(facts: Facts, day: dt.date, rng: np.random.Generator) -> _Ago | None:
    """A day from which some day is told in whole units; None where none was drawn."""
    unit = list(UNITS)[int(rng.integers(len(UNITS)))]
    least, most = UNITS[unit]
    number = int(rng.integers(least, most + 1))
    if unit == "month":
        today = months_before(day, -number)
        if months_before(today, number) != day:
            return None
    else:
        today = day + dt.timedelta(days=number * _SINGLE_DAYS[unit])
    if today > facts.organisation.as_of:
        return None
    return _Ago(today, f"{number} {unit}{'s' if number > 1 else ''} ago")


def about(facts: Facts, candidate: Candidate) -> tuple[str, ...]:
    """The contact."""
    del facts
    return (f"Id of the contact: {candidate.parameters['contact']}",)


NAMED_ENTITY = Task(
    key="named_entity_disambiguation",
    code="NED",
    persona=SERVICE_AGENT,
    answer_type="id",
    metric="exact",
    find=find,
    rules=(RULE,),
    about=about,
    none=True,
)
