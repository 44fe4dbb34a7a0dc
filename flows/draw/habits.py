"""What customers tend to: when and what they buy, how often and about what they complain."""

import numpy as np
import polars as pl

from orgsmith.flows.draw.frames import Floats, Ints, node_frame
from orgsmith.flows.draw.keys import ids
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.shares import category_weights, deal, issue_weights, share_of
from orgsmith.schema.industry import MONTHS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

SEASON_MONTHS = 3
"""Length of a customer's favourite season."""

WAITING = 0.35
"""Share of customers who prefer sale prices."""


def draw_shopping_habit(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """How often, when and what each customer buys."""
    accounts = parents["Account"]
    count = accounts.height
    rng = stream(organisation.seed, "ShoppingHabit", block, "habits")
    parameters = organisation.industry.latents.ShoppingHabit
    weights = category_weights(organisation.industry)
    first = deal(rng, weights, count)
    category_ids = ids(organisation, "ProductCategory", weights.size)
    return node_frame(
        "ShoppingHabit",
        {
            "AccountId": accounts["Id"],
            "rate": rates(rng, count, parameters.rate_sigma),
            "season": 1 + deal(rng, season_weights(organisation), count),
            "FirstCategoryId": category_ids.gather(first),
            "SecondCategoryId": category_ids.gather(_another(rng, weights, first)),
            "waits_for_sales": share_of(rng, count, WAITING),
        },
    )


def draw_complaint_habit(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """How often each customer complains, and about what most."""
    accounts = parents["Account"]
    count = accounts.height
    rng = stream(organisation.seed, "ComplaintHabit", block, "habits")
    issues = issue_weights(organisation.industry)
    categories = category_weights(organisation.industry)
    issue_ids = ids(organisation, "Issue__c", issues.size)
    category_ids = ids(organisation, "ProductCategory", categories.size)
    sigma = organisation.industry.latents.ComplaintHabit.rate_sigma
    return node_frame(
        "ComplaintHabit",
        {
            "AccountId": accounts["Id"],
            "rate": rates(rng, count, sigma),
            "IssueId": issue_ids.gather(deal(rng, issues, count)),
            "ProductCategoryId": category_ids.gather(deal(rng, categories, count)),
        },
    )


def season_weights(organisation: Organisation) -> Floats:
    """How popular each month is as the first of a favourite season: orders in the three months."""
    year = np.array(organisation.industry.season)
    return sum((np.roll(year, -later) for later in range(SEASON_MONTHS)), np.zeros(MONTHS))


def rates(rng: np.random.Generator, count: int, sigma: float) -> Floats:
    """Lognormal rates with mean 1."""
    drawn: Floats = np.exp(sigma * rng.standard_normal(count))
    drawn /= drawn.mean()
    return drawn


def _another(rng: np.random.Generator, weights: Floats, first: Ints) -> Ints:
    """A category by weight for each customer, another than the first."""
    keys = np.log(weights) + rng.gumbel(size=(first.size, weights.size))
    keys[np.arange(first.size), first] = -np.inf
    other: Ints = np.argmax(keys, axis=1)
    return other
