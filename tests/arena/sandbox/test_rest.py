"""Versions, limits, objects and their description; single records; dates of a session."""

import datetime as dt
import itertools
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from orgsmith.arena.catalog import Catalog
from orgsmith.arena.org import Org
from orgsmith.arena.sandbox.rest.versions import VERSIONS
from orgsmith.arena.store.defaults import createable, updateable
from orgsmith.outputs.schema_file import read_schema
from orgsmith.schema.declaration import Kind
from tests.arena.sandbox.serving import TOKEN, Served

NOT_FOUND = [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}]


@pytest.fixture
def case(rest: httpx2.Client) -> dict[str, str]:
    """A published case: its Id, its account's and its contact's."""
    found = rest.get("query", params={"q": "SELECT Id, AccountId, ContactId FROM Case LIMIT 1"})
    record: dict[str, str] = found.json()["records"][0]
    return record


def test_every_version_is_listed_and_served(sandbox: Served) -> None:
    listed = httpx2.get(f"{sandbox.url}/services/data/").json()

    assert [each["version"] for each in listed] == list(VERSIONS)
    assert {"label": "Winter '24", "url": "/services/data/v59.0", "version": "59.0"} in listed
    with sandbox.client() as client:
        for each in listed:
            assert client.get(f"{each['url']}/").json()["query"] == f"{each['url']}/query"


@pytest.mark.parametrize("version", ["v19.0", "v99.0", "v59", "59.0", "v59.0.0", "vXX.0", "v"])
def test_a_version_that_is_not_there_is_not_found(sandbox: Served, version: str) -> None:
    with sandbox.client() as client:
        answer = client.get(f"/services/data/{version}/query?q=SELECT+Id+FROM+Case")

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_limits_are_salesforces_and_calls_are_counted(rest: httpx2.Client) -> None:
    first, second = (rest.get("limits").json()["DailyApiRequests"] for _ in range(2))
    answer = rest.get("limits")

    assert second["Remaining"] < first["Remaining"] < first["Max"]
    spent, most = answer.headers["Sforce-Limit-Info"].removeprefix("api-usage=").split("/")
    assert int(spent) == int(most) - answer.json()["DailyApiRequests"]["Remaining"]


def test_every_object_is_listed_with_its_addresses(rest: httpx2.Client, org: Org) -> None:
    listed = {each["name"]: each for each in rest.get("sobjects/").json()["sobjects"]}

    assert list(listed) == list(org.catalog.entities)
    case = listed["Case"]
    assert (case["keyPrefix"], case["label"], case["labelPlural"]) == ("500", "Case", "Cases")
    assert not listed["User"]["deletable"]
    for address in (case["urls"]["sobject"], case["urls"]["describe"]):
        assert rest.get(f"http://{rest.base_url.netloc.decode()}{address}").status_code == 200


def test_describe_tells_what_the_catalog_declares(rest: httpx2.Client, org: Org) -> None:
    for entity in org.catalog.entities.values():
        described = rest.get(f"sobjects/{entity.name.lower()}/describe").json()
        fields = {each["name"]: each for each in described["fields"]}

        assert list(fields) == list(entity.columns)
        for name, column in entity.columns.items():
            field = fields[name]
            assert field["type"] == column.kind
            assert field["referenceTo"] == ([column.parent] if column.parent else [])
            assert field["relationshipName"] == column.relationship
            assert [each["value"] for each in field["picklistValues"]] == list(column.values)
            assert field["createable"] == createable(column)
            assert field["updateable"] == updateable(column)
        assert sum(each["nameField"] for each in fields.values()) <= 1
        assert {each["relationshipName"] for each in described["childRelationships"]} == {
            each.name for each in entity.children.values()
        }


