"""Time order: nothing before what it follows from, nothing outside the organisation's life."""

import datetime as dt
from collections.abc import Container, Iterator

import polars as pl

from orgsmith.schema.declaration import Kind, Object
from orgsmith.schema.objects import OBJECTS
from orgsmith.validators.outcome import Outcome, Tables
from orgsmith.validators.records.case_times import before, beside, cases, chats, histories, mails
from orgsmith.validators.records.rules import Rule, judge
from orgsmith.validators.tally import EVERY

FORWARD = {("Pricebook2", "ValidFrom"), ("Pricebook2", "ValidTo")}
"""Dates that may lie ahead of the as-of date."""


EARLIER = ("Account", "Contact")
"""Objects that grow with the scale and yet begin before the span: customers registered before."""


def check_times(tables: Tables, nodes: Container[str] = EVERY) -> Iterator[Outcome]:
    """Every rule of time, object by object."""
    organisation = tables.organisation
    for declared in (each for each in OBJECTS.values() if each.name in nodes):
        yield judge(
            "span",
            declared.name,
            tables.scan(declared.name),
            _span_rules(declared, organisation.start, organisation.as_of),
        )
    for name, check in _ORDER.items():
        if name in nodes:
            yield judge("time order", name, *check(tables))


def _span_rules(declared: Object, start: dt.date, as_of: dt.date) -> list[Rule]:
    """No date on or after the as-of date; what grows with the scale happens in the span."""
    rules = []
    for field in declared.fields:
        if field.kind not in {Kind.DATE, Kind.DATETIME} or (declared.name, field.name) in FORWARD:
            continue
        day = pl.col(field.name).cast(pl.Date)
        rules.append(Rule(field.name, day >= as_of, f"does not lie before the as-of date {as_of}"))
        if declared.blocked and declared.name not in EARLIER:
            rules.append(
                Rule(field.name, day < start, f"lies before the first day of the span, {start}")
            )
    return rules


def _users(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    frame = tables.scan("User").select("Id", "CreatedDate", "DutyStart__c", "DutyEnd__c")
    return frame, [
        before("DutyEnd__c", "DutyStart__c", "DutyStart__c"),
        Rule(
            "CreatedDate",
            pl.col("CreatedDate").cast(pl.Date) > pl.col("DutyStart__c"),
            "lies after the first day on duty, {DutyStart__c}",
        ),
    ]


def _accounts(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    frame = tables.scan("Account").select("Id", "CreatedDate", "PersonBirthdate")
    return frame, [
        Rule(
            "PersonBirthdate",
            pl.col("PersonBirthdate") >= pl.col("CreatedDate").cast(pl.Date),
            "does not lie before CreatedDate, {CreatedDate}",
        )
    ]


def _contacts(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    frame = beside(tables, "Contact", ("CreatedDate",), "AccountId", "Account", ("CreatedDate",))
    return frame, [before("CreatedDate", "Account_CreatedDate", "its account's CreatedDate")]


def _pricebooks(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    frame = tables.scan("Pricebook2").select("Id", "ValidFrom", "ValidTo", "IsStandard")
    return frame, [
        before("ValidTo", "ValidFrom", "ValidFrom"),
        Rule(
            "ValidFrom",
            pl.col("ValidFrom").is_null() != pl.col("IsStandard"),
            "must be empty for the standard price book and for no other",
        ),
        Rule(
            "ValidTo",
            pl.col("ValidTo").is_null() != pl.col("IsStandard"),
            "must be empty for the standard price book and for no other",
        ),
    ]


def _entries(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    frame = beside(
        tables, "PricebookEntry", ("CreatedDate",), "Product2Id", "Product2", ("CreatedDate",)
    )
    return frame, [before("CreatedDate", "Product2_CreatedDate", "its product's CreatedDate")]


def _shelves(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    frame = beside(
        tables,
        "ProductCategoryProduct",
        ("CreatedDate",),
        "ProductId",
        "Product2",
        ("CreatedDate",),
    )
    # A product and its shelf are entered on one day, in no fixed order.
    early = pl.col("CreatedDate").cast(pl.Date) < pl.col("Product2_CreatedDate").cast(pl.Date)
    return frame, [Rule("CreatedDate", early, "lies before its product's, {Product2_CreatedDate}")]


def _articles(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    frame = tables.scan("Knowledge__kav").select("Id", "CreatedDate", "LastPublishedDate")
    return frame, [before("LastPublishedDate", "CreatedDate", "CreatedDate")]


def _orders(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    columns = ("EffectiveDate", "DeliveryDate__c", "CreatedDate", "Status")
    frame = beside(tables, "Order", columns, "AccountId", "Account", ("CreatedDate",))
    books = tables.scan("Pricebook2").select("Id", "ValidFrom", "ValidTo")
    keyed = tables.scan("Order").select("Id", "Pricebook2Id")
    frame = frame.join(keyed, on="Id").join(
        books, left_on="Pricebook2Id", right_on="Id", how="left"
    )
    placed = pl.col("EffectiveDate")
    return frame, [
        before("CreatedDate", "Account_CreatedDate", "its account's CreatedDate"),
        before("DeliveryDate__c", "EffectiveDate", "the order's EffectiveDate"),
        before("EffectiveDate", "ValidFrom", "the first day of its price book"),
        Rule("EffectiveDate", placed > pl.col("ValidTo"), "lies after the price book's {ValidTo}"),
        Rule(
            "CreatedDate",
            (pl.col("CreatedDate").cast(pl.Date) - placed).dt.total_days().abs() > 1,
            "is not within a day of the order's EffectiveDate, {EffectiveDate}",
        ),
        Rule(
            "DeliveryDate__c",
            (pl.col("Status") == "Draft") & pl.col("DeliveryDate__c").is_not_null(),
            "is filled, though the order is a draft",
        ),
    ]


def _items(tables: Tables) -> tuple[pl.LazyFrame, list[Rule]]:
    frame = beside(
        tables,
        "OrderItem",
        ("CreatedDate", "Product2Id"),
        "OrderId",
        "Order",
        ("CreatedDate", "EffectiveDate"),
    )
    products = tables.scan("Product2").select("Id", introduced=pl.col("CreatedDate").cast(pl.Date))
    frame = frame.join(products, left_on="Product2Id", right_on="Id", how="left")
    return frame, [
        before("CreatedDate", "Order_CreatedDate", "its order's CreatedDate"),
        Rule(
            "Product2Id",
            pl.col("introduced") > pl.col("Order_EffectiveDate"),
            "was introduced on {introduced}, after the order's day {Order_EffectiveDate}",
        ),
    ]


_ORDER = {
    "User": _users,
    "Account": _accounts,
    "Contact": _contacts,
    "Pricebook2": _pricebooks,
    "PricebookEntry": _entries,
    "ProductCategoryProduct": _shelves,
    "Knowledge__kav": _articles,
    "Order": _orders,
    "OrderItem": _items,
    "Case": cases,
    "CaseHistory__c": histories,
    "EmailMessage": mails,
    "LiveChatTranscript": chats,
}
"""The rules of an object's own time, where it has any."""
