"""Sessions: worlds of their own over one dataset, of which nothing hidden is served."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from orgsmith.arena.engine import Limits
from orgsmith.arena.errors import OrgError
from orgsmith.arena.org import Org
from orgsmith.arena.session import Session
from orgsmith.outputs.dataset import Dataset
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from tests.validators.published import make, publish_frames


def digests(dataset: Dataset) -> Mapping[str, str]:
    return {
        str(file): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(dataset.path.rglob("*"))
        if file.is_file()
    }


def test_every_record_is_served(dataset: Dataset, session: Session) -> None:
    for name in OBJECTS:
        published = dataset.scan(name).select(pl.len()).collect().item()
        assert session.query(f"SELECT COUNT() FROM {name}").total == published


@pytest.mark.parametrize("name", [*LATENTS, "tasks", "answers", "rejects", "sqlite_master"])
def test_nothing_hidden_is_served(session: Session, name: str) -> None:
    with pytest.raises(OrgError, match="INVALID_TYPE"):
        session.query(f"SELECT Id FROM {name}")
    with pytest.raises(OrgError) as refused:
        session.read(name, "500000000000000AAA")
    assert refused.value.status == 404


def test_the_engine_has_the_objects_only(org: Org) -> None:
    with org.engine.tables.cursor() as cursor:
        found = cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema NOT LIKE 's%'"
        ).fetchall()
    assert {name for (name,) in found} == set(OBJECTS)


def test_sessions_do_not_see_each_other(org: Org, dataset: Dataset) -> None:
    before = digests(dataset)
    one, two = org.session("one"), org.session("two")
    case = one.query("SELECT Id, Subject FROM Case LIMIT 1").page(0, 1)[0]
    one.update("Case", case["Id"], {"Subject": "changed by one"})
    made = two.create("Issue__c", {"Name": "zyzzyva of two", "Description__c": "x"})
    changed = f"SELECT Subject FROM Case WHERE Id = '{case['Id']}'"
    assert one.query(changed).page(0, 1)[0]["Subject"] == "changed by one"
    assert two.query(changed).page(0, 1)[0]["Subject"] == case["Subject"]
    known = f"SELECT COUNT() FROM Issue__c WHERE Id = '{made}'"
    assert (one.query(known).total, two.query(known).total) == (0, 1)
    assert two.search("FIND {zyzzyva} RETURNING Issue__c(Name)")[0]["Name"] == "zyzzyva of two"
    assert one.search("FIND {zyzzyva} RETURNING Issue__c(Name)") == []
    for each in (one, two):
        each.reset()
        assert each.query(changed).page(0, 1)[0]["Subject"] == case["Subject"]
        assert each.query(known).total == 0
    org.end("one")
    org.end("two")
    assert digests(dataset) == before


def test_a_token_ends_with_what_it_wrote(org: Org) -> None:
    made = org.session("ending").create("Issue__c", {"Name": "short-lived", "Description__c": "x"})
    org.end("ending")
    with pytest.raises(OrgError) as refused:
        org.session("ending").read("Issue__c", made)
    assert refused.value.status == 404
    org.end("ending")


def test_a_transaction_sees_and_undoes_its_own_writes(session: Session) -> None:
    count = "SELECT COUNT() FROM Issue__c"
    before = session.query(count).total

    def write() -> None:
        with session.transaction():
            session.create("Issue__c", {"Name": "one", "Description__c": "x"})
            assert session.query(count).total == before + 1
            session.create("Issue__c", {"Name": None})

    with pytest.raises(OrgError, match="REQUIRED_FIELD_MISSING"):
        write()
    assert session.query(count).total == before


def test_dates_are_told_from_the_sessions_day(org: Org, session: Session) -> None:
    (latest,) = session.query("SELECT MAX(CreatedDate) latest FROM Case").page(0, 1)
    day = dt.date.fromisoformat(latest["latest"][:10])
    today = "SELECT COUNT() FROM Case WHERE CreatedDate = TODAY"
    assert session.query(today).total == 0
    session.today = day
    assert session.query(today).total > 0
    made = session.create("Issue__c", {"Name": "made that day", "Description__c": "x"})
    assert session.read("Issue__c", made)["CreatedDate"].startswith(day.isoformat())
    assert org.today != day


def test_read_gives_all_fields_or_those_named(session: Session) -> None:
    case = session.query("SELECT Id FROM Case LIMIT 1").page(0, 1)[0]["Id"]
    whole = session.read("case", case[:15])
    names = [field.name for field in OBJECTS["Case"].fields]
    assert [name for name in whole if name in names] == names
    assert list(session.read("Case", case, ["Subject", "Account.Name"])) == [
        "attributes",
        "Subject",
        "Account",
    ]
    with pytest.raises(OrgError, match="INVALID_FIELD"):
        session.read("Case", case, ["Nonsense"])


def test_deleted_records_are_told_from_unknown_ones(session: Session) -> None:
    issue = session.create("Issue__c", {"Name": "to delete", "Description__c": "x"})
    session.delete("Issue__c", issue)
    with pytest.raises(OrgError, match="ENTITY_IS_DELETED"):
        session.read("Issue__c", issue)
    with pytest.raises(OrgError, match="NOT_FOUND"):
        session.read("Issue__c", "a0I000000000000")
    found = f"SELECT IsDeleted FROM Issue__c WHERE Id = '{issue}'"
    assert session.query(found).total == 0
    assert session.query(found, deleted=True).page(0, 1)[0]["IsDeleted"] is True


def test_upsert_by_a_unique_field(session: Session) -> None:
    values = {"Name": "Made here", "Description": "x", "ProductCode": "ABC-12345"}
    key = ("Product2", "External_ID__c", "EXT-0123456789")
    made, new = session.upsert(*key, values | {"Family": "One", "IsActive": True})
    assert new
    assert session.upsert(*key, {"Family": "Two"}) == (made, False)
    assert session.read("Product2", made)["Family"] == "Two"
    with pytest.raises(OrgError, match="external ID"):
        session.upsert("Product2", "Family", "Two", values)


def test_what_was_looked_at_comes_back_newest_first(session: Session) -> None:
    assert session.recent() == []
    cases = [row["Id"] for row in session.query("SELECT Id FROM Case LIMIT 3").page(0, 3)]
    session.query(f"SELECT Id FROM Case WHERE Id = '{cases[0]}' FOR VIEW")
    session.read("Case", cases[1])
    session.read("Case", cases[0])
    assert [record["Id"] for record in session.recent()] == [cases[0], cases[1]]
    assert [record["Id"] for record in session.recent(1)] == [cases[0]]


def test_many_threads_ask_one_org(org: Org) -> None:
    texts = [
        "SELECT OwnerId, COUNT(Id) FROM Case GROUP BY OwnerId",
        "SELECT Id, Account.Name FROM Case ORDER BY CreatedDate DESC LIMIT 50",
        "SELECT Id, (SELECT Id FROM Orders) FROM Account",
    ]
    session = org.session("threads")
    expected = [session.query(text).page(0, 500) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda place: session.query(texts[place % 3]).page(0, 500), range(90))
        )
    assert all(found[place] == expected[place % 3] for place in range(90))
    org.end("threads")


def test_more_rows_than_the_limit_are_refused(dataset: Dataset) -> None:
    org = Org.open(dataset, limits=Limits(rows=10))
    session = org.session("limited")
    with pytest.raises(OrgError, match="OPERATION_TOO_LARGE"):
        session.query("SELECT Id FROM OrderItem")
    assert session.query("SELECT Id FROM OrderItem LIMIT 10").total == 10
    org.close()


def test_custom_fields_of_an_industry_are_served(tmp_path: Path) -> None:
    industry = load("banking")
    organisation = Organisation(industry, seed=7, scale=0.1, as_of=industry.as_of)
    org = Org.open(Dataset.open(publish_frames(make(organisation), tmp_path)))
    session = org.session("custom")
    for custom in industry.custom_fields:
        filled = f"SELECT COUNT() FROM {custom.object} WHERE {custom.name} != null"
        assert session.query(filled).total > 0
        (record,) = session.query(
            f"SELECT FIELDS(CUSTOM) FROM {custom.object} WHERE {custom.name} != null LIMIT 1"
        ).page(0, 1)
        assert record[custom.name] is not None
    org.close()


def test_an_empty_key_finds_no_record(session: Session) -> None:
    account = session.create("Account", {"LastName": "Without an address"})
    for value in ("", None):
        with pytest.raises(OrgError, match="MISSING_ARGUMENT"):
            session.upsert("Account", "PersonEmail", value, {"LastName": "Overwritten"})
    assert session.read("Account", account)["LastName"] == "Without an address"


@pytest.mark.parametrize("key", ["001000000000000AAA", "500000000000000AAA", "none"])
def test_an_id_that_is_none_makes_no_record(session: Session, key: str) -> None:
    before = session.query("SELECT COUNT() FROM Account").total
    with pytest.raises(OrgError, match=r"NOT_FOUND|MALFORMED_ID"):
        session.upsert("Account", "Id", key, {"LastName": "Nobody"})
    assert session.query("SELECT COUNT() FROM Account").total == before


def test_the_watch_outlives_queries_that_end_as_they_are_late(dataset: Dataset) -> None:
    org = Org.open(dataset, limits=Limits(seconds=0.002))
    session = org.session("late")
    text = "SELECT Account.Name, COUNT(Id), MAX(Subject) FROM Case GROUP BY Account.Name"

    def ask(_: int) -> str:
        try:
            session.query(text)
        except OrgError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(8) as pool:
        codes = set(pool.map(ask, range(200)))
    assert codes <= {"", "QUERY_TIMEOUT"}
    assert org.engine.watching
    org.close()


def test_a_session_that_ends_while_it_asks_is_told(org: Org) -> None:
    token = "ending while asking"

    def ask(number: int) -> str:
        try:
            mine = org.session(token)
            mine.create("Issue__c", {"Name": f"Short {number}", "Description__c": "x"})
            mine.query("SELECT Id FROM Issue__c")
        except OrgError as error:
            return error.code
        finally:
            org.end(token)
        return ""

    with ThreadPoolExecutor(8) as pool:
        codes = set(pool.map(ask, range(100)))
    assert codes <= {"", "INVALID_SESSION_ID"}
    schemas = "SELECT count(*) FROM duckdb_schemas() WHERE schema_name LIKE 's%' AND NOT internal"
    with org.engine.tables.cursor() as cursor:
        before = cursor.execute(schemas).fetchone()
    session = org.session(token)
    session.create("Issue__c", {"Name": "Last", "Description__c": "x"})
    org.end(token)
    with org.engine.tables.cursor() as cursor:
        assert cursor.execute(schemas).fetchone() == before


def test_a_query_that_is_stopped_undoes_its_transaction(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    org = Org.open(dataset)
    session = org.session("stopped")
    case = session.query("SELECT Id, Subject FROM Case LIMIT 1").page(0, 1)[0]
    patterns = " OR ".join(f"Subject LIKE '%{number}%{number}%'" for number in range(3_000))

    def write() -> None:
        with session.transaction():
            session.update("Case", case["Id"], {"Subject": "changed"})
            with monkeypatch.context() as patched:
                patched.setattr(org.engine, "limits", Limits(seconds=0.1))
                with pytest.raises(OrgError, match="QUERY_TIMEOUT"):
                    session.query(f"SELECT COUNT() FROM EmailMessage WHERE {patterns}")

    with pytest.raises(OrgError, match="PROCESSING_HALTED"):
        write()
    assert session.read("Case", case["Id"])["Subject"] == case["Subject"]
    session.update("Case", case["Id"], {"Subject": "changed later"})
    assert session.read("Case", case["Id"])["Subject"] == "changed later"
    org.close()