def test_a_field_is_described_as_salesforce_does(rest: httpx2.Client) -> None:
    fields = {each["name"]: each for each in rest.get("sobjects/Case/describe").json()["fields"]}

    def told(name: str, *keys: str) -> tuple[object, ...]:
        return tuple(fields[name][key] for key in keys)

    assert told("Id", "type", "soapType", "length", "idLookup") == ("id", "tns:ID", 18, True)
    assert told("Status", "restrictedPicklist", "nillable") == (True, False)
    assert told("Description", "filterable", "sortable", "length") == (False, False, 32_000)
    assert told("CaseNumber", "autoNumber", "nameField", "createable") == (True, True, False)
    assert told("CreatedDate", "soapType", "groupable") == ("xsd:dateTime", False)
    assert told("OwnerId", "namePointing", "referenceTo") == (True, ["User"])
    assert told("IssueId__c", "custom", "relationshipName") == (True, "IssueId__r")
    money = rest.get("sobjects/OrderItem/describe").json()["fields"]
    price = next(each for each in money if each["name"] == "UnitPrice")
    assert (price["precision"], price["scale"], price["soapType"]) == (18, 2, "xsd:double")


def test_record_types_are_those_that_records_have(rest: httpx2.Client) -> None:
    found = rest.get("query", params={"q": "SELECT RecordTypeId FROM Account LIMIT 1"}).json()
    types = rest.get("sobjects/Account/describe").json()["recordTypeInfos"]

    assert [each["master"] for each in types] == [True, False]
    assert types[1]["recordTypeId"] == found["records"][0]["RecordTypeId"]
    assert len(rest.get("sobjects/Case/describe").json()["recordTypeInfos"]) == 1


def test_an_object_tells_what_was_looked_at_last(rest: httpx2.Client, case: dict[str, str]) -> None:
    before = rest.get("recent").json()
    rest.get(f"sobjects/Case/{case['Id']}")
    rest.get(f"sobjects/Account/{case['AccountId']}")

    assert before == []
    recent = rest.get("recent").json()
    assert [each["Id"] for each in recent] == [case["AccountId"], case["Id"]]
    assert [each["Id"] for each in rest.get("recent?limit=1").json()] == [case["AccountId"]]
    basic = rest.get("sobjects/Case").json()
    assert basic["objectDescribe"]["name"] == "Case"
    assert [each["Id"] for each in basic["recentItems"]] == [case["Id"]]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "1.5", "\N{SUPERSCRIPT TWO}"])
def test_a_limit_of_recent_records_that_is_none_is_refused(rest: httpx2.Client, limit: str) -> None:
    answer = rest.get("recent", params={"limit": limit})

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_ARGUMENT")


def test_a_record_is_read_whole_or_in_part(rest: httpx2.Client, case: dict[str, str]) -> None:
    whole = rest.get(f"sobjects/Case/{case['Id']}").json()
    named = {"fields": "Status, subject,isdeleted,STATUS"}
    part = rest.get(f"sobjects/case/{case['Id'][:15]}", params=named)

    assert whole["attributes"] == {
        "type": "Case",
        "url": f"/services/data/v59.0/sobjects/Case/{case['Id']}",
    }
    assert whole["AccountId"] == case["AccountId"]
    assert part.json() == {
        name: whole[name] for name in ("attributes", "Status", "Subject", "IsDeleted", "Id")
    }


def test_a_record_is_created_changed_and_deleted(rest: httpx2.Client) -> None:
    made = rest.post("sobjects/Contact/", json={"LastName": "Smith", "attributes": {"type": "x"}})
    key = made.json()["id"]
    address = f"sobjects/Contact/{key}"
    changed = rest.patch(address, json={"FirstName": "Jane"})
    read = rest.get(address, params={"fields": "Name"}).json()
    deleted = rest.delete(address)
    gone = rest.get(address)

    assert made.status_code == 201
    assert made.json() == {"id": key, "success": True, "errors": []}
    assert made.headers["Location"] == f"/services/data/v59.0/{address}"
    assert (changed.status_code, changed.content) == (204, b"")
    assert read["Name"] == "Jane Smith"
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert (gone.status_code, gone.json()[0]["errorCode"]) == (404, "ENTITY_IS_DELETED")


