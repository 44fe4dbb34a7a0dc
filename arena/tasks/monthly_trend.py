"""MTA: the month in which a product made strikingly many cases."""

import datetime as dt
from collections.abc import Iterator

import numpy as np

from orgsmith.arena.tasks.facts import Facts, Ints, moment
from orgsmith.arena.tasks.question import Candidate
from orgsmith.arena.tasks.rules import (
    TREND_FACTOR,
    TREND_FLOOR,
    TREND_MONTHS,
)
from orgsmith.arena.tasks.task import SERVICE_ANALYST, Task
from orgsmith.arena.tasks.windows import later_day, long_month, months_after
from orgsmith.schema.organisation import SPAN_MONTHS

RULE = (
    "Count the cases created in each calendar month of the window (UTC) whose order item is of the "
    "product. The past N months are the N whole calendar months before the current one; of a range "
    "of months both the first and the last count. A month has significantly more cases if it has "
    "at least {floor}, and at least {factor} times as many as any other month of the window. Write "
    "the month as YYYY-MM."
)

PEAKS = 4_000
"""Peaks that are looked at."""

WINDOWS = 4
"""Windows that are looked at around each."""

BUSIEST_MONTH = "busiest month"
"""A guesser who names the month in which most cases of all products came in."""

ONE_MONTH = "one month only"
"""Label of questions about windows in which all of a product's cases fall into one month."""


def find(facts: Facts, rng: np.random.Generator) -> Iterator[Candidate]:
    """Questions about months that stand out."""
    first = facts.organisation.start.replace(day=1)
    months = [months_after(first, number) for number in range(SPAN_MONTHS + 2)]
    months = [month for month in months if month <= facts.organisation.as_of]
    edges = np.array([moment(month) for month in months])
    number = np.searchsorted(edges, facts.cases.created, side="right") - 1
    whole = len(months) - 1
    table = np.zeros((facts.products.height, whole), dtype=np.int64)
    kept = number < whole
    np.add.at(table, (facts.cases.product[kept], number[kept]), 1)
    peaks = np.argwhere(table >= TREND_FLOOR)
    overall = table.sum(axis=0)
    for product, peak in rng.permutation(peaks)[:PEAKS].tolist():
        for _ in range(WINDOWS):
            yield from _around(facts, table, overall, months, product, peak, rng)


def _around(
    facts: Facts,
    table: Ints,
    overall: Ints,
    months: list[dt.date],
    product: int,
    peak: int,
    rng: np.random.Generator,
) -> Iterator[Candidate]:
    """Cases are counted by product and month in `table`, by month alone in `overall`."""
    whole = table.shape[1]
    shortest, longest = TREND_MONTHS
    length = int(rng.integers(shortest, min(longest, whole) + 1))
    begin = int(rng.integers(max(0, peak - length + 1), min(peak, whole - length) + 1))
    numbers = table[product, begin : begin + length]
    others = np.delete(numbers, peak - begin)
    second = int(others.max())
    if numbers[peak - begin] < TREND_FACTOR * second:
        return
    start, end = months[begin], months[begin + length]
    named = bool(rng.random() < 1 / 2)
    if named:
        today = later_day(facts.organisation, end, rng)
        last = months[begin + length - 1]
        words = f"from {_first_month(start, last)} to {long_month(last)}"
    else:
        ends = min(months_after(end, 1) - dt.timedelta(days=1), facts.organisation.as_of)
        today = end + dt.timedelta(days=int(rng.integers(0, (ends - end).days + 1)))
        words = f"in the past {length} months"
    cases = facts.cases
    inside = cases.between(moment(months[peak]), moment(months[peak + 1]))
    own = np.flatnonzero(cases.product[inside] == product) + inside.start
    busiest = _spelled(months[begin + int(np.argmax(overall[begin : begin + length]))])
    answer = _spelled(months[peak])
    labels = ["named" if named else "relative", ONE_MONTH if second == 0 else "several months"]
    labels += [BUSIEST_MONTH] if busiest == answer else []
    yield Candidate(
        today=today,
        shape="month",
        parameters={
            "product": facts.products["Id"][product],
            "start": start.isoformat(),
            "end": end.isoformat(),
        },
        slots={"product": facts.products["Name"][product], "window": words},
        answers=(answer,),
        evidence=cases.named(own),
        fact=f"{facts.products['Id'][product]} {answer}",
        runner_up=_runner_up(months[begin : begin + length], numbers, peak - begin),
        margin=float(numbers[peak - begin] - second),
        labels=tuple(labels),
        guesses={BUSIEST_MONTH: busiest},
    )


def _runner_up(months: list[dt.date], numbers: Ints, peak: int) -> str | None:
    rest = numbers.copy()
    rest[peak] = 0
    return _spelled(months[int(np.argmax(rest))]) if rest.any() else None


def _first_month(start: dt.date, last: dt.date) -> str:
    return long_month(start) if start.year != last.year else long_month(start).split()[0]


def _spelled(month: dt.date) -> str:
    return f"{month:%Y-%m}"


MONTHLY_TREND = Task(
    key="monthly_trend_analysis",
    code="MTA",
    persona=SERVICE_ANALYST,
    answer_type="month",
    metric="exact",
    find=find,
    rules=(RULE.format(floor=TREND_FLOOR, factor=TREND_FACTOR),),
    quotas={ONE_MONTH: 0.5, BUSIEST_MONTH: 0.25, "named": 0.55, "relative": 0.55},
    per_fact=2,
)
