"""Ids, references, unique fields and running numbers."""

import re
from collections.abc import Callable
from functools import partial

import pytest

from orgsmith.arena.catalog import Catalog
from orgsmith.arena.store.checks import tells_apart
from orgsmith.arena.store.defaults import RULES, createable
from orgsmith.arena.store.serials import POD
from orgsmith.arena.store.writes import normalised_id
from orgsmith.outputs.schema_file import declared_schema
from orgsmith.schema import ids
from tests.arena.store.desk import Desk, refusal
from tests.arena.store.least import minimal

CATALOG = Catalog.of(declared_schema(None))
NOBODY = "500Os000000zzzz"


@pytest.mark.parametrize("text", ["", "500", "001Or00006dVy9WIAS", "x" * 18, "500Or00006dVy9WIA9"])
def test_ids_of_nothing(text: str) -> None:
    error = refusal(lambda: normalised_id(CATALOG.entities["Case"], text))
    assert error.code == "MALFORMED_ID"
    assert error.message == f"Case ID: id value of incorrect type: {text}"


def test_ids_are_normalised() -> None:
    case = CATALOG.entities["Case"]
    whole = "500Or000016JopgIAC"
    for text in (whole, whole[:15], whole.lower(), whole.upper()):
        assert normalised_id(case, text) == whole


def test_records_that_are_not_there_and_records_that_are_gone(desk: Desk) -> None:
    gone = desk.create("Case", {})
    desk.delete("Case", gone)
    actions: dict[str, Callable[[str], object]] = {
        "update": lambda record: desk.update("Case", record, {"Subject": "x"}),
        "delete": lambda record: desk.delete("Case", record),
    }
    for action in actions.values():
        missing = refusal(partial(action, NOBODY))
        assert (missing.code, missing.status) == ("NOT_FOUND", 404)
        deleted = refusal(partial(action, gone))
        assert (deleted.code, deleted.status) == ("ENTITY_IS_DELETED", 404)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        (column.entity, column.name)
        for entity in CATALOG.entities.values()
        for column in entity.columns.values()
        if column.parent is not None
    ],
)
def test_references_lead_to_live_records(desk: Desk, name: str, field: str) -> None:
    parent = desk.entity(CATALOG.entities[name].columns[field].parent or "")
    nobody = f"{parent.key_prefix}Os000000zzzz"
    values = {**minimal(desk)[name], field: nobody}
    error = refusal(lambda: desk.create(name, values))
    assert error.code == "INVALID_CROSS_REFERENCE_KEY"
    assert error.fields == (field,)
    stranger = "a0I" if parent.key_prefix != "a0I" else "001"
    values = {**minimal(desk), name: {**values, field: f"{stranger}Os000000zzzz"}}[name]
    assert refusal(lambda: desk.create(name, values)).code == "MALFORMED_ID"


def test_references_to_deleted_records_are_refused(desk: Desk) -> None:
    issue = desk.create("Issue__c", {"Name": "Short-lived"})
    case = desk.create("Case", {"IssueId__c": issue[:15]})
    assert desk.row("Case", case)["IssueId__c"] == issue
    desk.delete("Issue__c", issue)
    error = refusal(lambda: desk.create("Case", {"IssueId__c": issue}))
    assert error.code == "INVALID_CROSS_REFERENCE_KEY"
    published = str(desk.some("Issue__c")["Id"])
    desk.delete("Issue__c", published)
    error = refusal(lambda: desk.update("Case", case, {"IssueId__c": published}))
    assert error.code == "INVALID_CROSS_REFERENCE_KEY"


def test_ids_of_objects_that_the_org_hides_must_be_known(desk: Desk) -> None:
    values = {**minimal(desk)["User"], "ProfileId": "00eOs000000zzzz"}
    error = refusal(lambda: desk.create("User", values))
    assert (error.code, error.fields) == ("INVALID_CROSS_REFERENCE_KEY", ("ProfileId",))
    visitor = "571Os000000zzzz"
    chat = desk.create("LiveChatTranscript", {"LiveChatVisitorId": visitor})
    assert desk.row("LiveChatTranscript", chat)["LiveChatVisitorId"] == (
        visitor + ids.suffix(visitor)
    )


