"""Orders and their items: states, prices, totals."""

from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.catalog import Catalog
from orgsmith.arena.store.overlay import Overlay
from orgsmith.arena.store.row import Row
from orgsmith.arena.store.tables import Tables
from tests.arena.store.desk import STORED_LATER, Desk, refusal


def entries(desk: Desk) -> list[Row]:
    """The standard prices."""
    book = desk.some("Pricebook2", '"IsStandard"')["Id"]
    return desk.rows("PricebookEntry", '"Pricebook2Id" = $1', book)


def draft(desk: Desk) -> str:
    """A new order with the standard price book."""
    values = {
        "AccountId": desk.some("Account")["Id"],
        "EffectiveDate": "2026-01-05",
        "Pricebook2Id": desk.some("Pricebook2", '"IsStandard"')["Id"],
    }
    return desk.create("Order", values)


def add(desk: Desk, order: str, entry: Row, **values: object) -> str:
    """A new item of an order."""
    given = {"OrderId": order, "PricebookEntryId": entry["Id"], "Quantity": 1}
    return desk.create("OrderItem", {**given, **values})


def total(desk: Desk, order: str) -> Decimal:
    """The sum of an order's items."""
    rows = desk.rows("OrderItem", '"OrderId" = $1 AND NOT "IsDeleted"', order)
    return sum((Decimal(str(row["TotalPrice"])) for row in rows), Decimal(0))


def test_an_order_begins_empty(desk: Desk) -> None:
    row = desk.row("Order", draft(desk))
    assert (row["Status"], row["TotalAmount"]) == ("Draft", 0)
    assert row["Pricebook2Id"] is not None
    bare = {"AccountId": row["AccountId"], "EffectiveDate": "2026-01-05"}
    assert desk.row("Order", desk.create("Order", bare))["Pricebook2Id"] is None


def test_an_item_takes_product_and_price_over(desk: Desk) -> None:
    order, entry = draft(desk), entries(desk)[0]
    row = desk.row("OrderItem", add(desk, order, entry, Quantity=3))
    assert row["Product2Id"] == entry["Product2Id"]
    assert row["UnitPrice"] == entry["UnitPrice"]
    assert row["TotalPrice"] == 3 * Decimal(str(entry["UnitPrice"]))
    assert desk.row("Order", order)["TotalAmount"] == row["TotalPrice"]
    own = desk.row("OrderItem", add(desk, order, entry, UnitPrice=1.25, Quantity=1.5))
    assert (own["UnitPrice"], own["TotalPrice"]) == (Decimal("1.25"), Decimal("1.88"))
    assert desk.row("Order", order)["TotalAmount"] == total(desk, order)


def test_totals_follow_changes_and_deletions(desk: Desk) -> None:
    order, entry = draft(desk), entries(desk)[0]
    item, other = add(desk, order, entry), add(desk, order, entry, UnitPrice=2)
    desk.update("OrderItem", item, {"Quantity": 4, "UnitPrice": 2.5})
    assert desk.row("OrderItem", item)["TotalPrice"] == Decimal("10.00")
    row = desk.row("Order", order)
    assert (row["TotalAmount"], row["LastModifiedDate"]) == (Decimal("12.00"), STORED_LATER)
    desk.delete("OrderItem", item)
    assert desk.row("Order", order)["TotalAmount"] == Decimal("2.00")
    desk.delete("OrderItem", other)
    assert desk.row("Order", order)["TotalAmount"] == 0


def test_a_published_item_is_repriced(desk: Desk) -> None:
    item = desk.some("OrderItem")
    order = str(item["OrderId"])
    assert desk.row("Order", order)["TotalAmount"] == total(desk, order)
    desk.update("OrderItem", str(item["Id"]), {"UnitPrice": 0.01})
    assert desk.row("Order", order)["TotalAmount"] == total(desk, order)
    assert desk.row("Order", order)["LastModifiedDate"] == STORED_LATER


def test_an_order_is_activated_with_items_only(desk: Desk) -> None:
    values = {"AccountId": desk.some("Account")["Id"], "EffectiveDate": "2026-01-05"}
    error = refusal(lambda: desk.create("Order", {**values, "Status": "Activated"}))
    assert (error.code, error.fields) == ("FAILED_ACTIVATION", ("Status",))
    order = draft(desk)
    assert refusal(lambda: desk.update("Order", order, {"Status": "Activated"})).code == (
        "FAILED_ACTIVATION"
    )
    add(desk, order, entries(desk)[0])
    desk.update("Order", order, {"Status": "Activated"})
    assert desk.row("Order", order)["Status"] == "Activated"


