import numpy as np
import polars as pl
import pytest

from orgsmith.flows.draw.catalogue import discontinued
from orgsmith.schema.industry import Industry
from tests.flows.draw.organisations import Drawn


def test_every_category_and_noun_has_a_product(shop: Drawn, industry: Industry) -> None:
    made = set(shop["Product2"].select("category", "noun").iter_rows())
    listed = {(c.key, noun.name) for c in industry.categories for noun in c.nouns}
    assert made == listed


def test_every_category_has_a_product_at_any_scale(any_shop: Drawn, industry: Industry) -> None:
    assert set(any_shop["Product2"]["category"]) == {c.key for c in industry.categories}


def test_prices_lie_in_the_range_of_the_noun_with_a_shops_endings(
    shop: Drawn, industry: Industry
) -> None:
    ranges = {(c.key, n.name): n.price for c in industry.categories for n in c.nouns}
    for category, noun, price in shop["Product2"].select("category", "noun", "price").iter_rows():
        low, high = ranges[category, noun]
        assert low <= price <= high
    endings = (shop["Product2"]["price"] * 100).round().cast(pl.Int64) % 100
    assert endings.is_in([0, 50, 95, 99]).to_numpy().mean() > 0.95


def test_popularity_follows_a_zipf_law_dealt_at_random(shop: Drawn) -> None:
    popularity = shop["ProductProfile"]["popularity"].sort(descending=True).to_numpy()
    exponent = shop.organisation.industry.latents.ProductTrouble.popularity_exponent
    assert popularity == pytest.approx(np.arange(1, popularity.size + 1) ** -exponent)
    order = (
        shop["ProductProfile"]
        .with_row_index()
        .select(pl.corr("index", pl.col("popularity").rank()))
    )
    assert abs(order.item()) < 0.15


def test_few_and_slow_products_are_introduced_later(any_shop: Drawn) -> None:
    profile = any_shop["ProductProfile"]
    new = profile.filter(pl.col("introduced") >= any_shop.organisation.start)
    assert 0 < new.height <= 0.08 * profile.height
    assert new["popularity"].to_numpy().max() <= np.median(profile["popularity"].to_numpy())


def test_no_product_is_ordered_before_it_is_introduced(any_shop: Drawn) -> None:
    lines = any_shop["Basket"].join(any_shop["ProductProfile"], on="ProductId")
    assert (lines["order_date"] >= lines["introduced"]).all()


def test_discontinued_products_are_inactive_and_slow(shop: Drawn) -> None:
    gone = discontinued(shop["ProductProfile"])
    inactive = shop["Product2"].filter(~pl.col("IsActive"))["Id"].sort()
    assert inactive.equals(gone)
    assert gone.len() == 20


def test_links_name_the_categories_of_the_profile(any_shop: Drawn) -> None:
    links = any_shop["ProductCategoryProduct"].join(
        any_shop["ProductProfile"], on="ProductId", suffix="_first"
    )
    primary = links["IsPrimaryCategory"]
    first = links["ProductCategoryId"] == links["ProductCategoryId_first"]
    assert primary.equals(first)
    assert (links["ProductCategoryId"] == links["SecondCategoryId"]).filter(~primary).all()
    assert primary.sum() == any_shop.organisation.products


def test_family_is_the_name_of_the_first_category(shop: Drawn) -> None:
    joined = (
        shop["Product2"]
        .join(shop["ProductProfile"], left_on="Id", right_on="ProductId")
        .join(shop["ProductCategory"], left_on="ProductCategoryId", right_on="Id")
    )
    assert joined["Family"].equals(joined["Name_right"])
