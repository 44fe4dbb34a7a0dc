"""Bulk API 2.0, by real simple_salesforce and by plain requests."""

import csv
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceMalformedRequest,
    SalesforceOperationError,
)

from orgsmith.arena.engine import Limits
from orgsmith.arena.org import Org
from orgsmith.arena.sandbox.app import create_app
from orgsmith.arena.sandbox.bulk import bulk_router
from orgsmith.arena.sandbox.bulk_jobs import MOST_JOBS
from orgsmith.arena.session import Session
from orgsmith.outputs.dataset import Dataset
from tests.arena.sandbox.serving import Served, serving

JOBS = "/jobs"
SOON = 0.02
"""Seconds that simple_salesforce waits before it asks how a job is; 5 unless told."""

HOSTILE = 'a,"b";c\r\nd\te\n<script>\N{RIGHT-TO-LEFT OVERRIDE}\u00e9'


@pytest.fixture(scope="module")
def sandbox(org: Org) -> Iterator[Served]:
    """The org, with bulk jobs."""
    with serving(create_app(org, routers=[bulk_router()])) as running:
        yield running


def lines(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    """The records of CSV."""
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def created(rest: httpx2.Client, sort: str = "ingest", **asked: object) -> dict[str, Any]:
    """A new job."""
    answer = rest.post(f"{JOBS}/{sort}", json=asked)
    assert answer.status_code == 200, answer.text
    job: dict[str, Any] = answer.json()
    return job


def ended(rest: httpx2.Client, job: str, sort: str = "ingest") -> dict[str, Any]:
    """A job once it has ended."""
    while True:
        found: dict[str, Any] = rest.get(f"{JOBS}/{sort}/{job}").json()
        if found["state"] in ("JobComplete", "Failed", "Aborted"):
            return found
        time.sleep(SOON)


def loaded(
    rest: httpx2.Client, data: bytes | str, entity: str = "Contact", **asked: str
) -> dict[str, Any]:
    """An ingest job, with its data, once it has ended."""
    job = created(rest, object=entity, contentType="CSV", **asked)["id"]
    content = data if isinstance(data, bytes) else data.encode()
    sent = rest.put(
        f"{JOBS}/ingest/{job}/batches", content=content, headers={"Content-Type": "text/csv"}
    )
    assert sent.status_code == 201
    closed = rest.patch(f"{JOBS}/ingest/{job}", json={"state": "UploadComplete"})
    assert closed.status_code == 200, closed.text
    return ended(rest, job)


def outcome(rest: httpx2.Client, job: dict[str, Any]) -> tuple[list[Any], list[Any], list[Any]]:
    """What a job has written, refused, and left."""
    successful, failed, unprocessed = (
        lines(rest.get(f"{JOBS}/ingest/{job['id']}/{name}").text)
        for name in ("successfulResults", "failedResults", "unprocessedrecords")
    )
    return successful, failed, unprocessed


def test_simple_salesforce_queries_in_parts(sf: Salesforce, session: Session) -> None:
    soql = "SELECT Id, CaseNumber, CreatedDate, IsClosed, Account.Name FROM Case ORDER BY Id"
    answer = session.query(soql)

    bulk = cast("Any", sf).bulk2
    parts = list(bulk.Case.query(soql, max_records=7, wait=SOON))

    assert len(parts) == -(-answer.total // 7)
    assert [len(lines(part)) for part in parts[:-1]] == [7] * (len(parts) - 1)
    found = [record for part in parts for record in lines(part)]
    expected = [
        {
            "Id": key,
            "CaseNumber": number,
            "CreatedDate": str(moment).replace("+0000", "Z"),
            "IsClosed": "true" if closed else "false",
            "Account.Name": name,
        }
        for key, number, moment, closed, name in answer.rows()
    ]
    assert found == expected


def test_simple_salesforce_downloads(sf: Salesforce, session: Session, tmp_path: Path) -> None:
    soql = "SELECT Id, Subject, ClosedDate FROM Case"

    bulk = cast("Any", sf).bulk2
    files = bulk.Case.download(soql, str(tmp_path), max_records=50, wait=SOON)

    found = [record for file in files for record in lines(Path(file["file"]).read_text())]
    assert len(found) == session.query("SELECT COUNT() FROM Case").total
    assert {record["ClosedDate"] for record in found} >= {""}
    assert sum(file["number_of_records"] for file in files) == len(found)


def test_simple_salesforce_writes(sf: Salesforce) -> None:
    bulk = cast("Any", sf).bulk2
    contacts = bulk.Contact
    (made,) = contacts.insert(
        records=[{"LastName": HOSTILE}, {"LastName": ""}, {"LastName": "Second"}], wait=SOON
    )
    assert (made["numberRecordsProcessed"], made["numberRecordsFailed"]) == (3, 1)
    results = contacts.get_all_ingest_records(made["job_id"])
    assert results["unprocessedRecords"] == []
    failed = lines(contacts.get_failed_records(made["job_id"]))
    assert failed == [
        {
            "sf__Id": "",
            "sf__Error": "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:"
            "LastName --",
            "LastName": "",
        }
    ]
    first, second = lines(contacts.get_successful_records(made["job_id"]))
    assert (first["sf__Created"], first["LastName"]) == ("true", HOSTILE)
    assert cast("Any", sf).Contact.get(first["sf__Id"])["LastName"] == HOSTILE

    (changed,) = contacts.update(
        records=[
            {"Id": first["sf__Id"], "LastName": "First", "Email": "first@example.com"},
            {"Id": second["sf__Id"], "LastName": "", "Email": "second@example.com"},
        ],
        wait=SOON,
    )
    assert changed["numberRecordsFailed"] == 0
    (emptied,) = contacts.upsert(
        records=[{"Id": first["sf__Id"], "Email": "#N/A"}], external_id_field="Id", wait=SOON
    )
    assert emptied["numberRecordsFailed"] == 0
    assert cast("Any", sf).Contact.get(first["sf__Id"])["Email"] is None
    # An empty value leaves a field as it is.
    kept = cast("Any", sf).Contact.get(second["sf__Id"])
    assert (kept["LastName"], kept["Email"]) == ("Second", "second@example.com")

    (gone,) = contacts.delete(records=[{"Id": first["sf__Id"]}], wait=SOON)
    assert gone["numberRecordsFailed"] == 0
    soql = f"SELECT Id, IsDeleted FROM Contact WHERE Id = '{first['sf__Id']}'"
    assert lines("".join(bulk.Contact.query(soql, wait=SOON))) == []
    (deleted,) = lines("".join(bulk.Contact.query_all(soql, wait=SOON)))
    assert deleted["IsDeleted"] == "true"


def test_upsert_by_a_unique_field(sf: Salesforce) -> None:
    (user,) = sf.query("SELECT Id, Username FROM User LIMIT 1")["records"]
    records = [
        {"Username": user["Username"], "FirstName": "Changed"},
        {"Username": "new@example.com", "FirstName": "New"},
    ]

    bulk = cast("Any", sf).bulk2
    (made,) = bulk.User.upsert(records=records, external_id_field="Username", wait=SOON)

    successful = lines(bulk.User.get_successful_records(made["job_id"]))
    failed = lines(bulk.User.get_failed_records(made["job_id"]))
    assert [(each["sf__Id"], each["sf__Created"]) for each in successful] == [(user["Id"], "false")]
    assert failed[0]["sf__Error"].startswith("REQUIRED_FIELD_MISSING:")
    assert cast("Any", sf).User.get(user["Id"])["FirstName"] == "Changed"


@pytest.mark.parametrize("delimiter", ["CARET", "TAB", "PIPE", "SEMICOLON", "BACKQUOTE"])
@pytest.mark.parametrize("ending", ["LF", "CRLF"])
def test_every_form_of_csv_there_and_back(rest: httpx2.Client, delimiter: str, ending: str) -> None:
    sign = {"CARET": "^", "TAB": "\t", "PIPE": "|", "SEMICOLON": ";", "BACKQUOTE": "`"}[delimiter]
    end = {"LF": "\n", "CRLF": "\r\n"}[ending]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=sign, lineterminator=end)
    writer.writerows([["LastName", "FirstName"], [HOSTILE, sign], ["Second", "x"]])
    form = {"columnDelimiter": delimiter, "lineEnding": ending}
    job = loaded(rest, text.getvalue(), operation="insert", **form)
    assert (job["state"], job["numberRecordsProcessed"]) == ("JobComplete", 2)

    keys = ", ".join(
        f"'{each['sf__Id']}'"
        for each in lines(rest.get(f"{JOBS}/ingest/{job['id']}/successfulResults/").text, sign)
    )
    soql = f"SELECT LastName, FirstName FROM Contact WHERE Id IN ({keys}) ORDER BY FirstName"
    query = created(rest, "query", operation="query", query=soql, **form)
    answer = rest.get(f"{JOBS}/query/{query['id']}/results")

    assert answer.headers["content-type"] == "text/csv;charset=UTF-8"
    assert answer.headers["sforce-locator"] == "null"
    assert answer.text.startswith(f'"LastName"{sign}"FirstName"{end}')
    found = [(each["LastName"], each["FirstName"]) for each in lines(answer.text, sign)]
    assert sorted(found) == sorted([(HOSTILE, sign), ("Second", "x")])


@pytest.mark.parametrize(
    ("soql", "code", "message"),
    [
        (
            "SELECT Id, (SELECT Id FROM Cases) FROM Account",
            "FUNCTIONALITY_NOT_ENABLED",
            "Aggregate Relationships not supported in Bulk V2 Query with CSV content type",
        ),
        (
            "SELECT Status, COUNT(Id) FROM Case GROUP BY Status",
            "FUNCTIONALITY_NOT_ENABLED",
            "Aggregate Relationships not supported",
        ),
        ("SELECT COUNT() FROM Case", "FUNCTIONALITY_NOT_ENABLED", "Aggregate Relationships"),
        ("SELECT MAX(CreatedDate) FROM Case", "FUNCTIONALITY_NOT_ENABLED", "Aggregate"),
        ("SELECT Id FROM Case LIMIT 5 OFFSET 5", "FUNCTIONALITY_NOT_ENABLED", "OFFSET"),
        (
            "SELECT TYPEOF Owner WHEN User THEN Name END FROM Case",
            "FUNCTIONALITY_NOT_ENABLED",
            "TYPEOF",
        ),
        ("SELECT Nonsense FROM Case", "INVALID_FIELD", "No such column 'Nonsense'"),
        ("SELECT FROM", "MALFORMED_QUERY", ""),
        ("SELECT Id FROM Nothing", "INVALID_TYPE", "Nothing"),
    ],
)
def test_a_query_that_has_no_place_in_bulk_is_refused(
    rest: httpx2.Client, soql: str, code: str, message: str
) -> None:
    answer = rest.post(f"{JOBS}/query", json={"operation": "query", "query": soql})

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)
    assert message in answer.json()[0]["message"]
    assert rest.get(f"{JOBS}/query").json()["records"] == []


