"""The service desk's agents: when each is on duty, and who they are."""

import numpy as np
import polars as pl

from orgsmith.flows.draw.frames import (
    Bools,
    Floats,
    Ints,
    dates,
    day_number,
    empty_where,
    node_frame,
)
from orgsmith.flows.draw.keys import foreign_id, ids
from orgsmith.flows.draw.moments import office_moments
from orgsmith.flows.draw.names import aliases, distinct_people, phone_numbers, plain
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.places import area_codes, pack_places, zone_weights
from orgsmith.flows.draw.shares import quotas
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

DAYS_A_MONTH = 365.25 / 12
CONCENTRATION = 2.0
"""Of the Dirichlet shares of a seat's time: some stay a season, some for years."""

BEFORE = (30, 540)
"""Days before the organisation's first day on which the first agent of a seat has started."""

SHIFTS = ((7.0, 8.5), (9.5, 8.5), (14.0, 8.5))
"""Early, day and late: first hour, local time, and length."""

WEEKEND_OFF = 0.62
"""Share of seats that are free on Saturday and Sunday: weekends are staffed thinner."""

SATURDAY_SUNDAY = 1 << 5 | 1 << 6
MIDWEEK = (1 << 1 | 1 << 2, 1 << 0 | 1 << 1, 1 << 3 | 1 << 4, 1 << 2 | 1 << 3, 1 << 0 | 1 << 6)
"""Days off of the seats that work on weekends; bit 0 is Monday."""


