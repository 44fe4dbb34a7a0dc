"""Effects on what is bought: habits of customers, popularity of products, planned baskets."""

import numpy as np
import polars as pl

from orgsmith.schema.industry import MONTHS
from orgsmith.validators.effects.effect import Effect, Measured, met, support, table, texts
from orgsmith.validators.effects.measures import association, matching
from orgsmith.validators.outcome import Tables, collected

SEASON_MONTHS = 3
"""Length of a customer's favourite season, as ShoppingHabit states it."""


def orders_in_months(tables: Tables) -> pl.DataFrame:
    """How many orders customers with each favourite season place in each month."""
    habits = tables.scan("ShoppingHabit").select("AccountId", "season")
    orders = tables.scan("Order").select("AccountId", month=pl.col("EffectiveDate").dt.month())
    return met(orders.join(habits, on="AccountId"), "season", "month")


def season(_tables: Tables, rows: pl.DataFrame) -> Measured:
    """Orders in the favourite season of their customer."""
    months = [str(month) for month in range(1, MONTHS + 1)]
    since = (np.arange(MONTHS)[None, :] - np.arange(MONTHS)[:, None]) % MONTHS
    counts = table(rows, "season", "month", months, months)
    return support(rows), matching((counts, (since < SEASON_MONTHS).astype(float)))


def lines_by_category(tables: Tables) -> pl.DataFrame:
    """How many lines of each category customers with each pair of favourite ones order."""
    habits = tables.scan("ShoppingHabit").select(
        "AccountId",
        favourites=pl.col("FirstCategoryId") + " " + pl.col("SecondCategoryId"),
    )
    lines = _lines(tables).join(_shelves(tables), on="ProductId").join(habits, on="AccountId")
    return met(lines, "favourites", "shelf")


def category(_tables: Tables, rows: pl.DataFrame) -> Measured:
    """Order lines of the favourite categories of their customer."""
    favourites, shelves = texts(rows["favourites"]), texts(rows["shelf"])
    counts = table(rows, "favourites", "shelf", favourites, shelves)
    score = np.array([[float(shelf in pair.split()) for shelf in shelves] for pair in favourites])
    return int(counts.sum()), matching((counts, score.reshape(counts.shape)))


def orders_on_sale(tables: Tables) -> pl.DataFrame:
    """How many orders at sale prices customers place who wait for sales, and others."""
    habits = tables.scan("ShoppingHabit").select("AccountId", "waits_for_sales")
    books = tables.scan("Pricebook2").select("Id", "IsStandard")
    orders = (
        tables.scan("Order")
        .select("AccountId", "Pricebook2Id")
        .join(habits, on="AccountId")
        .join(books, left_on="Pricebook2Id", right_on="Id")
        .select("waits_for_sales", on_sale=~pl.col("IsStandard"))
    )
    return met(orders, "waits_for_sales", "on_sale")


def waiting(_tables: Tables, rows: pl.DataFrame) -> Measured:
    """Orders at sale prices of customers who wait for sales."""
    answers = ["false", "true"]
    counts = table(rows, "waits_for_sales", "on_sale", answers, answers)
    return support(rows), matching((counts, np.eye(2)))


def orders_by_rate(tables: Tables) -> pl.DataFrame:
    """Orders of each customer, beside the planned rate."""
    return _rates(tables, "ShoppingHabit", "Order")


def cases_by_rate(tables: Tables) -> pl.DataFrame:
    """Cases of each customer, beside the planned rate."""
    return _rates(tables, "ComplaintHabit", "Case")


def rate(_tables: Tables, rows: pl.DataFrame) -> Measured:
    """Whether customers with a greater rate have more records of an object."""
    return rows.height, association(rows, "rate", "n")


def _rates(tables: Tables, habit: str, made: str) -> pl.DataFrame:
    counts = tables.scan(made).group_by("AccountId").agg(n=pl.len())
    # The same for all if the habit is switched off: then nothing can rise with it.
    return collected(
        tables.scan(habit)
        .select("AccountId", rate=pl.col("rate").log())
        .join(counts, on="AccountId", how="left")
        .select("rate", n=pl.col("n").fill_null(0).sqrt())
    )


