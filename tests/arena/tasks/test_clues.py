"""Vague phrases for products: they stand in the product's own texts."""

import pytest

from orgsmith.arena.tasks.clues import Clue, Product, products, purchases, words
from tests.arena.tasks.reading import stands
from tests.arena.tasks.world import World


def test_every_clue_stands_in_the_products_texts(world: World) -> None:
    known = products(world.facts)
    assert set(known) == {row["Id"] for row in world.rows["Product2"]}
    for product in known.values():
        row = world.rows.one("Product2", product.id)
        assert product.name == row["Name"]
        assert len(product.clues) >= 2
        for clue in product.clues:
            assert clue.said.endswith(clue.phrase)
            if product.says(clue) == 1:
                assert stands(clue.phrase, f"{row['Name']}\n{row['Description']}")


def test_nearly_every_clue_is_said_in_full(world: World) -> None:
    """The last word of a kind of product may not stand in its texts; all other clues do."""
    for product in products(world.facts).values():
        for clue in product.clues:
            assert product.says(clue) == 1 or clue.said == f"the {clue.phrase}"


@pytest.mark.parametrize(
    ("phrase", "share"), [("two loops", 1.0), ("a LOOP for two", 1.0), ("loops, cords", 0.5)]
)
def test_a_share_of_a_clues_words(phrase: str, share: float) -> None:
    product = Product("01t", "Name", words("It has two loops and a zip"), ())
    assert product.says(Clue(phrase, f"the one with {phrase}")) == share


def test_a_clue_without_words_is_never_said() -> None:
    assert Product("01t", "Name", words("It is the one"), ()).says(Clue("the", "the the")) == 0


@pytest.mark.parametrize(
    ("one", "many"), [("watch", "watches"), ("loop", "loops"), ("box", "boxes")]
)
def test_the_plural_is_the_same_word(one: str, many: str) -> None:
    assert words(one) == words(many)


def test_purchases_are_what_the_rows_say(world: World) -> None:
    rows = world.rows
    accounts = world.facts.read("Account", "Id")["Id"].head(9)
    found = {
        (account, day, placed): (of_day, made)
        for account, day, placed, of_day, made in purchases(world.facts, accounts).iter_rows()
    }
    expected: dict[tuple[object, ...], tuple[set[str], set[str]]] = {}
    for item in rows["OrderItem"]:
        order = rows.one("Order", item["OrderId"])
        if order["AccountId"] in set(accounts):
            key = order["AccountId"], order["EffectiveDate"], order["Status"] == "Activated"
            of_day, made = expected.setdefault(key, (set(), set()))
            of_day.add(item["Product2Id"])
            made.add(order["Id"])
    assert found == {
        key: (sorted(of_day), sorted(made)) for key, (of_day, made) in expected.items()
    }