def test_receivers_must_be_known(desk: Desk) -> None:
    case, user = desk.some("Case")["Id"], str(desk.some("User")["Id"])
    known = desk.create("EmailMessage", {"ParentId": case, "ToIds": [user]})
    assert desk.row("EmailMessage", known)["ToIds"] == f'["{user}"]'
    nobody = {"ParentId": case, "ToIds": [user, "003Os000000zzzz"]}
    error = refusal(lambda: desk.create("EmailMessage", nobody))
    assert (error.code, error.fields) == ("INVALID_CROSS_REFERENCE_KEY", ("ToIds",))


@pytest.mark.parametrize(
    ("name", "field"),
    [
        (column.entity, column.name)
        for entity in CATALOG.entities.values()
        for column in entity.columns.values()
        if tells_apart(column) and createable(column)
    ],
)
def test_unique_fields_are_unique_in_any_case(desk: Desk, name: str, field: str) -> None:
    published, other = desk.rows(name)[:2]
    taken = str(published[field]).swapcase()
    error = refusal(lambda: desk.create(name, {**minimal(desk)[name], field: taken}))
    assert (error.code, error.fields) == ("DUPLICATE_VALUE", (field,))
    assert str(published["Id"]) in error.message
    error = refusal(lambda: desk.update(name, str(other["Id"]), {field: taken}))
    assert error.code == "DUPLICATE_VALUE"
    # A record is no duplicate of itself.
    desk.update(name, str(published["Id"]), {field: taken})


@pytest.mark.parametrize(("name", "field"), [("Contact", "Email"), ("Pricebook2", "Name")])
def test_what_only_published_records_differ_in_may_be_the_same(
    desk: Desk, name: str, field: str
) -> None:
    taken = desk.rows(name)[0][field]
    made = desk.create(name, {**minimal(desk)[name], field: taken})
    assert desk.row(name, made)[field] == taken


def test_what_was_deleted_or_changed_is_free_again(desk: Desk) -> None:
    one = desk.create("Product2", {"Name": "One", "External_ID__c": "Taken"})
    desk.update("Product2", one, {"External_ID__c": "Other"})
    two = desk.create("Product2", {"Name": "Two", "External_ID__c": "Taken"})
    desk.delete("Product2", two)
    assert desk.create("Product2", {"Name": "Three", "External_ID__c": "taken"})


@pytest.mark.parametrize("name", [name for name, rules in RULES.items() if rules.together])
def test_pairs_are_unique(desk: Desk, name: str) -> None:
    row = desk.some(name)
    values = {**minimal(desk)[name], **{field: row[field] for field in RULES[name].together}}
    error = refusal(lambda: desk.create(name, values))
    assert (error.code, error.fields) == ("DUPLICATE_VALUE", RULES[name].together)


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name, rules in RULES.items() for field in rules.numbers]
)
def test_running_numbers_run_on(desk: Desk, name: str, field: str) -> None:
    last = max(str(row[field]) for row in desk.rows(name))
    given = minimal(desk)[name]
    start = max(str(row[field]) for row in desk.rows(name))
    first = desk.row(name, desk.create(name, given))[field]
    given = {**given, **({"UrlName": "second"} if name == "Knowledge__kav" else {})}
    second = desk.row(name, desk.create(name, given))[field]
    assert [int(str(first)), int(str(second))] == [int(start) + 1, int(start) + 2]
    assert len(str(first)) == len(last)
    pattern = CATALOG.entities[name].columns[field].pattern
    assert pattern is None or re.fullmatch(pattern, str(first))


def test_new_ids_are_the_same_in_every_session_and_meet_no_published_one(
    new_desk: Callable[[], Desk],
) -> None:
    made = []
    for desk in (new_desk(), new_desk()):
        made.append([desk.create("Case", {}) for _ in range(3)])
        assert len({row["Id"] for row in desk.rows("Case")}) == len(desk.rows("Case"))
        assert not [row for row in desk.rows("Case")[:-3] if POD in str(row["Id"])[3:6]]
    assert made[0] == made[1]
    assert POD != ids.POD
