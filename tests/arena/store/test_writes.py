"""Creating and changing records by Salesforce's rules."""

import datetime as dt
import hashlib
from decimal import Decimal
from functools import partial

import pytest

from orgsmith.arena.catalog import Catalog
from orgsmith.arena.store.defaults import (
    RULES,
    createable,
    defaulted,
    longest,
    nillable,
    numbered,
    running_user,
    updateable,
)
from orgsmith.arena.store.serials import POD
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.schema_file import declared_schema
from orgsmith.schema import ids
from orgsmith.schema.objects import OBJECTS
from tests.arena.store.desk import LATER, NOW, STORED_LATER, STORED_NOW, Desk, refusal
from tests.arena.store.least import minimal

CATALOG = Catalog.of(declared_schema(None))
OTHER_USER = {"Email": "e2@example.com", "Username": "u2@example.com", "Alias": "u2"}

HOSTILE = (
    '\'; DROP TABLE base."Case"; --',
    'He said "no" \\ and \\\' left',
    "$1 $2 ? %s {0} ${x}",
    "zero \0 in the middle",
    "\0",
    "<script>alert(1)</script>&amp;",
    "🏃‍♀️ 👟 ẞ İ ﬀ",
    "\u202eright to left\u202c \u0000\u2028\u2029\ufeff",
    "line\r\nbreak\ttab\x0b\x1b",
    "null",
    " ",
    "e\u0301 is not \u00e9",
)


@pytest.mark.parametrize("name", OBJECTS)
def test_a_record_is_created_from_what_is_required(desk: Desk, name: str) -> None:
    entity = desk.entity(name)
    given = minimal(desk)[name]
    record = desk.create(name, given)
    assert record.startswith(entity.key_prefix + POD)
    assert record[15:] == ids.suffix(record[:15])
    row = desk.row(name, record)
    assert row["CreatedDate"] == row["LastModifiedDate"] == row["SystemModstamp"] == STORED_NOW
    assert row["IsDeleted"] is False
    for column in entity.columns.values():
        assert row[column.name] is not None or nillable(column), column.name
        if column.values and row[column.name] is not None:
            assert row[column.name] in column.values


@pytest.mark.parametrize("name", [name for name in OBJECTS if RULES[name].required])
def test_all_that_is_missing_is_named(desk: Desk, name: str) -> None:
    error = refusal(lambda: desk.create(name, {}))
    required = RULES[name].required
    assert error.code == "REQUIRED_FIELD_MISSING"
    assert error.message == f"Required fields are missing: [{', '.join(required)}]"
    assert error.fields == required
    given = minimal(desk)[name]
    for missing in required:
        rest = {field: value for field, value in given.items() if field != missing}
        gaps: list[dict[str, object]] = [{}, {missing: None}, {missing: ""}]
        for gap in gaps:
            assert refusal(partial(desk.create, name, rest | gap)).fields == (missing,)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        *(
            (column.entity, column.name)
            for entity in CATALOG.entities.values()
            for column in entity.columns.values()
            if not createable(column)
        )
    ],
)
def test_what_the_org_keeps_is_not_given(desk: Desk, name: str, field: str) -> None:
    values = {**minimal(desk)[name], field: "2026-01-05T00:00:00Z"}
    error = refusal(lambda: desk.create(name, values))
    assert error.code == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert error.fields == (field,)
    record = str(desk.some(name)["Id"])
    error = refusal(lambda: desk.update(name, record, {field: "2026-01-05T00:00:00Z"}))
    assert error.code == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_what_the_org_keeps() -> None:
    kept = {
        f"{column.entity}.{column.name}"
        for entity in CATALOG.entities.values()
        for column in entity.columns.values()
        if not createable(column) and column.name not in {"Id", "CreatedDate"} and not column.system
    }
    assert kept == {
        "User.Name",
        "Account.Name",
        "Contact.Name",
        "Pricebook2.IsStandard",
        "Knowledge__kav.ArticleNumber",
        "Knowledge__kav.LastPublishedDate",
        "Order.OrderNumber",
        "Order.TotalAmount",
        "OrderItem.OrderItemNumber",
        "OrderItem.TotalPrice",
        "Case.CaseNumber",
        "Case.IsClosed",
        "Case.ClosedDate",
        "LiveChatTranscript.Name",
    }


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name, rules in RULES.items() for field in rules.fixed]
)
def test_what_is_fixed_is_not_changed(desk: Desk, name: str, field: str) -> None:
    row = desk.some(name)
    error = refusal(lambda: desk.update(name, str(row["Id"]), {field: row[field]}))
    assert error.code == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert error.fields == (field,)