@pytest.mark.parametrize(
    ("sort", "asked", "code"),
    [
        ("query", {}, "JSON_PARSER_ERROR"),
        ("query", {"operation": "query"}, "JSON_PARSER_ERROR"),
        ("query", {"operation": "insert", "query": "SELECT Id FROM Case"}, "INVALIDOPERATION"),
        (
            "query",
            {"operation": "query", "query": "SELECT Id FROM Case", "columnDelimiter": "COLON"},
            "INVALIDJOB",
        ),
        ("ingest", {"operation": "query", "object": "Case"}, "INVALIDOPERATION"),
        ("ingest", {"operation": "hardDelete", "object": "Case"}, "FEATURENOTENABLED"),
        ("ingest", {"operation": "insert", "object": "Nothing"}, "INVALIDJOB"),
        ("ingest", {"operation": "insert", "object": "Case", "lineEnding": "CR"}, "INVALIDJOB"),
        (
            "ingest",
            {"operation": "insert", "object": "Case", "contentType": "XML"},
            "INVALIDJOB",
        ),
        ("ingest", {"operation": "upsert", "object": "Case"}, "INVALIDJOB"),
        (
            "ingest",
            {"operation": "upsert", "object": "Case", "externalIdFieldName": "Subject"},
            "INVALIDJOB",
        ),
    ],
)
def test_a_job_that_cannot_be_meant_is_refused(
    rest: httpx2.Client, sort: str, asked: dict[str, str], code: str
) -> None:
    answer = rest.post(f"{JOBS}/{sort}", json=asked)

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)


