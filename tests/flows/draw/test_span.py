import datetime as dt

import numpy as np
import pytest

from orgsmith.flows.draw.span import EPOCH, FIRST_CASE_DAY, span_of
from orgsmith.schema.industry import Industry
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream


@pytest.mark.parametrize(
    ("as_of", "months"),
    [(dt.date(2026, 1, 1), 48), (dt.date(2024, 2, 29), 49), (dt.date(2025, 7, 17), 49)],
)
def test_months_of_the_span(industry: Industry, as_of: dt.date, months: int) -> None:
    organisation = Organisation(industry, 7, 1.0, as_of)
    span = span_of(organisation)
    assert span.months == months
    assert span.days == organisation.days
    first = EPOCH + dt.timedelta(days=int(span.firsts[0]))
    assert first == organisation.start.replace(day=1)
    assert span.bounds[0] == 0
    assert span.bounds[-1] == span.days


def test_days_lie_in_their_month_and_not_before_anything_is_sold(industry: Industry) -> None:
    span = span_of(Organisation(industry, 7, 1.0, dt.date(2025, 7, 17)))
    months = np.repeat(np.flatnonzero(span.case_days > 0), 50)
    days = span.draw_days(months, stream(7, "test", 0, "days"))
    assert (span.month[days] == months).all()
    assert days.min() >= FIRST_CASE_DAY
    assert days.max() < span.days


def test_weekends_and_holidays_are_lower(industry: Industry) -> None:
    span = span_of(Organisation(industry, 7, 1.0, dt.date(2026, 1, 1)))
    day = {date: (date - EPOCH).days - span.start for date in map(dt.date.fromisoformat, DATES)}
    weights = {date.isoformat(): span.weights[number] for date, number in day.items()}
    working, christmas, sunday = (weights[date] for date in DATES)
    assert christmas < sunday < working


DATES = ("2024-12-18", "2024-12-25", "2024-12-22")


def test_a_month_of_which_the_span_holds_a_day_counts_little(industry: Industry) -> None:
    span = span_of(Organisation(industry, 7, 1.0, dt.date(2025, 7, 2)))
    weights = span.month_weights(industry.season)
    assert weights[-1] < 0.1 * weights[-2]
    assert span.months - 1 not in span.peak_months