@pytest.mark.parametrize("name", RULES)
def test_the_rules_name_fields_that_exist(name: str) -> None:
    rules, columns = RULES[name], CATALOG.entities[name].columns
    named = (*rules.required, *rules.defaults, *rules.kept, *rules.fixed, *rules.numbers)
    assert {*named, *rules.together} <= set(columns)
    assert not {*rules.required} & {*rules.defaults, *rules.kept, *rules.numbers}
    for column in columns.values():
        assert not (numbered(column) and createable(column))
        assert not (updateable(column) and not createable(column))
        assert nillable(column) or defaulted(column) or column.name in rules.required


def test_lengths_of_fields() -> None:
    columns = CATALOG.entities["Case"].columns
    assert longest(columns["Subject"]) == 255
    assert longest(columns["OwnerId"]) == 18
    assert longest(columns["CreatedDate"]) is None
    assert longest(CATALOG.entities["Account"].columns["Phone"]) == 40


def test_defaults_are_those_of_a_real_org(desk: Desk) -> None:
    row = desk.row("Case", desk.create("Case", {}))
    shown = ("Status", "Priority", "Origin", "Type", "IsClosed", "ClosedDate", "ContactId")
    assert [row[name] for name in shown] == ["New", "Medium", "Web", None, False, None, None]
    assert row["OwnerId"] == running_user(desk.overlay.tables)
    assert desk.row("User", str(row["OwnerId"]))["IsActive"]
    user = desk.row("User", desk.create("User", minimal(desk)["User"]))
    colleague = desk.some("User")
    assert user["ProfileId"] == colleague["ProfileId"]
    assert user["IsActive"] is True
    assert user["DutyStart__c"] == NOW.date()
    hidden = desk.create("User", {**minimal(desk)["User"], "IsActive": False} | OTHER_USER)
    assert desk.row("User", hidden)["IsActive"] is False


def test_an_empty_value_takes_the_default_where_it_must_not_be_empty(desk: Desk) -> None:
    record = desk.create("Case", {"Status": None, "Origin": "", "OwnerId": None})
    row = desk.row("Case", record)
    assert (row["Status"], row["Origin"]) == ("New", "Web")
    assert row["OwnerId"] is not None


@pytest.mark.parametrize(
    ("name", "field"), [("Case", "Status"), ("Case", "OwnerId"), ("Contact", "LastName")]
)
def test_what_must_not_be_empty_is_not_emptied(desk: Desk, name: str, field: str) -> None:
    record = str(desk.some(name)["Id"])
    for empty in (None, ""):
        error = refusal(partial(desk.update, name, record, {field: empty}))
        assert (error.code, error.fields) == ("REQUIRED_FIELD_MISSING", (field,))


def test_what_may_be_empty_is_emptied(desk: Desk) -> None:
    case = desk.some("Case", '"Subject" IS NOT NULL')
    desk.update("Case", str(case["Id"]), {"Subject": None, "IssueId__c": "", "Type": None})
    row = desk.row("Case", str(case["Id"]))
    assert (row["Subject"], row["IssueId__c"], row["Type"]) == (None, None, None)


def test_an_update_changes_what_is_given_and_the_dates(desk: Desk) -> None:
    old = desk.some("Case")
    desk.update("Case", str(old["Id"])[:15], {"sUBJECT": "Anew", "Priority": "High"})
    new = desk.row("Case", str(old["Id"]))
    dates = {"LastModifiedDate": STORED_LATER, "SystemModstamp": STORED_LATER}
    assert new == {**old, "Subject": "Anew", "Priority": "High", **dates}
    assert desk.overlay.version == 1