@pytest.mark.parametrize(
    ("operation", "data", "message"),
    [
        ("insert", "", "InvalidBatch : no data was uploaded"),
        ("insert", "LastName,Nonsense\nx,y\n", "InvalidBatch : Field name not found : Nonsense"),
        ("insert", "LastName,Account.Nonsense\nx,y\n", "Field name not found : Account.Nonsense"),
        ("insert", "LastName,LASTNAME\nx,y\n", "the header names a field twice"),
        (
            "insert",
            "LastName,Owner.Username,owner.Id\nx,y,z\n",
            "the header tells a parent by two fields",
        ),
        ("update", "LastName\nx\n", "InvalidBatch : Field name not found : Id"),
        ("delete", "Id,LastName\nx,y\n", "InvalidBatch : Delete batch must contain only ids"),
        ("insert", "LastName,Email\nx\n", "line 2 has 1 values, the header has 2"),
        ("insert", 'LastName\n"x\n', "InvalidBatch : line 2: "),
        ("insert", 'LastName\n"x"y\n', "InvalidBatch : line 2: "),
        ("insert", b"LastName\n\xff\n", "ClientInputError : the data is not encoded in UTF-8"),
        (
            "insert",
            "LastName\r\nx\r\n",
            "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is "
            "LF",
        ),
    ],
)
def test_data_that_cannot_be_read_fail_the_job(
    rest: httpx2.Client, operation: str, data: bytes | str, message: str
) -> None:
    job = loaded(rest, data, operation=operation)

    assert (job["state"], job["numberRecordsProcessed"]) == ("Failed", 0)
    assert message in job["errorMessage"]


