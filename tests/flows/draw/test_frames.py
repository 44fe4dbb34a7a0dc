import datetime as dt

import numpy as np
import polars as pl
import pytest

from orgsmith.flows.draw.frames import day_number, dollars, empty_where, node_frame
from orgsmith.flows.draw.moments import DAY, office_moments, shopping_moments
from orgsmith.schema.streams import stream


def test_a_frame_must_have_the_declared_columns() -> None:
    with pytest.raises(ValueError, match=r"ResponseTime: .* \['speed'\]"):
        node_frame("ResponseTime", {"UserId": "005", "factor": np.ones(1), "speed": 1})
    with pytest.raises(ValueError, match=r"ResponseTime: .* \['factor'\]"):
        node_frame("ResponseTime", {"UserId": pl.Series(["005"])})


def test_constants_are_repeated_and_rows_sorted() -> None:
    users = pl.Series(["005b", "005a"])
    frame = node_frame("ResponseTime", {"UserId": users, "factor": 1})
    assert frame.to_dict(as_series=False) == {"UserId": ["005a", "005b"], "factor": [1.0, 1.0]}


def test_an_empty_frame_stays_empty() -> None:
    nobody = pl.Series([], dtype=pl.String)
    assert node_frame("ResponseTime", {"UserId": nobody, "factor": 1}).height == 0


def test_holes() -> None:
    assert empty_where(pl.Series([1, 2]), np.array([True, False])).to_list() == [None, 2]


def test_dollars_are_the_nearest_doubles() -> None:
    assert dollars(pl.Series([11_099, 1, 100])).to_list() == [110.99, 0.01, 1.0]


def test_offices_are_shut_on_weekends() -> None:
    days = np.arange(day_number(dt.date(2025, 3, 3)), day_number(dt.date(2025, 3, 17)))
    moments = office_moments(stream(7, "test", 0, "office"), days)
    assert (moments.dt.weekday() <= 5).all()
    assert moments.dt.hour().is_between(14, 21).all()


def test_shoppers_keep_to_the_utc_day_in_every_zone() -> None:
    days = np.full(2000, day_number(dt.date(2025, 7, 1)))
    zones = pl.Series(["America/New_York", "America/Los_Angeles"] * 1000)
    moments = shopping_moments(stream(7, "test", 0, "shop"), days, zones)
    assert set(moments.dt.date()) == {dt.date(2025, 7, 1)}
    west = moments.gather_every(2, 1).dt.convert_time_zone("America/Los_Angeles").dt.hour()
    assert (west.is_between(1, 5)).to_numpy().mean() < 0.08
    assert moments.cast(pl.Int64).max() < (days[0] + 1) * DAY


def test_moments_of_nobody() -> None:
    nobody = pl.Series([], dtype=pl.String)
    moments = shopping_moments(stream(7, "test", 0, "shop"), np.zeros(0, dtype=np.int64), nobody)
    assert moments.len() == 0
