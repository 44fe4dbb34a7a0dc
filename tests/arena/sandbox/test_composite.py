"""Several requests, or several records, in one request."""

from collections.abc import Mapping
from typing import Any

import httpx2
import pytest
from simple_salesforce.api import Salesforce

from orgsmith.arena.errors import OrgError
from orgsmith.arena.sandbox.rest.substitution import filled, filled_address

BASE = "/services/data/v59.0"
CONTACT = f"{BASE}/sobjects/Contact"


def part(
    method: str, url: str, reference: str, body: object = None, **more: object
) -> dict[str, object]:
    given = {} if body is None else {"body": body}
    return {"method": method, "url": url, "referenceId": reference, **given, **more}


def composite(rest: httpx2.Client, *parts: object, **flags: object) -> list[dict[str, Any]]:
    answer = rest.post("composite", json={"compositeRequest": list(parts), **flags})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["compositeResponse"]
    return found


def contacts(rest: httpx2.Client, name: str) -> int:
    q = f"SELECT COUNT() FROM Contact WHERE LastName = '{name}'"
    total: int = rest.get("query", params={"q": q}).json()["totalSize"]
    return total


def test_later_requests_use_what_earlier_ones_were_answered(rest: httpx2.Client) -> None:
    made, read, found, changed, again = composite(
        rest,
        part("POST", CONTACT, "made", {"LastName": "Composed", "FirstName": "Ann"}),
        part("GET", f"{CONTACT}/@{{made.id}}?fields=Name", "read"),
        part("get", f"{BASE}/query?q=SELECT+Id+FROM+Contact+WHERE+Name='@{{read.Name}}'", "found"),
        part("PATCH", f"{CONTACT}/@{{found.records[0].Id}}", "changed",
             {"FirstName": "@{read.Name} the second"}),
        part("GET", f"{CONTACT}/@{{made.id}}?fields=FirstName", "again"),
    )  # fmt: skip

    key = made["body"]["id"]
    assert made["httpStatusCode"] == 201
    assert made["httpHeaders"] == {"Location": f"{CONTACT}/{key}"}
    assert made["referenceId"] == "made"
    assert read["body"]["Name"] == "Ann Composed"
    assert found["body"]["totalSize"] == 1
    assert (changed["httpStatusCode"], changed["body"]) == (204, None)
    assert again["body"]["FirstName"] == "Ann Composed the second"


def test_a_request_that_fails_leaves_the_others(rest: httpx2.Client) -> None:
    answers = composite(
        rest,
        part("POST", CONTACT, "bad", {}),
        part("GET", f"{CONTACT}/@{{bad.id}}", "follows"),
        part("POST", CONTACT, "good", {"LastName": "Alone"}),
    )

    assert [each["httpStatusCode"] for each in answers] == [400, 400, 201]
    assert answers[0]["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert answers[1]["body"] == [
        {
            "errorCode": "PROCESSING_HALTED",
            "message": "Invalid reference specified. No value for bad.id found in bad",
        }
    ]
    assert contacts(rest, "Alone") == 1


def test_all_or_none_of_the_requests_count(rest: httpx2.Client) -> None:
    answers = composite(
        rest,
        part("POST", CONTACT, "one", {"LastName": "Undone"}),
        part("POST", CONTACT, "two", {}),
        part("POST", CONTACT, "three", {"LastName": "Undone"}),
        allOrNone=True,
        collateSubrequests=True,
    )

    codes = [each["body"][0]["errorCode"] for each in answers]
    assert codes == ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING", "PROCESSING_HALTED"]
    assert [each["httpStatusCode"] for each in answers] == [400] * 3
    assert contacts(rest, "Undone") == 0


def test_all_of_the_requests_count_when_none_fails(rest: httpx2.Client) -> None:
    answers = composite(
        rest,
        part("POST", CONTACT, "one", {"LastName": "Done"}),
        part("DELETE", f"{CONTACT}/@{{one.id}}", "two"),
        part("POST", CONTACT, "three", {"LastName": "Done"}),
        allOrNone=True,
    )

    assert [each["httpStatusCode"] for each in answers] == [201, 204, 201]
    assert contacts(rest, "Done") == 1


