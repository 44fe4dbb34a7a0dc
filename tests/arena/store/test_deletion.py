"""What goes with a deleted record, what keeps it, what loses sight of it."""

from functools import partial

import pytest

from orgsmith.schema.objects import OBJECTS
from tests.arena.store.desk import STORED_LATER, Desk, refusal


def dangling(desk: Desk) -> list[str]:
    """References of live records to records that are not alive."""
    found = []
    for name in OBJECTS:
        for column in desk.entity(name).columns.values():
            if column.parent is None:
                continue
            parent = desk.overlay.source(column.parent)
            condition = (
                f'NOT "IsDeleted" AND "{column.name}" NOT IN '
                f'(SELECT "Id" FROM {parent} WHERE NOT "IsDeleted")'
            )
            found += [f"{name}.{column.name}" for _ in desk.rows(name, condition)]
    return found


def live(desk: Desk, name: str, field: str, record: object) -> list[object]:
    """The Ids of live records that refer to a record."""
    rows = desk.rows(name, f'"{field}" = $1 AND NOT "IsDeleted"', record)
    return [row["Id"] for row in rows]


def test_a_deleted_record_stays_in_the_recycle_bin(desk: Desk) -> None:
    case = desk.some("Case")
    desk.delete("Case", str(case["Id"]))
    dates = {"LastModifiedDate": STORED_LATER, "SystemModstamp": STORED_LATER}
    assert desk.row("Case", str(case["Id"])) == {**case, "IsDeleted": True, **dates}


def test_a_case_takes_its_messages_and_history_along(desk: Desk) -> None:
    mailed = desk.some("Case", "\"Origin\" <> 'Chat' AND \"Status\" = 'Closed'")["Id"]
    chatted = desk.some("LiveChatTranscript")
    for case in (mailed, chatted["CaseId"]):
        desk.delete("Case", str(case))
        assert live(desk, "EmailMessage", "ParentId", case) == []
        assert live(desk, "CaseHistory__c", "CaseId__c", case) == []
        assert live(desk, "LiveChatTranscript", "CaseId", case) == []
    assert desk.rows("EmailMessage", '"ParentId" = $1 AND "IsDeleted"', mailed)
    assert desk.rows("CaseHistory__c", '"CaseId__c" = $1 AND "IsDeleted"', mailed)
    chat = desk.row("LiveChatTranscript", str(chatted["Id"]))
    assert (chat["CaseId"], chat["IsDeleted"]) == (None, False)
    assert dangling(desk) == []


@pytest.mark.parametrize(("name", "field"), [("Account", "AccountId"), ("Contact", "ContactId")])
def test_customers_with_cases_stay(desk: Desk, name: str, field: str) -> None:
    case = desk.some("Case")
    error = refusal(lambda: desk.delete(name, str(case[field])))
    assert error.code == "DELETE_FAILED"
    customer = desk.row(name, str(case[field]))
    assert f"Your attempt to delete {customer['Name']} could not be completed" in error.message
    assert desk.overlay.version == 0


def test_a_long_list_of_what_is_in_the_way_is_cut(desk: Desk) -> None:
    contact = desk.create("Contact", {"LastName": "Doe"})
    cases = [desk.row("Case", desk.create("Case", {"ContactId": contact})) for _ in range(7)]
    error = refusal(lambda: desk.delete("Contact", contact))
    named = ", ".join(str(case["CaseNumber"]) for case in cases[:5])
    assert error.message.endswith(f"the following cases: {named} and 2 more")


def test_an_account_takes_contacts_and_drafts_along(desk: Desk) -> None:
    account = desk.create("Account", {"LastName": "Doe"})
    contact = desk.create("Contact", {"LastName": "Doe", "AccountId": account})
    chat = desk.create("LiveChatTranscript", {"ContactId": contact, "AccountId": account})
    book = desk.some("Pricebook2", '"IsStandard"')["Id"]
    order = desk.create(
        "Order", {"AccountId": account, "EffectiveDate": "2026-01-05", "Pricebook2Id": book}
    )
    entry = desk.some("PricebookEntry", '"Pricebook2Id" = $1', book)["Id"]
    item = desk.create("OrderItem", {"OrderId": order, "PricebookEntryId": entry, "Quantity": 1})
    desk.update("Order", order, {"Status": "Activated"})
    error = refusal(lambda: desk.delete("Account", account))
    assert error.code == "DELETE_FAILED"
    assert "activated" in error.message
    desk.update("Order", order, {"Status": "Draft"})
    amount = desk.row("Order", order)["TotalAmount"]
    desk.delete("Account", account)
    assert desk.row("Order", order)["TotalAmount"] == amount != 0
    gone = (("Account", account), ("Contact", contact), ("Order", order), ("OrderItem", item))
    assert [desk.row(name, record)["IsDeleted"] for name, record in gone] == [True] * 4
    row = desk.row("LiveChatTranscript", chat)
    assert (row["ContactId"], row["AccountId"], row["IsDeleted"]) == (None, None, False)
    assert dangling(desk) == []


