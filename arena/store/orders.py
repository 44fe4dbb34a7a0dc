"""Effects around orders: states, prices from price books, totals."""

import datetime as dt
from decimal import Decimal

from orgsmith.arena.errors import OrgError
from orgsmith.arena.store.overlay import Overlay
from orgsmith.arena.store.records import amend, parent_entity, parent_row
from orgsmith.arena.store.row import Change, Row, Values
from orgsmith.arena.store.scalars import amount


def first_status(_overlay: Overlay, change: Change, _now: dt.datetime) -> Values:
    """An order begins as a draft, without items.

    Raises:
        OrgError: FAILED_ACTIVATION, the request says otherwise.
    """
    if change.new["Status"] == "Activated":
        raise OrgError(
            "FAILED_ACTIVATION",
            "Choose a valid order status and save your changes: an order is created as a Draft.",
            fields=("Status",),
        )
    return {"TotalAmount": Decimal(0)}


def order_rules(overlay: Overlay, change: Change, _now: dt.datetime) -> Values:
    """What may be changed of an order, by its state.

    Raises:
        OrgError: FAILED_ACTIVATION, it has no items; FIELD_INTEGRITY_EXCEPTION, an activated order
            is given another account, or any another price book.
    """
    assert change.old is not None
    activated = change.old["Status"] == "Activated"
    if change.new["Status"] == "Activated" and not activated and not _items(overlay, change.key):
        raise OrgError(
            "FAILED_ACTIVATION",
            "An order must have at least one product to be activated.",
            fields=("Status",),
        )
    if activated and change.changes("AccountId"):
        raise _integrity("the account of an activated order cannot be changed", "AccountId")
    if change.old["Pricebook2Id"] is not None and change.changes("Pricebook2Id"):
        raise _integrity(
            "the price book of an order cannot be changed once it is assigned", "Pricebook2Id"
        )
    return {}


def standard_price(overlay: Overlay, change: Change, _now: dt.datetime) -> Values:
    """A product's standard price comes before any other.

    Raises:
        OrgError: STANDARD_PRICE_NOT_DEFINED, it has none.
    """
    if parent_row(overlay, change, "Pricebook2Id")["IsStandard"]:
        return {}
    standard = f'SELECT "Id" FROM {overlay.source("Pricebook2")} WHERE "IsStandard"'
    condition = f'"Product2Id" = $1 AND "Pricebook2Id" IN ({standard})'
    if not overlay.find(change.entity, condition, [change.new["Product2Id"]]):
        raise OrgError(
            "STANDARD_PRICE_NOT_DEFINED",
            "Before creating a custom price, create a standard price.",
            fields=("Product2Id",),
        )
    return {}


def entry_of_item(overlay: Overlay, change: Change, _now: dt.datetime) -> Values:
    """What an order item takes over from its price book entry.

    Raises:
        OrgError: FIELD_INTEGRITY_EXCEPTION, the order is activated, or order, entry and product do
            not go together.
    """
    order = parent_row(overlay, change, "OrderId")
    entry = parent_row(overlay, change, "PricebookEntryId")
    if order["Status"] == "Activated":
        raise _integrity("order products cannot be added to an activated order", "OrderId")
    if order["Pricebook2Id"] != entry["Pricebook2Id"]:
        raise _integrity(
            "The pricebook entry is in a different pricebook than the one assigned to the order",
            "PricebookEntryId",
        )
    if change.new["Product2Id"] not in {None, entry["Product2Id"]}:
        raise _integrity("the product is not that of the pricebook entry", "Product2Id")
    price = change.new["UnitPrice"]
    return {
        "Product2Id": entry["Product2Id"],
        "UnitPrice": entry["UnitPrice"] if price is None else price,
    }


def total_price(_overlay: Overlay, change: Change, _now: dt.datetime) -> Values:
    """Quantity times price.

    Raises:
        OrgError: NUMBER_OUTSIDE_VALID_RANGE, it has too many digits.
    """
    exact = Decimal(str(change.new["Quantity"])) * Decimal(str(change.new["UnitPrice"]))
    return {"TotalPrice": amount(change.entity.columns["TotalPrice"], exact)}


def order_total(overlay: Overlay, change: Change, now: dt.datetime) -> None:
    """The total of an item's order; an order that goes with its items has none to keep.

    Raises:
        OrgError: NUMBER_OUTSIDE_VALID_RANGE, it has too many digits.
    """
    order = parent_row(overlay, change, "OrderId")
    if order["IsDeleted"]:
        return
    entity = parent_entity(overlay, change, "OrderId")
    prices = [Decimal(str(item["TotalPrice"])) for item in _items(overlay, str(order["Id"]))]
    total = amount(entity.columns["TotalAmount"], sum(prices, Decimal(0)))
    amend(overlay, entity, [order], {"TotalAmount": total}, now)


def _items(overlay: Overlay, order: str) -> list[Row]:
    return overlay.find(overlay.catalog.entities["OrderItem"], '"OrderId" = $1', [order])


def _integrity(message: str, name: str) -> OrgError:
    return OrgError("FIELD_INTEGRITY_EXCEPTION", f"{message} ({name})", fields=(name,))
