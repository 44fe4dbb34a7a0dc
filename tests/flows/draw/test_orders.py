import polars as pl

from orgsmith.flows.draw.places import time_zones
from tests.flows.draw.organisations import Drawn, Make


def test_total_is_the_sum_of_the_items(any_shop: Drawn) -> None:
    cents = (pl.col("TotalPrice") * 100).round().cast(pl.Int64)
    sums = any_shop["OrderItem"].group_by("OrderId").agg(cents.sum().alias("cents"))
    joined = any_shop["Order"].join(sums, left_on="Id", right_on="OrderId")
    assert joined.height == any_shop["Order"].height
    assert ((joined["TotalAmount"] * 100).round().cast(pl.Int64) == joined["cents"]).all()


def test_an_item_costs_quantity_times_price(shop: Drawn) -> None:
    items = shop["OrderItem"]
    assert ((items["Quantity"] * items["UnitPrice"] - items["TotalPrice"]).abs() < 0.005).all()
    assert (items["Quantity"] == 1).to_numpy().mean() > 0.8


def test_items_are_entered_with_their_order(any_shop: Drawn) -> None:
    joined = any_shop["OrderItem"].join(
        any_shop["Order"], left_on="OrderId", right_on="Id", suffix="_order"
    )
    assert joined["CreatedDate"].equals(joined["CreatedDate_order"])


def test_orders_are_created_on_their_day_while_customers_are_awake(shop: Drawn) -> None:
    orders = shop["Order"]
    assert orders["CreatedDate"].dt.date().equals(orders["EffectiveDate"])
    zones = time_zones(shop.organisation, orders["ShippingPostalCode"])
    hours = []
    for zone in zones.unique().sort():
        local = orders.filter(zones == zone)["CreatedDate"].dt.convert_time_zone(zone)
        hours += local.dt.hour().to_list()
    night = sum(hour < 6 for hour in hours) / len(hours)
    evening = sum(18 <= hour < 22 for hour in hours) / len(hours)
    assert night < 0.08
    assert evening > 0.2


def test_minutes_are_spread(shop: Drawn) -> None:
    assert shop["Order"]["CreatedDate"].dt.minute().n_unique() == 60


def test_orders_go_to_the_customers_address(shop: Drawn) -> None:
    joined = shop["Order"].join(
        shop["Account"], left_on="AccountId", right_on="Id", suffix="_account"
    )
    for part in ("Street", "City", "State", "PostalCode", "Country"):
        assert joined[f"Shipping{part}"].equals(joined[f"Shipping{part}_account"])


def test_numbers_follow_creation_within_a_block(make: Make) -> None:
    drawn = make("OrderItem", scale=12)
    numbers = drawn["Order"].sort("OrderNumber")
    blocks = numbers.with_columns(block=pl.col("OrderNumber").str.head(3))
    assert blocks["block"].n_unique() == 2
    for _, part in blocks.group_by("block"):
        assert part["CreatedDate"].is_sorted()
    items = (
        drawn["OrderItem"]
        .sort("OrderItemNumber")
        .with_columns(block=pl.col("OrderItemNumber").str.head(5))
    )
    for _, part in items.group_by("block"):
        assert part["CreatedDate"].is_sorted()