def test_what_is_read_is_found_by_an_external_id(rest: httpx2.Client) -> None:
    q = "SELECT Id, External_ID__c FROM Product2 LIMIT 1"
    product = rest.get("query", params={"q": q}).json()["records"][0]
    address = f"sobjects/Product2/External_ID__c/{product['External_ID__c']}"

    found = rest.get(address, params={"fields": "Name"})
    changed = rest.patch(address, json={"Name": "New name"})

    assert found.json()["Id"] == product["Id"]
    assert (changed.status_code, changed.json()) == (
        200,
        {"id": product["Id"], "success": True, "errors": [], "created": False},
    )
    assert rest.get(address).json()["Name"] == "New name"


@pytest.mark.parametrize("value", ["a b", "a/b", "a+b", "50%", "\N{SNOWMAN}", "x?y=1", "..", "'"])
def test_external_ids_may_hold_any_sign(rest: httpx2.Client, value: str) -> None:
    quoted = "".join(f"%{byte:02X}" for byte in value.encode())
    address = f"sobjects/Product2/External_ID__c/{quoted}"

    made = rest.patch(address, json={"Name": "New"})
    read = rest.get(address)
    deleted = rest.delete(address)
    gone = rest.get(address)

    assert (made.status_code, made.json()["created"]) == (201, True)
    assert read.json()["External_ID__c"] == value
    assert (deleted.status_code, gone.status_code) == (204, 404)


def test_an_external_id_stands_for_a_parent(rest: httpx2.Client) -> None:
    users = rest.get("query", params={"q": "SELECT Id, Username FROM User LIMIT 1"})
    user = users.json()["records"][0]
    given = {"LastName": "Smith", "Owner": {"Username": user["Username"]}}

    made = rest.post("sobjects/Contact", json=given).json()
    lost = rest.post("sobjects/Contact", json={"LastName": "x", "Owner": {"Username": "no@no.no"}})
    vague = rest.post("sobjects/Contact", json={"LastName": "x", "Owner": {}})

    assert rest.get(f"sobjects/Contact/{made['id']}").json()["OwnerId"] == user["Id"]
    assert lost.json()[0]["message"].startswith("Foreign key external ID: no@no.no not found")
    assert vague.json()[0]["errorCode"] == "JSON_PARSER_ERROR"


def test_relationships_lead_to_parents_and_children(
    rest: httpx2.Client, case: dict[str, str]
) -> None:
    account = rest.get(f"sobjects/Case/{case['Id']}/Account", params={"fields": "Name"}).json()
    cases = rest.get(f"sobjects/Account/{case['AccountId']}/cases").json()
    q = f"SELECT COUNT() FROM Case WHERE AccountId = '{case['AccountId']}'"
    total = rest.get("query", params={"q": q}).json()["totalSize"]

    assert account["Id"] == case["AccountId"]
    assert (cases["totalSize"], cases["done"], len(cases["records"])) == (total, True, total)
    assert {each["AccountId"] for each in cases["records"]} == {case["AccountId"]}


