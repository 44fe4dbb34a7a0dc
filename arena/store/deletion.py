"""What goes into the recycle bin with a record, what keeps it out, what loses sight of it.

As in Salesforce, with its settings of a new org: an account takes its contacts and draft orders
along, but not its cases, nor activated orders: as long as it has any of these, it stays. So does a
contact with cases, a product or a price that was ordered, and a price book of orders. An activated
order stays until its status is Draft again, and keeps its items. Users, and the standard price
book, are never deleted. A case takes its messages and its history along. Any other reference is
emptied: a chat outlives its case, and a case the issue or the line of an order it is about.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import Enum, auto

from orgsmith.arena.catalog import Children, Entity
from orgsmith.arena.errors import OrgError
from orgsmith.arena.store.effects import On, follow
from orgsmith.arena.store.overlay import Overlay
from orgsmith.arena.store.records import amend
from orgsmith.arena.store.row import Row

_NAMED = 5
"""Records that stand in the way, as a message names them."""


class _Then(Enum):
    """What becomes of the records that refer to one that is deleted."""

    DELETED = auto()
    IN_THE_WAY = auto()


_CHILDREN: Mapping[tuple[str, str], _Then] = {
    ("Contact", "AccountId"): _Then.DELETED,
    ("Order", "AccountId"): _Then.DELETED,
    ("Case", "AccountId"): _Then.IN_THE_WAY,
    ("Case", "ContactId"): _Then.IN_THE_WAY,
    ("OrderItem", "OrderId"): _Then.DELETED,
    ("OrderItem", "Product2Id"): _Then.IN_THE_WAY,
    ("OrderItem", "PricebookEntryId"): _Then.IN_THE_WAY,
    ("Order", "Pricebook2Id"): _Then.IN_THE_WAY,
    ("PricebookEntry", "Pricebook2Id"): _Then.DELETED,
    ("PricebookEntry", "Product2Id"): _Then.DELETED,
    ("ProductCategoryProduct", "ProductCategoryId"): _Then.DELETED,
    ("ProductCategoryProduct", "ProductId"): _Then.DELETED,
    ("CaseHistory__c", "CaseId__c"): _Then.DELETED,
    ("EmailMessage", "ParentId"): _Then.DELETED,
}
"""By the object that refers and its field; what is not named here is emptied."""


def remove(overlay: Overlay, entity: Entity, rows: Sequence[Row], now: dt.datetime) -> None:
    """Delete records of an object, and what belongs to them.

    Args:
        overlay: the session's writes; an exception leaves them half done, for the transaction to
            undo.
        entity: the object.
        rows: its records, not deleted yet.
        now: when, UTC without a zone.

    Raises:
        OrgError: DELETE_FAILED, something stands in the way; INVALID_TYPE_FOR_OPERATION, the object
            knows no deletion.
    """
    for row in rows:
        _check(overlay, entity, row)
    changes = amend(overlay, entity, rows, {"IsDeleted": True}, now)
    for relation in entity.children.values():
        for row in rows:
            _settle(overlay, entity, row, relation, now)
    for change in changes:
        follow(overlay, change, now, On.DELETE)


def cascades(child: Children) -> bool:
    """Whether children are deleted with their parent."""
    return _CHILDREN.get((child.entity, child.field)) is _Then.DELETED


def restricts(child: Children) -> bool:
    """Whether a parent is not deleted as long as it has such children."""
    return _CHILDREN.get((child.entity, child.field)) is _Then.IN_THE_WAY


def deletable(entity: Entity) -> bool:
    """Whether records of an object can be deleted at all."""
    return entity.name != "User"


def _check(overlay: Overlay, entity: Entity, row: Row) -> None:
    """Refuse a deletion that the record's own state forbids."""
    if not deletable(entity):
        raise OrgError(
            "INVALID_TYPE_FOR_OPERATION",
            f"entity type {entity.name} does not support delete; set IsActive to false instead",
        )
    if entity.name == "Pricebook2" and row["IsStandard"]:
        raise OrgError("DELETE_FAILED", "The standard price book cannot be deleted")
    if entity.name == "Order" and row["Status"] == "Activated":
        raise OrgError(
            "DELETE_FAILED",
            f"Your attempt to delete order {row['OrderNumber']} could not be completed because it "
            "is activated; change its status to Draft first",
        )
    if entity.name == "OrderItem":
        order = overlay.row(overlay.catalog.entities["Order"], str(row["OrderId"]))
        if order is not None and order["Status"] == "Activated":
            raise OrgError(
                "DELETE_FAILED", "Order products of an activated order cannot be deleted"
            )


def _settle(
    overlay: Overlay, entity: Entity, row: Row, relation: Children, now: dt.datetime
) -> None:
    """Delete, or detach, the children that a deleted record has in one relationship."""
    child = overlay.catalog.entities[relation.entity]
    found = overlay.find(child, f'"{relation.field}" = $1', [row["Id"]])
    if not found:
        return
    match _CHILDREN.get((relation.entity, relation.field)):
        case _Then.DELETED:
            remove(overlay, child, found, now)
        case _Then.IN_THE_WAY:
            raise _in_the_way(entity, row, child, found)
        case None:
            amend(overlay, child, found, {relation.field: None}, now)


def _in_the_way(entity: Entity, row: Row, child: Entity, found: Sequence[Row]) -> OrgError:
    names = ", ".join(_called(child, each) for each in found[:_NAMED])
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return OrgError(
        "DELETE_FAILED",
        f"Your attempt to delete {_called(entity, row)} could not be completed because it is "
        f"associated with the following {child.plural.lower()}: {names}{more}",
    )


def _called(entity: Entity, row: Row) -> str:
    """What people call a record."""
    column = entity.name_column
    return str(row["Id"] if column is None else row[column.name])
