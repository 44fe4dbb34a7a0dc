"""Price books, standard and for each sale, and the price of every product in them."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from orgsmith.flows.draw.frames import Floats, Ints, dates, day_number, empty_where, node_frame
from orgsmith.flows.draw.keys import ids
from orgsmith.flows.draw.moments import office_moments
from orgsmith.flows.draw.parents import Parents
from orgsmith.schema.industry import Sale
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

STANDARD = "Standard Price Book"
"""What Salesforce calls the one price book every organisation has."""

SET_UP_DAYS = 200
"""Days before the organisation's first day on which the standard price book was set up."""

CHEAP = 1000
"""Cents under which sale prices end in 0 or 5, from which on they end in 9."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A sale in a year: its first and last day."""

    sale: Sale
    first: dt.date
    last: dt.date


def occurrences(organisation: Organisation) -> tuple[Occurrence, ...]:
    """The sales of the pack that start in the organisation's life, by first day and name."""
    found = []
    for year in range(organisation.start.year, organisation.as_of.year + 1):
        for sale in organisation.industry.sales:
            try:
                first = dt.date.fromisoformat(f"{year}-{sale.start}")
            except ValueError:  # February 29 of a year that has none
                continue
            if organisation.start <= first < organisation.as_of:
                last = first + dt.timedelta(days=sale.days - 1)
                found.append(Occurrence(sale, first, last))
    return tuple(sorted(found, key=lambda sale: (sale.first, sale.sale.name)))


def draw_pricebook2(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """The standard price book, and one for each occurrence of a sale."""
    del parents, block
    sales = occurrences(organisation)
    rng = stream(organisation.seed, "Pricebook2", 0, "created")
    standard = np.arange(len(sales) + 1) == 0
    first = np.array([0, *(day_number(sale.first) for sale in sales)])
    last = np.array([0, *(day_number(sale.last) for sale in sales)])
    set_up = day_number(organisation.start) - SET_UP_DAYS
    created = np.where(standard, set_up, first - rng.integers(10, 45, first.size))
    today = day_number(organisation.as_of)
    return node_frame(
        "Pricebook2",
        {
            "Id": ids(organisation, "Pricebook2", len(sales) + 1),
            "Name": pl.Series([STANDARD, *(f"{s.sale.name} {s.first.year}" for s in sales)]),
            "IsStandard": standard,
            "IsActive": standard | (last >= today),
            "ValidFrom": empty_where(dates(first), standard),
            "ValidTo": empty_where(dates(last), standard),
            "CreatedDate": office_moments(rng, created),
            "tagline": pl.Series(["", *(s.sale.tagline for s in sales)]),
            "discount_percent": np.array([0, *(round(100 * s.sale.discount) for s in sales)]),
        },
    )


def draw_pricebook_entry(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """The price of every product in every price book."""
    del block
    sales = occurrences(organisation)
    books = pl.DataFrame(
        {
            "Pricebook2Id": ids(organisation, "Pricebook2", len(sales) + 1),
            "discount": [0.0, *(sale.sale.discount for sale in sales)],
        }
    ).join(parents["Pricebook2"], left_on="Pricebook2Id", right_on="Id", maintain_order="left")
    products = parents["ProductProfile"].join(
        parents["Product2"].select("Id", "CreatedDate", on_sale="IsActive"),
        left_on="ProductId",
        right_on="Id",
        maintain_order="left",
    )
    pairs = books.select(
        "Pricebook2Id", "discount", book_created="CreatedDate", book_active="IsActive"
    ).join(
        products.select("ProductId", "price_cents", "on_sale", "CreatedDate"),
        how="cross",
        maintain_order="left_right",
    )
    cents = sale_prices(
        pairs["price_cents"].to_numpy().astype(np.int64), pairs["discount"].to_numpy()
    )
    rng = stream(organisation.seed, "PricebookEntry", 0, "order")
    return node_frame(
        "PricebookEntry",
        {
            "Id": ids(organisation, "PricebookEntry", pairs.height).gather(
                rng.permutation(pairs.height)
            ),
            "Pricebook2Id": pairs["Pricebook2Id"],
            "Product2Id": pairs["ProductId"],
            "UnitPrice": cents / 100,
            "IsActive": pairs["book_active"] & pairs["on_sale"],
            "CreatedDate": pairs.select(
                pl.max_horizontal("book_created", "CreatedDate")
            ).to_series(),
        },
    )


def sale_prices(standard: Ints, discount: Floats) -> Ints:
    """Prices in cents after a discount, with the endings of sale prices; 0 leaves them alone."""
    exact = standard * (1 - discount)
    nine = np.rint((exact + 1) / 10) * 10 - 1
    five = np.rint(exact / 5) * 5
    rounded = np.where(exact < CHEAP, five, nine).astype(np.int64)
    return np.where(discount > 0, np.maximum(rounded, 1), standard)
