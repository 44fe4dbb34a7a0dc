"""What cases are about and when: bursts first, everything else dealt by month and issue."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orgsmith.flows.draw.deals import deck, exactly
from orgsmith.flows.draw.frames import Bools, Ints, day_numbers
from orgsmith.flows.draw.rows import issue_rows, rows_in
from orgsmith.flows.draw.shares import issue_weights, quotas
from orgsmith.flows.draw.span import Span, span_of
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

NO_BURST = -1
OPEN_SCALE_DAYS = 150.0
"""Age at which an open case has become e times rarer."""
OPEN_TAIL = 0.004
"""Share of what is as old as the organisation that is still open, against what is new."""
SURELY_OPEN_DAYS = 2
NEW_DAYS = 14
"""Age up to which an open case can be without an answer."""
OLD_DAYS = 90
ESCALATED = (0.25, 0.5)
"""Share of open cases that are escalated: younger and older than `OLD_DAYS`."""
OPEN_CHAT_WEIGHT = 0.4
"""Relative chance of an open case to have come by chat: chats are settled at once."""
WEB_SHARE = 0.3
"""Of the cases that did not come by chat."""
STATUSES = ("New", "Working", "Escalated", "Closed")
CHANNELS = ("Email", "Web", "Chat")
LATE_FROM_DAY = 14
"""Before this day no order can be old enough to have come late."""
NEW, WORKING, ESCALATED_STATUS, CLOSED = range(4)
EMAIL, WEB, CHAT = range(3)


@dataclass(frozen=True, slots=True)
class Subjects:
    """What each case of a block is about; arrays by case, in random order.

    `day` counts from the organisation's start, `issue` and `channel` and `status` index the pack's
    issues, `CHANNELS` and `STATUSES`; `burst` indexes the block's bursts, `NO_BURST` outside of
    them; `product` indexes ProductProfile for cases of bursts and is -1 for all others.
    """

    day: Ints
    issue: Ints
    burst: Ints
    product: Ints
    status: Ints
    channel: Ints

    @property
    def closed(self) -> Bools:
        """Whether the case is closed on the as-of date."""
        closed: Bools = self.status == CLOSED
        return closed


def draw_subjects(
    organisation: Organisation, trouble: pl.DataFrame, profile: pl.DataFrame, block: int
) -> Subjects:
    """Plan a block's cases: month, day, issue, burst, status and channel."""
    span = span_of(organisation)
    counts = organisation.industry.counts
    count = organisation.block_share(counts.Case, block)
    rng = stream(organisation.seed, "CasePlan", block, "subjects")
    burst, month, issue = _bursts(organisation, span, trouble, rng)
    others = count - burst.size
    rest = _background_months(organisation, span, month, others)
    issues = quotas(issue_weights(organisation.industry), others)
    order = rng.permutation(count)
    burst = np.append(burst, np.full(others, NO_BURST))[order]
    day = span.draw_days(np.append(month, deck(rest, rng))[order], rng)
    status = _statuses(organisation, span, day, block, rng)
    of_burst = rows_in(profile["ProductId"], trouble["ProductId"])
    issue = np.append(issue, deck(issues, rng))[order]
    return Subjects(
        day=day,
        issue=_late_enough(organisation, issue, day, burst),
        burst=burst,
        product=np.append(of_burst, NO_BURST)[burst],
        status=status,
        channel=_channels(organisation, status, block, rng),
    )


def _late_enough(organisation: Organisation, issue: Ints, day: Ints, burst: Ints) -> Ints:
    """The issues, those of late deliveries in the first days swapped with others'."""
    is_late = np.array([of.late_delivery for of in organisation.industry.issues])[issue]
    single = burst == NO_BURST
    early = np.flatnonzero(single & is_late & (day < LATE_FROM_DAY))
    others = np.flatnonzero(single & ~is_late & (day >= LATE_FROM_DAY))[: early.size]
    swapped = issue.copy()
    swapped[early[: others.size]], swapped[others] = issue[others], issue[early[: others.size]]
    return swapped


def _bursts(
    organisation: Organisation, span: Span, trouble: pl.DataFrame, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Burst, month and issue of each case of a burst.

    The first cases of a burst lie in its peak month and are about its issue; the others do and are
    with the probability that gives the shares asked for.
    """
    parameters = organisation.industry.latents.ProductTrouble
    size = parameters.cases_per_burst
    planted = min(parameters.in_peak_month, size)
    burst = np.repeat(np.arange(trouble.height), size)
    peak = np.searchsorted(span.firsts, day_numbers(trouble["month"]))[burst]
    main = issue_rows(organisation, trouble["IssueId"])[burst]
    place = np.tile(np.arange(size), trouble.height)

    def held(share: float) -> Bools:
        rest = (share * size - planted) / max(size - planted, 1)
        return (place < planted) | (rng.random(place.size) < rest)

    aside = peak + rng.choice((-1, 1), place.size)
    usable = np.flatnonzero(span.case_days > 0)
    inside = (aside >= usable[0]) & (aside <= usable[-1])
    month = np.where(held(parameters.month_share) | ~inside, peak, aside)
    weights = issue_weights(organisation.industry)
    other = rng.choice(weights.size, place.size, p=weights / weights.sum())
    return burst, month, np.where(held(parameters.issue_share), main, other)


def _background_months(organisation: Organisation, span: Span, taken: Ints, count: int) -> Ints:
    """Cases outside of bursts by month; no month stays empty if there are enough of them."""
    weights = span.month_weights(organisation.industry.season)
    months = quotas(weights, count)
    usable = span.case_days > 0
    if count < 4 * int(usable.sum()):
        return months
    of_bursts = np.bincount(taken, minlength=span.months)
    for empty in np.flatnonzero(usable & (months + of_bursts == 0)):
        months[np.argmax(months)] -= 1
        months[empty] += 1
    return months


def _statuses(
    organisation: Organisation, span: Span, day: Ints, block: int, rng: np.random.Generator
) -> Ints:
    """An exact number of open cases, the younger the likelier."""
    counts = organisation.industry.counts
    closed = organisation.block_share(counts.Case * counts.closed_share, block)
    age = span.days - day
    weights = np.exp(-age / OPEN_SCALE_DAYS) + OPEN_TAIL
    weights[age <= SURELY_OPEN_DAYS] *= 1000
    is_open = exactly(day.size - closed, weights, rng)
    escalated = rng.random(day.size) < np.where(age > OLD_DAYS, ESCALATED[1], ESCALATED[0])
    status = np.where(escalated, ESCALATED_STATUS, WORKING)
    # The chance to have got no answer yet falls to nothing over the first days.
    status[rng.random(day.size) * NEW_DAYS >= age] = NEW
    return np.where(is_open, status, CLOSED).astype(np.int64)


def _channels(
    organisation: Organisation, status: Ints, block: int, rng: np.random.Generator
) -> Ints:
    """An exact number of chats and of web forms; nobody leaves a chat without an answer."""
    counts = organisation.industry.counts
    chats = organisation.block_share(counts.Case * counts.chat_share, block)
    weights = np.where(status == CLOSED, 1.0, OPEN_CHAT_WEIGHT) * (status != NEW)
    is_chat = exactly(chats, weights, rng)
    others = (~is_chat).astype(np.float64)
    is_web = exactly(round(WEB_SHARE * float(others.sum())), others, rng)
    return np.where(is_chat, CHAT, np.where(is_web, WEB, EMAIL)).astype(np.int64)
