"""Bursts of trouble with single products, planned before any case."""

import numpy as np
import polars as pl

from orgsmith.flows.draw.deals import even_deck, pick_first
from orgsmith.flows.draw.frames import Ints, dates, day_numbers, node_frame
from orgsmith.flows.draw.keys import ids
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.shares import even
from orgsmith.flows.draw.span import span_of
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

SALES_EXPONENT = 0.5
"""Of popularity: what sells more breaks more often, but less than in proportion."""

LARGEST_SHARE = 0.6
"""Of a block's cases that may lie in bursts."""

SOLD_BEFORE = 60
"""Days before its peak month for which the product of a burst has been on sale."""


def draw_product_trouble(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """One block's bursts: product by sales, issue and peak month dealt evenly."""
    parameters = organisation.industry.latents.ProductTrouble
    profile = parents["ProductProfile"]
    count = _bursts(organisation, block)
    rng = stream(organisation.seed, "ProductTrouble", block, "bursts")
    span = span_of(organisation)
    peaks = span.peak_months
    months = rng.permutation(peaks[even_deck(peaks.size, count, rng)])
    issues = len(organisation.industry.issues)
    issue = rng.permutation(even_deck(issues, count, rng))
    firsts = span.firsts[months]
    return node_frame(
        "ProductTrouble",
        {
            "burst": (block << 24) + np.arange(count),
            "ProductId": profile["ProductId"].gather(_products(profile, firsts, rng)),
            "IssueId": ids(organisation, "Issue__c", issues).gather(issue),
            "month": dates(firsts),
            "cases": np.full(count, parameters.cases_per_burst),
        },
    )


def _bursts(organisation: Organisation, block: int) -> int:
    """Bursts of a block: its share, as long as most cases are left to other trouble."""
    parameters = organisation.industry.latents.ProductTrouble
    cases = organisation.block_share(organisation.industry.counts.Case, block)
    most = int(cases * LARGEST_SHARE / parameters.cases_per_burst)
    return min(organisation.block_share(parameters.bursts, block), most)


def _products(profile: pl.DataFrame, firsts: Ints, rng: np.random.Generator) -> Ints:
    """A product for each peak month, among those on sale for some time by then."""
    weights = profile["popularity"].to_numpy() ** SALES_EXPONENT
    introduced = day_numbers(profile["introduced"])
    by_age = np.argsort(introduced, kind="stable")
    on_sale = np.searchsorted(introduced[by_age], firsts - SOLD_BEFORE, side="right")
    return by_age[pick_first(weights[by_age], on_sale, even(rng, firsts.size))]