def test_requests_within_see_what_was_written_before_them(rest: httpx2.Client) -> None:
    q = f"{BASE}/query?q=SELECT+LastName+FROM+Contact+WHERE+Id='@{{made.id}}'"
    answers = composite(
        rest,
        part("POST", CONTACT, "made", {"LastName": "Within"}),
        part("GET", f"{CONTACT}/@{{made.id}}?fields=LastName", "read"),
        part("GET", q, "found"),
        part("GET", f"{BASE}/composite/sobjects/Contact?ids=@{{made.id}}&fields=LastName", "many"),
        part("GET", f"{BASE}/search?q=FIND+{{Within}}+RETURNING+Contact(LastName)", "searched"),
        allOrNone=True,
    )

    bodies = [each["body"] for each in answers]
    assert [each["httpStatusCode"] for each in answers] == [201, 200, 200, 200, 200], bodies
    assert bodies[1]["LastName"] == "Within"
    assert bodies[2]["totalSize"] == 1
    assert bodies[3][0]["LastName"] == "Within"
    assert bodies[4]["searchRecords"][0]["LastName"] == "Within"


@pytest.mark.parametrize(
    ("outer", "inner", "kept"),
    [(False, False, 2), (False, True, 1), (True, False, 0), (True, True, 0)],
)
def test_all_or_none_holds_for_collections_within(
    rest: httpx2.Client, outer: bool, inner: bool, kept: int
) -> None:
    records = [
        {"attributes": {"type": "Contact"}, "LastName": "Within"},
        {"attributes": {"type": "Contact"}},
    ]
    composite(
        rest,
        part("POST", CONTACT, "first", {"LastName": "Within"}),
        part("POST", f"{BASE}/composite/sobjects", "some",
             {"allOrNone": inner, "records": records}),
        allOrNone=outer,
    )  # fmt: skip

    assert contacts(rest, "Within") == kept


def test_headers_of_a_request_within_are_its_own(rest: httpx2.Client) -> None:
    q = f"{BASE}/query?q=SELECT+Id+FROM+PricebookEntry"
    some, all_of_them = composite(
        rest,
        part("GET", q, "some", httpHeaders={"sforce-query-options": "batchSize=200"}),
        part("GET", q, "all"),
    )

    assert len(some["body"]["records"]) == 200
    assert len(all_of_them["body"]["records"]) == 2_000


@pytest.mark.parametrize(
    ("method", "url", "status", "code"),
    [
        ("GET", "/services/data/v59.0/nothing", 404, "NOT_FOUND"),
        ("GET", "/services/data/v99.0/limits", 404, "NOT_FOUND"),
        ("GET", "/etc/passwd", 404, "NOT_FOUND"),
        ("GET", "https://evil.example/services/data/v59.0/limits", 404, "NOT_FOUND"),
        ("GET", "//[", 404, "NOT_FOUND"),
        ("PUT", "/services/data/v59.0/sobjects/Case", 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/services/data/v59.0/composite", 404, "NOT_FOUND"),
        ("POST", "/services/data/v59.0/composite/batch", 404, "NOT_FOUND"),
        ("POST", "/services/data/v59.0/composite/graph", 403, "FUNCTIONALITY_NOT_ENABLED"),
        ("POST", "/services/data/v59.0/sobjects/Contact", 400, "JSON_PARSER_ERROR"),
    ],
)
def test_a_request_within_is_refused_as_any_is(
    rest: httpx2.Client, method: str, url: str, status: int, code: str
) -> None:
    (answer,) = composite(rest, part(method, url, "one"))

    assert answer["httpStatusCode"] == status
    assert answer["body"][0]["errorCode"] == code


LIMITS = {"method": "GET", "url": f"{BASE}/limits", "referenceId": "a"}


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ([], "JSON_PARSER_ERROR", "the body must be an object"),
        ({}, "JSON_PARSER_ERROR", "compositeRequest must be an array"),
        ({"compositeRequest": [5]}, "JSON_PARSER_ERROR", "an entry of compositeRequest"),
        ({"compositeRequest": [{}]}, "JSON_PARSER_ERROR", "method is missing"),
        ({"compositeRequest": [{"method": "GET", "url": "x"}]}, "JSON_PARSER_ERROR", "referenceId"),
        ({"compositeRequest": [LIMITS | {"referenceId": "a-b"}]}, "INVALID_INPUT", "a-b"),
        ({"compositeRequest": [LIMITS | {"httpHeaders": []}]}, "JSON_PARSER_ERROR", "httpHeaders"),
        ({"compositeRequest": [LIMITS, LIMITS]}, "INVALID_INPUT", "Duplicate ReferenceId"),
        ({"compositeRequest": [LIMITS], "allOrNone": 1}, "JSON_PARSER_ERROR", "allOrNone"),
        (
            {"compositeRequest": [LIMITS | {"referenceId": f"a{n}"} for n in range(26)]},
            "LIMIT_EXCEEDED",
            "at most 25",
        ),
        (
            {
                "compositeRequest": [
                    {"method": "GET", "url": f"{BASE}/query/?q=x", "referenceId": f"a{n}"}
                    for n in range(6)
                ]
            },
            "LIMIT_EXCEEDED",
            "at most 5",
        ),
    ],
)
def test_a_composite_request_that_cannot_be_meant_is_refused(
    rest: httpx2.Client, body: object, code: str, said: str
) -> None:
    answer = rest.post("composite", json=body)

    (fault,) = answer.json()
    assert (answer.status_code, fault["errorCode"]) == (400, code)
    assert said in fault["message"]