def test_what_a_failed_job_did_not_process_can_be_read(rest: httpx2.Client) -> None:
    job = loaded(rest, "LastName,Nonsense\nx,y\n", operation="insert")

    assert outcome(rest, job) == ([], [], [{"LastName": "x", "Nonsense": "y"}])


def test_a_job_of_simple_salesforce_that_fails_says_why(sf: Salesforce) -> None:
    bulk = cast("Any", sf).bulk2
    with pytest.raises(SalesforceOperationError, match="Field name not found : Nonsense"):
        bulk.Contact.insert(records=[{"Nonsense": "x"}], wait=SOON)


def test_rows_fail_one_by_one(rest: httpx2.Client) -> None:
    account = rest.get("/query", params={"q": "SELECT Id FROM Account LIMIT 1"}).json()
    key = account["records"][0]["Id"]
    data = (
        "\ufeffLastName,AccountId,OwnerId,Email\n"
        f"Good,{key},,\n"
        f'"Bad id",500{key[3:]},,\n'
        f"Bad email,{key},,nonsense\n"
        "No account,,,good@example.com\n"
    )

    job = loaded(rest, data, operation="insert")

    successful, failed, unprocessed = outcome(rest, job)
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (4, 2)
    assert [each["LastName"] for each in successful] == ["Good", "No account"]
    assert [each["sf__Error"].split(":")[0] for each in failed] == [
        "MALFORMED_ID",
        "INVALID_EMAIL_ADDRESS",
    ]
    assert failed[0]["sf__Error"].endswith(":AccountId --")
    assert unprocessed == []


