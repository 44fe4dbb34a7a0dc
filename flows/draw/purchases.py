"""Which purchase each case is about: when it was ordered and delivered, of what, by whom."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orgsmith.flows.draw.deals import pick_first
from orgsmith.flows.draw.frames import Floats, Ints, day_number, day_numbers
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.rows import category_rows, issue_rows
from orgsmith.flows.draw.shares import even
from orgsmith.flows.draw.subjects import Subjects
from orgsmith.schema.industry import Issue
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

LONGEST_DAYS = 120
"""From the order to the case (question spread simulation)."""
LIMIT_MARGIN = 14
"""Days between the longest lag of an issue and the end of its longest time limit: whatever a
customer complains of, there is something that policy allows."""
TRIES = 8
"""Rounds of drawing again what is too long, or a second case of a customer about a product."""
LEANING_TRIES = 3
"""Rounds after which anybody will do as a customer who has no case about the product yet."""
LEAST_LATE = 7
"""Days from the order to a delivery that customers call late, at least."""
NOT_DELIVERED = -1


@dataclass(frozen=True, slots=True)
class Purchases:
    """What each case's customer bought; arrays by case, days counted since 1970.

    `product` indexes ProductProfile, `customer` the rows of `customers`; `delivered` is
    `NOT_DELIVERED` if the order has not been by the as-of date.
    """

    product: Ints
    customer: Ints
    ordered: Ints
    delivered: Ints


def customers(parents: Parents) -> pl.DataFrame:
    """A block's accounts that have a contact, by the day from which both exist, and their habits.

    Columns: AccountId, ContactId, state, postal_code, known (day number), rate, IssueId, complaint,
    first, second (ids of categories).
    """
    account = parents["Account"].select(
        "CreatedDate",
        AccountId="Id",
        state="ShippingState",
        postal_code="ShippingPostalCode",
    )
    contact = parents["Contact"].select("AccountId", entered="CreatedDate", ContactId="Id")
    complaint = parents["ComplaintHabit"].select(
        "AccountId", "rate", "IssueId", complaint="ProductCategoryId"
    )
    shopping = parents["ShoppingHabit"].select(
        "AccountId", first="FirstCategoryId", second="SecondCategoryId"
    )
    known = pl.max_horizontal("CreatedDate", "entered").dt.date().cast(pl.Int64)
    return (
        contact.unique("AccountId", keep="first", maintain_order=True)
        .join(account, on="AccountId")
        .join(complaint, on="AccountId")
        .join(shopping, on="AccountId")
        .with_columns(known=known)
        .drop("CreatedDate", "entered")
        .sort("known", "AccountId")
    )


def draw_purchases(
    organisation: Organisation,
    subjects: Subjects,
    profile: pl.DataFrame,
    people: pl.DataFrame,
    block: int,
) -> Purchases:
    """Draw lag, product and customer of each case, in this order."""
    rng = stream(organisation.seed, "CasePlan", block, "purchases")
    day = day_number(organisation.start) + subjects.day
    floor = _earliest(organisation, subjects, profile, people)
    lag, delivery = _lags(organisation, subjects, np.maximum(day - floor, 1), rng)
    ordered = day - lag
    product = _products(profile, subjects.product, ordered, rng)
    delivered = ordered + delivery
    is_out = delivered >= day_number(organisation.as_of)
    return Purchases(
        product=product,
        customer=_who(organisation, subjects, profile, people, product, ordered, rng),
        ordered=ordered,
        delivered=np.where(is_out, NOT_DELIVERED, delivered),
    )


def _earliest(
    organisation: Organisation, subjects: Subjects, profile: pl.DataFrame, people: pl.DataFrame
) -> Ints:
    """The first day on which each case's order could be placed."""
    start = max(day_number(organisation.start), int(people["known"].to_numpy()[0]) + 1)
    introduced = day_numbers(profile["introduced"])
    of_burst = np.where(subjects.product >= 0, introduced[subjects.product], 0)
    return np.maximum(of_burst, start)


def longest_lag(issue: Issue) -> int:
    """Days an issue's cases follow their order at most."""
    limits = [allowed.within_days for allowed in issue.remedies]
    timed = [limit for limit in limits if limit is not None]
    if len(timed) < len(limits):
        return LONGEST_DAYS
    return max(1, min(LONGEST_DAYS, max(timed) - LIMIT_MARGIN))