ANSWERS: Mapping[str, object] = {
    "a": {"id": "1/2", "count": 3, "nested": {"list": [{"x": None}, {"x": "y"}]}},
    "b": [{"id": "first"}, {"id": "second"}],
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("@{a.id}", "1/2"),
        ("@{a.count}", 3),
        ("no. @{a.count}", "no. 3"),
        ("@{a.nested.list[1].x}@{b[0].id}", "yfirst"),
        ({"x": ["@{b[1].id}", 5, None, True]}, {"x": ["second", 5, None, True]}),
        ("@{}", "@{}"),
        ("@a.id", "@a.id"),
        ("@{a .id}", "@{a .id}"),
    ],
)
def test_references_are_replaced(value: object, expected: object) -> None:
    assert filled(value, ANSWERS) == expected


@pytest.mark.parametrize(
    "reference", ["c", "c.id", "a.nothing", "a.id.more", "a[0]", "b[2].id", "a.nested.list[0].x"]
)
def test_a_reference_that_leads_nowhere_is_refused(reference: str) -> None:
    with pytest.raises(OrgError, match="No value for") as caught:
        filled(f"@{{{reference}}}", ANSWERS)

    assert caught.value.code == "PROCESSING_HALTED"
    assert reference in caught.value.message


def test_references_in_addresses_are_quoted() -> None:
    assert filled_address("/x/@{a.id}?y=@{a.count}", ANSWERS) == "/x/1%2F2?y=3"


def batch(rest: httpx2.Client, *parts: object, **flags: object) -> dict[str, Any]:
    answer = rest.post("composite/batch", json={"batchRequests": list(parts), **flags})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_batch_is_answered_request_by_request(rest: httpx2.Client) -> None:
    q = "v59.0/query?q=SELECT+Id+FROM+Case+LIMIT+1"
    case = rest.get("query", params={"q": "SELECT Id FROM Case LIMIT 1"}).json()["records"][0]
    found = batch(
        rest,
        {"method": "PATCH", "url": f"v59.0/sobjects/case/{case['Id']}",
         "richInput": {"Subject": "New"}},
        {"method": "GET", "url": f"/services/data/v58.0/sobjects/Case/{case['Id']}?fields=Subject"},
        {"method": "GET", "url": q},
    )  # fmt: skip

    assert found["hasErrors"] is False
    changed, read, queried = found["results"]
    assert changed == {"statusCode": 204, "result": None}
    assert (read["statusCode"], read["result"]["Subject"]) == (200, "New")
    assert queried["result"]["totalSize"] == 1


@pytest.mark.parametrize(("halt", "last"), [(False, 200), (True, 412)])
def test_a_batch_goes_on_or_halts(rest: httpx2.Client, halt: bool, last: int) -> None:
    good = {"method": "GET", "url": "v59.0/limits"}
    bad = {"method": "GET", "url": "v59.0/query?q=SELECT"}
    found = batch(rest, good, bad, good, haltOnError=halt)

    results = found["results"]
    assert found["hasErrors"] is True
    assert [each["statusCode"] for each in results] == [200, 400, last]
    if halt:
        assert results[2]["result"] == [
            {
                "errorCode": "BATCH_PROCESSING_HALTED",
                "message": "Batch processing halted per request",
            }
        ]


def test_a_batch_that_is_too_long_is_refused(rest: httpx2.Client) -> None:
    parts = [{"method": "GET", "url": "v59.0/limits"}] * 26
    answer = rest.post("composite/batch", json={"batchRequests": parts})

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")