def test_an_id_is_not_given_to_a_new_record(rest: httpx2.Client) -> None:
    job = loaded(rest, "Id,LastName\n003Or0000000001AAA,x\n", operation="insert")

    (failed,) = outcome(rest, job)[1]
    assert failed["sf__Id"] == "003Or0000000001AAA"
    assert failed["sf__Error"].startswith("INVALID_FIELD_FOR_INSERT_UPDATE:cannot specify Id")


def test_a_parent_is_found_by_a_unique_field(rest: httpx2.Client) -> None:
    user = rest.get("/query", params={"q": "SELECT Id, Username FROM User LIMIT 1"}).json()
    owner = user["records"][0]
    data = f"LastName,Owner.Username\nx,{owner['Username']}\ny,nobody@example.com\n"

    job = loaded(rest, data, operation="insert")

    successful, failed, _ = outcome(rest, job)
    assert successful[0]["Owner.Username"] == owner["Username"]
    made = rest.get(f"/sobjects/Contact/{successful[0]['sf__Id']}").json()
    assert made["OwnerId"] == owner["Id"]
    assert "Foreign key external ID: nobody@example.com not found" in failed[0]["sf__Error"]


@pytest.mark.parametrize(("spelled", "value"), [("Yes", True), ("0", False), ("FALSE", False)])
def test_truths_are_spelled_as_bulk_data_may(
    rest: httpx2.Client, spelled: str, value: bool
) -> None:
    user = rest.get("/query", params={"q": "SELECT Id FROM User LIMIT 1"}).json()["records"][0]

    job = loaded(rest, f"Id,IsActive\n{user['Id']},{spelled}\n", operation="update", entity="User")

    assert job["numberRecordsFailed"] == 0
    assert rest.get(f"/sobjects/User/{user['Id']}").json()["IsActive"] is value


def test_the_effects_follow(rest: httpx2.Client) -> None:
    soql = "SELECT Id FROM Case WHERE IsClosed = false LIMIT 1"
    case = rest.get("/query", params={"q": soql}).json()["records"][0]["Id"]

    job = loaded(rest, f"Id,Status\n{case},Closed\n", operation="update", entity="Case")

    assert outcome(rest, job)[0][0]["sf__Id"] == case
    closed = rest.get(f"/sobjects/Case/{case}").json()
    assert (closed["IsClosed"], closed["ClosedDate"] is None) == (True, False)


def test_an_aborted_job_writes_nothing(rest: httpx2.Client) -> None:
    job = created(rest, operation="insert", object="Contact")
    address = f"{JOBS}/ingest/{job['id']}"
    headers = {"Content-Type": "text/csv"}
    rest.put(f"{address}/batches", content=b"LastName\nAborted\n", headers=headers)

    aborted = rest.patch(address, json={"state": "Aborted"}).json()
    late = rest.put(f"{address}/batches", content=b"LastName\nLate\n", headers=headers)
    closed = rest.patch(address, json={"state": "UploadComplete"})

    assert aborted["state"] == "Aborted"
    assert outcome(rest, job) == ([], [], [{"LastName": "Aborted"}])
    assert [each.json()[0]["errorCode"] for each in (late, closed)] == ["INVALIDJOBSTATE"] * 2
    found = rest.get("/query", params={"q": "SELECT Id FROM Contact WHERE LastName = 'Aborted'"})
    assert found.json()["totalSize"] == 0


