"""Products, contacts and issues: looked up in the tables."""

import datetime as dt

import polars as pl
import pytest

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.toolbox.finding import find_contact, find_product, find_products_bought
from orgsmith.arena.agents.toolbox.issues import count_issues_of_order_items, get_issues
from orgsmith.arena.agents.toolbox.products import (
    get_account_of_contact,
    get_order_items_of_product,
    get_purchase_history,
    search_products,
)
from orgsmith.arena.solver.desk import Desk
from orgsmith.outputs.dataset import Dataset
from tests.arena.solver.books import Books, midnight
from tests.arena.solver.stage import Stage
from tests.arena.toolbox.conftest import DeskOn

TODAY = "2024-02-15"
DAY = dt.date.fromisoformat(TODAY)


@pytest.fixture(scope="module")
def bought(dataset: Dataset) -> pl.DataFrame:
    """The lines of all orders, with their orders and products."""
    orders = dataset.scan("Order").select(
        pl.col("Id").alias("OrderId"), "AccountId", "EffectiveDate", "Status"
    )
    products = dataset.scan("Product2").select(
        pl.col("Id").alias("Product2Id"), "Name", "Description"
    )
    items = dataset.scan("OrderItem").select("Id", "OrderId", "Product2Id")
    return items.join(orders, on="OrderId").join(products, on="Product2Id").sort("Id").collect()


def test_order_items_of_a_product_are_listed(desk_on: DeskOn, bought: pl.DataFrame) -> None:
    product = bought.group_by("Product2Id").len().sort("len", "Product2Id")["Product2Id"][-1]
    own = bought.filter(pl.col("Product2Id") == product, pl.col("EffectiveDate") < DAY)
    assert get_order_items_of_product(desk_on(TODAY), product) == own["Id"].to_list()
    assert own.height
    assert get_order_items_of_product(desk_on("2010-01-01"), product) == []


def test_purchases_of_an_account_are_listed(desk_on: DeskOn, bought: pl.DataFrame) -> None:
    account = bought["AccountId"][0]
    own = bought.filter(pl.col("AccountId") == account, pl.col("EffectiveDate") < DAY)
    desk = desk_on(TODAY)
    found = get_purchase_history(desk, account)
    rows = own.select(
        ordered_on=pl.col("EffectiveDate").cast(pl.String),
        status="Status",
        order_id="OrderId",
        order_item_id="Id",
        product_id="Product2Id",
        product="Name",
        description="Description",
    ).sort("ordered_on", "order_item_id")
    assert found == rows.to_dicts()
    assert {each["status"] for each in found} <= {"Draft", "Activated"}
    first = found[0]
    of_day = [each for each in found if each["ordered_on"] == first["ordered_on"]]
    assert get_purchase_history(desk, account, first["ordered_on"]) == of_day
    of_product = [each for each in found if each["product_id"] == first["product_id"]]
    assert get_purchase_history(desk, account, product_ids=[first["product_id"]]) == of_product
    assert get_purchase_history(desk, account, "2010-01-01") == []


def test_what_was_bought_on_a_day_is_listed(
    desk_on: DeskOn, bought: pl.DataFrame, dataset: Dataset
) -> None:
    contacts = dict(dataset.scan("Contact").select("AccountId", "Id").collect().iter_rows())
    days = (
        bought.filter(pl.col("EffectiveDate") < DAY)
        .group_by("AccountId", "EffectiveDate")
        .agg(
            placed=pl.col("Product2Id").filter(pl.col("Status") == "Activated").unique().sort(),
        )
        .filter(pl.col("placed").list.len() > 0)
        .sort("AccountId", "EffectiveDate")
    )
    desk = desk_on(TODAY)
    for account, day, placed in days.head(30).iter_rows():
        for customer in (account, contacts[account]):
            found = find_products_bought(desk, customer, str(day))
            assert [each["product_id"] for each in found["products"]] == placed
    account, day, _ = days.tail(1).row(0)
    name = find_products_bought(desk, account, str(day))["products"][0]["product"]
    told = find_products_bought(desk, account, str(day), f"the one with {name}")
    assert [each["product"] for each in told["products"] if each["says"] == 1] == [name]
    assert told["answer"] in bought.filter(Name=name)["Product2Id"]
    nothing = find_products_bought(desk, account, str(day), "qqq zzz")
    assert nothing["answer"] is None
    assert find_products_bought(desk, account, "2010-01-01", "") == {"products": []}


