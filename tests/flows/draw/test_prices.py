import datetime as dt

import numpy as np
import polars as pl
import pytest

from orgsmith.flows.draw.prices import occurrences, sale_prices
from orgsmith.schema.industry import Industry
from orgsmith.schema.organisation import Organisation
from tests.flows.draw.organisations import Drawn


def test_a_price_book_for_each_sale_of_each_year(shop: Drawn, industry: Industry) -> None:
    books = shop["Pricebook2"]
    assert books["IsStandard"].sum() == 1
    sales = books.filter(~pl.col("IsStandard"))
    assert (sales["ValidFrom"] >= shop.organisation.start).all()
    assert (sales["ValidFrom"] < shop.organisation.as_of).all()
    assert sales.height == 4 * len(industry.sales)
    assert (sales["CreatedDate"].dt.date() < sales["ValidFrom"]).all()


def test_only_running_sales_are_active(industry: Industry) -> None:
    first = dt.date.fromisoformat(f"{industry.as_of.year}-{industry.sales[0].start}")
    organisation = Organisation(industry, 7, 1.0, first + dt.timedelta(days=1))
    running = [sale for sale in occurrences(organisation) if sale.last >= organisation.as_of]
    assert industry.sales[0] in [sale.sale for sale in running]


def test_a_sale_on_february_29_takes_place_in_leap_years(industry: Industry) -> None:
    leap = industry.sales[0].model_copy(update={"start": "02-29"})
    pack = industry.model_copy(update={"sales": (leap,)})
    found = occurrences(Organisation(pack, 7, 1.0, dt.date(2025, 6, 1)))
    assert [sale.first for sale in found] == [dt.date(2024, 2, 29)]


def test_every_product_has_a_price_in_every_book(any_shop: Drawn) -> None:
    entries = any_shop["PricebookEntry"]
    assert entries.height == any_shop["Product2"].height * any_shop["Pricebook2"].height
    assert not entries.select("Pricebook2Id", "Product2Id").is_duplicated().any()


def test_sale_prices_are_the_standard_price_less_the_discount(shop: Drawn) -> None:
    entries = (
        shop["PricebookEntry"]
        .join(shop["Pricebook2"], left_on="Pricebook2Id", right_on="Id")
        .join(shop["Product2"], left_on="Product2Id", right_on="Id", suffix="_product")
    )
    exact = entries["price"] * (1 - entries["discount_percent"] / 100)
    assert ((entries["UnitPrice"] - exact).abs() <= 0.06).all()
    standard = entries.filter(pl.col("IsStandard"))
    assert standard["UnitPrice"].equals(standard["price"])
    assert (entries["CreatedDate"] >= entries["CreatedDate_right"]).all()
    assert (entries["CreatedDate"] >= entries["CreatedDate_product"]).all()


@pytest.mark.parametrize(
    ("standard", "discount", "price"),
    [
        (10_000, 0.2, 7_999),
        (10_000, 0.0, 10_000),
        (899, 0.1, 810),
        (4_950, 0.15, 4_209),
        (1, 0.5, 1),
    ],
)
def test_endings_of_sale_prices(standard: int, discount: float, price: int) -> None:
    assert sale_prices(np.array([standard]), np.array([discount]))[0] == price