def test_a_job_is_aborted_while_it_runs(rest: httpx2.Client) -> None:
    many = 5_000
    job = created(rest, operation="insert", object="Contact")
    address = f"{JOBS}/ingest/{job['id']}"
    data = "LastName\n" + "".join(f"Number {number}\n" for number in range(many))
    rest.put(f"{address}/batches", content=data.encode(), headers={"Content-Type": "text/csv"})
    rest.patch(address, json={"state": "UploadComplete"})

    aborted = rest.patch(address, json={"state": "Aborted"}).json()

    assert aborted["state"] == "Aborted"
    successful, failed, unprocessed = outcome(rest, job)
    assert (len(failed), len(successful) + len(unprocessed)) == (0, many)
    assert unprocessed
    count = "SELECT COUNT() FROM Contact WHERE LastName LIKE 'Number %'"
    assert rest.get("/query", params={"q": count}).json()["totalSize"] == len(successful)


def test_data_are_uploaded_once(rest: httpx2.Client) -> None:
    job = created(rest, operation="insert", object="Contact")
    address = f"{JOBS}/ingest/{job['id']}/batches"
    headers = {"Content-Type": "text/csv"}

    answers = [rest.put(address, content=b"LastName\nx\n", headers=headers) for _ in range(2)]
    other = rest.put(address, content=b"{}", headers={"Content-Type": "application/json"})

    assert [each.status_code for each in answers] == [201, 400]
    assert "Found multiple contents" in answers[1].json()[0]["message"]
    assert other.status_code == 415


def test_jobs_are_listed_and_deleted(rest: httpx2.Client) -> None:
    asked = {"operation": "query", "query": "SELECT Id FROM Case"}
    first, second = (created(rest, "query", **asked) for _ in range(2))

    listed = rest.get(f"{JOBS}/query").json()
    aborted = rest.patch(f"{JOBS}/query/{first['id']}", json={"state": "Aborted"})
    deleted = rest.delete(f"{JOBS}/query/{first['id']}")

    assert listed["done"] is True
    assert [each["id"] for each in listed["records"]] == [second["id"], first["id"]]
    assert aborted.json() == [
        {
            "errorCode": "INVALIDJOBSTATE",
            "message": "Aborting already Completed Job not allowed",
        }
    ]
    assert deleted.status_code == 204
    assert rest.get(f"{JOBS}/query/{first['id']}").status_code == 404
    assert rest.get(f"{JOBS}/query/{second['id'][:15]}").json()["state"] == "JobComplete"


def test_an_open_job_is_not_deleted(rest: httpx2.Client) -> None:
    job = created(rest, operation="insert", object="Contact")

    answer = rest.delete(f"{JOBS}/ingest/{job['id']}")
    results = rest.get(f"{JOBS}/ingest/{job['id']}/successfulResults")

    assert answer.json()[0]["errorCode"] == "INVALIDJOBSTATE"
    assert results.json()[0]["errorCode"] == "INVALIDJOBSTATE"
    assert job["contentUrl"] == f"services/data/v59.0/jobs/ingest/{job['id']}/batches"


def test_jobs_belong_to_their_session(sandbox: Served, rest: httpx2.Client) -> None:
    job = created(rest, "query", operation="query", query="SELECT Id FROM Case")

    with sandbox.rest() as other:
        assert other.get(f"{JOBS}/query/{job['id']}").status_code == 404
        assert other.get(f"{JOBS}/query").json()["records"] == []
    assert rest.get(f"{JOBS}/ingest/{job['id']}").status_code == 404


def test_the_oldest_job_makes_room(rest: httpx2.Client) -> None:
    asked = {"operation": "query", "query": "SELECT Id FROM Case LIMIT 1"}
    ids = [created(rest, "query", **asked)["id"] for _ in range(MOST_JOBS + 1)]

    listed = [each["id"] for each in rest.get(f"{JOBS}/query").json()["records"]]

    assert listed == ids[:0:-1]