def test_an_activated_order_stays(desk: Desk) -> None:
    order = str(desk.some("Order", "\"Status\" = 'Activated'")["Id"])
    assert refusal(lambda: desk.delete("Order", order)).code == "DELETE_FAILED"
    item = str(desk.some("OrderItem", '"OrderId" = $1', order)["Id"])
    assert refusal(lambda: desk.delete("OrderItem", item)).code == "DELETE_FAILED"


def test_cases_lose_sight_of_the_lines_of_a_deleted_order(desk: Desk) -> None:
    case = desk.some("Case")
    order = str(desk.row("OrderItem", str(case["OrderItemId__c"]))["OrderId"])
    desk.update("Order", order, {"Status": "Draft"})
    desk.delete("Order", order)
    row = desk.row("Case", str(case["Id"]))
    assert (row["OrderItemId__c"], row["IsDeleted"]) == (None, False)
    assert row["LastModifiedDate"] == STORED_LATER
    assert dangling(desk) == []


def test_cases_lose_sight_of_a_deleted_issue(desk: Desk) -> None:
    issue = desk.some("Case")["IssueId__c"]
    cases = live(desk, "Case", "IssueId__c", issue)
    desk.delete("Issue__c", str(issue))
    assert [desk.row("Case", str(case))["IssueId__c"] for case in cases] == [None] * len(cases)
    assert dangling(desk) == []


def test_what_was_ordered_stays(desk: Desk) -> None:
    item = desk.some("OrderItem")
    for name, record in (
        ("Product2", item["Product2Id"]),
        ("PricebookEntry", item["PricebookEntryId"]),
        ("Pricebook2", desk.row("Order", str(item["OrderId"]))["Pricebook2Id"]),
    ):
        error = refusal(partial(desk.delete, name, str(record)))
        assert error.code == "DELETE_FAILED"


def test_the_standard_price_book_and_users_stay(desk: Desk) -> None:
    book = str(desk.some("Pricebook2", '"IsStandard"')["Id"])
    assert refusal(lambda: desk.delete("Pricebook2", book)).code == "DELETE_FAILED"
    user = str(desk.some("User")["Id"])
    error = refusal(lambda: desk.delete("User", user))
    assert error.code == "INVALID_TYPE_FOR_OPERATION"


def test_a_product_takes_prices_and_places_along(desk: Desk) -> None:
    product = desk.create("Product2", {"Name": "New"})
    book = desk.some("Pricebook2", '"IsStandard"')["Id"]
    price = desk.create(
        "PricebookEntry", {"Pricebook2Id": book, "Product2Id": product, "UnitPrice": 5}
    )
    category = desk.create("ProductCategory", {"Name": "New"})
    place = desk.create(
        "ProductCategoryProduct", {"ProductCategoryId": category, "ProductId": product}
    )
    desk.delete("Product2", product)
    assert desk.row("PricebookEntry", price)["IsDeleted"]
    assert desk.row("ProductCategoryProduct", place)["IsDeleted"]
    assert not desk.row("ProductCategory", category)["IsDeleted"]


def test_a_category_and_a_price_book_take_what_is_in_them_along(desk: Desk) -> None:
    category = desk.some("ProductCategory")["Id"]
    desk.delete("ProductCategory", str(category))
    assert live(desk, "ProductCategoryProduct", "ProductCategoryId", category) == []
    unused = desk.create("Pricebook2", {"Name": "Unused"})
    product = desk.some("Product2")["Id"]
    price = {"Pricebook2Id": unused, "Product2Id": product, "UnitPrice": 5}
    entry = desk.create("PricebookEntry", price)
    desk.delete("Pricebook2", unused)
    assert desk.row("PricebookEntry", entry)["IsDeleted"]
    assert dangling(desk) == []