def test_an_update_without_values_still_touches(desk: Desk) -> None:
    old = desk.some("Issue__c")
    desk.update("Issue__c", str(old["Id"]), {})
    assert desk.row("Issue__c", str(old["Id"]))["LastModifiedDate"] == STORED_LATER


def test_moments_of_a_zone_are_kept_as_utc(desk: Desk) -> None:
    zone = dt.timezone(dt.timedelta(hours=-5))
    record = desk.create("Issue__c", {"Name": "Elsewhere"}, NOW.astimezone(zone))
    assert desk.row("Issue__c", record)["CreatedDate"] == STORED_NOW


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_come_back_as_they_are(desk: Desk, text: str) -> None:
    contact = {"FirstName": text[:40], "LastName": text, "LeadSource": "Web"}
    record = desk.create("Contact", contact)
    row = desk.row("Contact", record)
    assert (row["FirstName"], row["LastName"]) == (text[:40], text)
    assert row["Name"] == f"{text[:40]} {text}"
    case = str(desk.some("Case")["Id"])
    desk.update("Case", case, {"Subject": text, "Description": text * 50})
    assert desk.rows("Case", '"Subject" = $1', text)[0]["Description"] == text * 50
    assert desk.overlay.changed("Contact").rows[0]["LastName"] == text
    product = {"Name": text, "External_ID__c": text}
    name = desk.create("Product2", product)
    error = refusal(lambda: desk.create("Product2", product))
    assert error.code == "DUPLICATE_VALUE"
    assert name in error.message


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_ids_are_refused(desk: Desk, text: str) -> None:
    assert refusal(lambda: desk.create("Case", {text: 1})).code == "INVALID_FIELD"
    assert refusal(lambda: desk.update("Case", text, {})).code == "MALFORMED_ID"
    assert refusal(lambda: desk.delete("Case", text)).code == "MALFORMED_ID"
    assert refusal(lambda: desk.create("Case", {"AccountId": text})).code == "MALFORMED_ID"


def test_unknown_fields_are_named(desk: Desk) -> None:
    error = refusal(lambda: desk.create("Case", {"Subject": "x", "Colour__c": "red"}))
    assert error.code == "INVALID_FIELD"
    assert error.message == "No such column 'Colour__c' on sobject of type Case"
    assert error.fields == ("Colour__c",)


def test_a_field_given_twice_is_refused(desk: Desk) -> None:
    assert refusal(lambda: desk.create("Case", {"Subject": "a", "subject": "b"})).code == (
        "INVALID_FIELD"
    )


def test_messages_about_the_id(desk: Desk) -> None:
    case = str(desk.some("Case")["Id"])
    error = refusal(lambda: desk.create("Case", {"id": case}))
    assert error.message == "cannot specify Id in an insert call"
    error = refusal(lambda: desk.update("Case", case, {"Id": case}))
    assert error.message == "The Id field should not be specified in the sobject data."


def test_a_refused_write_leaves_nothing(desk: Desk) -> None:
    before = {name: desk.rows(name) for name in OBJECTS}
    refusal(lambda: desk.create("Case", {"ContactId": "003Os000000zzzz"}))
    refusal(lambda: desk.update("Order", str(desk.some("Order")["Id"]), {"Status": "Lost"}))
    assert {name: desk.rows(name) for name in OBJECTS} == before
    assert desk.overlay.version == 0


def test_amounts_are_kept_in_whole_cents(desk: Desk) -> None:
    entry = desk.some("PricebookEntry")
    desk.update("PricebookEntry", str(entry["Id"]), {"UnitPrice": 19.995})
    assert desk.row("PricebookEntry", str(entry["Id"]))["UnitPrice"] == Decimal("20.00")


def test_the_dataset_is_never_written_to(desk: Desk, dataset: Dataset) -> None:
    for name in OBJECTS:
        record = desk.create(name, minimal(desk)[name] if name != "Product2" else {"Name": "x"})
        desk.update(name, record, {}, LATER)
        if name != "User":
            desk.delete(name, record)
    for entry in dataset.manifest.files:
        content = (dataset.path / entry.path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry.sha256
    known = {entry.path for entry in dataset.manifest.files}
    found = {file.relative_to(dataset.path).as_posix() for file in dataset.path.rglob("*.parquet")}
    assert found <= known
