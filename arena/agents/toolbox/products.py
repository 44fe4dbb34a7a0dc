"""Products: found by words, ordered by customers, and the lines of orders they stand in."""

from orgsmith.arena.agents.toolbox.arguments import day, known, listed, shown, some_ids
from orgsmith.arena.agents.toolbox.free import tidy
from orgsmith.arena.agents.toolbox.words import with_all_words, with_any_word
from orgsmith.arena.record import Record
from orgsmith.arena.solver.desk import Desk, quoted

_RETURNING = "Product2(Id, Name, Description)"


def get_order_items_of_product(desk: Desk, product_id: str) -> list[str]:
    """List the Ids of the order items of a product: the lines of orders before today.

    Args:
        product_id: Id of the product (Product2).
    """
    product = known(desk, product_id, "Product2")
    rows = desk.query(
        f"SELECT Id FROM OrderItem WHERE Product2Id = {quoted(product)} "
        f"AND Order.EffectiveDate < {desk.today} ORDER BY Id"
    )
    return [str(row["Id"]) for row in rows]


def search_products(desk: Desk, words: str, limit: int = 10) -> list[Record]:
    """Find products by words of their names and descriptions, the best first.

    A product of exactly this name comes first; products with all of the words come before, and
    instead of, those that have only some.

    Args:
        words: A name, or words of it or of the description.
        limit: How many products to show at most, 1 to 50.
    """
    most = shown(limit)
    found = with_all_words(desk, words, "ALL", _RETURNING)
    if not found:
        found = with_any_word(desk, words, "ALL", _RETURNING)
    sought = words.strip().casefold()
    # Sorting keeps the order of those that are equal.
    return tidy(sorted(found, key=lambda each: str(each["Name"]).casefold() != sought)[:most])


def get_account_of_contact(desk: Desk, contact_id: str) -> Record:
    """Tell the account that a contact belongs to.

    Args:
        contact_id: Id of the contact.
    """
    contact = known(desk, contact_id, "Contact")
    (row,) = desk.query(f"SELECT AccountId, Account.Name FROM Contact WHERE Id = {quoted(contact)}")
    account = row["Account"]
    return {"account_id": row["AccountId"], "account": account["Name"] if account else None}


def get_purchase_history(
    desk: Desk,
    account_id: str,
    ordered_on: str | None = None,
    product_ids: list[str] | None = None,
) -> list[Record]:
    """List what an account ordered before today, with each product's name and description.

    An order with status Draft has not been placed; one with status Activated has.

    Args:
        account_id: Id of the account.
        ordered_on: Only orders of this day, YYYY-MM-DD; leave out for all days.
        product_ids: Only products (Product2) of this list; leave out for all.
    """
    account = known(desk, account_id, "Account")
    conditions = [
        f"Order.AccountId = {quoted(account)}",
        f"Order.EffectiveDate < {desk.today}",
    ]
    if ordered_on is not None:
        conditions.append(f"Order.EffectiveDate = {day(ordered_on, 'ordered_on')}")
    if product_ids is not None:
        products = some_ids(product_ids, "Product2", "product_ids")
        conditions.append(f"Product2Id IN {listed(products)}")
    rows = desk.query(
        "SELECT Id, OrderId, Order.EffectiveDate, Order.Status, Product2Id, Product2.Name, "
        f"Product2.Description FROM OrderItem WHERE {' AND '.join(conditions)} "
        "ORDER BY Order.EffectiveDate, Id"
    )
    return [
        {
            "ordered_on": row["Order"]["EffectiveDate"],
            "status": row["Order"]["Status"],
            "order_id": row["OrderId"],
            "order_item_id": row["Id"],
            "product_id": row["Product2Id"],
            "product": row["Product2"]["Name"],
            "description": row["Product2"]["Description"],
        }
        for row in rows
    ]