def draw_tenure(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """Who is on duty when: the agents of a seat follow one another without a gap.

    The first agent of a seat may have started before the organisation's first day, the last one is
    on duty still. Each change falls on a Monday.
    """
    del parents, block
    parameters = organisation.industry.latents.Tenure
    rng = stream(organisation.seed, "Tenure", 0, "seats")
    count, seats = organisation.agents, organisation.seats
    seat = _seats(rng, count, seats)
    last = np.append(seat[1:] != seat[:-1], True)
    start, end = (
        _turns(organisation, rng, seat) if parameters.turnover else _stays(organisation, rng, seat)
    )
    zone, shift = _zones(organisation, seats), _shifts(seats)
    load = np.exp(parameters.load_sigma * rng.standard_normal(count))
    on_duty = last if parameters.turnover else np.ones(count, dtype=np.bool_)
    return node_frame(
        "Tenure",
        {
            "UserId": ids(organisation, "User", count).gather(rng.permutation(count)),
            "seat": seat,
            "start": dates(start),
            "end": empty_where(dates(end), on_duty),
            "time_zone": pl.Series(zone).gather(seat),
            "shift_start": shift[seat, 0],
            "shift_hours": shift[seat, 1],
            "days_off": _days_off(rng, seats)[seat],
            "load": load,
        },
    )


def _seats(rng: np.random.Generator, count: int, seats: int) -> Ints:
    """The seat of each agent, ascending; no seat has two agents more than another."""
    agents = np.full(seats, count // seats)
    agents[rng.permutation(seats)[: count % seats]] += 1
    return np.repeat(np.arange(seats), agents)


def _turns(organisation: Organisation, rng: np.random.Generator, seat: Ints) -> tuple[Ints, Ints]:
    """First day of each agent, and day after the last one."""
    parameters = organisation.industry.latents.Tenure
    first, days = day_number(organisation.start), organisation.days
    lead = _leads(rng, int(seat[-1]) + 1)
    start, end = np.zeros(seat.size, dtype=np.int64), np.zeros(seat.size, dtype=np.int64)
    for number in range(int(seat[-1]) + 1):
        here = np.flatnonzero(seat == number)
        floor = min(parameters.shortest_months * DAYS_A_MONTH + 7, days / here.size)
        shares = rng.dirichlet(np.full(here.size, CONCENTRATION))
        length = floor + (days - floor * here.size) * shares
        edges = first + np.cumsum(length)[:-1].astype(np.int64)
        edges -= (edges + 3) % 7
        start[here] = np.concatenate([[first - lead[number]], edges])
        end[here] = np.concatenate([edges, [first + days]])
    return start, end


def _stays(organisation: Organisation, rng: np.random.Generator, seat: Ints) -> tuple[Ints, Ints]:
    """Everyone on duty from before the organisation's first day on, nobody leaves."""
    first = day_number(organisation.start)
    return first - _leads(rng, seat.size), np.full(seat.size, first + organisation.days)


def _leads(rng: np.random.Generator, count: int) -> Ints:
    """Days by which those on duty on the first day have started before it."""
    nearest, farthest = BEFORE
    lead = nearest + (farthest - nearest) * (np.arange(count) + 0.5) / count
    return rng.permutation(lead).astype(np.int64)


def _zones(organisation: Organisation, seats: int) -> list[str]:
    """The time zone of each seat, from east to west, in shares that follow the customers'."""
    weights = zone_weights(organisation)
    zones = list(weights)
    dealt = quotas(np.array([*weights.values()]), seats)
    return [zone for zone, number in zip(zones, dealt, strict=True) for _ in range(number)]


def _shifts(seats: int) -> Floats:
    """First hour and length of each seat's shift.

    Seats run from east to west; dealt in turn, shifts cover the day in every zone. The first seat
    is early and the last one late, so that few seats do too.
    """
    kind = np.arange(seats) % len(SHIFTS)
    kind[-1] = len(SHIFTS) - 1
    return np.array(SHIFTS)[kind]


def _days_off(rng: np.random.Generator, seats: int) -> Ints:
    working = max(1, int((1 - WEEKEND_OFF) * seats))
    masks = [MIDWEEK[i % len(MIDWEEK)] for i in range(working)]
    return rng.permutation(np.array(masks + [SATURDAY_SUNDAY] * (seats - working), dtype=np.int64))


def on_duty(tenure: pl.DataFrame, day_numbers: Ints) -> Bools:
    """Which agents are on duty on which days.

    Args:
        tenure: rows of Tenure.
        day_numbers: days since 1970, shape (days,).

    Returns:
        Shape (days, agents), agents in the order of `tenure`.
    """
    start = tenure["start"].cast(pl.Int64).to_numpy()
    end = tenure["end"].cast(pl.Int64).fill_null(np.iinfo(np.int32).max).to_numpy()
    days = day_numbers[:, None]
    return (start <= days) & (days < end)


def draw_user(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """The agents as users of the organisation."""
    del block
    tenure = parents["Tenure"]
    rng = stream(organisation.seed, "User", 0, "people")
    domain = organisation.industry.company.domain
    count = tenure.height
    persons = distinct_people(rng, count)
    local = _locals(persons)
    first_day = tenure["start"].cast(pl.Int64).to_numpy() - rng.integers(3, 15, count)
    return node_frame(
        "User",
        {
            "Id": tenure["UserId"],
            "Name": persons["name"],
            "FirstName": persons["first"],
            "LastName": persons["last"],
            "Email": local + f"@{domain}",
            "Phone": phone_numbers(_area_codes(organisation, tenure, rng), rng.permutation(count)),
            "Username": local + f"@crm.{domain}",
            "Alias": aliases(persons),
            "ProfileId": foreign_id(organisation, "00e", "Profile"),
            "IsActive": tenure["end"].is_null(),
            "DutyStart__c": tenure["start"],
            "DutyEnd__c": tenure["end"],
            "LanguageLocaleKey": "en_US",
            "EmailEncodingKey": "UTF-8",
            "TimeZoneSidKey": tenure["time_zone"],
            "LocaleSidKey": "en_US",
            "CreatedDate": office_moments(rng, first_day),
        },
    )


def _locals(persons: pl.DataFrame) -> pl.Series:
    """The part of each agent's address before the at sign; a number tells namesakes apart."""
    local = persons.select(pl.concat_str(plain("first"), pl.lit("."), plain("last")).alias("local"))
    repeat = pl.col("local").cum_count().over("local")
    return local.select(
        pl.when(repeat > 1).then(pl.concat_str("local", repeat)).otherwise("local")
    ).to_series()


def _area_codes(
    organisation: Organisation, tenure: pl.DataFrame, rng: np.random.Generator
) -> pl.Series:
    """An area code of each agent's time zone."""
    places = pack_places(organisation)
    rows = np.zeros(tenure.height, dtype=np.int64)
    for zone in tenure["time_zone"].unique().sort().to_list():
        here = (tenure["time_zone"] == zone).to_numpy()
        candidates = (places["zone"] == zone).arg_true().to_numpy().astype(np.int64)
        rows[here] = candidates[rng.integers(0, candidates.size, int(here.sum()))]
    return area_codes(organisation, rows, rng)