def test_drafts_have_not_been_bought(stage: Stage) -> None:
    product = stage.product("Lantern")
    item = stage.item(product)
    (row,) = stage.records(f"SELECT OrderId, Order.AccountId FROM OrderItem WHERE Id = '{item}'")
    account = row["Order"]["AccountId"]
    desk = Desk(stage.session, dt.date(2031, 1, 1))
    (line,) = get_purchase_history(desk, account)
    assert (line["order_item_id"], line["status"]) == (item, "Draft")
    assert find_products_bought(desk, account, "2030-01-01") == {"products": []}
    stage.update("Order", row["OrderId"], {"Status": "Activated"}, "2030-01-02 00:00")
    later = Desk(stage.session, dt.date(2031, 1, 1))
    (placed,) = find_products_bought(later, account, "2030-01-01")["products"]
    assert placed["product_id"] == product
    on_the_day = Desk(stage.session, dt.date(2030, 1, 1))
    assert find_products_bought(on_the_day, account, "2030-01-01") == {"products": []}
    assert get_order_items_of_product(on_the_day, product) == []


def test_accounts_of_contacts_are_told(desk_on: DeskOn, dataset: Dataset, stage: Stage) -> None:
    accounts = dict(dataset.scan("Account").select("Id", "Name").collect().iter_rows())
    contacts = dataset.scan("Contact").select("Id", "AccountId").collect()
    for contact, account in contacts.head(5).iter_rows():
        told = get_account_of_contact(desk_on(TODAY), contact)
        assert told == {"account_id": account, "account": accounts[account]}
    alone = stage.create("Contact", {"LastName": "Alone"}, "2030-01-01 00:00")
    desk = Desk(stage.session, dt.date(2031, 1, 1))
    assert get_account_of_contact(desk, alone) == {"account_id": None, "account": None}
    assert find_products_bought(desk, alone, "2030-01-01") == {"products": []}


def test_products_are_found_by_name(desk_on: DeskOn, dataset: Dataset) -> None:
    desk = desk_on(TODAY)
    products = dataset.scan("Product2").select("Id", "Name").collect()
    for product, name in products.iter_rows():
        assert search_products(desk, name, 3)[0]["Id"] == product
        assert [each["Id"] for each in find_product(desk, name.upper())] == [product]
    product, name = products.row(-1)
    part = " ".join(name.split()[1:])
    assert product in {each["Id"] for each in search_products(desk, part, 50)}
    similar = find_product(desk, part)
    assert product in {each["Id"] for each in similar}
    assert {each["exact"] for each in similar} == {False}
    assert search_products(desk, "qqqzzz") == find_product(desk, "qqqzzz") == []
    assert len(search_products(desk, part, 1)) == 1


def test_contacts_are_found_by_name(desk_on: DeskOn, dataset: Dataset) -> None:
    contacts = dataset.scan("Contact").select("Id", "Name", "Email").sort("Id").collect()
    contact, name, email = contacts.row(0)
    same = contacts.filter(Name=name)["Id"].to_list()
    desk = desk_on(TODAY)
    assert [each["Id"] for each in find_contact(desk, name)] == same
    assert [each["Id"] for each in find_contact(desk, f" {email} ")] == [contact]
    (found, *_) = find_contact(desk, f"{name} Qqqzzz")
    assert found["exact"] is False
    assert find_contact(desk, "Qqqzzz") == []
    with pytest.raises(ToolError, match="name is empty"):
        find_contact(desk, "  ")


def test_issues_are_listed_and_counted(desk_on: DeskOn, dataset: Dataset, books: Books) -> None:
    desk = desk_on(TODAY)
    issues = dataset.scan("Issue__c").sort("Name").select("Id", "Name", "Description__c")
    assert [tuple(each.values()) for each in get_issues(desk)] == issues.collect().rows()
    known = dataset.scan("Case").filter(
        pl.col("CreatedDate").is_between(
            midnight(dt.date(2023, 1, 1)), midnight(DAY), closed="left"
        )
    )
    items = known.collect()["OrderItemId__c"].unique().sort()[::2].to_list()
    counted = (
        known.filter(pl.col("OrderItemId__c").is_in(items))
        .group_by("IssueId__c")
        .len()
        .sort("IssueId__c")
        .collect()
    )
    found = count_issues_of_order_items(desk, items, "2023-01-01", "2025-01-01")
    assert [(each["issue_id"], each["cases"]) for each in found] == counted.rows()
    names = {each["id"]: each["name"] for each in get_issues(desk)}
    assert all(each["name"] == names[each["issue_id"]] for each in found)
    assert count_issues_of_order_items(desk, items, "2010-01-01", "2011-01-01") == []
    assert count_issues_of_order_items(desk, [], "2023-01-01", "2025-01-01") == []


def test_products_with_all_words_are_found_instead_of_others(stage: Stage) -> None:
    both, one = stage.product("Qqq Zzz Lantern"), stage.product("Qqq Lantern")
    desk = Desk(stage.session, dt.date(2031, 1, 1))
    assert [each["Id"] for each in search_products(desk, "zzz, qqq!")] == [both]
    assert {each["Id"] for each in search_products(desk, "qqq")} == {both, one}
    assert {each["Id"] for each in search_products(desk, "qqq xxyyxx")} == {both, one}
    assert [each["Id"] for each in search_products(desk, "qqq lantern")] == [one, both]