def cases_by_issue(tables: Tables) -> pl.DataFrame:
    """How many cases of each issue customers have, by what they complain of most."""
    habits = tables.scan("ComplaintHabit").select("AccountId", most="IssueId")
    cases = tables.scan("Case").select("AccountId", "IssueId__c").join(habits, on="AccountId")
    return met(cases, "most", "IssueId__c")


def complaint_issue(tables: Tables, rows: pl.DataFrame) -> Measured:
    """Cases of the issue their customer complains of most."""
    issues = texts(tables.scan("Issue__c").select("Id").collect()["Id"])
    counts = table(rows, "most", "IssueId__c", issues, issues)
    return support(rows), matching((counts, np.eye(len(issues))))


def cases_by_category(tables: Tables) -> pl.DataFrame:
    """How many cases about each category customers have, by what they complain of most."""
    habits = tables.scan("ComplaintHabit").select("AccountId", most="ProductCategoryId")
    items = tables.scan("OrderItem").select("Id", ProductId="Product2Id")
    cases = (
        tables.scan("Case")
        .select("AccountId", "OrderItemId__c")
        .join(items, left_on="OrderItemId__c", right_on="Id")
        .join(_shelves(tables), on="ProductId")
        .join(habits, on="AccountId")
    )
    return met(cases, "most", "shelf")


def complaint_category(tables: Tables, rows: pl.DataFrame) -> Measured:
    """Cases about the category their customer complains of most."""
    shelves = texts(tables.scan("ProductCategory").select("Id").collect()["Id"])
    counts = table(rows, "most", "shelf", shelves, shelves)
    return support(rows), matching((counts, np.eye(len(shelves))))


def lines_by_product(tables: Tables) -> pl.DataFrame:
    """How many order lines each product has."""
    return met(tables.scan("OrderItem").select(ProductId="Product2Id"), "ProductId")


def popularity(tables: Tables, rows: pl.DataFrame) -> Measured:
    """Order lines of products that sell well."""
    sold = rows.lazy().group_by("ProductId").agg(pl.col("n").sum())
    products = (
        tables.scan("ProductProfile")
        .select("ProductId", appeal=pl.col("popularity").log())
        .join(sold, on="ProductId", how="left")
        .select("appeal", sold=pl.col("n").fill_null(0).sqrt())
        .collect()
    )
    return products.height, association(products, "appeal", "sold")


def amounts(tables: Tables) -> pl.DataFrame:
    """How many order lines have each amount, beside the planned one."""
    planned = tables.scan("Basket").select(
        "OrderItemId", cents=pl.col("quantity") * pl.col("price_cents")
    )
    lines = (
        tables.scan("OrderItem")
        .select("Id", "TotalPrice")
        .join(planned, left_on="Id", right_on="OrderItemId", how="left")
    )
    return met(lines, "cents", "TotalPrice")


def baskets(_tables: Tables, rows: pl.DataFrame) -> Measured:
    """Amounts of order lines beside the planned ones."""
    lines = rows.group_by("cents", "TotalPrice").agg(pl.col("n").sum())
    return support(rows), association(lines, "cents", "TotalPrice", times="n")


def _lines(tables: Tables) -> pl.LazyFrame:
    """Order lines with their product and customer."""
    orders = tables.scan("Order").select("Id", "AccountId")
    return (
        tables.scan("OrderItem")
        .select("OrderId", ProductId="Product2Id")
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
    Effect("ShoppingHabit", "orders in season", orders_in_months, season, 0.15, 1000),
    Effect(
        "ShoppingHabit", "lines of favourite categories", lines_by_category, category, 0.6, 1000
    ),
    Effect("ShoppingHabit", "orders at sale prices", orders_on_sale, waiting, 0.06, 1800),
    Effect("ShoppingHabit", "orders by rate", orders_by_rate, rate, 0.4, 100),
    Effect("ComplaintHabit", "cases by rate", cases_by_rate, rate, 0.25, 150),
    Effect("ComplaintHabit", "cases of favourite issue", cases_by_issue, complaint_issue, 0.6, 300),
    Effect(
        "ComplaintHabit",
        "cases of favourite category",
        cases_by_category,
        complaint_category,
        0.5,
        700,
    ),
    Effect("ProductProfile", "lines by popularity", lines_by_product, popularity, 0.5, 100),
    Effect("Basket", "amounts of lines", amounts, baskets, 0.9, 100),
)
