"""Small situations, played out record by record at exact times in a session of their own."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

from orgsmith.arena.org import Org
from orgsmith.arena.record import Record
from orgsmith.arena.session import Session
from orgsmith.arena.store import writes
from orgsmith.arena.store.overlay import Overlay

_NUMBERS = count(10_000)


def at(text: str) -> dt.datetime:
    """A time of UTC, written `2031-03-01 09:30`."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@dataclass
class Stage:
    """An organisation in which things happen after all that was published."""

    session: Session
    overlay: Overlay
    made: "count[int]" = field(default_factory=count)

    @classmethod
    def of(cls, org: Org) -> "Stage":
        """A stage that nobody else has; close its overlay."""
        overlay = Overlay(org.engine.tables, next(_NUMBERS), org.catalog)
        session = Session("stage", org.catalog, org.engine, org.searcher, overlay, org.today)
        return cls(session, overlay)

    def create(self, name: str, values: Mapping[str, object], now: str) -> str:
        """A new record's Id."""
        return writes.create(self.overlay, self.overlay.catalog.entities[name], values, at(now))

    def update(self, name: str, record: str, values: Mapping[str, object], now: str) -> None:
        """Change a record."""
        entity = self.overlay.catalog.entities[name]
        writes.update(self.overlay, entity, record, values, at(now))

    def agent(self, name: str, start: str = "2030-01-01", end: str | None = None) -> str:
        """A new agent's Id; `start` and `end` are the days of duty."""
        values = {
            "LastName": name,
            "Email": f"{name}@desk.example",
            "Username": f"{name}@crm.example",
            "Alias": name,
            "DutyStart__c": start,
            "DutyEnd__c": end,
        }
        return self.create("User", values, "2030-01-01 00:00")

    def case(self, agent: str, created: str, closed: str | None = None, **values: object) -> str:
        """A new case of an agent, its Id."""
        case = self.create("Case", {"OwnerId": agent, **values}, created)
        if closed is not None:
            self.close(case, closed)
        return case

    def close(self, case: str, when: str) -> None:
        """Close a case."""
        self.update("Case", case, {"Status": "Closed"}, when)

    def hand_over(self, case: str, agent: str, when: str) -> str:
        """Give a case to another agent; the Id of the row that tells of it."""
        self.update("Case", case, {"OwnerId": agent}, when)
        return str(self.history(case)[-1]["Id"])

    def assign_first(self, case: str, agent: str, when: str) -> None:
        """Move the first assignment of a case to another time."""
        (row,) = self.history(case)
        writes.delete(
            self.overlay, self.overlay.catalog.entities["CaseHistory__c"], row["Id"], at(when)
        )
        values = {"CaseId__c": case, "Field__c": "Owner Assignment", "NewValue__c": agent}
        self.create("CaseHistory__c", values, when)

    def history(self, case: str) -> list[Record]:
        """The assignments of a case, the earliest first."""
        return self.records(
            f"SELECT Id FROM CaseHistory__c WHERE CaseId__c = '{case}' "
            "AND Field__c = 'Owner Assignment' ORDER BY CreatedDate"
        )

    def records(self, soql: str) -> list[Record]:
        """What a statement finds."""
        answer = self.session.query(soql)
        return answer.page(0, answer.total)

    def item(self, product: str) -> str:
        """A line of an order with a product, its Id."""
        (entry,) = self.records(
            f"SELECT Id FROM PricebookEntry WHERE Product2Id = '{product}' "
            "AND Pricebook2.IsStandard = true"
        )
        (book,) = self.records("SELECT Id FROM Pricebook2 WHERE IsStandard = true")
        account = self.account("TX")
        order = {"AccountId": account, "EffectiveDate": "2030-01-01", "Pricebook2Id": book["Id"]}
        made = self.create("Order", order, "2030-01-01 00:00")
        values = {"OrderId": made, "PricebookEntryId": entry["Id"], "Quantity": 1}
        return self.create("OrderItem", values, "2030-01-01 00:00")

    def account(self, state: str | None) -> str:
        """A new customer in a state, the Id."""
        values = {"LastName": f"Customer {next(self.made)}", "ShippingState": state}
        return self.create("Account", values, "2030-01-01 00:00")

    def issue(self, name: str) -> str:
        """A new issue's Id."""
        return self.create("Issue__c", {"Name": name}, "2030-01-01 00:00")

    def product(self, name: str) -> str:
        """A new product with a price, its Id."""
        product = self.create("Product2", {"Name": name}, "2030-01-01 00:00")
        (book,) = self.records("SELECT Id FROM Pricebook2 WHERE IsStandard = true")
        values = {"Pricebook2Id": book["Id"], "Product2Id": product, "UnitPrice": 5.0}
        self.create("PricebookEntry", values, "2030-01-01 00:00")
        return product

    def send_everyone_home(self, day: str) -> None:
        """End the duty of every agent."""
        for agent in self.records("SELECT Id FROM User WHERE DutyEnd__c = null"):
            self.update("User", agent["Id"], {"DutyEnd__c": day}, "2030-01-01 00:00")
