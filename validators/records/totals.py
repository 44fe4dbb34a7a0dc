"""Figures and links that must add up: prices, totals, owners of what belongs together."""

from collections.abc import Container, Iterator

import polars as pl

from orgsmith.validators.outcome import Outcome, Tables
from orgsmith.validators.records.rules import Rule, judge
from orgsmith.validators.tally import EVERY

ENDING_CENTS = 5
"""How far the ending of a sale price (9, 5 or 0) may lie from the exact discount."""

YEAR = r" \d{4}$"
"""A sale's price book is named by the sale and the year."""


def check_totals(tables: Tables, nodes: Container[str] = EVERY) -> Iterator[Outcome]:
    """Every figure and link, object by object."""
    for name, rows in {
        "Account": _accounts,
        "User": _users,
        "Contact": _contacts,
        "Product2": _products,
        "PricebookEntry": _entries,
        "OrderItem": _items,
        "Order": _orders,
        "Case": _cases,
        "LiveChatTranscript": _chats,
    }.items():
        if name in nodes:
            yield judge("totals", name, *rows(tables))


def cents(column: str) -> pl.Expr:
    """An amount of money in whole cents."""
    return (pl.col(column) * 100).round().cast(pl.Int64, strict=False)


def _whole_cents(column: str) -> Rule:
    amount = pl.col(column)
    rest = (amount * 100 - cents(column)).abs()
    # What is too large for a number of cents has none.
    broken = (cents(column).is_null() & amount.is_not_null()) | (rest > 1e-6 * (1 + amount.abs()))
    return Rule(column, broken, "is not a whole number of cents")


def _same(field: str, other: str, label: str) -> Rule:
    """The field must equal another column of the row."""
    return Rule(field, pl.col(field).ne_missing(pl.col(other)), f"is not {label}, {{{other}}}")


def _full_name() -> Rule:
    parts = pl.col("FirstName") + " " + pl.col("LastName")
    return Rule("Name", pl.col("Name") != parts, "is not {FirstName} {LastName}")


