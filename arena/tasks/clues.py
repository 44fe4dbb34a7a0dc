"""Vague phrases by which customers mean a product: what its description says of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from orgsmith.arena.sosl.words import stem
from orgsmith.arena.tasks.facts import Facts
from orgsmith.schema.industry import Category

_WORD = re.compile(r"[^\W\d_]{3,}")
_FILLERS = frozenset(("the", "and", "for", "with", "that", "are", "its"))


@dataclass(frozen=True, slots=True)
class Clue:
    """A phrase from a product's texts, and how a customer says it."""

    phrase: str
    said: str


@dataclass(frozen=True, slots=True)
class Product:
    """A product as its texts describe it; `clues` are phrases of the pack that stand in them."""

    id: str
    name: str
    words: frozenset[str]
    clues: tuple[Clue, ...]

    def says(self, clue: Clue) -> float:
        """The share of a clue's words that stand in the product's texts."""
        wanted = words(clue.phrase)
        return len(wanted & self.words) / len(wanted) if wanted else 0.0


def products(facts: Facts) -> dict[str, Product]:
    """Every product by its Id."""
    categories = {each.key: each for each in facts.organisation.industry.categories}
    names = {each.name: each.key for each in categories.values()}
    rows = (
        facts.tables.scan("Product2")
        .select("Id", "Name", "Description")
        .join(
            facts.tables.scan("ProductProfile").select("ProductId", "ProductCategoryId", "noun"),
            left_on="Id",
            right_on="ProductId",
        )
        .join(
            facts.tables.scan("ProductCategory").select(ProductCategoryId="Id", category="Name"),
            on="ProductCategoryId",
        )
        .sort("Id")
        .collect()
    )
    return {
        row["Id"]: _product(row, categories[names[row["category"]]])
        for row in rows.iter_rows(named=True)
    }


def words(text: str) -> frozenset[str]:
    """The stems of the words of a text that tell something."""
    found = _WORD.findall(text.casefold())
    return frozenset(stem(word) for word in found if word not in _FILLERS)


def _product(row: Mapping[str, str], category: Category) -> Product:
    text = f"{row['Name']} {row['Description']}"
    folded = text.casefold()
    made = "the one with" if category.service else "the one made of"
    kinds = (
        ("the one with", (each.format(noun=row["noun"]) for each in category.features)),
        (made, category.materials),
        ("the one for", category.uses),
    )
    clues = [
        Clue(phrase, f"{lead} {phrase}")
        for lead, phrases in kinds
        for phrase in phrases
        if phrase.casefold() in folded and words(phrase)
    ]
    noun = row["noun"].rsplit(" ", 1)[-1]
    if words(noun):
        clues.append(Clue(noun, f"the {noun}"))
    return Product(row["Id"], row["Name"], words(text), tuple(clues))


def purchases(facts: Facts, accounts: pl.Series) -> pl.DataFrame:
    """What some customers ordered: AccountId, day, placed (whether not a draft), products, orders.

    Both are lists of Ids, each once and in order.
    """
    wanted = pl.LazyFrame({"AccountId": accounts})
    return (
        facts.tables.scan("Order")
        .select("AccountId", "Status", OrderId="Id", day="EffectiveDate")
        .join(wanted, on="AccountId", how="semi")
        .join(facts.tables.scan("OrderItem").select("OrderId", "Product2Id"), on="OrderId")
        .group_by("AccountId", "day", placed=pl.col("Status") == "Activated")
        .agg(
            products=pl.col("Product2Id").unique().sort(),
            orders=pl.col("OrderId").unique().sort(),
        )
        .sort("AccountId", "day", "placed")
        .collect()
    )
