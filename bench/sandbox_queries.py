"""What agents ask an org: kinds of queries, and a mixed load of them drawn from a dataset."""

from collections.abc import Sequence

import polars as pl

from orgsmith.outputs.dataset import Dataset
from orgsmith.schema.streams import stream

SEED = 7

QUERIES: dict[str, str] = {
    "record": "SELECT Id, Subject, Status FROM Case WHERE Id = '{case}'",
    "record and parents": (
        "SELECT Id, Account.Name, Owner.Name, OrderItemId__r.Product2.Name FROM Case "
        "WHERE Id = '{case}'"
    ),
    "cases of a customer": (
        "SELECT Id, Subject, CreatedDate, Status FROM Case WHERE AccountId = '{account}' "
        "ORDER BY CreatedDate DESC"
    ),
    "emails of a case": (
        "SELECT Id, TextBody, FromAddress FROM EmailMessage WHERE ParentId = '{case}' "
        "ORDER BY MessageDate"
    ),
    "history of a case": (
        "SELECT Field__c, OldValue__c, NewValue__c, CreatedDate FROM CaseHistory__c "
        "WHERE CaseId__c = '{case}' ORDER BY CreatedDate"
    ),
    "purchases": (
        "SELECT Id, Product2.Name, Order.EffectiveDate FROM OrderItem "
        "WHERE Order.AccountId = '{account}' AND Order.EffectiveDate = LAST_N_DAYS:600"
    ),
    "product by name": "SELECT Id, Name FROM Product2 WHERE Name LIKE '%{word}%' LIMIT 20",
    "assignments of an agent": (
        "SELECT CaseId__c, CreatedDate FROM CaseHistory__c WHERE Field__c = 'Owner Assignment' "
        "AND NewValue__c = '{user}' AND CreatedDate = LAST_N_QUARTERS:2"
    ),
    "busiest agents": (
        "SELECT OwnerId, COUNT(Id) FROM Case WHERE CreatedDate >= {year}-04-01T00:00:00Z "
        "AND CreatedDate < {year}-07-01T00:00:00Z GROUP BY OwnerId "
        "ORDER BY COUNT(Id) DESC LIMIT 10"
    ),
    "issues of a product": (
        "SELECT IssueId__c, COUNT(Id) FROM Case WHERE OrderItemId__r.Product2Id = '{product}' "
        "GROUP BY IssueId__c"
    ),
    "months of a product": (
        "SELECT CALENDAR_MONTH(CreatedDate), COUNT(Id) FROM Case "
        "WHERE OrderItemId__r.Product2Id = '{product}' AND CreatedDate = LAST_N_YEARS:1 "
        "GROUP BY CALENDAR_MONTH(CreatedDate)"
    ),
    "states": (
        "SELECT Account.ShippingState, COUNT(Id) FROM Case WHERE ClosedDate = LAST_N_MONTHS:6 "
        "GROUP BY Account.ShippingState"
    ),
    "buyers of a month": (
        "SELECT Id, Name FROM Account WHERE Id IN "
        "(SELECT AccountId FROM Order WHERE EffectiveDate = LAST_MONTH) LIMIT 50"
    ),
    "customer with children": (
        "SELECT Id, Name, (SELECT Id, Status FROM Cases), (SELECT Id, EffectiveDate FROM Orders) "
        "FROM Account WHERE Id = '{account}'"
    ),
    "latest cases": "SELECT Id, CaseNumber, Subject FROM Case ORDER BY CreatedDate DESC LIMIT 20",
    "open cases": "SELECT COUNT() FROM Case WHERE Status != 'Closed' AND OwnerId = '{user}'",
}
"""What agents ask, by its name; slots are filled from the dataset."""


def mixed(dataset: Dataset, many: int) -> list[tuple[str, str]]:
    """Names and texts of queries, drawn from `QUERIES`; the same for the same dataset."""
    chance = stream(SEED, "bench", 0, "sandbox queries")

    def column(node: str, name: str) -> pl.Series:
        return dataset.scan(node).select(name).collect().to_series()

    cases, accounts = column("Case", "Id"), column("Account", "Id")
    users, products = column("User", "Id"), column("Product2", "Id")
    words = [name.split()[-1] for name in column("Product2", "Name")]
    last = dataset.manifest.as_of.year

    def one(values: Sequence[str] | pl.Series) -> str:
        return str(values[int(chance.integers(len(values)))])

    names = list(QUERIES)
    drawn: list[tuple[str, str]] = []
    for place in range(many):
        name = names[place % len(names)]
        text = QUERIES[name].format(
            case=one(cases),
            account=one(accounts),
            user=one(users),
            product=one(products),
            word=one(words).replace("'", "\\'"),
            year=last - 1 - int(chance.integers(3)),
        )
        drawn.append((name, text))
    return [drawn[place] for place in chance.permutation(many)]
