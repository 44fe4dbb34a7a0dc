"""The days of an organisation's life: calendar months, weekdays, holidays."""

import datetime as dt
from dataclasses import dataclass
from functools import cache

import numpy as np

from orgsmith.flows.draw.frames import Floats, Ints
from orgsmith.schema.industry import MONTHS
from orgsmith.schema.organisation import Organisation

EPOCH = dt.date(1970, 1, 1)
DAY = 86_400
WEEKDAY_WEIGHTS = (1.18, 1.12, 1.08, 1.05, 1.02, 0.68, 0.62)
"""Relative number of cases from Monday to Sunday: service desks hear most on Mondays."""
HOLIDAY_WEIGHT = 0.45
FIRST_CASE_DAY = 2
"""No case on the first days: something has to be ordered before."""
FEWEST_DAYS = 20
"""Days of a calendar month inside the span that make it fit for the peak of a burst."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days from the organisation's start to its as-of date, numbered from 0.

    `weights` are the relative numbers of cases by UTC day, shape (days,); `month` numbers each
    day's calendar month from 0; `firsts` holds the first day of each month, counted from 1970,
    shape (months,); `bounds` the number of each month's first day in the span, shape (months + 1,).
    """

    start: int
    weights: Floats
    month: Ints
    firsts: Ints
    bounds: Ints

    @property
    def days(self) -> int:
        """Days in the span."""
        return int(self.weights.size)

    @property
    def months(self) -> int:
        """Calendar months the span touches."""
        return int(self.firsts.size)

    @property
    def case_days(self) -> Ints:
        """Days of each month on which a case can be reported, shape (months,)."""
        return np.diff(np.maximum(self.bounds, FIRST_CASE_DAY))

    @property
    def peak_months(self) -> Ints:
        """The months in which a burst can have its peak."""
        return np.flatnonzero(self.case_days >= FEWEST_DAYS)

    def month_weights(self, season: tuple[float, ...]) -> Floats:
        """Relative number of cases of each month, by the season of orders in January to December.

        Cases follow orders by days to months, so each month hears of its own and of the last
        month's orders. A month that the span only touches counts by its share of days.
        """
        year = np.array(season)
        heard = (2 * year + np.roll(year, 1)) / 3
        of_year = _months_since_year_0(self.firsts) % MONTHS
        length = np.diff(np.append(self.firsts, _next_month(int(self.firsts[-1]))))
        weights: Floats = heard[of_year] * self.case_days / length
        return weights

    def draw_days(self, months: Ints, rng: np.random.Generator) -> Ints:
        """A day for each month given, probability by weekday and holiday."""
        cumulative = np.concatenate(([0.0], np.cumsum(self.weights)))
        bounds = np.maximum(self.bounds, FIRST_CASE_DAY)
        low, high = cumulative[bounds[months]], cumulative[bounds[months + 1]]
        at = low + rng.random(months.size) * (high - low)
        days = np.searchsorted(cumulative, at, side="right") - 1
        inside: Ints = np.clip(days, bounds[months], bounds[months + 1] - 1)
        return inside


def span_of(organisation: Organisation) -> Span:
    """The span of an organisation."""
    return _span(organisation.start, organisation.as_of)


@cache
def _span(start: dt.date, end: dt.date) -> Span:
    import holidays  # its country tables take a while to load

    first = (start - EPOCH).days
    days = np.arange(first, (end - EPOCH).days)
    weights = np.array(WEEKDAY_WEIGHTS)[(days + EPOCH.weekday()) % 7]
    closed = holidays.country_holidays("US", years=range(start.year, end.year + 1))
    off = np.array(sorted((day - EPOCH).days for day in closed))
    weights[np.isin(days, off)] *= HOLIDAY_WEIGHT
    month = _months_since_year_0(days)
    month -= month[0]
    bounds = np.append(np.searchsorted(month, np.arange(month[-1] + 1)), days.size)
    firsts = days[bounds[:-1]]
    firsts[0] -= start.day - 1
    return Span(first, weights, month, firsts, bounds)


def _months_since_year_0(days: Ints) -> Ints:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * MONTHS


def _next_month(day: int) -> int:
    month = np.array(day).astype("datetime64[D]").astype("datetime64[M]") + 1
    return int(month.astype("datetime64[D]").astype(np.int64))
