"""The least that a new record is given."""

from tests.arena.store.desk import Desk


def minimal(desk: Desk) -> dict[str, dict[str, object]]:
    """The least that a new record of each object is given."""
    book = desk.some("Pricebook2", '"IsStandard"')
    entry = desk.some("PricebookEntry", '"Pricebook2Id" = $1', book["Id"])
    account = desk.some("Account")["Id"]
    order = {"AccountId": account, "EffectiveDate": "2026-01-05", "Pricebook2Id": book["Id"]}
    product = desk.create("Product2", {"Name": "A new product"})
    category = desk.some("ProductCategory")["Id"]
    case = desk.some("Case")["Id"]
    return {
        "User": {
            "LastName": "Doe",
            "Email": "doe@example.com",
            "Username": "doe@crm.example",
            "Alias": "doe",
        },
        "Account": {"LastName": "Doe"},
        "Contact": {"LastName": "Doe"},
        "Issue__c": {"Name": "A new issue"},
        "ProductCategory": {"Name": "A new shelf"},
        "Product2": {"Name": "Another new product"},
        "ProductCategoryProduct": {"ProductCategoryId": category, "ProductId": product},
        "Pricebook2": {"Name": "A new price book"},
        "PricebookEntry": {"Pricebook2Id": book["Id"], "Product2Id": product, "UnitPrice": 9.5},
        "Knowledge__kav": {"Title": "A new article", "UrlName": "a-new-article"},
        "Order": {"AccountId": account, "EffectiveDate": "2026-01-05"},
        "OrderItem": {
            "OrderId": desk.create("Order", order),
            "PricebookEntryId": entry["Id"],
            "Quantity": 2,
        },
        "Case": {},
        "CaseHistory__c": {"CaseId__c": case, "Field__c": "Owner Assignment"},
        "EmailMessage": {"ParentId": case},
        "LiveChatTranscript": {},
    }