def test_an_activated_order_keeps_its_items_and_its_account(desk: Desk) -> None:
    order, entry = draft(desk), entries(desk)[0]
    item = add(desk, order, entry)
    desk.update("Order", order, {"Status": "Activated"})
    assert refusal(lambda: add(desk, order, entry)).code == "FIELD_INTEGRITY_EXCEPTION"
    assert refusal(lambda: desk.delete("OrderItem", item)).code == "DELETE_FAILED"
    other = desk.rows("Account")[1]["Id"]
    error = refusal(lambda: desk.update("Order", order, {"AccountId": other}))
    assert (error.code, error.fields) == ("FIELD_INTEGRITY_EXCEPTION", ("AccountId",))
    desk.update("OrderItem", item, {"Quantity": 2})
    assert desk.row("Order", order)["TotalAmount"] == total(desk, order)
    desk.update("Order", order, {"Status": "Draft", "DeliveryDate__c": "2026-01-09"})
    desk.update("Order", order, {"AccountId": other})
    desk.delete("OrderItem", item)


def test_order_item_and_entry_go_together(desk: Desk) -> None:
    order, (one, other, *_) = draft(desk), entries(desk)
    sale = desk.some("PricebookEntry", '"Pricebook2Id" <> $1', one["Pricebook2Id"])
    error = refusal(lambda: add(desk, order, sale))
    assert (error.code, error.fields) == ("FIELD_INTEGRITY_EXCEPTION", ("PricebookEntryId",))
    error = refusal(lambda: add(desk, order, one, Product2Id=other["Product2Id"]))
    assert (error.code, error.fields) == ("FIELD_INTEGRITY_EXCEPTION", ("Product2Id",))
    assert add(desk, order, one, Product2Id=one["Product2Id"])


def test_a_price_book_is_assigned_once(desk: Desk) -> None:
    values = {"AccountId": desk.some("Account")["Id"], "EffectiveDate": "2026-01-05"}
    order = desk.create("Order", values)
    one, other = desk.rows("Pricebook2")[:2]
    desk.update("Order", order, {"Pricebook2Id": one["Id"]})
    desk.update("Order", order, {"Pricebook2Id": one["Id"]})
    for book in (other["Id"], None):
        error = refusal(partial(desk.update, "Order", order, {"Pricebook2Id": book}))
        assert (error.code, error.fields) == ("FIELD_INTEGRITY_EXCEPTION", ("Pricebook2Id",))


def test_the_standard_price_comes_first(desk: Desk) -> None:
    product = desk.create("Product2", {"Name": "New"})
    book = desk.some("Pricebook2", 'NOT "IsStandard"')["Id"]
    custom = {"Pricebook2Id": book, "Product2Id": product, "UnitPrice": 5}
    assert refusal(lambda: desk.create("PricebookEntry", custom)).code == (
        "STANDARD_PRICE_NOT_DEFINED"
    )
    standard = desk.some("Pricebook2", '"IsStandard"')["Id"]
    desk.create("PricebookEntry", {**custom, "Pricebook2Id": standard})
    assert desk.create("PricebookEntry", custom)


def test_amounts_that_do_not_fit_are_refused(desk: Desk) -> None:
    order, entry = draft(desk), entries(desk)[0]
    most = "9999999999999999.99"
    error = refusal(lambda: add(desk, order, entry, Quantity=2, UnitPrice=most))
    assert (error.code, error.fields) == ("NUMBER_OUTSIDE_VALID_RANGE", ("TotalPrice",))
    add(desk, order, entry, UnitPrice=most)
    before = desk.rows("OrderItem")
    error = refusal(lambda: add(desk, order, entry, UnitPrice=most))
    assert (error.code, error.fields) == ("NUMBER_OUTSIDE_VALID_RANGE", ("TotalAmount",))
    assert desk.rows("OrderItem") == before


STEP = st.tuples(
    st.sampled_from(["add", "change", "delete"]),
    st.integers(0, 50),
    st.integers(1, 99),
    st.decimals("0.01", "9999", places=2),
)


@pytest.mark.filterwarnings("error")
@given(st.lists(STEP, max_size=8))
def test_a_total_is_always_the_sum(
    tables: Tables, catalog: Catalog, steps: list[tuple[str, int, int, Decimal]]
) -> None:
    desk = Desk(Overlay(tables, 2_000_000, catalog))
    try:
        order, offered = draft(desk), entries(desk)
        items: list[str] = []
        for what, number, quantity, price in steps:
            values = {"Quantity": quantity, "UnitPrice": str(price)}
            if what == "add" or not items:
                items.append(add(desk, order, offered[number % len(offered)], **values))
            elif what == "change":
                desk.update("OrderItem", items[number % len(items)], values)
            else:
                desk.delete("OrderItem", items.pop(number % len(items)))
            assert desk.row("Order", order)["TotalAmount"] == total(desk, order)
    finally:
        desk.overlay.close()