def test_a_relationship_without_a_parent_is_not_found(rest: httpx2.Client) -> None:
    made = rest.post("sobjects/Contact", json={"LastName": "Alone"}).json()

    for relationship in ("Account", "Nothing"):
        answer = rest.get(f"sobjects/Contact/{made['id']}/{relationship}")
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "address", "body", "status", "code"),
    [
        ("GET", "sobjects/Nothing", None, 404, "NOT_FOUND"),
        ("GET", "sobjects/Nothing/describe", None, 404, "NOT_FOUND"),
        ("GET", "sobjects/Case/nonsense", None, 404, "NOT_FOUND"),
        ("GET", "sobjects/Case/500000000000001AAA", None, 404, "NOT_FOUND"),
        ("GET", "sobjects/Case/003000000000001AAA", None, 400, "MALFORMED_ID"),
        ("GET", "sobjects/Case/Subject/x", None, 404, "NOT_FOUND"),
        ("GET", "sobjects/Product2/External_ID__c/none", None, 404, "NOT_FOUND"),
        ("DELETE", "sobjects/Product2/External_ID__c/none", None, 404, "NOT_FOUND"),
        ("PATCH", "sobjects/Case/500000000000001AAA", {}, 404, "NOT_FOUND"),
        ("PATCH", "sobjects/Case/500000000000001AAA", {"Id": "x"}, 400, "INVALID_FIELD"),
        ("PATCH", "sobjects/Product2/External_ID__c/x", {"id": "1"}, 400, "INVALID_FIELD"),
        ("PATCH", "sobjects/Product2/External_ID__c/x", {"external_id__c": "1"}, 400,
         "INVALID_FIELD"),
        ("POST", "sobjects/Contact", {"Id": "x"}, 400, "INVALID_FIELD"),
        ("POST", "sobjects/Contact", {}, 400, "REQUIRED_FIELD_MISSING"),
        ("POST", "sobjects/Contact", {"Nothing": 1}, 400, "INVALID_FIELD"),
        ("POST", "sobjects/Case", {"Status": "x"}, 400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ("POST", "sobjects/Case", {"CaseNumber": "1"}, 400, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ("DELETE", "sobjects/User/005000000000001AAA", None, 404, "NOT_FOUND"),
    ],
)  # fmt: skip
def test_what_salesforce_refuses_is_refused(
    rest: httpx2.Client, method: str, address: str, body: object, status: int, code: str
) -> None:
    answer = rest.request(method, address, json=body)

    (fault,) = answer.json()
    assert (answer.status_code, fault["errorCode"]) == (status, code)
    assert fault["message"]


def test_a_fault_names_its_fields(rest: httpx2.Client) -> None:
    (fault,) = rest.post("sobjects/Contact", json={}).json()

    assert fault == {
        "message": "Required fields are missing: [LastName]",
        "errorCode": "REQUIRED_FIELD_MISSING",
        "fields": ["LastName"],
    }


@pytest.mark.parametrize("fields", ["Nothing", "Id,(SELECT Id FROM Cases)", "Id FROM User --", "*"])
def test_fields_that_are_none_are_refused(
    rest: httpx2.Client, case: dict[str, str], fields: str
) -> None:
    for address in (f"Case/{case['Id']}", f"Account/{case['AccountId']}/Cases"):
        answer = rest.get(f"sobjects/{address}", params={"fields": fields})
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD")


def test_updated_and_deleted_records_are_listed_by_time(rest: httpx2.Client, org: Org) -> None:
    day = org.today
    span = {"start": f"{day}T00:00:00Z", "end": f"{day + dt.timedelta(1)}T02:00:00+02:00"}
    key = rest.post("sobjects/Contact", json={"LastName": "Smith"}).json()["id"]
    updated = rest.get("sobjects/Contact/updated/", params=span).json()
    rest.delete(f"sobjects/Contact/{key}")
    deleted = rest.get("sobjects/Contact/deleted/", params=span).json()
    earlier = {"start": "0900-01-01T00:00:00Z", "end": span["start"]}

    assert updated["ids"] == [key]
    assert updated["latestDateCovered"] == f"{day + dt.timedelta(1)}T00:00:00.000+0000"
    assert [each["id"] for each in deleted["deletedRecords"]] == [key]
    assert rest.get("sobjects/Contact/updated", params=span).json()["ids"] == []
    assert rest.get("sobjects/Contact/deleted", params=earlier).json()["deletedRecords"] == []
    assert len(rest.get("sobjects/Contact/updated", params=earlier).json()["ids"]) > 1


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("", ""),
        ("2024-01-01", "2024-01-02"),
        ("2024-01-01T00:00:00", "2024-01-02T00:00:00"),
        ("2024-01-02T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00+14:00", "2024-01-01T00:00:00Z"),
        ("2024-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"),
        ("x", "2024-01-01T00:00:00Z"),
    ],
)
@pytest.mark.parametrize("which", ["updated", "deleted"])
def test_a_span_that_is_none_is_refused(
    rest: httpx2.Client, which: str, start: str, end: str
) -> None:
    answer = rest.get(f"sobjects/Case/{which}", params={"start": start, "end": end})

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_REPLICATION_DATE")