def node(kind: str, reference: str, **more: object) -> dict[str, object]:
    return {"attributes": {"type": kind, "referenceId": reference}, **more}


def test_a_tree_of_records_is_created(rest: httpx2.Client) -> None:
    answer = rest.post(
        "composite/tree/Account/",
        json={
            "records": [
                node(
                    "Account",
                    "a",
                    LastName="Tree",
                    Contacts={
                        "records": [
                            node("Contact", "b", LastName="Branch"),
                            node("Contact", "c", LastName="Branch"),
                        ]
                    },
                ),
                node("Account", "d", LastName="Tree"),
            ]
        },
    )

    assert answer.status_code == 201
    assert answer.json()["hasErrors"] is False
    keys = {each["referenceId"]: each["id"] for each in answer.json()["results"]}
    assert list(keys) == ["a", "b", "c", "d"]
    for name in ("b", "c"):
        assert rest.get(f"sobjects/Contact/{keys[name]}").json()["AccountId"] == keys["a"]


def test_a_tree_is_created_whole_or_not_at_all(rest: httpx2.Client) -> None:
    below = {"records": [node("Contact", "b", LastName="Leaf"), node("Contact", "c")]}
    answer = rest.post(
        "composite/tree/Account",
        json={"records": [node("Account", "a", LastName="Tree", Contacts=below)]},
    )

    assert answer.status_code == 400
    assert answer.json() == {
        "hasErrors": True,
        "results": [
            {
                "referenceId": "c",
                "errors": [
                    {
                        "statusCode": "REQUIRED_FIELD_MISSING",
                        "message": "Required fields are missing: [LastName]",
                        "fields": ["LastName"],
                    }
                ],
            }
        ],
    }
    assert contacts(rest, "Leaf") == 0


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ({}, "JSON_PARSER_ERROR", "records must be an array"),
        ({"records": [5]}, "JSON_PARSER_ERROR", "a record must be an object"),
        ({"records": [{}]}, "JSON_PARSER_ERROR", "attributes must be an object"),
        ({"records": [{"attributes": {"type": "Account"}}]}, "JSON_PARSER_ERROR", "referenceId"),
        ({"records": [node("Contact", "a")]}, "INVALID_INPUT", "Contact: the records here"),
        ({"records": [node("Nothing", "a")]}, "NOT_FOUND", "does not exist"),
        (
            {"records": [node("Account", "a"), node("Account", "a")]},
            "INVALID_INPUT",
            "Duplicate ReferenceId provided in the request.",
        ),
        (
            {"records": [node("Account", f"a{n}") for n in range(201)]},
            "INVALID_INPUT",
            "at most 200",
        ),
        (
            {"records": [node("Account", "a", Contacts={"records": {}})]},
            "JSON_PARSER_ERROR",
            "records must be an array",
        ),
    ],
)
def test_a_tree_that_cannot_be_meant_is_refused(
    rest: httpx2.Client, body: object, code: str, said: str
) -> None:
    answer = rest.post("composite/tree/Account", json=body)

    (fault,) = answer.json()
    assert fault["errorCode"] == code
    assert said in fault["message"]


def typed(kind: str, **fields: object) -> dict[str, object]:
    return {"attributes": {"type": kind}, **fields}


def test_records_are_created_changed_read_and_deleted_together(rest: httpx2.Client) -> None:
    made = rest.post(
        "composite/sobjects",
        json={
            "records": [
                typed("Contact", LastName="One"),
                typed("Account", LastName="Two"),
                typed("Contact"),
                typed("Nothing"),
            ]
        },
    ).json()
    one, two = made[0]["id"], made[1]["id"]
    changed = rest.patch(
        "composite/sobjects",
        json={
            "records": [
                typed("Contact", id=one, LastName="First"),
                typed("Account", Id=two[:15], LastName="Second"),
                typed("Contact", LastName="Nobody"),
            ]
        },
    ).json()
    read = rest.get(
        "composite/sobjects/Contact", params={"ids": f"{one},{two},x,{one}", "fields": "LastName"}
    ).json()
    by_body = rest.post(
        "composite/sobjects/Contact", json={"ids": [one[:15]], "fields": ["id", "LastName"]}
    ).json()
    deleted = rest.delete("composite/sobjects", params={"ids": f"{one},{two},x"}).json()

    assert [each["success"] for each in made] == [True, True, False, False]
    assert made[0] == {"id": one, "success": True, "errors": []}
    assert made[2]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert [each.get("id") for each in changed] == [one, two, None]
    assert changed[2]["errors"][0]["statusCode"] == "MISSING_ARGUMENT"
    assert [each and each["LastName"] for each in read] == ["First", None, None, "First"]
    assert by_body == [read[0]]
    assert [each["success"] for each in deleted] == [True, True, False]
    assert contacts(rest, "First") == 0


