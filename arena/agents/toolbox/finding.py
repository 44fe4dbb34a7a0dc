"""Contacts and products found by name, and what a customer bought on a day."""

import re

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.toolbox.arguments import cited, day, known, name_of, record_id
from orgsmith.arena.agents.toolbox.free import tidy
from orgsmith.arena.agents.toolbox.products import get_account_of_contact, get_purchase_history
from orgsmith.arena.agents.toolbox.words import with_all_words, with_any_word
from orgsmith.arena.ids import full_id
from orgsmith.arena.record import Record
from orgsmith.arena.solver.desk import Desk, quoted
from orgsmith.arena.solver.named_entity import choice, compared
from orgsmith.schema.objects import OBJECTS

_SIMILAR = 5
"""Records of another name that are shown where none has the name asked for."""
_PLACED = "Activated"
_LEAD = re.compile(r"^\s*the (?:one (?:with|made of|for) )?", re.IGNORECASE)
"""Words with which customers begin, and that no description has."""


def find_contact(desk: Desk, name: str) -> list[Record]:
    """Find contacts by full name or email address: their Ids and their accounts.

    If nobody has exactly this name, contacts with some of its words are shown.

    Args:
        name: Full name or email address.
    """
    sought = name_of(name, "name")
    fields = "Id, Name, Email, AccountId"
    exact = desk.query(
        f"SELECT {fields} FROM Contact WHERE Name = {quoted(sought)} OR Email = {quoted(sought)} "
        "ORDER BY Id"
    )
    return _marked(exact) or _similar(desk, sought, f"Contact({fields})")


def find_product(desk: Desk, name: str) -> list[Record]:
    """Find products by name: their Ids and descriptions.

    If no product has exactly this name, products with the words of it are shown.

    Args:
        name: Name of the product, whole or in part.
    """
    sought = name_of(name, "name")
    exact = desk.query(
        f"SELECT Id, Name, Description FROM Product2 WHERE Name = {quoted(sought)} ORDER BY Id"
    )
    return _marked(exact) or _similar(desk, sought, "Product2(Id, Name, Description)")


def find_products_bought(
    desk: Desk, customer_id: str, ordered_on: str, phrase: str | None = None
) -> Record:
    """List the products that a customer ordered on a day, with their descriptions; no drafts.

    With a phrase, "answer" is the Id of the only product whose name or description says it, None if
    there is none, and each product tells which share of the phrase's words it says.

    Args:
        customer_id: Id of the contact, or of the account.
        ordered_on: The day of the order, YYYY-MM-DD.
        phrase: Words by which the customer calls the product; leave it out to read the descriptions
            yourself.
    """
    when = day(ordered_on, "ordered_on").isoformat()
    account = _account(desk, customer_id)
    bought = {
        row["product_id"]: row
        for row in (get_purchase_history(desk, account, when) if account else ())
        if row["status"] == _PLACED
    }
    products = [
        {"product_id": key, "product": row["product"], "description": row["description"]}
        for key, row in sorted(bought.items())
    ]
    if phrase is None or not phrase.strip():
        return {"products": products}
    said = [
        compared(
            _LEAD.sub("", phrase), each["product_id"], each["product"], each["description"] or ""
        )
        for each in products
    ]
    meant = choice(said)
    shares = [{**each, "says": round(s.share, 2)} for each, s in zip(products, said, strict=True)]
    return {"answer": meant.product if meant else None, "products": shares}


def product_named(desk: Desk, product: str) -> Record:
    """The product of a name or an Id.

    Raises:
        ToolError: there is none, or several have the name.
    """
    sought = name_of(product, "product")
    if full_id(sought):
        sought = known(desk, sought, "Product2")
        (found,) = desk.query(f"SELECT Id, Name FROM Product2 WHERE Id = {quoted(sought)}")
        return found
    exact = [each for each in find_product(desk, sought) if each["exact"]]
    if not exact:
        raise ToolError(f"no product is called {cited(sought)}: look for its whole name, or its Id")
    return exact[0]


def _account(desk: Desk, customer: str) -> str | None:
    if customer.strip().startswith(OBJECTS["Account"].key_prefix):
        return known(desk, customer, "Account")
    account: str | None = get_account_of_contact(desk, record_id(customer, "Contact"))["account_id"]
    return account


def _marked(exact: list[Record]) -> list[Record]:
    return [{**each, "exact": True} for each in tidy(exact)]


def _similar(desk: Desk, name: str, returning: str) -> list[Record]:
    found = with_all_words(desk, name, "NAME", returning)
    if not found:
        found = with_any_word(desk, name, "NAME", returning)
    return [{**each, "exact": False} for each in tidy(found[:_SIMILAR])]
