"""The lines of every order: those that cases are about first, then what customers buy besides."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orgsmith.flows.draw.frames import (
    Bools,
    Ints,
    dates,
    day_number,
    day_numbers,
    empty_where,
    node_frame,
)
from orgsmith.flows.draw.keys import ids
from orgsmith.flows.draw.lines import Shelf, favourites, fill_lines, shelf_of, sizes
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.rows import rows_in
from orgsmith.flows.draw.seasons import Calendar, calendar_of, fill_weeks, order_days
from orgsmith.flows.draw.shares import pick, quotas, share_of
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

FEWEST_FILLERS = 0.1
"""Weight, in mean orders, of a customer whose cases alone make more orders than the rate says."""

SALE_PRICES = 0.6
"""Share of orders in a sale that use its prices; those that waited for it always do."""

QUANTITIES = np.array([0.87, 0.09, 0.03, 0.01])
"""Shares of lines with 1 to 4 units."""

DRAFT_DAYS = 14
DRAFTS = 0.2
"""Share of the last days' orders that were never placed."""

SUNDAY = 6
UNDELIVERED = -1


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders of a block: the row of each one's customer in ShoppingHabit, days since 1970.

    `delivery` is -1 for what is not delivered; `bargain` tells orders that waited for a sale.
    """

    order_id: pl.Series
    customer: Ints
    day: Ints
    delivery: Ints
    bargain: Bools
    draft: Bools


@dataclass(frozen=True, slots=True)
class Prices:
    """The entries of PricebookEntry, looked up by numbers.

    `row` is the entry of each book and product, by their rows in Pricebook2 and ProductProfile;
    `cents` the price of each entry.
    """

    row: Ints
    cents: Ints


def draw_basket(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """The lines of a block's orders, with their prices."""
    plan = parents["CasePlan"].sort("OrderId", "OrderItemId")
    habits, profile = parents["ShoppingHabit"], parents["ProductProfile"]
    calendar = calendar_of(organisation, parents["Pricebook2"])
    orders = _orders(organisation, plan, habits, calendar, block)
    rng = stream(organisation.seed, "Basket", block, "lines")
    # Case lines stand in front, in the order of the plan.
    order = _lines(organisation, rng, orders, plan, block)
    row, kept = _products(organisation, rng, orders, order, parents)
    order, row = order[kept], row[kept]
    book = _books(organisation, rng, orders, calendar, parents["Pricebook2"])
    prices = parents.once(
        "prices", lambda: _prices(parents), "Pricebook2", "ProductProfile", "PricebookEntry"
    )
    entry = prices.row[book[order], row]
    return node_frame(
        "Basket",
        {
            "OrderItemId": _with_free_ids(
                organisation, "OrderItem", plan["OrderItemId"], order.size, block
            ),
            "OrderId": orders.order_id.gather(order),
            "AccountId": habits["AccountId"].gather(orders.customer[order]),
            "ProductId": profile["ProductId"].gather(row),
            "PricebookId": parents["Pricebook2"]["Id"].gather(book[order]),
            "PricebookEntryId": parents["PricebookEntry"]["Id"].gather(entry),
            "order_date": dates(orders.day[order]),
            "delivery_date": empty_where(
                dates(orders.delivery[order]), orders.delivery[order] == UNDELIVERED
            ),
            "draft": orders.draft[order],
            "quantity": 1 + pick(QUANTITIES, rng.random(order.size)),
            "price_cents": prices.cents[entry],
        },
    )


def _prices(parents: Parents) -> Prices:
    """What every product costs in every price book."""
    books, products = parents["Pricebook2"]["Id"], parents["ProductProfile"]["ProductId"]
    entries = parents["PricebookEntry"]
    row = np.full((len(books), len(products)), -1, dtype=np.int64)
    book, product = (
        rows_in(books, entries["Pricebook2Id"]),
        rows_in(products, entries["Product2Id"]),
    )
    row[book, product] = np.arange(entries.height)
    return Prices(row, np.rint(entries["UnitPrice"].to_numpy() * 100).astype(np.int64))


def _with_free_ids(
    organisation: Organisation, name: str, taken: pl.Series, count: int, block: int
) -> pl.Series:
    """`count` ids of a block: those taken first, which the plan has of the first serials."""
    first = len(taken)
    free = ids(organisation, name, count - first, block, first)
    return pl.concat([taken.alias(""), free.alias("")])


def _orders(
    organisation: Organisation,
    plan: pl.DataFrame,
    habits: pl.DataFrame,
    calendar: Calendar,
    block: int,
) -> Orders:
    """The orders cases are about, as planned, then the others."""
    counts = organisation.industry.counts
    cases = plan.unique("OrderId", keep="first", maintain_order=True)
    case_customer = (
        cases["AccountId"].replace_strict(habits["AccountId"], np.arange(habits.height)).to_numpy()
    )
    total = max(organisation.block_share(counts.Order, block), cases.height)
    more = total - cases.height
    rng = stream(organisation.seed, "Basket", block, "orders")
    customer = _customers(rng, habits, case_customer, total, more)
    bargain, day = _days(organisation, rng, habits, calendar, customer, cases["order_date"])
    delivery = _deliveries(organisation, rng, day)
    as_of = day_number(organisation.as_of)
    recent = np.flatnonzero(day >= as_of - DRAFT_DAYS)
    draft = np.zeros(more, dtype=np.bool_)
    draft[recent] = share_of(rng, recent.size, DRAFTS)
    delivery[draft | (delivery >= as_of)] = UNDELIVERED
    planned = np.zeros(cases.height, dtype=np.bool_)
    known = cases["delivery_date"].cast(pl.Int64).fill_null(UNDELIVERED).to_numpy()
    return Orders(
        order_id=_with_free_ids(organisation, "Order", cases["OrderId"], total, block),
        customer=np.concatenate([case_customer, customer]),
        day=np.concatenate([day_numbers(cases["order_date"]), day]),
        delivery=np.concatenate([known, delivery]),
        bargain=np.concatenate([planned, bargain]),
        draft=np.concatenate([planned, draft]),
    )


