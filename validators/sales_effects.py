"""Effects on what is bought: habits of customers, popularity of products, planned baskets."""

import numpy as np
import polars as pl

from orgsmith.schema.industry import MONTHS
from orgsmith.validators.effects import Effect, Measured, table, texts, weights
from orgsmith.validators.measures import association, matching
from orgsmith.validators.outcome import Tables

SEASON_MONTHS = 3
"""Length of a customer's favourite season, as ShoppingHabit states it."""


def season(tables: Tables) -> Measured:
    """Orders in the favourite season of their customer."""
    habits = tables.scan("ShoppingHabit").select("AccountId", "season")
    orders = (
        tables.scan("Order")
        .select("AccountId", month=pl.col("EffectiveDate").dt.month())
        .join(habits, on="AccountId")
        .collect()
    )
    months = [str(month) for month in range(1, MONTHS + 1)]
    since = (np.arange(MONTHS)[None, :] - np.arange(MONTHS)[:, None]) % MONTHS
    counts = table(orders, "season", "month", months, months)
    return orders.height, matching((counts, (since < SEASON_MONTHS).astype(float)))


def category(tables: Tables) -> Measured:
    """Order lines of the favourite categories of their customer."""
    habits = tables.scan("ShoppingHabit").select(
        "AccountId",
        favourites=pl.col("FirstCategoryId") + " " + pl.col("SecondCategoryId"),
    )
    lines = (
        _lines(tables, "ProductId", "AccountId")
        .join(_shelves(tables), on="ProductId")
        .join(habits, on="AccountId")
        .group_by("favourites", "shelf")
        .agg(n=pl.len())
        .collect()
    )
    favourites, shelves = texts(lines["favourites"]), texts(lines["shelf"])
    counts = weights(lines, "favourites", "shelf", "n", favourites, shelves)
    score = np.array([[float(shelf in pair.split()) for shelf in shelves] for pair in favourites])
    return int(counts.sum()), matching((counts, score.reshape(counts.shape)))


def waiting(tables: Tables) -> Measured:
    """Orders at sale prices of customers who wait for sales."""
    habits = tables.scan("ShoppingHabit").select("AccountId", "waits_for_sales")
    books = tables.scan("Pricebook2").select("Id", "IsStandard")
    orders = (
        tables.scan("Order")
        .select("AccountId", "Pricebook2Id")
        .join(habits, on="AccountId")
        .join(books, left_on="Pricebook2Id", right_on="Id")
        .select("waits_for_sales", on_sale=~pl.col("IsStandard"))
        .collect()
    )
    answers = ["false", "true"]
    counts = table(orders, "waits_for_sales", "on_sale", answers, answers)
    return orders.height, matching((counts, np.eye(2)))


def shopping_rate(tables: Tables) -> Measured:
    """Orders of customers who shop often."""
    return _rate(tables, "ShoppingHabit", "Order")


def complaint_rate(tables: Tables) -> Measured:
    """Cases of customers who complain often."""
    return _rate(tables, "ComplaintHabit", "Case")


def complaint_issue(tables: Tables) -> Measured:
    """Cases of the issue their customer complains of most."""
    habits = tables.scan("ComplaintHabit").select("AccountId", most="IssueId")
    cases = (
        tables.scan("Case").select("AccountId", "IssueId__c").join(habits, on="AccountId").collect()
    )
    issues = texts(tables.scan("Issue__c").select("Id").collect()["Id"])
    return cases.height, matching(
        (table(cases, "most", "IssueId__c", issues, issues), np.eye(len(issues)))
    )


def complaint_category(tables: Tables) -> Measured:
    """Cases about the category their customer complains of most."""
    habits = tables.scan("ComplaintHabit").select("AccountId", most="ProductCategoryId")
    items = tables.scan("OrderItem").select("Id", ProductId="Product2Id")
    cases = (
        tables.scan("Case")
        .select("AccountId", "OrderItemId__c")
        .join(items, left_on="OrderItemId__c", right_on="Id")
        .join(_shelves(tables), on="ProductId")
        .join(habits, on="AccountId")
        .collect()
    )
    shelves = texts(tables.scan("ProductCategory").select("Id").collect()["Id"])
    counts = table(cases, "most", "shelf", shelves, shelves)
    return cases.height, matching((counts, np.eye(len(shelves))))


def popularity(tables: Tables) -> Measured:
    """Order lines of products that sell well."""
    sold = (
        tables.scan("OrderItem").group_by(pl.col("Product2Id").alias("ProductId")).agg(n=pl.len())
    )
    products = (
        tables.scan("ProductProfile")
        .select("ProductId", appeal=pl.col("popularity").log())
        .join(sold, on="ProductId", how="left")
        .select("appeal", sold=pl.col("n").fill_null(0).sqrt())
        .collect()
    )
    return products.height, association(products, "appeal", "sold")


def baskets(tables: Tables) -> Measured:
    """Amounts of order lines beside the planned ones."""
    planned = tables.scan("Basket").select(
        "OrderItemId", cents=pl.col("quantity") * pl.col("price_cents")
    )
    lines = (
        tables.scan("OrderItem")
        .select("Id", "TotalPrice")
        .join(planned, left_on="Id", right_on="OrderItemId", how="left")
        .select("cents", "TotalPrice")
        .collect()
    )
    return lines.height, association(lines, "cents", "TotalPrice")


def _rate(tables: Tables, habit: str, made: str) -> Measured:
    """Whether customers with a greater rate have more records of an object."""
    counts = tables.scan(made).group_by("AccountId").agg(n=pl.len())
    # The same for all if the habit is switched off: then nothing can rise with it.
    people = (
        tables.scan(habit)
        .select("AccountId", rate=pl.col("rate").log())
        .join(counts, on="AccountId", how="left")
        .select("rate", n=pl.col("n").fill_null(0).sqrt())
        .collect()
    )
    return people.height, association(people, "rate", "n")


def _lines(tables: Tables, product: str, account: str) -> pl.LazyFrame:
    """Order lines with their product and customer."""
    orders = tables.scan("Order").select("Id", pl.col("AccountId").alias(account))
    return (
        tables.scan("OrderItem")
        .select("OrderId", pl.col("Product2Id").alias(product))
        .join(orders, left_on="OrderId", right_on="Id")
    )


def _shelves(tables: Tables) -> pl.LazyFrame:
    """The first category of each product."""
    return (
        tables.scan("ProductCategoryProduct")
        .filter("IsPrimaryCategory")
        .select("ProductId", shelf="ProductCategoryId")
    )


SALES_EFFECTS = (
    Effect("ShoppingHabit", "orders in season", season, 0.15, 1000),
    Effect("ShoppingHabit", "lines of favourite categories", category, 0.6, 1000),
    Effect("ShoppingHabit", "orders at sale prices", waiting, 0.06, 1800),
    Effect("ShoppingHabit", "orders by rate", shopping_rate, 0.4, 100),
    Effect("ComplaintHabit", "cases by rate", complaint_rate, 0.25, 150),
    Effect("ComplaintHabit", "cases of favourite issue", complaint_issue, 0.6, 300),
    Effect("ComplaintHabit", "cases of favourite category", complaint_category, 0.5, 700),
    Effect("ProductProfile", "lines by popularity", popularity, 0.5, 100),
    Effect("Basket", "amounts of lines", baskets, 0.9, 100),
)
