import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from orgsmith.flows.draw.hours import Shifts, clock, shifts_of

ZONES = ("America/New_York", "America/Phoenix", "America/Los_Angeles", "Pacific/Honolulu")
START = (dt.date(2023, 1, 1) - dt.date(1970, 1, 1)).days


def seconds(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(dt.datetime(year, month, day, hour, minute, tzinfo=dt.UTC).timestamp())


def test_the_clock_agrees_with_zoneinfo_around_daylight_saving() -> None:
    watch = clock(START, 800, ZONES)
    instants = [
        *range(seconds(2023, 3, 12), seconds(2023, 3, 13), 900),
        *range(seconds(2024, 11, 3), seconds(2024, 11, 4), 900),
    ]
    for name in ZONES:
        zone = watch.index(pl.Series([name]))
        shown = watch.local(np.repeat(zone, len(instants)), np.array(instants))
        for instant, local in zip(instants, shown.tolist(), strict=True):
            wall = dt.datetime.fromtimestamp(instant, ZoneInfo(name)).replace(tzinfo=dt.UTC)
            assert local == int(wall.timestamp()), (name, instant)


@pytest.fixture
def shifts() -> Shifts:
    """A day shift in New York off on weekends, and a late one in Los Angeles off on Mondays."""
    tenure = pl.DataFrame(
        {
            "time_zone": ["America/New_York", "America/Los_Angeles"],
            "shift_start": [9.0, 18.5],
            "shift_hours": [8.0, 8.0],
            "days_off": [1 << 5 | 1 << 6, 1],
        }
    )
    return shifts_of(tenure, START, 800)


@pytest.mark.parametrize(
    ("agent", "instant", "works"),
    [
        (0, seconds(2024, 1, 10, 14, 0), True),  # 09:00, Wednesday
        (0, seconds(2024, 1, 10, 13, 59), False),
        (0, seconds(2024, 7, 10, 13, 0), True),  # 09:00 in summer
        (0, seconds(2024, 1, 10, 22, 0), False),  # 17:00
        (0, seconds(2024, 1, 13, 15, 0), False),  # Saturday
        (1, seconds(2024, 1, 10, 2, 30), True),  # 18:30 on Tuesday
        (1, seconds(2024, 1, 10, 10, 0), True),  # 02:00, still Tuesday's shift
        (1, seconds(2024, 1, 9, 9, 0), False),  # 01:00 on Tuesday belongs to Monday's shift
        (1, seconds(2024, 1, 10, 10, 30), False),
    ],
)
def test_shifts(shifts: Shifts, agent: int, instant: int, works: bool) -> None:
    assert shifts.working(np.array([agent]), np.array([instant]))[0] == works


def test_since_counts_from_the_beginning_of_the_shift(shifts: Shifts) -> None:
    since = shifts.since(np.array([0, 1]), np.array([seconds(2024, 1, 10, 15, 0)] * 2))
    assert since.tolist() == [3600, int(12.5 * 3600)]


def test_hours_that_shifts_share(shifts: Shifts) -> None:
    at = np.array([seconds(2024, 1, 10)] * 2)
    agents = np.array([0, 1])
    shared = shifts.hours_shared(agents[:, None], agents, at[:, None])
    # 9 to 17 in New York is 6 to 14 in Los Angeles, where the other works from 18:30 to 2:30.
    assert shared.tolist() == [[8.0, 0.0], [0.0, 8.0]]
