"""Wall clocks and shifts: which instants are working time for whom, daylight saving included."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from orgsmith.flows.draw.frames import Bools, Ints
from orgsmith.flows.draw.rows import rows_in
from orgsmith.flows.draw.span import DAY, EPOCH

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Clock:
    """Offsets from UTC of some time zones, for every hour of a range.

    Exact for zones whose clocks change on whole hours of UTC, as all of America's do. `offsets`
    holds seconds, shape (zones, hours); instants are seconds since 1970 in UTC.
    """

    zones: tuple[str, ...]
    first_hour: int
    offsets: npt.NDArray[np.int32]

    def index(self, names: pl.Series) -> Ints:
        """The number of each zone named, shape (n,)."""
        return rows_in(self.zones, names)

    def local(self, zone: Ints, at: Ints) -> Ints:
        """What the wall clock of a zone shows, in seconds since 1970; arguments broadcast."""
        hour = np.clip(at // HOUR - self.first_hour, 0, self.offsets.shape[1] - 1)
        return at + self.offsets[zone, hour]


def clock(start: int, days: int, zones: tuple[str, ...]) -> Clock:
    """A clock for some days from `start` (days since 1970) on, and a margin."""
    return _clock(start - 7, days + 40, tuple(sorted(set(zones))))


@cache
def _clock(start: int, days: int, zones: tuple[str, ...]) -> Clock:
    first = start * DAY // HOUR
    hours = pl.Series(np.arange(first, first + days * 24) * HOUR * 1_000_000)
    instants = hours.cast(pl.Datetime("us", "UTC"))
    offsets = [
        (
            (instants.dt.convert_time_zone(zone).dt.replace_time_zone(None).cast(pl.Int64) - hours)
            // 1_000_000
        ).to_numpy()
        for zone in zones
    ]
    return Clock(zones, first, np.array(offsets, dtype=np.int32))


def remainder(values: Ints, divisor: int) -> Ints:
    """`values % divisor` for a positive divisor, in a third of the time that NumPy takes."""
    rest: Ints = values - values // divisor * divisor
    return rest


@dataclass(frozen=True, slots=True)
class Shifts:
    """When each agent works; arrays by agent. Starts and lengths in seconds of the wall clock."""

    clock: Clock
    zone: Ints
    start: Ints
    length: Ints
    works: Bools
    """Whether an agent works on a weekday (Monday first), shape (agents, 7)."""

    def since(self, agent: Ints, at: Ints) -> Ints:
        """Seconds since the agent's last shift began, day off or not; arguments broadcast."""
        return remainder(self.clock.local(self.zone[agent], at) - self.start[agent], DAY)

    def working(self, agent: Ints, at: Ints) -> Bools:
        """Whether an instant lies in the agent's shift of a working day; arguments broadcast."""
        local = self.clock.local(self.zone[agent], at)
        # The shift belongs to the day it begins on.
        lived = local - self.start[agent]
        day = lived // DAY
        weekday = remainder(day + EPOCH.weekday(), 7)
        inside: Bools = (lived - day * DAY < self.length[agent]) & self.works[agent, weekday]
        return inside

    def hours_shared(self, one: Ints, others: Ints, at: Ints) -> npt.NDArray[np.float64]:
        """Hours that the shifts of two agents share; `at` fixes daylight saving.

        Arguments broadcast.
        """
        first, second = self.since(one, at), self.since(others, at)
        lead = remainder(first - second, DAY)
        shared = np.clip(np.minimum(self.length[one] + lead, self.length[others]) - lead, 0, None)
        lag = remainder(second - first, DAY)
        other = np.clip(np.minimum(self.length[others] + lag, self.length[one]) - lag, 0, None)
        hours: npt.NDArray[np.float64] = np.maximum(shared, other) / HOUR
        return hours


def shifts_of(tenure: pl.DataFrame, start: int, days: int) -> Shifts:
    """The shifts of the agents of Tenure, in its order."""
    zones = tenure["time_zone"]
    watch = clock(start, days, tuple(zones.unique().to_list()))
    bits = tenure["days_off"].to_numpy()[:, None] >> np.arange(7)
    return Shifts(
        clock=watch,
        zone=watch.index(zones),
        start=np.rint(tenure["shift_start"].to_numpy() * HOUR).astype(np.int64),
        length=np.rint(tenure["shift_hours"].to_numpy() * HOUR).astype(np.int64),
        works=(bits & 1) == 0,
    )
