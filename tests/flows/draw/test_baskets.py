"""Orders as they are drawn: planned ones kept, seasons, sales, favourites, prices."""

import numpy as np
import polars as pl
import pytest

from orgsmith.flows.draw.frames import day_numbers
from orgsmith.schema.industry import Industry
from tests.flows.draw.organisations import Drawn, Make, draw_organisation


def fillers(drawn: Drawn) -> pl.DataFrame:
    """The orders no case is about, with their customers' habits."""
    planned = drawn["CasePlan"]["OrderId"]
    return (
        drawn["Order"]
        .filter(~pl.col("Id").is_in(planned.implode()))
        .join(drawn["ShoppingHabit"], on="AccountId")
    )


def without(industry: Industry, **strengths: float) -> Drawn:
    """The reference organisation with other parameters of ShoppingHabit."""
    habit = industry.latents.ShoppingHabit.model_copy(update=strengths)
    latents = industry.latents.model_copy(update={"ShoppingHabit": habit})
    return draw_organisation(industry.model_copy(update={"latents": latents}), "OrderItem")


def season_share(orders: pl.DataFrame) -> float:
    month = pl.col("EffectiveDate").dt.month().cast(pl.Int64)
    return float(orders.select(((month - pl.col("season")) % 12 < 3).mean()).item())


def favourite_share(drawn: Drawn) -> float:
    lines = (
        drawn["Basket"]
        .join(drawn["ShoppingHabit"], on="AccountId")
        .join(drawn["ProductProfile"], on="ProductId")
    )
    return float(
        lines.select(
            (
                (pl.col("ProductCategoryId") == pl.col("FirstCategoryId"))
                | (pl.col("ProductCategoryId") == pl.col("SecondCategoryId"))
            ).mean()
        ).item()
    )


def sale_shares(drawn: Drawn) -> tuple[float, float]:
    """Share of further orders at sale prices: customers who wait for sales, and others."""
    standard = drawn["Pricebook2"].filter("IsStandard")["Id"][0]
    shares = (
        fillers(drawn)
        .group_by("waits_for_sales")
        .agg((pl.col("Pricebook2Id") != standard).mean().alias("share"))
        .sort("waits_for_sales")["share"]
    )
    return float(shares[1]), float(shares[0])


def test_planned_orders_are_as_planned(any_shop: Drawn) -> None:
    plan = any_shop["CasePlan"]
    lines = plan.join(any_shop["Basket"], on="OrderItemId", suffix="_basket")
    assert lines.height == plan.height
    for name in ("OrderId", "AccountId", "ProductId", "order_date", "delivery_date"):
        assert lines[name].equals(lines[f"{name}_basket"], null_equal=True), name
    assert not lines["draft"].any()


def test_no_product_twice_in_an_order(any_shop: Drawn) -> None:
    assert not any_shop["Basket"].select("OrderId", "ProductId").is_duplicated().any()


def test_orders_have_one_to_eight_lines_and_three_or_four_on_average(shop: Drawn) -> None:
    lines = shop["Basket"].group_by("OrderId").len()["len"].to_numpy()
    assert lines.min() == 1
    assert lines.max() == 8
    assert lines.mean() == pytest.approx(3.43, abs=0.01)


def test_lines_of_an_order_agree_on_what_belongs_to_the_order(any_shop: Drawn) -> None:
    columns = ("AccountId", "PricebookId", "order_date", "delivery_date", "draft")
    different = any_shop["Basket"].group_by("OrderId").agg(pl.col(columns).n_unique())
    assert (different.select(columns) == 1).select(pl.all_horizontal(pl.all().all())).item()


def test_prices_agree_with_the_price_book(any_shop: Drawn) -> None:
    items = (
        any_shop["OrderItem"]
        .join(
            any_shop["PricebookEntry"], left_on="PricebookEntryId", right_on="Id", suffix="_entry"
        )
        .join(any_shop["Order"], left_on="OrderId", right_on="Id", suffix="_order")
    )
    assert items.height == any_shop["OrderItem"].height
    assert items["UnitPrice"].equals(items["UnitPrice_entry"])
    assert items["Product2Id"].equals(items["Product2Id_entry"])
    assert items["Pricebook2Id"].equals(items["Pricebook2Id_order"])


