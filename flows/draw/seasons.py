"""When customers order: the year's seasons, each customer's own, sales, weekdays."""

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from orgsmith.flows.draw.frames import Bools, Floats, Ints, dates, day_number
from orgsmith.flows.draw.habits import SEASON_MONTHS
from orgsmith.flows.draw.shares import even, pick
from orgsmith.schema.industry import MONTHS
from orgsmith.schema.organisation import Organisation

WEEKDAYS = np.array([1.06, 1.0, 0.95, 0.93, 0.93, 0.98, 1.15])
"""Relative number of orders from Monday to Sunday: shops on the web sell most on Sunday evening."""

ENOUGH = 4
"""Orders per week on average from which on no week is left empty."""

LEAST_LEFT = 0.2
"""Share of a month's orders that customers place whatever is placed already."""

WEEK = 7
MONDAY = 3
"""1970-01-01 was a Thursday: (day number + 3) // 7 counts weeks from Monday."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of the organisation's life: how much is ordered on each, and what is on sale.

    `first` is the number of the first day; arrays have shape (days,). `month` counts from 0,
    `week` from the first day's; `sale` holds the row of the price book of a sale on that day, -1
    without one.
    """

    first: int
    weight: Floats
    month: Ints
    week: Ints
    sale: Ints

    def less(self, placed: Ints, total: int) -> "Calendar":
        """The calendar for what is still to be ordered, so that all orders follow the seasons.

        Args:
            placed: day from 0 of each order that is placed already.
            total: orders in all.
        """
        year = np.bincount(self.month, self.weight, MONTHS)
        due = year / year.sum() * total
        left = np.maximum(due - np.bincount(self.month[placed], minlength=MONTHS), LEAST_LEFT * due)
        return replace(self, weight=self.weight * (left / due)[self.month])

    def draw(self, among: Bools, uniform: Floats) -> Ints:
        """Days from 0, by weight, among some days; among all if none of those has a weight."""
        weights = np.where(among, self.weight, 0.0)
        return pick(weights if weights.any() else self.weight, uniform)


def calendar_of(organisation: Organisation, books: pl.DataFrame) -> Calendar:
    """The calendar of an organisation; `books` are its rows of Pricebook2."""
    first, days = day_number(organisation.start), organisation.days
    day = dates(first + np.arange(days))
    month = day.dt.month().cast(pl.Int64).to_numpy() - 1
    a_day = np.array(organisation.industry.season)[month] / day.dt.days_in_month().to_numpy()
    week, weekday = np.divmod(first + np.arange(days) + MONDAY, WEEK)
    sale = _sales(organisation.start, days, books)
    return Calendar(first, a_day * WEEKDAYS[weekday], month, week - week[0], sale)


def _sales(start: dt.date, days: int, books: pl.DataFrame) -> Ints:
    """The price book of a sale on each day; where sales overlap the greater reduction holds."""
    sale = np.full(days, -1, dtype=np.int64)
    dated = (
        books.with_row_index("row").drop_nulls("ValidFrom").sort("discount_percent", "ValidFrom")
    )
    for row, begins, ends in dated.select("row", "ValidFrom", "ValidTo").iter_rows():
        sale[max((begins - start).days, 0) : (ends - start).days + 1] = row
    return sale


def order_days(
    rng: np.random.Generator, calendar: Calendar, season: Ints, own: Bools, bargain: Bools
) -> Ints:
    """The day of each order, from 0.

    Args:
        rng: random stream.
        calendar: the days to choose from.
        season: first month (1 to 12) of the customer's favourite season, for each order.
        own: whether the order falls in that season.
        bargain: whether it waits for a sale, which goes before.
    """
    days = np.zeros(season.size, dtype=np.int64)
    pool = np.where(bargain, MONTHS + 1, np.where(own, season, 0))
    for number in range(MONTHS + 2):
        here = np.flatnonzero(pool == number)
        if number == MONTHS + 1:
            among = calendar.sale >= 0
        elif number:
            among = (calendar.month - (number - 1)) % MONTHS < SEASON_MONTHS
        else:
            among = np.ones(calendar.weight.size, dtype=np.bool_)
        days[here] = calendar.draw(among, even(rng, here.size))
    return days


def fill_weeks(rng: np.random.Generator, calendar: Calendar, days: Ints, movable: Bools) -> Ints:
    """The days again, after orders of full weeks have moved into weeks without any.

    Args:
        rng: random stream.
        calendar: the days there are.
        days: day of each order.
        movable: which orders may move.
    """
    weeks = int(calendar.week[-1]) + 1
    if days.size < ENOUGH * weeks:
        return days
    filled = days.copy()
    counts = np.bincount(calendar.week[days], minlength=weeks)
    for week in np.flatnonzero(counts == 0):
        candidates = np.flatnonzero(movable & (counts[calendar.week[filled]] > 1))
        if not candidates.size:
            break
        fullest = counts[calendar.week[filled[candidates]]]
        chosen = candidates[np.argmax(fullest)]
        counts[calendar.week[filled[chosen]]] -= 1
        filled[chosen] = calendar.draw(calendar.week == week, rng.random(1))[0]
        counts[week] += 1
    return filled