def test_a_header_sets_the_date_of_a_session(sandbox: Served, org: Org) -> None:
    q = {"q": "SELECT COUNT() FROM Case WHERE CreatedDate < TODAY"}
    earlier = org.today - dt.timedelta(700)
    with sandbox.rest() as mine, sandbox.rest() as yours:

        def counted(client: httpx2.Client, **headers: str) -> int:
            total: int = client.get("query", params=q, headers=headers).json()["totalSize"]
            return total

        all_of_them = counted(mine)
        some = counted(mine, **{"Orgsmith-Today": str(earlier)})

        assert some < all_of_them
        assert counted(mine) == some
        assert counted(yours) == all_of_them
        assert counted(mine, **{"orgsmith-today": str(org.today)}) == all_of_them


def test_requests_at_once_keep_their_dates(sandbox: Served, org: Org) -> None:
    q = {"q": "SELECT COUNT() FROM Case WHERE CreatedDate < TODAY"}
    with sandbox.rest() as client, ThreadPoolExecutor(8) as pool:

        def counted(day: dt.date) -> tuple[dt.date, int]:
            found = client.get("query", params=q, headers={"Orgsmith-Today": str(day)})
            return day, found.json()["totalSize"]

        days = [org.today - dt.timedelta(200 * n) for n in range(4)]
        expected = dict(map(counted, days))
        at_once = list(pool.map(counted, days * 25))

    assert len(set(expected.values())) == len(days)
    assert all(expected[day] == total for day, total in at_once)


@pytest.mark.parametrize("day", ["", "2024-1-1", "20240101", "2024-W05-3", "2024-02-30", "today"])
def test_a_header_that_is_no_date_is_refused(rest: httpx2.Client, day: str) -> None:
    answer = rest.get("limits", headers={"Orgsmith-Today": day})

    (fault,) = answer.json()
    assert (answer.status_code, fault["errorCode"]) == (400, "INVALID_REQUEST_HEADER")
    assert "Orgsmith-Today" in fault["message"]


def test_sessions_do_not_see_each_others_writes(sandbox: Served) -> None:
    with sandbox.rest() as mine, sandbox.rest() as yours, sandbox.rest(TOKEN) as lasting:
        key = mine.post("sobjects/Contact", json={"LastName": "Mine"}).json()["id"]

        address = f"sobjects/Contact/{key}"
        assert mine.get(address).json()["LastName"] == "Mine"
        assert yours.get(address).status_code == 404
        assert lasting.get(address).status_code == 404


def test_nothing_hidden_is_served(rest: httpx2.Client, org: Org) -> None:
    hidden = {*read_schema(org.dataset.path).latents, "Latents", "tasks", "answers", "rejects"}
    assert len(hidden) > 10
    for name in hidden:
        for address in (f"sobjects/{name}", f"sobjects/{name}/describe", name):
            assert rest.get(address).status_code == 404
        found = rest.get("query", params={"q": f"SELECT Id FROM {name}"})
        assert (found.status_code, found.json()[0]["errorCode"]) == (400, "INVALID_TYPE")


def test_names_are_found_in_any_case(rest: httpx2.Client, org: Org) -> None:
    catalog: Catalog = org.catalog
    text = {Kind.STRING, Kind.TEXTAREA}
    name = next(
        column.name for column in catalog.entities["Case"].columns.values() if column.kind in text
    )
    for entity, field in itertools.product(("CASE", "case"), (name.upper(), name.lower())):
        q = f"SELECT {field} FROM {entity} LIMIT 1"
        (record,) = rest.get("query", params={"q": q}).json()["records"]
        assert (record["attributes"]["type"], name in record) == ("Case", True)