def test_open_jobs_are_not_without_number(rest: httpx2.Client) -> None:
    asked = {"operation": "insert", "object": "Contact"}
    for _ in range(MOST_JOBS):
        created(rest, **asked)

    answer = rest.post(f"{JOBS}/ingest", json=asked)

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"locator": "nonsense"}, "INVALID_QUERY_LOCATOR"),
        ({"locator": "OTk5OTk5"}, "INVALID_QUERY_LOCATOR"),
        ({"locator": "\N{SNOWMAN}"}, "INVALID_QUERY_LOCATOR"),
        ({"maxRecords": "0"}, "INVALID_ARGUMENT"),
        ({"maxRecords": "many"}, "INVALID_ARGUMENT"),
    ],
)
def test_parts_that_are_none_are_refused(
    rest: httpx2.Client, parameters: dict[str, str], code: str
) -> None:
    job = created(rest, "query", operation="query", query="SELECT Id FROM Case")

    answer = rest.get(f"{JOBS}/query/{job['id']}/results", params=parameters)

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)


def test_an_empty_result_has_a_header(rest: httpx2.Client) -> None:
    soql = "SELECT Id, Account.Name FROM Case WHERE Subject = 'nothing of the kind'"
    job = created(rest, "query", operation="query", query=soql)

    answer = rest.get(f"{JOBS}/query/{job['id']}/results")

    assert answer.text == '"Id","Account.Name"\n'
    assert answer.headers["sforce-numberofrecords"] == "0"


@pytest.mark.parametrize(
    "path", ["/jobs/nothing", "/jobs/query/750Or0000000000AAA", "/jobs/query/x/results"]
)
def test_what_is_not_there_is_not_found(rest: httpx2.Client, path: str) -> None:
    assert rest.get(path).status_code == 404


def test_the_sorts_of_jobs_are_listed(rest: httpx2.Client) -> None:
    assert rest.get(JOBS).json() == {
        "ingest": "/services/data/v59.0/jobs/ingest",
        "query": "/services/data/v59.0/jobs/query",
    }


def test_the_first_bulk_api_is_refused_clearly(sf: Salesforce, sandbox: Served) -> None:
    bulk = cast("Any", sf).bulk
    with pytest.raises(SalesforceMalformedRequest, match="does not serve the first Bulk API"):
        bulk.Contact.insert([{"LastName": "x"}])

    with sandbox.client() as client:
        xml = client.post(
            "/services/async/59.0/job", headers={"Content-Type": "application/xml"}, content="<a/>"
        )
    assert "<exceptionCode>FeatureNotEnabled</exceptionCode>" in xml.text


def test_a_long_query_fails_as_a_job(dataset: Dataset) -> None:
    org = Org.open(dataset, limits=Limits(rows=5))
    try:
        app = create_app(org, routers=[bulk_router()])
        with serving(app) as sandbox, sandbox.rest() as rest:
            job = created(rest, "query", operation="query", query="SELECT Id FROM Case")
            assert job["state"] == "UploadComplete"
            found = ended(rest, job["id"], "query")
            results = rest.get(f"{JOBS}/query/{job['id']}/results")
    finally:
        org.close()

    assert found["state"] == "Failed"
    assert found["errorMessage"].startswith("OPERATION_TOO_LARGE : ")
    assert results.json()[0]["errorCode"] == "INVALIDJOBSTATE"


def test_a_job_ends_with_what_its_session_wrote(sandbox: Served, rest: httpx2.Client) -> None:
    job = created(rest, operation="insert", object="Contact")
    address = f"{JOBS}/ingest/{job['id']}"
    data = "LastName\n" + "".join(f"Number {number}\n" for number in range(5_000))
    rest.put(f"{address}/batches", content=data.encode(), headers={"Content-Type": "text/csv"})
    rest.patch(address, json={"state": "UploadComplete"})

    assert rest.post(f"{sandbox.url}/orgsmith/sessions/reset").status_code == 204

    assert rest.get(address).status_code == 404
    for _ in range(3):
        count = "SELECT COUNT() FROM Contact WHERE LastName LIKE 'Number %'"
        assert rest.get("/query", params={"q": count}).json()["totalSize"] == 0
        time.sleep(SOON)
