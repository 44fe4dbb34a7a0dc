"""simple_salesforce, unmodified, does against the sandbox what it does against Salesforce."""

import datetime as dt
from typing import Any

import pytest
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceError,
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)
from simple_salesforce.format import format_soql

from orgsmith.arena.org import Org
from tests.arena.sandbox.serving import Served, sobject

ENTRIES = "SELECT Id FROM PricebookEntry"


def first(sf: Salesforce, soql: str) -> dict[str, str]:
    record: dict[str, str] = sf.query(soql)["records"][0]
    return record


def code(error: SalesforceError) -> object:
    """The error code in what was answered."""
    content: Any = error.content
    return content[0]["errorCode"]


def test_queries_are_read_page_by_page_or_at_once(sf: Salesforce) -> None:
    page = sf.query(ENTRIES)
    total = page["totalSize"]
    by_address = sf.query_more(page["nextRecordsUrl"], identifier_is_url=True)
    locator = page["nextRecordsUrl"].rpartition("/")[2]
    by_locator = sf.query_more(locator)
    at_once = sf.query_all(ENTRIES)
    one_by_one = [record["Id"] for record in sf.query_all_iter(ENTRIES)]

    assert total > 2_000
    assert len(page["records"]) == 2_000
    assert by_address["records"] == by_locator["records"]
    assert (at_once["totalSize"], at_once["done"]) == (total, True)
    assert len(set(one_by_one)) == total
    assert sf.query("SELECT COUNT() FROM PricebookEntry")["totalSize"] == total


def test_the_use_of_the_api_is_told(sf: Salesforce) -> None:
    sf.query("SELECT Id FROM Case LIMIT 1")
    usage = sf.api_usage["api-usage"]

    assert 0 < usage.used < usage.total
    assert sf.limits()["DailyApiRequests"]["Max"] == usage.total


def test_searches_find_records(sf: Salesforce) -> None:
    name = first(sf, "SELECT Name FROM Account ORDER BY Id LIMIT 1")["Name"]

    sosl = sf.search(f'FIND {{"{name}"}} IN NAME FIELDS RETURNING Account(Id, Name)')
    quick = sf.quick_search(f'"{name}"')

    assert name in {record["Name"] for record in sosl["searchRecords"]}
    assert {record["Id"] for record in sosl["searchRecords"]} <= {
        record["Id"] for record in quick["searchRecords"]
    }


def test_objects_are_described(sf: Salesforce, org: Org) -> None:
    listed = sf.describe()
    described = sobject(sf, "Case").describe()
    told = sobject(sf, "Case").metadata()

    assert listed is not None
    assert [each["name"] for each in listed["sobjects"]] == list(org.catalog.entities)
    assert {each["name"] for each in described["fields"]} == set(
        org.catalog.entities["Case"].columns
    )
    assert told["objectDescribe"]["keyPrefix"] == "500"


def test_a_record_lives(sf: Salesforce) -> None:
    contact = sobject(sf, "Contact")
    made = contact.create({"LastName": "O'Neil <&> \N{SNOWMAN}", "FirstName": "Ann"})
    key = made["id"]
    changed = contact.update(key, {"FirstName": "Jane"})
    read = contact.get(key)
    q = format_soql("SELECT Id FROM Contact WHERE Name = {}", read["Name"])
    found = sf.query(q)
    deleted = contact.delete(key)

    assert (made["success"], made["errors"]) == (True, [])
    assert (changed, deleted) == (204, 204)
    assert read["Name"] == "Jane O'Neil <&> \N{SNOWMAN}"
    assert [record["Id"] for record in found["records"]] == [key]
    with pytest.raises(SalesforceResourceNotFound) as caught:
        contact.get(key)
    assert code(caught.value) == "ENTITY_IS_DELETED"


@pytest.mark.parametrize("value", ["plain", "with space", "with/slash", "a+b"])
def test_a_record_is_found_by_an_external_id(sf: Salesforce, value: str) -> None:
    product = sobject(sf, "Product2")
    quoted = value.replace("/", "%2F").replace("+", "%2B")
    made = product.upsert(f"External_ID__c/{quoted}", {"Name": "New"})
    again = product.upsert(f"External_ID__c/{quoted}", {"Name": "Changed"})
    read = product.get_by_custom_id("External_ID__c", value)

    assert (made, again) == (201, 200)
    assert (read["Name"], read["External_ID__c"]) == ("Changed", value)


def test_changes_are_listed_by_time(sf: Salesforce, org: Org) -> None:
    start = dt.datetime.combine(org.today, dt.time(), dt.UTC)
    end = start + dt.timedelta(1)
    contact = sobject(sf, "Contact")
    kept, gone = (contact.create({"LastName": "Smith"})["id"] for _ in range(2))
    contact.delete(gone)

    assert contact.updated(start, end)["ids"] == [kept]
    assert [each["id"] for each in contact.deleted(start, end)["deletedRecords"]] == [gone]
    q = f"SELECT Id FROM Contact WHERE Id = '{gone}'"
    assert sf.query(q)["totalSize"] == 0
    assert sf.query(q, include_deleted=True)["totalSize"] == 1


def test_any_resource_is_reached(sf: Salesforce) -> None:
    case = first(sf, "SELECT Id, AccountId FROM Case LIMIT 1")

    account = sf.restful(f"sobjects/Case/{case['Id']}/Account", params={"fields": "Name"})
    recent = sf.restful("recent")
    user = sf.oauth2("userinfo")

    assert account is not None
    assert account["Id"] == case["AccountId"]
    assert recent is not None
    assert [each["Id"] for each in recent] == [case["AccountId"], case["Id"]]
    assert user is not None
    assert user["preferred_username"] == "admin@orgsmith.example"


def test_errors_are_raised_as_against_salesforce(sf: Salesforce, sandbox: Served) -> None:
    with pytest.raises(SalesforceMalformedRequest) as malformed:
        sf.query("SELECT Nothing FROM Case")
    with pytest.raises(SalesforceResourceNotFound):
        sobject(sf, "Case").get("500000000000001AAA")
    with pytest.raises(SalesforceMalformedRequest) as missing:
        sobject(sf, "Contact").create({})
    with pytest.raises(SalesforceRefusedRequest):
        sobject(sf, "Case").describe_layout("012000000000000AAA")
    with pytest.raises(SalesforceGeneralError):
        sf.restful("limits", method="DELETE")
    with pytest.raises(SalesforceExpiredSession):
        sandbox.salesforce("wrong").query("SELECT Id FROM Case")

    assert code(malformed.value) == "INVALID_FIELD"
    assert code(missing.value) == "REQUIRED_FIELD_MISSING"