def _accounts(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    columns = tables.scan("Account")
    billing = [name for name in columns.collect_schema().names() if name.startswith("Billing")]
    filled = pl.sum_horizontal(pl.col(name).is_not_null() for name in billing)
    part = pl.col(billing[0])
    return columns.select("Id", "Name", "FirstName", "LastName", *billing), [
        _full_name(),
        Rule(
            billing[0],
            (filled > 0) & (filled < len(billing)) & (part.is_null() | part.is_not_null()),
            "stands in an address that is filled in part only",
        ),
    ]


def _users(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    columns = ("Id", "Name", "FirstName", "LastName", "IsActive", "DutyEnd__c")
    return tables.scan("User").select(columns), [
        _full_name(),
        Rule(
            "IsActive",
            pl.col("IsActive") != pl.col("DutyEnd__c").is_null(),
            "does not agree with DutyEnd__c {DutyEnd__c}",
        ),
    ]


def _contacts(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    accounts = tables.scan("Account").select("Id", account="Name", address="PersonEmail")
    columns = ("Id", "Name", "FirstName", "LastName", "Email", "AccountId")
    frame = (
        tables.scan("Contact")
        .select(columns)
        .join(accounts, left_on="AccountId", right_on="Id", how="left")
    )
    return frame, [
        _full_name(),
        _same("Name", "account", "the name of its account"),
        _same("Email", "address", "the address of its account"),
    ]


def _products(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    shelves = tables.scan("ProductCategory").select("Id", shelf="Name")
    links = (
        tables.scan("ProductCategoryProduct")
        .filter("IsPrimaryCategory")
        .select("ProductId", "ProductCategoryId")
        .join(shelves, left_on="ProductCategoryId", right_on="Id", how="left")
        .group_by("ProductId")
        .agg(pl.len().alias("firsts"), pl.col("shelf").min())
    )
    frame = (
        tables.scan("Product2")
        .select("Id", "Family")
        .join(links, left_on="Id", right_on="ProductId", how="left")
    )
    return frame, [
        Rule(
            "Id",
            pl.col("firsts").fill_null(0) != 1,
            "has {firsts} first categories in ProductCategoryProduct, not one",
        ),
        _same("Family", "shelf", "the name of its first category"),
    ]


def _entries(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    entries = tables.scan("PricebookEntry")
    books = tables.scan("Pricebook2").select("Id", "IsStandard", "Name")
    frame = entries.select("Id", "Product2Id", "UnitPrice", "Pricebook2Id").join(
        books, left_on="Pricebook2Id", right_on="Id", how="left"
    )
    profile = tables.scan("ProductProfile").select("ProductId", "price_cents")
    frame = frame.join(profile, left_on="Product2Id", right_on="ProductId", how="left")
    discounts = {sale.name: sale.discount for sale in tables.organisation.industry.sales}
    sale = pl.col("Name").str.replace(YEAR, "")
    known = sale.replace_strict(discounts, default=None, return_dtype=pl.Float64)
    frame = frame.with_columns(discount=pl.when("IsStandard").then(0.0).otherwise(known))
    due = pl.col("price_cents") * (1 - pl.col("discount"))
    return frame, [
        _whole_cents("UnitPrice"),
        Rule(
            "UnitPrice",
            pl.col("IsStandard") & (cents("UnitPrice") != pl.col("price_cents")),
            "is not the product's standard price of {price_cents} cents",
        ),
        Rule(
            "UnitPrice",
            (cents("UnitPrice") - due).abs() > ENDING_CENTS,
            "is not {price_cents} cents less the discount of {Name}, {discount}",
        ),
        Rule(
            "Pricebook2Id",
            pl.col("Name").is_not_null() & pl.col("discount").is_null(),
            "is the price book {Name}, which is no sale of the industry",
        ),
    ]


def _items(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    orders = tables.scan("Order").select("Id", book="Pricebook2Id")
    entries = tables.scan("PricebookEntry").select(
        "Id", listed="UnitPrice", listed_product="Product2Id", listed_book="Pricebook2Id"
    )
    columns = (
        "Id", "OrderId", "Product2Id", "PricebookEntryId", "Quantity", "UnitPrice", "TotalPrice"
    )  # fmt: skip
    frame = (
        tables.scan("OrderItem")
        .select(columns)
        .join(orders, left_on="OrderId", right_on="Id", how="left")
        .join(entries, left_on="PricebookEntryId", right_on="Id", how="left")
    )
    times = pl.col("Quantity").round().cast(pl.Int64, strict=False) * cents("UnitPrice")
    return frame, [
        _whole_cents("UnitPrice"),
        _whole_cents("TotalPrice"),
        Rule("Quantity", pl.col("Quantity") != pl.col("Quantity").round(), "is not a whole number"),
        Rule(
            "TotalPrice",
            cents("TotalPrice") != times,
            "is not Quantity times UnitPrice, {Quantity} x {UnitPrice}",
        ),
        Rule(
            "UnitPrice",
            cents("UnitPrice") != cents("listed"),
            "is not the UnitPrice of its entry {PricebookEntryId}, {listed}",
        ),
        Rule(
            "PricebookEntryId",
            pl.col("listed_product") != pl.col("Product2Id"),
            "is the price of another product, {listed_product}",
        ),
        Rule(
            "PricebookEntryId",
            pl.col("listed_book") != pl.col("book"),
            "is not of the price book of its order, {book}",
        ),
    ]


def _orders(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    lines = (
        tables.scan("OrderItem")
        .group_by("OrderId")
        .agg(lines=pl.len(), sum=cents("TotalPrice").sum())
    )
    frame = (
        tables.scan("Order")
        .select("Id", "TotalAmount")
        .join(lines, left_on="Id", right_on="OrderId", how="left")
    )
    return frame, [
        _whole_cents("TotalAmount"),
        Rule("Id", pl.col("lines").is_null(), "has no order items"),
        Rule(
            "TotalAmount",
            cents("TotalAmount") != pl.col("sum"),
            "is not the sum over its {lines} order items, {sum} cents",
        ),
    ]


def _cases(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    orders = tables.scan("Order").select("Id", buyer="AccountId", order_status="Status")
    lines = (
        tables.scan("OrderItem")
        .select("Id", "OrderId")
        .join(orders, left_on="OrderId", right_on="Id", how="left")
    )
    contacts = tables.scan("Contact").select("Id", account="AccountId")
    columns = (
        "Id", "AccountId", "ContactId", "OrderItemId__c", "Status", "IsClosed", "ClosedDate"
    )  # fmt: skip
    frame = (
        tables.scan("Case")
        .select(columns)
        .join(lines, left_on="OrderItemId__c", right_on="Id", how="left")
        .join(contacts, left_on="ContactId", right_on="Id", how="left")
    )
    closed = pl.col("Status") == "Closed"
    return frame, [
        Rule(
            "OrderItemId__c",
            pl.col("buyer") != pl.col("AccountId"),
            "belongs to an order of another account, {buyer}",
        ),
        Rule(
            "OrderItemId__c",
            pl.col("order_status") == "Draft",
            "belongs to an order that was never placed, {OrderId}",
        ),
        Rule(
            "ContactId",
            pl.col("account") != pl.col("AccountId"),
            "belongs to another account, {account}",
        ),
        Rule("IsClosed", pl.col("IsClosed") != closed, "does not agree with Status {Status}"),
        Rule(
            "ClosedDate",
            pl.col("ClosedDate").is_not_null() != closed,
            "does not agree with Status {Status}",
        ),
    ]


def _chats(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    cases = tables.scan("Case").select("Id", account="AccountId", contact="ContactId")
    frame = (
        tables.scan("LiveChatTranscript")
        .select("Id", "CaseId", "AccountId", "ContactId")
        .join(cases, left_on="CaseId", right_on="Id", how="left")
    )
    return frame, [
        Rule(
            "AccountId",
            pl.col("account") != pl.col("AccountId"),
            "is not the account of its case, {account}",
        ),
        Rule(
            "ContactId",
            pl.col("contact") != pl.col("ContactId"),
            "is not the contact of its case, {contact}",
        ),
    ]
