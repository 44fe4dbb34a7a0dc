"""When each case is reported, handed over and closed: customers' days, agents' shifts."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orgsmith.flows.draw.deals import pick_column
from orgsmith.flows.draw.desk import Desk
from orgsmith.flows.draw.frames import Bools, Floats, Ints, day_number
from orgsmith.flows.draw.hours import HOUR, Clock, clock
from orgsmith.flows.draw.owners import Owners
from orgsmith.flows.draw.span import DAY, span_of
from orgsmith.flows.draw.subjects import CHAT, Subjects
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

NOT_YET = -1
SLOTS = 48
SLOT = DAY // SLOTS
DIURNAL = np.repeat(
    [
        *(0.14, 0.08, 0.05, 0.04, 0.05, 0.12, 0.35, 0.7, 1.1, 1.5, 1.7, 1.7),
        *(1.5, 1.4, 1.4, 1.4, 1.4, 1.4, 1.3, 1.4, 1.4, 1.2, 0.8, 0.35),
    ],
    2,
)
"""Relative number of cases by half-hour of the customer's day."""
OFF_SHIFT = 0.002
"""Weight of a moment at which the agent would close outside of the shift, against one inside."""
NEVER = 1e-9
"""Weight of what is chosen only where nothing else is possible."""
SHORTEST = {True: 240, False: 1800}
"""Seconds a chat (True) or a thread of mails lasts at least."""
ROOM = 3600
"""Seconds before the as-of date by which the newest open case is reported: for its messages."""
ONLY_BEGINS = 1e-4
"""Weight of a moment at which a chat begins in the agent's shift but ends outside."""
AFTER_SHIFT = (300, 4500)
"""Seconds from the edge of a shift to a closing that is moved inside it."""
HOLD_SHARE = (0.15, 0.35)
"""Of a case's time, what goes by before it is handed over."""
HELD_MINUTES = (3.0, 7.0)
"""Further minutes that a chat takes when it is transferred; for mails the same in hours / 2."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds since 1970 in UTC, arrays by case; `NOT_YET` for what has not happened."""

    created: Ints
    handed_over: Ints
    closed: Ints