def _customers(
    rng: np.random.Generator, habits: pl.DataFrame, planned: Ints, total: int, more: int
) -> Ints:
    """The customer of each further order, so that all orders together follow the rates."""
    mean = total / habits.height
    due = habits["rate"].to_numpy() * mean - np.bincount(planned, minlength=habits.height)
    counts = quotas(np.maximum(due, FEWEST_FILLERS * mean), more)
    return rng.permutation(np.repeat(np.arange(habits.height), counts))


def _days(
    organisation: Organisation,
    rng: np.random.Generator,
    habits: pl.DataFrame,
    calendar: Calendar,
    customer: Ints,
    planned: pl.Series,
) -> tuple[Bools, Ints]:
    """Which further orders wait for a sale, and the day of each; no week stays empty."""
    parameters = organisation.industry.latents.ShoppingHabit
    placed = day_numbers(planned) - calendar.first
    calendar = calendar.less(placed, placed.size + customer.size)
    waits = habits["waits_for_sales"].to_numpy()[customer]
    bargain = waits & (rng.random(customer.size) < parameters.sale_share)
    bargain &= bool((calendar.sale >= 0).any())
    own = rng.random(customer.size) < parameters.season_strength
    day = order_days(rng, calendar, habits["season"].to_numpy()[customer], own, bargain)
    all_days = np.concatenate([placed, day])
    movable = np.concatenate([np.zeros(placed.size, dtype=np.bool_), ~bargain & ~own])
    filled = fill_weeks(rng, calendar, all_days, movable)[placed.size :]
    return bargain, filled + calendar.first


def _deliveries(organisation: Organisation, rng: np.random.Generator, day: Ints) -> Ints:
    """The day of each delivery: lognormal, never on a Sunday."""
    median, sigma = organisation.industry.delivery_days
    taken = np.ceil(median * np.exp(sigma * rng.standard_normal(day.size)) - 0.5).astype(np.int64)
    delivery = day + np.maximum(taken, 1)
    delivery += (delivery + 3) % 7 == SUNDAY
    return delivery


def _lines(
    organisation: Organisation,
    rng: np.random.Generator,
    orders: Orders,
    plan: pl.DataFrame,
    block: int,
) -> Ints:
    """The order of each line: first the planned ones, then as many as the counts ask for."""
    order_of = plan["OrderId"].rle_id().cast(pl.Int64).to_numpy()
    planned = np.bincount(order_of, minlength=orders.day.size)
    total = organisation.block_share(organisation.industry.counts.OrderItem, block)
    further = sizes(rng, planned, total) - planned
    return np.concatenate([order_of, np.repeat(np.arange(orders.day.size), further)])


def _products(
    organisation: Organisation,
    rng: np.random.Generator,
    orders: Orders,
    order: Ints,
    parents: Parents,
) -> tuple[Ints, Bools]:
    """The row of each line's product in ProductProfile, and which lines could be filled."""
    plan = parents["CasePlan"].sort("OrderId", "OrderItemId")
    habits, profile = parents["ShoppingHabit"], parents["ProductProfile"]
    category_ids = ids(organisation, "ProductCategory", len(organisation.industry.categories))
    shelf = parents.once(
        "shelf",
        lambda: shelf_of(profile, category_ids, day_number(organisation.as_of)),
        "ProductProfile",
    )
    numbers = np.arange(len(category_ids))
    first, second = (
        habits[name].replace_strict(category_ids, numbers).to_numpy()[orders.customer[order]]
        for name in ("FirstCategoryId", "SecondCategoryId")
    )
    strength = organisation.industry.latents.ShoppingHabit.category_strength
    category = favourites(rng, first, second, strength)
    product = np.full(order.size, -1, dtype=np.int64)
    product[: plan.height] = _places(shelf, profile, plan["ProductId"])
    place, kept = fill_lines(rng, shelf, order, orders.day[order], category, product)
    return shelf.row[place], kept


def _places(shelf: Shelf, profile: pl.DataFrame, products: pl.Series) -> Ints:
    """The place on the shelf of each product."""
    return products.replace_strict(
        profile["ProductId"].gather(shelf.row), np.arange(profile.height)
    ).to_numpy()


def _books(
    organisation: Organisation,
    rng: np.random.Generator,
    orders: Orders,
    calendar: Calendar,
    books: pl.DataFrame,
) -> Ints:
    """The row in Pricebook2 of each order's prices: a sale's that runs on the day, or standard."""
    standard = int(books["IsStandard"].arg_true()[0])
    sale = calendar.sale[orders.day - day_number(organisation.start)]
    uses = orders.bargain | (rng.random(orders.day.size) < SALE_PRICES)
    return np.where(uses & (sale >= 0), sale, standard)
