"""Orders and their items, summed up from the lines of the baskets."""

import numpy as np
import polars as pl

from orgsmith.flows.draw.frames import day_numbers, dollars, node_frame
from orgsmith.flows.draw.keys import running_numbers
from orgsmith.flows.draw.moments import shopping_moments
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.places import time_zones
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

ORDER_DIGITS = 8
ITEM_DIGITS = 10


def draw_order(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """A block's orders: totals from their lines, addresses from their customers."""
    shipping = [f.name for f in OBJECTS["Order"].fields if f.name.startswith("Shipping")]
    orders = (
        parents["Basket"]
        .sort("OrderId", "OrderItemId")
        .group_by("OrderId", maintain_order=True)
        .agg(
            pl.first("AccountId", "PricebookId", "order_date", "delivery_date", "draft"),
            (pl.col("quantity") * pl.col("price_cents")).sum().alias("cents"),
        )
        .join(
            parents["Account"].select("Id", *shipping),
            left_on="AccountId",
            right_on="Id",
            maintain_order="left",
        )
    )
    rng = stream(organisation.seed, "Order", block, "moments")
    zones = time_zones(organisation, orders["ShippingPostalCode"])
    created = shopping_moments(rng, day_numbers(orders["order_date"]), zones)
    ranks = created.rank("ordinal").cast(pl.Int64).to_numpy() - 1
    return node_frame(
        "Order",
        {
            "Id": orders["OrderId"],
            "OrderNumber": running_numbers(
                organisation, organisation.industry.counts.Order, ranks, block, ORDER_DIGITS
            ),
            "AccountId": orders["AccountId"],
            "Pricebook2Id": orders["PricebookId"],
            "Status": pl.select(
                pl.when(orders["draft"]).then(pl.lit("Draft")).otherwise(pl.lit("Activated"))
            ).to_series(),
            "EffectiveDate": orders["order_date"],
            "DeliveryDate__c": orders["delivery_date"],
            "TotalAmount": dollars(orders["cents"]),
            **{name: orders[name] for name in shipping},
            "CreatedDate": created,
        },
    )


def draw_order_item(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """A block's order items, entered with their orders."""
    lines = (
        parents["Basket"]
        .join(
            parents["Order"].select("Id", "CreatedDate"),
            left_on="OrderId",
            right_on="Id",
            maintain_order="left",
        )
        .sort("CreatedDate", "OrderId", "OrderItemId")
    )
    return node_frame(
        "OrderItem",
        {
            "Id": lines["OrderItemId"],
            "OrderItemNumber": running_numbers(
                organisation,
                organisation.industry.counts.OrderItem,
                np.arange(lines.height),
                block,
                ITEM_DIGITS,
            ),
            "OrderId": lines["OrderId"],
            "Product2Id": lines["ProductId"],
            "PricebookEntryId": lines["PricebookEntryId"],
            "Quantity": lines["quantity"],
            "UnitPrice": dollars(lines["price_cents"]),
            "TotalPrice": dollars(lines["quantity"] * lines["price_cents"]),
            "CreatedDate": lines["CreatedDate"],
        },
    )