def draw_times(
    organisation: Organisation,
    subjects: Subjects,
    desk: Desk,
    owners: Owners,
    speed: Floats,
    zones: pl.Series,
    block: int,
) -> Times:
    """Choose a moment of each case's day: one at which the customer is up and the agent works.

    Args:
        organisation: whose parameters and seed are used.
        subjects: the cases' days, issues and channels.
        desk: agents and their shifts.
        owners: the cases' agents.
        speed: what agent and state multiply handle time by, shape (n,).
        zones: time zone (IANA name) of each case's customer, length n.
        block: number of the block.
    """
    rng = stream(organisation.seed, "CasePlan", block, "times")
    span = span_of(organisation)
    chat = subjects.channel == CHAT
    handling, hold = _durations(organisation, subjects, owners, speed, rng)
    midnight = (day_number(organisation.start) + subjects.day) * DAY
    end = day_number(organisation.as_of) * DAY
    # What is closed has to be so by the as-of date, however late in the span it came.
    handling = np.minimum(handling, (end - midnight) // 2)
    hold = np.minimum(hold, handling // 2)
    # Never on a round half-hour.
    jitter = rng.integers(1, SLOT, subjects.day.size)
    jitter += jitter % 900 == 0
    moments = midnight[:, None] + np.arange(SLOTS) * SLOT + jitter[:, None]
    watch = clock(span.start, span.days, tuple(zones.unique().to_list()))
    weights = _awake(watch, watch.index(zones), moments, span.weights, subjects.day, span.start)
    weights *= _staffed(desk, owners, chat, moments, handling, hold, subjects.closed)
    possible = moments + np.where(subjects.closed, handling, hold + ROOM)[:, None] < end
    weights = np.where(possible, np.maximum(weights, NEVER), 0.0)
    # A case that can be finished at no moment of its day is reported as it begins.
    slot = np.maximum(pick_column(weights, rng.random(subjects.day.size)), 0)
    created = moments[np.arange(slot.size), slot]
    handed_over = np.where(owners.transferred, created + hold, NOT_YET)
    earliest = np.maximum(created, handed_over) + SHORTEST[False]
    movable = subjects.closed & ~chat
    closed = created + handling
    closed = _inside_shift(desk, owners, earliest, closed, movable, end, rng)
    return Times(created, handed_over, closed=np.where(subjects.closed, closed, NOT_YET))


def _durations(
    organisation: Organisation,
    subjects: Subjects,
    owners: Owners,
    speed: Floats,
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    """Seconds from creation to closing, and to the hand-over of what is transferred."""
    parameters = organisation.industry.latents.ResponseTime
    chat = subjects.channel == CHAT
    median = np.where(chat, parameters.chat_minutes * 60, parameters.mail_hours * HOUR)
    sigma = np.where(chat, parameters.chat_sigma, parameters.mail_sigma)
    issues = len(organisation.industry.issues)
    # One draw for the whole organisation, whatever the block.
    of_issue = stream(organisation.seed, "CasePlan", 0, "issue factor").standard_normal(issues)
    factor = speed * np.exp(parameters.issue_sigma * of_issue)[subjects.issue]
    handling = median * factor * np.exp(sigma * rng.standard_normal(median.size))
    handling = np.maximum(handling, np.where(chat, SHORTEST[True], SHORTEST[False]))
    held = rng.uniform(*HELD_MINUTES, median.size) * np.where(chat, 60, HOUR / 2)
    hold = held + rng.uniform(*HOLD_SHARE, median.size) * handling * np.where(chat, 0.3, 1.0)
    total = handling + np.where(owners.transferred, held, 0)
    return total.astype(np.int64), hold.astype(np.int64)


def _awake(
    watch: Clock, zone: Ints, moments: Ints, day_weights: Floats, day: Ints, start: int
) -> Floats:
    """How likely the customer writes at each moment: by the hour and the day on the wall."""
    local = watch.local(zone[:, None], moments)
    at_home = np.clip(local // DAY - start, 0, day_weights.size - 1)
    return DIURNAL[local % DAY // SLOT] * day_weights[at_home] / day_weights[day][:, None]


def _staffed(
    desk: Desk,
    owners: Owners,
    chat: Bools,
    moments: Ints,
    handling: Ints,
    hold: Ints,
    closed: Bools,
) -> Floats:
    """How well each moment suits the agents' shifts."""
    first, last = owners.first[:, None], owners.last[:, None]
    at_start = desk.shifts.working(first, moments)
    over = moments + handling[:, None]
    at_end = desk.shifts.working(last, over) & (over // DAY < desk.end[last])
    # A shift that has just begun leaves no time for the messages before the closing.
    at_end &= desk.shifts.since(last, over) >= np.minimum(handling // 2, ROOM * 3 // 4)[:, None]
    moved = owners.transferred[:, None]
    at_hand_over = desk.shifts.working(first, moments + hold[:, None])
    took_over = desk.shifts.working(last, moments + hold[:, None])
    weights = np.where(at_end | ~closed[:, None], 1.0, OFF_SHIFT)
    weights = np.where(moved & ~at_hand_over, weights * OFF_SHIFT, weights)
    live = at_start & at_end & (took_over | ~moved)
    return np.where(
        chat[:, None] & ~live, weights * np.where(at_start, ONLY_BEGINS, NEVER), weights
    )


def _inside_shift(
    desk: Desk,
    owners: Owners,
    earliest: Ints,
    closed: Ints,
    movable: Bools,
    end: int,
    rng: np.random.Generator,
) -> Ints:
    """Closings of mails that fall outside of the shift: back to its end or on to the next one.

    Args:
        earliest: before which a case cannot be closed, shape (n,).
        closed: planned closings, shape (n,).
        movable: which may be moved, shape (n,).
        end: the as-of date.
    """
    agent = owners.last
    since = desk.shifts.since(agent, closed)
    inset = rng.integers(*AFTER_SHIFT, closed.size)
    back = closed - np.maximum(since - desk.shifts.length[agent], 0) - inset
    on = closed + DAY - since + inset
    on_duty = on < np.minimum(desk.end[agent] * DAY, end)
    movable = movable & ~desk.shifts.working(agent, closed)
    can_back = movable & desk.shifts.working(agent, back) & (back > earliest)
    can_on = movable & desk.shifts.working(agent, on) & on_duty
    return np.where(can_back, back, np.where(can_on, on, closed))
