"""Days and times as texts write them."""

import datetime as dt
from functools import cache, lru_cache

import polars as pl

from orgsmith.prompts.columns import by_value


@lru_cache(maxsize=1 << 12)
def day(date: dt.date) -> str:
    """A date as texts write it: March 5, 2025."""
    return f"{date:%B} {date.day}, {date.year}"


def days(dates: pl.Series) -> pl.Series:
    """A column of dates as texts write them; null stays null."""

    def written(distinct: pl.Series) -> pl.Series:
        return pl.Series([date and day(date) for date in distinct.to_list()], dtype=pl.String)

    return by_value(dates, written)


def clocks(moments: pl.Series) -> pl.Series:
    """The times of a column of moments, to the minute: 9:04 AM."""
    minutes = moments.dt.hour().cast(pl.Int64) * 60 + moments.dt.minute()
    return _clocks()[minutes]


@cache
def _clocks() -> pl.Series:
    """Every minute of a day."""
    return pl.Series(
        f"{hour % 12 or 12}:{minute:02} {half}"
        for half, hours in (("AM", range(12)), ("PM", range(12, 24)))
        for hour in hours
        for minute in range(60)
    )
