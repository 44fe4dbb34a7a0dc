"""What is in an order: how many lines, and which products."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from orgsmith.flows.draw.catalogue import discontinued
from orgsmith.flows.draw.frames import Bools, Floats, Ints, day_numbers
from orgsmith.flows.draw.shares import even, pick

SIZES = np.array([0.17, 0.21, 0.2, 0.15, 0.11, 0.08, 0.05, 0.03])
"""Shares of orders with 1 to 8 lines: mean 3.4, as the reference organisation has it."""

FIRST_FAVOURITE = 2 / 3
"""Share of the first favourite category in what is bought from favourite ones."""

FAITHFUL_ROUNDS = 5
"""Redraws within a category before a line takes any product: small categories run out."""

ROUNDS = 60
LAST_SOLD = 120
"""Days before the as-of date after which discontinued products are not ordered any more."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The products in order of their first category.

    `row` is each one's row in ProductProfile, `upto` the sum of popularities up to it, `category`
    its category's number, `since` and `until` the first and last day on which it can be ordered.
    """

    row: Ints
    upto: Floats
    category: Ints
    since: Ints
    until: Ints

    def draw(self, category: Ints, uniform: Floats) -> Ints:
        """Products by popularity, each within a category, or anywhere for category -1."""
        edges = np.concatenate([[0.0], self.upto])
        low = np.where(category < 0, 0, np.searchsorted(self.category, category))
        high = np.where(
            category < 0, self.row.size, np.searchsorted(self.category, category, side="right")
        )
        empty = high == low
        low, high = np.where(empty, 0, low), np.where(empty, self.row.size, high)
        at = edges[low] + uniform * (edges[high] - edges[low])
        found = np.searchsorted(self.upto, at, side="right")
        places: Ints = np.clip(found, low, high - 1)
        return places


def shelf_of(profile: pl.DataFrame, category_ids: pl.Series, as_of_day: int) -> Shelf:
    """The products of ProductProfile; categories are numbered by `category_ids`."""
    numbers = np.arange(len(category_ids))
    category = profile["ProductCategoryId"].replace_strict(category_ids, numbers).to_numpy()
    order = np.argsort(category, kind="stable")
    gone = profile["ProductId"].is_in(discontinued(profile).implode()).to_numpy()
    until = np.where(gone, as_of_day - LAST_SOLD, as_of_day)
    return Shelf(
        row=order,
        upto=np.cumsum(profile["popularity"].to_numpy()[order]),
        category=category[order],
        since=day_numbers(profile["introduced"])[order],
        until=until[order],
    )


def sizes(rng: np.random.Generator, fewest: Ints, total: int) -> Ints:
    """Lines of each order: `total` in all, `fewest` at least, and 1 to 8 as far as that allows."""
    drawn = np.maximum(1 + pick(SIZES, even(rng, fewest.size)), fewest)
    while change := total - int(drawn.sum()):
        able = np.flatnonzero(drawn < SIZES.size if change > 0 else drawn > np.maximum(fewest, 1))
        if not able.size:
            break
        drawn[rng.permutation(able)[: abs(change)]] += 1 if change > 0 else -1
    return drawn


def favourites(rng: np.random.Generator, first: Ints, second: Ints, strength: float) -> Ints:
    """The category each line is taken from: a favourite one or, for -1, any."""
    chosen = np.where(rng.random(first.size) < FIRST_FAVOURITE, first, second)
    return np.where(rng.random(first.size) < strength, chosen, -1)


def fill_lines(
    rng: np.random.Generator, shelf: Shelf, order: Ints, day: Ints, category: Ints, product: Ints
) -> tuple[Ints, Bools]:
    """A product for each line that has none, no product twice in an order.

    Args:
        rng: random stream.
        shelf: the products.
        order: number of each line's order.
        day: day number of each line's order.
        category: category each line is taken from, -1 for any.
        product: place on the shelf of each line's product, -1 where one is to be drawn.

    Returns:
        The places on the shelf, and which lines have one: all, unless an order wants more products
        than there are.
    """
    product, open_lines = product.copy(), product < 0
    wanted = category.copy()
    for attempt in range(ROUNDS):
        pending = np.flatnonzero(open_lines)
        if not pending.size:
            break
        if attempt == FAITHFUL_ROUNDS:
            wanted[:] = -1
        product[pending] = shelf.draw(wanted[pending], rng.random(pending.size))
        open_lines = _twice(order, product, open_lines)
        found = product[pending]
        unsold = (shelf.since[found] > day[pending]) | (shelf.until[found] <= day[pending])
        open_lines[pending[unsold]] = True
    return product, ~open_lines


def _twice(order: Ints, product: Ints, new: Bools) -> Bools:
    """New lines whose product the order already has; of two new ones the later."""
    orders = np.zeros(int(order.max()) + 1, dtype=np.bool_)
    orders[order[new]] = True
    lines = np.flatnonzero(orders[order])
    sequence = np.lexsort((new[lines], product[lines], order[lines]))
    lines = lines[sequence]
    same = (order[lines][1:] == order[lines][:-1]) & (product[lines][1:] == product[lines][:-1])
    twice = np.zeros(order.size, dtype=np.bool_)
    twice[lines[1:][same]] = True
    return twice