def _lags(
    organisation: Organisation, subjects: Subjects, room: Ints, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Days from order to case and from order to delivery; `room` is the longest the first can be.

    A lag that does not fit is drawn again, so that no day collects what was cut off.
    """
    industry = organisation.industry
    lags = [issue.lag for issue in industry.issues]
    median = np.array([lag.median_days for lag in lags])[subjects.issue]
    sigma = np.array([lag.sigma for lag in lags])[subjects.issue]
    waits = np.array([lag.after == "delivery" for lag in lags])[subjects.issue]
    is_late = np.array([issue.late_delivery for issue in industry.issues])[subjects.issue]
    by_issue = np.array([longest_lag(issue) for issue in industry.issues])[subjects.issue]
    limit = np.minimum(by_issue, room)
    usual, late = industry.delivery_days, industry.late_delivery_days
    delivery_median = np.where(is_late, late[0], usual[0])
    delivery_sigma = np.where(is_late, late[1], usual[1])

    def lognormal(rows: Ints, medians: Floats, sigmas: Floats) -> Ints:
        spread = sigmas[rows] * rng.standard_normal(rows.size)
        return np.maximum(1, np.rint(medians[rows] * np.exp(spread))).astype(np.int64)

    lag = np.full(limit.size, limit.max() + 1)
    delivery = np.zeros(limit.size, dtype=np.int64)
    rows = np.arange(limit.size)
    for _ in range(TRIES):
        delivery[rows] = np.maximum(
            lognormal(rows, delivery_median, delivery_sigma), np.where(is_late[rows], LEAST_LATE, 1)
        )
        lag[rows] = lognormal(rows, median, sigma) + np.where(waits[rows], delivery[rows], 0)
        rows = np.flatnonzero(lag > limit)
    span = np.minimum(limit[rows], np.maximum(1, median[rows]))
    lag[rows] = 1 + limit[rows] - np.maximum(1, np.ceil(rng.random(rows.size) * span)).astype(int)
    # A parcel is first opened, then complained of: not before the day after.
    least = np.where(is_late, np.clip(room, 2, 1 + LEAST_LATE), 2)
    lag = np.where(waits, np.maximum(lag, least), lag)
    return lag, np.where(waits, np.minimum(delivery, lag - 1), delivery)


def _products(
    profile: pl.DataFrame, planned: Ints, ordered: Ints, rng: np.random.Generator
) -> Ints:
    """The burst's product, or one by popularity among those on sale on the day of the order."""
    introduced = day_numbers(profile["introduced"])
    by_age = np.argsort(introduced, kind="stable")
    on_sale = np.searchsorted(introduced[by_age], ordered, side="right")
    weights = profile["popularity"].to_numpy()[by_age]
    drawn = by_age[pick_first(weights, on_sale, even(rng, ordered.size))]
    return np.where(planned >= 0, planned, drawn)


def _who(
    organisation: Organisation,
    subjects: Subjects,
    profile: pl.DataFrame,
    people: pl.DataFrame,
    product: Ints,
    ordered: Ints,
    rng: np.random.Generator,
) -> Ints:
    """A customer for each case, probability by habits, among those known before the order."""
    known = np.searchsorted(people["known"].to_numpy(), ordered, side="left")
    habits = _habits(organisation, people)
    categories = len(organisation.industry.categories)
    category = category_rows(organisation, profile["ProductCategoryId"])
    cell = subjects.issue * categories + category[product]
    customer = np.zeros(product.size, dtype=np.int64)
    rows = np.arange(product.size)
    leanings: dict[int, Floats] = {}
    for attempt in range(TRIES):
        # Cell by cell, each with its cases in order.
        in_cells = rows[np.argsort(cell[rows], kind="stable")]
        numbers, starts = np.unique(cell[in_cells], return_index=True)
        for number, here in zip(numbers.tolist(), np.split(in_cells, starts[1:]), strict=True):
            if number not in leanings:
                leanings[number] = habits.leaning(*divmod(number, categories))
            weights = leanings[number]
            if attempt > LEANING_TRIES:
                weights = np.ones_like(weights)
            customer[here] = pick_first(weights, known[here], rng.random(here.size))
        _, kept = np.unique(customer * profile.height + product, return_index=True)
        rows = np.setdiff1d(np.arange(product.size), kept)
        if not rows.size:
            break
    return customer


@dataclass(frozen=True, slots=True)
class _Habits:
    """Habits as numbers, arrays by customer; gains are what a habit multiplies a chance by."""

    rate: Floats
    issue: Ints
    complaint: Ints
    first: Ints
    second: Ints
    issue_gain: float
    complaint_gain: float
    favourite_gain: float
    issue_base: float
    favourite_base: float

    def leaning(self, issue: int, category: int) -> Floats:
        """How likely each customer is to complain of an issue with a category's product."""
        favourite = (self.first == category) | (self.second == category)
        leaning: Floats = (
            self.rate
            * np.where(self.issue == issue, self.issue_gain, self.issue_base)
            * np.where(self.complaint == category, self.complaint_gain, self.issue_base)
            * np.where(favourite, self.favourite_gain, self.favourite_base)
        )
        return leaning


def _habits(organisation: Organisation, people: pl.DataFrame) -> _Habits:
    latents = organisation.industry.latents
    issues, categories = len(organisation.industry.issues), len(organisation.industry.categories)
    lean, taste = latents.ComplaintHabit.issue_strength, latents.ShoppingHabit.category_strength

    return _Habits(
        rate=people["rate"].to_numpy(),
        issue=issue_rows(organisation, people["IssueId"]),
        complaint=category_rows(organisation, people["complaint"]),
        first=category_rows(organisation, people["first"]),
        second=category_rows(organisation, people["second"]),
        issue_base=1 - lean,
        issue_gain=1 - lean + lean * issues,
        complaint_gain=1 - lean + lean * categories,
        favourite_base=1 - taste,
        # Two favourites share what one would get.
        favourite_gain=1 - taste + taste * categories / 2,
    )