def test_records_are_saved_all_or_none(rest: httpx2.Client) -> None:
    records = [typed("Contact", LastName="Whole"), typed("Contact")]
    made = rest.post("composite/sobjects", json={"allOrNone": True, "records": records}).json()

    codes = [each["errors"][0]["statusCode"] for each in made]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert [each["success"] for each in made] == [False, False]
    assert contacts(rest, "Whole") == 0


def test_records_are_deleted_all_or_none(rest: httpx2.Client) -> None:
    key = rest.post("sobjects/Contact", json={"LastName": "Kept"}).json()["id"]
    for flag, left in (("true", 1), ("false", 0)):
        params = {"ids": f"{key},003000000000001AAA", "allOrNone": flag}
        answers = rest.delete("composite/sobjects", params=params).json()
        assert [each["success"] for each in answers] == [not left, False]
        assert contacts(rest, "Kept") == left


def test_records_are_found_by_external_ids_together(rest: httpx2.Client) -> None:
    records = [typed("Product2", External_ID__c=f"ext-{n}", Name="Many") for n in (1, 2)]
    address = "composite/sobjects/Product2/external_id__c"
    first = rest.patch(address, json={"records": records}).json()
    records[1] |= {"Name": "Changed"}
    records += [typed("Product2", Name="x"), typed("Contact", External_ID__c="1")]
    second = rest.patch(address, json={"records": records}).json()

    assert [each["created"] for each in first] == [True, True]
    assert [each.get("created") for each in second] == [False, False, None, None]
    assert [each["id"] for each in second[:2]] == [each["id"] for each in first]
    codes = [each["errors"][0]["statusCode"] for each in second[2:]]
    assert codes == ["MISSING_ARGUMENT", "INVALID_TYPE"]
    assert rest.get(f"sobjects/Product2/{first[1]['id']}").json()["Name"] == "Changed"


@pytest.mark.parametrize(
    ("method", "address", "body", "code"),
    [
        ("POST", "composite/sobjects", {}, "JSON_PARSER_ERROR"),
        ("POST", "composite/sobjects", {"records": [5] * 201}, "EXCEEDED_ID_LIMIT"),
        ("POST", "composite/sobjects", {"records": [], "allOrNone": "x"}, "JSON_PARSER_ERROR"),
        ("POST", "composite/sobjects/Case", {"ids": ["x"] * 201, "fields": ["Id"]},
         "EXCEEDED_ID_LIMIT"),
        ("POST", "composite/sobjects/Case", {"ids": ["x"]}, "INVALID_ARGUMENT"),
        ("POST", "composite/sobjects/Case", {"ids": ["x"], "fields": ["("]}, "INVALID_FIELD"),
        ("GET", "composite/sobjects/Case?ids=x", None, "INVALID_ARGUMENT"),
        ("GET", "composite/sobjects/Nothing?ids=x&fields=Id", None, "NOT_FOUND"),
        ("DELETE", "composite/sobjects", None, "INVALID_ARGUMENT"),
        ("DELETE", "composite/sobjects?ids=x&allOrNone=maybe", None, "INVALID_ARGUMENT"),
    ],
)  # fmt: skip
def test_a_collection_that_cannot_be_meant_is_refused(
    rest: httpx2.Client, method: str, address: str, body: object, code: str
) -> None:
    answer = rest.request(method, address, json=body)

    assert answer.json()[0]["errorCode"] == code
    assert answer.status_code in (400, 404)


def test_a_record_in_a_collection_that_is_none_fails_alone(rest: httpx2.Client) -> None:
    records = [5, {}, typed("Contact", LastName="Fine")]
    answers = rest.post("composite/sobjects", json={"records": records}).json()

    assert [each["success"] for each in answers] == [False, False, True]


def test_simple_salesforce_sends_composite_requests(sf: Salesforce) -> None:
    answer = sf.restful(
        "composite",
        method="POST",
        json={"compositeRequest": [part("POST", CONTACT, "one", {"LastName": "Sent"})]},
    )

    assert answer is not None
    assert answer["compositeResponse"][0]["httpStatusCode"] == 201
