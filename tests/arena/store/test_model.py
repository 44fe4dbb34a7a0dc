"""Whatever is written, a session's view equals a plain model of the same writes."""

import copy
import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orgsmith.arena.catalog import Catalog
from orgsmith.arena.errors import OrgError
from orgsmith.arena.store.overlay import Overlay
from orgsmith.arena.store.tables import Tables
from orgsmith.outputs.dataset import Dataset
from tests.arena.store.desk import NOW, STORED_NOW, Desk

OBJECTS = ("Contact", "Case", "CaseHistory__c", "EmailMessage", "LiveChatTranscript", "Issue__c")
NUMBER = 3_000_000

Records = dict[str, dict[str, object]]


class GivenUpError(Exception):
    """Ends a transaction of the test."""


@dataclass
class Model:
    """The records by object and Id, and what the org does with them, in plain Python."""

    records: dict[str, Records] = field(default_factory=dict)

    @classmethod
    def of(cls, dataset: Dataset) -> "Model":
        """The published records."""
        records: dict[str, Records] = {}
        for name in OBJECTS:
            created = pl.col("CreatedDate").dt.replace_time_zone(None)
            frame = dataset.scan(name).with_columns(
                pl.selectors.datetime().dt.replace_time_zone(None),
                LastModifiedDate=created,
                SystemModstamp=created,
                IsDeleted=pl.lit(False),
            )
            records[name] = {str(row["Id"]): row for row in frame.collect().to_dicts()}
        return cls(records)

    def live(self, name: str) -> list[str]:
        """The Ids of records that are not deleted, in order."""
        return sorted(key for key, row in self.records[name].items() if not row["IsDeleted"])

    def change(self, name: str, key: str, now: dt.datetime, **values: object) -> None:
        """Give a record other values."""
        self.records[name][key] |= {**values, "LastModifiedDate": now, "SystemModstamp": now}

    def add(self, name: str, key: str, columns: list[str], **values: object) -> None:
        """Add a record."""
        dates = ("CreatedDate", "LastModifiedDate", "SystemModstamp")
        empty = dict.fromkeys(columns) | {"IsDeleted": False} | dict.fromkeys(dates, STORED_NOW)
        self.records[name][key] = empty | values | {"Id": key}

    def note(self, case: str, what: str, now: dt.datetime, *owners: object) -> None:
        """Add a step of a case."""
        old, new = owners or (None, None)
        key = f"step {len(self.records['CaseHistory__c'])}"
        values = {"CaseId__c": case, "Field__c": what, "OldValue__c": old, "NewValue__c": new}
        columns = list(next(iter(self.records["CaseHistory__c"].values())))
        dates = {"CreatedDate": now, "LastModifiedDate": now, "SystemModstamp": now}
        self.add("CaseHistory__c", key, columns, **values, **dates)

    def children(self, name: str, reference: str, key: str) -> list[str]:
        """The live records that refer to one."""
        rows = self.records[name]
        return [each for each in self.live(name) if rows[each][reference] == key]


@dataclass
class Pair:
    """A session and its model, which are told the same."""

    desk: Desk
    model: Model
    turn: int = 0

    @property
    def now(self) -> dt.timedelta:
        """Time since the beginning: every write has its own."""
        return dt.timedelta(seconds=self.turn)

    def pick(self, name: str, number: int) -> str:
        """A live record."""
        found = self.model.live(name)
        return found[number % len(found)]

    def write(self, step: tuple[str, int, int, str]) -> None:
        """Carry a step out, on both sides."""
        self.turn += 1
        what, number, other, text = step
        STEPS[what](self, number, other, text)


def create_case(pair: Pair, number: int, other: int, text: str) -> None:
    """A new case of a contact, open or closed."""
    contact = pair.pick("Contact", number)
    status = ("New", "Closed")[other % 2]
    values = {"ContactId": contact, "Subject": text, "Status": status}
    key = pair.desk.create("Case", values, NOW + pair.now)
    now = STORED_NOW + pair.now
    written = pair.desk.row("Case", key)
    pair.model.add(
        "Case",
        key,
        list(written),
        **values | {"Subject": text or None},
        AccountId=pair.model.records["Contact"][contact]["AccountId"],
        CaseNumber=written["CaseNumber"],
        OwnerId=written["OwnerId"],
        Priority="Medium",
        Origin="Web",
        IsClosed=status == "Closed",
        ClosedDate=now if status == "Closed" else None,
    )
    pair.model.change("Case", key, now, CreatedDate=now)
    pair.model.note(key, "Case Creation", now)
    pair.model.note(key, "Owner Assignment", now, None, written["OwnerId"])
    if status == "Closed":
        pair.model.note(key, "Case Closed", now)


def update_case(pair: Pair, number: int, other: int, text: str) -> None:
    """Another status and owner of a case."""
    key = pair.pick("Case", number)
    users = sorted(str(row["Id"]) for row in pair.desk.rows("User"))
    status = ("Working", "Closed", "Escalated")[other % 3]
    owner = users[other % len(users)]
    values = {"Status": status, "OwnerId": owner, "Subject": text}
    pair.desk.update("Case", key, values, NOW + pair.now)
    now = STORED_NOW + pair.now
    old = dict(pair.model.records["Case"][key])
    pair.model.change("Case", key, now, **values | {"Subject": text or None})
    if old["OwnerId"] != owner:
        pair.model.note(key, "Owner Assignment", now, old["OwnerId"], owner)
    if status == "Closed" and not old["IsClosed"]:
        pair.model.change("Case", key, now, IsClosed=True, ClosedDate=now)
        pair.model.note(key, "Case Closed", now)
    elif status != "Closed":
        pair.model.change("Case", key, now, IsClosed=False, ClosedDate=None)