def test_sale_prices_hold_only_during_the_sale(any_shop: Drawn) -> None:
    orders = any_shop["Order"].join(any_shop["Pricebook2"], left_on="Pricebook2Id", right_on="Id")
    dated = orders.drop_nulls("ValidFrom")
    assert dated["EffectiveDate"].is_between(dated["ValidFrom"], dated["ValidTo"]).all()
    assert dated.height > 0


def test_every_week_has_an_order(shop: Drawn) -> None:
    week = (day_numbers(shop["Order"]["EffectiveDate"]) + 3) // 7
    assert np.unique(week).size == week.max() - week.min() + 1
    life = np.array([shop.organisation.start, shop.organisation.as_of]).astype("datetime64[D]")
    first, end = (life.astype(np.int64) + 3) // 7
    assert week.min() == first
    assert week.max() >= end - 1


def test_orders_peak_in_the_packs_season(shop: Drawn, industry: Industry) -> None:
    month = shop["Order"]["EffectiveDate"].dt.month().to_numpy()
    counts = np.bincount(month, minlength=13)[1:]
    assert np.corrcoef(counts, industry.season)[0, 1] > 0.9
    assert set(np.argsort(counts)[-2:]) == set(np.argsort(industry.season)[-2:])


def test_customers_buy_in_their_season(shop: Drawn, industry: Industry) -> None:
    assert season_share(fillers(shop)) > 0.5
    assert season_share(fillers(without(industry, season_strength=0.0))) < 0.35


def test_customers_buy_their_favourite_categories(shop: Drawn, industry: Industry) -> None:
    assert favourite_share(shop) > 0.5
    assert favourite_share(without(industry, category_strength=0.0)) < 0.3


def test_who_waits_for_sales_buys_in_sales(shop: Drawn, industry: Industry) -> None:
    waiting, others = sale_shares(shop)
    assert waiting > others + 0.2
    waiting, others = sale_shares(without(industry, sale_share=0.0))
    assert abs(waiting - others) < 0.12


def test_customers_order_at_their_rate(shop: Drawn) -> None:
    orders = shop["Order"].group_by("AccountId").len().join(shop["ShoppingHabit"], on="AccountId")
    assert orders.height == shop["Account"].height
    assert orders.select(pl.corr("len", "rate")).item() > 0.75


def test_popular_products_sell_more(shop: Drawn) -> None:
    sold = shop["Basket"].group_by("ProductId").len()
    joined = sold.join(shop["ProductProfile"], on="ProductId")
    assert joined.select(pl.corr("len", "popularity", method="spearman")).item() > 0.7


def test_drafts_are_few_recent_and_never_delivered(make: Make) -> None:
    drawn = make("Order", scale=12)
    drafts = drawn["Order"].filter(pl.col("Status") == "Draft")
    assert 0 < drafts.height < 0.01 * drawn["Order"].height
    assert drafts["DeliveryDate__c"].is_null().all()
    age = (drawn.organisation.as_of - drafts["EffectiveDate"]).dt.total_days()
    assert age.to_numpy().max() <= 14
    assert set(drafts["Id"]).isdisjoint(drawn["CasePlan"]["OrderId"])


def test_deliveries_follow_orders_and_are_known_by_the_as_of_day(any_shop: Drawn) -> None:
    orders = any_shop["Order"]
    known = orders.drop_nulls("DeliveryDate__c")
    assert (known["DeliveryDate__c"] > known["EffectiveDate"]).all()
    assert (known["DeliveryDate__c"] < any_shop.organisation.as_of).all()
    assert known.height > 0.95 * orders.height or orders.height < 50


def test_deliveries_take_the_packs_days(shop: Drawn, industry: Industry) -> None:
    taken = fillers(shop).select(pl.col("DeliveryDate__c") - pl.col("EffectiveDate")).to_series()
    assert taken.dt.total_days().median() == pytest.approx(industry.delivery_days[0], abs=1)
