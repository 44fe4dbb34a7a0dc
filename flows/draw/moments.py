"""Times of day: when offices work and when customers shop."""

from functools import cache

import numpy as np
import polars as pl

from orgsmith.flows.draw.frames import Ints
from orgsmith.flows.draw.shares import pick

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR

OFFICE_HOURS = (14, 22)
"""UTC: 9 to 17 on the East coast in winter."""

SHOPPING = np.array(
    [2, 1, 0.5, 0.3, 0.3, 0.6, 1.5, 3, 4.5, 5.5, 6, 6, 6.5, 6, 5.5, 5.5, 5.5, 5.5, 6, 7, 8, 8, 6, 4]
)
"""Orders by local hour: low at night, a hump at noon, most after work, as shops report."""


def utc(micros: Ints) -> pl.Series:
    """A UTC Datetime series from microseconds since 1970."""
    return pl.Series(micros).cast(pl.Datetime("us", "UTC"))


def office_moments(rng: np.random.Generator, day_numbers: Ints) -> pl.Series:
    """A moment within office hours on each day, or on the Friday before a weekend (UTC)."""
    weekday = (day_numbers + 3) % 7
    worked = day_numbers - np.maximum(weekday - 4, 0)
    first, last = OFFICE_HOURS
    seconds = rng.integers(first * 3600, last * 3600, day_numbers.size)
    return utc(worked * DAY + seconds * SECOND)


def shopping_moments(rng: np.random.Generator, day_numbers: Ints, zones: pl.Series) -> pl.Series:
    """A moment at which customers shop, by their own clock, on each UTC day.

    Args:
        rng: random stream.
        day_numbers: UTC day of each moment, days since 1970.
        zones: IANA time zone of each customer.

    Returns:
        A UTC Datetime series; its UTC date is the day asked for, its local one may be the day
        before.
    """
    hours = pick(SHOPPING, rng.random(day_numbers.size))
    local = hours * HOUR + rng.integers(0, 3600, day_numbers.size) * SECOND
    first = int(day_numbers.min()) if day_numbers.size else 0
    last = int(day_numbers.max()) if day_numbers.size else 0
    offsets = np.zeros(day_numbers.size, dtype=np.int64)
    for zone in zones.unique().sort().to_list():
        here = (zones == zone).to_numpy()
        offsets[here] = utc_offsets(zone, first, last)[day_numbers[here] - first]
    return utc(day_numbers * DAY + (local - offsets) % DAY)


@cache
def utc_offsets(zone: str, first: int, last: int) -> Ints:
    """A zone's offset from UTC in microseconds at noon UTC of each day first..last."""
    noon = np.arange(first, last + 1, dtype=np.int64) * DAY + 12 * HOUR
    local = utc(noon).dt.convert_time_zone(zone)
    offset = local.dt.base_utc_offset() + local.dt.dst_offset()
    return offset.dt.total_microseconds().to_numpy()