def delete_case(pair: Pair, number: int, _other: int, _text: str) -> None:
    """A case goes, with what belongs to it."""
    key, now = pair.pick("Case", number), STORED_NOW + pair.now
    pair.desk.delete("Case", key, NOW + pair.now)
    pair.model.change("Case", key, now, IsDeleted=True)
    for name, reference in (("EmailMessage", "ParentId"), ("CaseHistory__c", "CaseId__c")):
        for child in pair.model.children(name, reference, key):
            pair.model.change(name, child, now, IsDeleted=True)
    for child in pair.model.children("LiveChatTranscript", "CaseId", key):
        pair.model.change("LiveChatTranscript", child, now, CaseId=None)


def delete_contact(pair: Pair, number: int, _other: int, _text: str) -> None:
    """A contact goes unless it has cases."""
    key, now = pair.pick("Contact", number), STORED_NOW + pair.now
    if pair.model.children("Case", "ContactId", key):
        with pytest.raises(OrgError, match="DELETE_FAILED"):
            pair.desk.delete("Contact", key, NOW + pair.now)
        return
    pair.desk.delete("Contact", key, NOW + pair.now)
    pair.model.change("Contact", key, now, IsDeleted=True)
    for child in pair.model.children("LiveChatTranscript", "ContactId", key):
        pair.model.change("LiveChatTranscript", child, now, ContactId=None)


def delete_issue(pair: Pair, number: int, _other: int, _text: str) -> None:
    """An issue goes, and cases lose sight of it."""
    if not pair.model.live("Issue__c"):
        return
    key, now = pair.pick("Issue__c", number), STORED_NOW + pair.now
    pair.desk.delete("Issue__c", key, NOW + pair.now)
    pair.model.change("Issue__c", key, now, IsDeleted=True)
    for case in pair.model.children("Case", "IssueId__c", key):
        pair.model.change("Case", case, now, IssueId__c=None)


def write_message(pair: Pair, number: int, other: int, text: str) -> None:
    """A new message touches its case."""
    case, now = pair.pick("Case", number), STORED_NOW + pair.now
    values = {"ParentId": case, "TextBody": text, "Incoming": other % 2 == 0}
    key = pair.desk.create("EmailMessage", values, NOW + pair.now)
    dates = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp", "MessageDate"), now)
    pair.model.add(
        "EmailMessage",
        key,
        list(pair.desk.row("EmailMessage", key)),
        **values | {"TextBody": text or None} | dates,
        Status="New" if other % 2 == 0 else "Sent",
    )
    pair.model.change("Case", case, now)


STEPS: dict[str, Callable[[Pair, int, int, str], None]] = {
    "create case": create_case,
    "update case": update_case,
    "delete case": delete_case,
    "delete contact": delete_contact,
    "delete issue": delete_issue,
    "write message": write_message,
}

STEP = st.tuples(
    st.sampled_from(sorted(STEPS)),
    st.integers(0, 10_000),
    st.integers(0, 100),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
WRITES = st.lists(st.tuples(st.booleans(), st.lists(STEP, min_size=1, max_size=4)), max_size=6)
"""Transactions, and whether each is given up at its end."""


def compare(pair: Pair) -> None:
    """The session's rows are those of the model; ids of history steps are the org's own."""
    for name in OBJECTS:
        own = {str(row["Id"]): dict(row) for row in pair.desk.rows(name)}
        assert len(own) == len(pair.desk.rows(name))
        model = pair.model.records[name]
        if name == "CaseHistory__c":
            steps = [
                Counter(tuple(sorted((k, str(v)) for k, v in row.items() if k != "Id"))
                        for row in side.values())
                for side in (own, model)
            ]  # fmt: skip
            assert steps[0] == steps[1]
        else:
            assert own == model


@pytest.fixture(scope="session")
def published(dataset: Dataset) -> Model:
    """The published records; only copy it."""
    return Model.of(dataset)


@settings(max_examples=30)
@given(WRITES)
def test_the_view_equals_a_plain_model(
    tables: Tables,
    catalog: Catalog,
    published: Model,
    writes: list[tuple[bool, list[tuple[str, int, int, str]]]],
) -> None:
    pair = Pair(Desk(Overlay(tables, NUMBER, catalog)), copy.deepcopy(published))
    try:
        for given_up, steps in writes:
            before = copy.deepcopy(pair.model)
            try:
                with pair.desk.overlay.transaction():
                    for step in steps:
                        pair.write(step)
                    compare(pair)
                    if given_up:
                        raise GivenUpError
            except GivenUpError:
                pair.model = before
            compare(pair)
        pair.desk.overlay.reset()
        pair.model = copy.deepcopy(published)
        compare(pair)
    finally:
        pair.desk.overlay.close()
