"""Products meant by a phrase: compared with what descriptions say, and in small situations."""

import polars as pl
import pytest

from orgsmith.arena.session import Session
from orgsmith.arena.solver.desk import Desk, Found, Memory
from orgsmith.arena.solver.named_entity import compared, solve, words
from orgsmith.outputs.dataset import Dataset
from orgsmith.schema.streams import stream
from tests.arena.solver.books import asked
from tests.arena.solver.stage import Stage

TASK = "named_entity_disambiguation"
DAY = "2030-03-01"


def purchases(dataset: Dataset) -> pl.DataFrame:
    """What was ordered on each day: contact, day, and the products' Ids, names, descriptions."""
    return (
        dataset.scan("OrderItem")
        .join(dataset.scan("Order").filter(Status="Activated"), left_on="OrderId", right_on="Id")
        .join(dataset.scan("Contact").select("AccountId", contact="Id"), on="AccountId")
        .join(
            dataset.scan("Product2").select("Name", "Description", Product2Id="Id"), on="Product2Id"
        )
        .unique(["contact", "EffectiveDate", "Product2Id"])
        .sort("contact", "EffectiveDate", "Product2Id")
        .group_by("contact", "EffectiveDate", maintain_order=True)
        .agg("Product2Id", text=pl.col("Name") + " " + pl.col("Description"))
        .collect()
    )


def test_it_finds_whose_description_holds_the_phrase(dataset: Dataset, session: Session) -> None:
    drawn, memory = stream(5, "clues", 0, "drawn"), Memory()
    phrases = [
        phrase
        for category in dataset.organisation.industry.categories
        for phrase in (*category.features, *category.materials, *category.uses)
        if "{" not in phrase
    ]
    answers = set()
    for contact, day, keys, texts in purchases(dataset).sample(150, seed=1).iter_rows():
        said = [
            phrase for phrase in phrases if any(phrase.casefold() in t.casefold() for t in texts)
        ]
        shelf = said if said and drawn.random() < 0.8 else phrases
        clue = shelf[drawn.integers(len(shelf))]
        fit = [
            key for key, text in zip(keys, texts, strict=True) if clue.casefold() in text.casefold()
        ]
        question = asked(TASK, "2031-01-01", contact=contact, ordered_on=str(day), clue=clue)
        desk = Desk(session, question.today, memory)
        found = solve(desk, question)
        assert found.answer == (fit[0] if len(fit) == 1 else "None"), found.derivation
        assert desk.objects == {"Contact", "OrderItem", "Order", "Product2"}
        assert desk.read
        answers.add(found.answer)
    assert len(answers) > 50


def contact_with(
    stage: Stage, products: dict[str, str], status: str = "Activated"
) -> tuple[str, dict[str, str]]:
    """A contact who ordered new products on a day, and the products' Ids by name."""
    account = stage.account("TX")
    made = "2030-01-01 00:00"
    contact = stage.create("Contact", {"LastName": "Day", "AccountId": account}, made)
    (book,) = stage.records("SELECT Id FROM Pricebook2 WHERE IsStandard = true")
    order = stage.create(
        "Order", {"AccountId": account, "EffectiveDate": DAY, "Pricebook2Id": book["Id"]}, made
    )
    keys = {}
    for name, description in products.items():
        keys[name] = stage.product(name)
        stage.update("Product2", keys[name], {"Description": description}, made)
        (entry,) = stage.records(f"SELECT Id FROM PricebookEntry WHERE Product2Id = '{keys[name]}'")
        line = {"OrderId": order, "PricebookEntryId": entry["Id"], "Quantity": 1}
        stage.create("OrderItem", line, made)
        stage.create("OrderItem", line, made)
    stage.update("Order", order, {"Status": status}, made)
    return contact, keys


def found(stage: Stage, contact: str, clue: str, day: str = DAY) -> Found:
    """What is found for a clue."""
    question = asked(TASK, "2031-01-01", contact=contact, ordered_on=day, clue=clue)
    return solve(Desk(stage.session, question.today), question)


PRODUCTS = {
    "Box One": "It has loops for poles. Its lid is 'blue' (really).",
    "Box Two": "It has loops, and room for two poles. A child's lid; 100% tin.",
    "Crate Three": "A box for poles with some loops. It holds glasses.",
    "Ark": "",
}


@pytest.mark.parametrize(
    ("clue", "name"),
    [
        ("loops for poles", "Box One"),
        ("Loop for POLE", "Box One"),
        ("the loops and the room for poles", "Box Two"),
        ("two poles", "Box Two"),
        ("crates", "Crate Three"),
        ("glass", "Crate Three"),
        ("box", None),
        ("poles", None),
        ("lid loops", None),
        ("poles with loops", "Crate Three"),
        ("(really)", "Box One"),
        ("'blue'", "Box One"),
        ("100% tin", "Box Two"),
        ("children's lid", None),
        ("child", "Box Two"),
        ("the", None),
        ("", None),
        ("%_' OR '1' = '1", None),
        ("ark", "Ark"),
        ("ar", None),
    ],
)
def test_a_clue_means_the_only_product_that_says_it(
    stage: Stage, clue: str, name: str | None
) -> None:
    contact, keys = contact_with(stage, PRODUCTS)
    answer = found(stage, contact, clue)
    assert answer.answer == (keys[name] if name else "None"), answer.derivation
    if name:
        assert answer.evidence[0] == contact
        assert answer.evidence[-1] == keys[name]
        assert len(answer.evidence) == 4


def test_only_the_day_counts(stage: Stage) -> None:
    contact, keys = contact_with(stage, PRODUCTS)
    assert found(stage, contact, "ark").answer == keys["Ark"]
    for day in ("2030-02-28", "2030-03-02"):
        assert found(stage, contact, "ark", day).answer == "None"


def test_drafts_do_not_count(stage: Stage) -> None:
    contact, _ = contact_with(stage, PRODUCTS, "Draft")
    assert found(stage, contact, "ark").answer == "None"


def test_a_contact_may_be_nobodys(stage: Stage) -> None:
    alone = stage.create("Contact", {"LastName": "Day"}, "2030-01-01 00:00")
    for contact in (alone, "003000000000000AAA"):
        assert found(stage, contact, "ark").answer == "None"


def test_a_derivation_tells_who_lost(stage: Stage) -> None:
    contact, _ = contact_with(stage, PRODUCTS)
    assert 'Box One: 100% of the words "loops for poles", as they stand' in (
        found(stage, contact, "loops for poles").derivation
    )
    assert "ambiguous" in found(stage, contact, "poles").derivation
    assert "None says" in found(stage, contact, "sails").derivation


def test_words_are_compared_whatever_their_number() -> None:
    assert words("Boxes, glasses and the child's stories") == [
        *("box", "glass", "and", "the", "child", "story")
    ]
    assert words("bus, lens, gas, news") == words("bus, lens, gas, news")
    assert compared("watch", "x", "Adapter", "For phones and watches.").whole
    assert not compared("hat", "x", "That", "chat").whole
