"""The plan of every case: what about, which purchase, who deals with it, when."""

import numpy as np
import polars as pl

from orgsmith.flows.draw.deals import deal
from orgsmith.flows.draw.desk import Desk, Episodes, desk_of, episodes_of
from orgsmith.flows.draw.frames import Bools, Ints, dates, node_frame
from orgsmith.flows.draw.keys import ids
from orgsmith.flows.draw.moments import SECOND, utc
from orgsmith.flows.draw.owners import draw_owners
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.places import time_zones
from orgsmith.flows.draw.purchases import customers, draw_purchases
from orgsmith.flows.draw.rows import category_rows
from orgsmith.flows.draw.subjects import CHANNELS, STATUSES, draw_subjects
from orgsmith.flows.draw.times import draw_times
from orgsmith.flows.draw.wording import draw_wording
from orgsmith.schema.industry import Industry
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

PRIORITIES = ("High", "Medium", "Low")
PRIORITY_CARDS = 20
"""Cards in an issue's deck of priorities: shares come out to a twentieth."""


def draw_case_plan(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """One block's cases, before anything is written; see `CASE_PLAN` for the method."""
    industry = organisation.industry
    profile, trouble = parents["ProductProfile"], parents["ProductTrouble"]
    people = customers(parents)
    desk, episodes = parents.once(
        "desk", lambda: _desk(organisation, parents), "Tenure", "Skill", "Misrouting"
    )
    subjects = draw_subjects(organisation, trouble, profile, block)
    purchases = draw_purchases(organisation, subjects, profile, people, block)
    owners = draw_owners(organisation, subjects, desk, episodes, block)
    count = subjects.day.size
    who = people[purchases.customer]
    bought = profile[purchases.product]
    factors = parents["ResponseTime"]
    pace = desk.users.replace_strict(factors["UserId"], factors["factor"], return_dtype=pl.Float64)
    regions = parents["RegionEffect"]
    region = who["state"].replace_strict(
        regions["state"], regions["factor"], return_dtype=pl.Float64
    )
    times = draw_times(
        organisation,
        subjects,
        desk,
        owners,
        pace.to_numpy()[owners.last] * region.to_numpy(),
        time_zones(organisation, who["postal_code"]),
        block,
    )
    rng = stream(organisation.seed, "CasePlan", block, "wording")
    category = category_rows(organisation, bought["ProductCategoryId"])
    return node_frame(
        "CasePlan",
        {
            "CaseId": ids(organisation, "Case", count, block),
            "AccountId": who["AccountId"],
            "ContactId": who["ContactId"],
            "ProductId": bought["ProductId"],
            "ProductCategoryId": bought["ProductCategoryId"],
            "IssueId": ids(organisation, "Issue__c", len(industry.issues)).gather(subjects.issue),
            "OrderItemId": ids(organisation, "OrderItem", count, block),
            "OrderId": ids(organisation, "Order", count, block),
            "burst": _present((block << 24) + subjects.burst, subjects.burst >= 0),
            "order_date": dates(purchases.ordered),
            "delivery_date": dates(purchases.delivered).set(
                pl.Series(purchases.delivered < 0), None
            ),
            "channel": pl.Series(CHANNELS).gather(subjects.channel),
            "status": pl.Series(STATUSES).gather(subjects.status),
            "priority": _priorities(industry, subjects.issue, rng),
            "FirstOwnerId": desk.users.gather(owners.first),
            "OwnerId": desk.users.gather(owners.last),
            "misrouting": _present(owners.episode, owners.episode >= 0),
            "created": utc(times.created * SECOND),
            "handed_over": _moments(times.handed_over),
            "closed": _moments(times.closed),
            **draw_wording(
                industry, subjects.issue, category, purchases.product, bought["spoken"], rng
            ),
        },
    )


def _desk(organisation: Organisation, parents: Parents) -> tuple[Desk, Episodes]:
    """The service desk, and when it is misled."""
    desk = desk_of(organisation, parents)
    return desk, episodes_of(desk, parents["Misrouting"])


def _priorities(industry: Industry, issue: Ints, rng: np.random.Generator) -> pl.Series:
    """Priorities dealt from one deck for each issue, by its weights."""
    weights = np.array([of_issue.priority for of_issue in industry.issues])
    cards = np.arange(PRIORITY_CARDS) + 0.5
    share = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True) * PRIORITY_CARDS
    card = deal(issue, np.full(weights.shape[0], PRIORITY_CARDS), rng)
    drawn = (cards[card][:, None] > share[issue]).sum(axis=1)
    return pl.Series(PRIORITIES).gather(np.minimum(drawn, len(PRIORITIES) - 1))


def _moments(seconds: Ints) -> pl.Series:
    """A UTC Datetime series; what has not happened is null."""
    return utc(seconds * SECOND).set(pl.Series(seconds < 0), None)


def _present(numbers: Ints, there: Bools) -> pl.Series:
    """The numbers, null where there is none."""
    return pl.Series(numbers).set(pl.Series(~there), None)
