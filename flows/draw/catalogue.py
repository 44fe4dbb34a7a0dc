"""What the company sells: categories and products, before they have words."""

import numpy as np
import polars as pl

from orgsmith.flows.draw.frames import (
    Floats,
    Ints,
    dates,
    day_number,
    day_numbers,
    dollars,
    empty_where,
    node_frame,
)
from orgsmith.flows.draw.keys import foreign_id, ids
from orgsmith.flows.draw.moments import office_moments
from orgsmith.flows.draw.names import scattered
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.shares import category_weights, deal, pick, share_of
from orgsmith.schema.industry import Category
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

ENDINGS = np.array([-1, 0, 50, 95])
"""Cents on top of whole dollars: prices end in .99, .00, .50 or .95."""

ENDING_SHARES = np.array([0.45, 0.2, 0.15, 0.2])

SET_UP = (400, 1500)
"""Days before the organisation's first day on which its catalogue was set up."""

NEWCOMERS = 0.06
"""Share of products introduced after the first day; taken from the slow sellers."""

SLOW_HALF = 0.5
DISCONTINUED = 0.04
"""Share of products no longer sold: the slowest sellers of all."""


def draw_product_category(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """The shelves, as the pack lists them."""
    del parents, block
    categories = organisation.industry.categories
    rng = stream(organisation.seed, "ProductCategory", 0, "created")
    day = day_number(organisation.start) - rng.integers(*SET_UP, len(categories))
    return node_frame(
        "ProductCategory",
        {
            "Id": ids(organisation, "ProductCategory", len(categories)),
            "Name": pl.Series([category.name for category in categories]),
            "CatalogId": foreign_id(organisation, "0ZS", "Catalog"),
            "Description": pl.Series([category.description for category in categories]),
            "SortOrder": np.arange(1, len(categories) + 1),
            "CreatedDate": office_moments(rng, day),
        },
    )


def draw_product_profile(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """What each product is and how well it sells; every category and noun has a product."""
    del parents, block
    rng = stream(organisation.seed, "ProductProfile", 0, "products")
    categories, count = organisation.industry.categories, organisation.products
    weights = category_weights(organisation.industry)
    first = deal(rng, weights, count, floor=max(1, min(len(c.nouns) for c in categories)))
    noun = np.zeros(count, dtype=np.int64)
    for number, category in enumerate(categories):
        here = np.flatnonzero(first == number)
        noun[here] = np.arange(here.size) % len(category.nouns)
    nouns = [categories[c].nouns[n] for c, n in zip(first, noun, strict=True)]
    popularity = _popularity(organisation, rng)
    category_ids = ids(organisation, "ProductCategory", len(categories))
    return node_frame(
        "ProductProfile",
        {
            "ProductId": ids(organisation, "Product2", count),
            "ProductCategoryId": category_ids.gather(first),
            "SecondCategoryId": _second(organisation, rng, first, category_ids),
            "noun": pl.Series([each.name for each in nouns]),
            "spoken": pl.Series([each.said for each in nouns]),
            "price_cents": _prices(rng, categories, first, noun),
            "introduced": dates(_introduced(organisation, rng, popularity)),
            "popularity": popularity,
        },
    )


def _popularity(organisation: Organisation, rng: np.random.Generator) -> Floats:
    exponent = organisation.industry.latents.ProductTrouble.popularity_exponent
    ranks = rng.permutation(organisation.products) + 1
    return ranks.astype(np.float64) ** -exponent


def _second(
    organisation: Organisation, rng: np.random.Generator, first: Ints, category_ids: pl.Series
) -> pl.Series:
    """A second category for as many products as the planned number of links leaves."""
    counts = organisation.industry.counts
    more = counts.ProductCategoryProduct / counts.Product2 - 1
    weights = category_weights(organisation.industry)
    second = pick(weights, rng.random(first.size))
    while (same := second == first).any():
        second[same] = pick(weights, rng.random(int(same.sum())))
    without = ~share_of(rng, first.size, float(np.clip(more, 0, 1)))
    return empty_where(category_ids.gather(second), without)


def _prices(
    rng: np.random.Generator, categories: tuple[Category, ...], first: Ints, noun: Ints
) -> Ints:
    """Standard prices in cents: uniform in log terms in the noun's range, with a shop's endings."""
    ranges = np.array(
        [categories[c].nouns[n].price for c, n in zip(first, noun, strict=True)], dtype=np.float64
    ).reshape(-1, 2)
    low, high = np.log(ranges).T
    whole = np.floor(np.exp(low + (high - low) * rng.random(first.size))).astype(np.int64)
    cents = whole * 100 + ENDINGS[pick(ENDING_SHARES, rng.random(first.size))]
    lowest, highest = np.rint(ranges * 100).astype(np.int64).T
    prices: Ints = np.maximum(np.clip(cents, lowest, highest), 1)
    return prices


def _introduced(organisation: Organisation, rng: np.random.Generator, popularity: Floats) -> Ints:
    """Day each product entered the catalogue: nearly all before the organisation's first day."""
    first, count = day_number(organisation.start), popularity.size
    nearest, farthest = 30, SET_UP[0]
    introduced = first - rng.integers(nearest, farthest, count)
    slow = np.argsort(popularity, kind="stable")[
        round(DISCONTINUED * count) : round(SLOW_HALF * count)
    ]
    new = rng.permutation(slow)[: round(NEWCOMERS * count)]
    introduced[new] = first + rng.integers(60, max(61, organisation.days - 120), new.size)
    return introduced


def discontinued(profile: pl.DataFrame) -> pl.Series:
    """Ids of the products that are no longer sold on the as-of date, sorted."""
    slowest = profile.sort("popularity", "ProductId").head(round(DISCONTINUED * profile.height))
    return slowest["ProductId"].sort()


def draw_product2(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """The products, before they have a name."""
    del block
    profile = parents["ProductProfile"]
    rng = stream(organisation.seed, "Product2", 0, "codes")
    categories = organisation.industry.categories
    category_ids = ids(organisation, "ProductCategory", len(categories))

    def of_category(values: list[str]) -> pl.Series:
        given = profile["ProductCategoryId"]
        return given.replace_strict(category_ids, values, return_dtype=pl.String)

    keys = [category.key for category in categories]
    numbers = scattered(rng.permutation(profile.height), profile.height)
    codes = pl.Series(numbers).cast(pl.String).str.zfill(5)
    prefix = of_category([key.replace("_", "").upper().ljust(3, "X")[:3] for key in keys])
    return node_frame(
        "Product2",
        {
            "Id": profile["ProductId"],
            "ProductCode": prefix + "-" + codes,
            "Family": of_category([category.name for category in categories]),
            "IsActive": ~profile["ProductId"].is_in(discontinued(profile).implode()),
            "External_ID__c": _external_ids(rng, profile.height),
            "CreatedDate": office_moments(rng, day_numbers(profile["introduced"])),
            "category": of_category(keys),
            "noun": profile["noun"],
            "spoken": profile["spoken"],
            "price": dollars(profile["price_cents"]),
        },
    )


def _external_ids(rng: np.random.Generator, count: int) -> pl.Series:
    """Distinct keys of ten hexadecimal digits that say nothing about the product."""
    drawn: list[int] = []
    while len(drawn) < count:
        more = rng.integers(0, 1 << 40, 2 * count).tolist()
        drawn = list(dict.fromkeys([*drawn, *more]))
    return pl.Series([f"EXT-{number:010X}" for number in drawn[:count]])


def draw_product_category_product(
    organisation: Organisation, parents: Parents, block: int
) -> pl.DataFrame:
    """The links between products and shelves: a first one for each product, a second for some."""
    del block
    profile = parents["ProductProfile"]
    links = pl.concat(
        [
            profile.select("ProductId", "introduced", category="ProductCategoryId", primary=True),
            profile.select("ProductId", "introduced", category="SecondCategoryId", primary=False),
        ]
    ).drop_nulls("category")
    rng = stream(organisation.seed, "ProductCategoryProduct", 0, "links")
    links = links[rng.permutation(links.height)]
    return node_frame(
        "ProductCategoryProduct",
        {
            "Id": ids(organisation, "ProductCategoryProduct", links.height),
            "ProductCategoryId": links["category"],
            "ProductId": links["ProductId"],
            "IsPrimaryCategory": links["primary"],
            "CreatedDate": office_moments(rng, day_numbers(links["introduced"])),
        },
    )
