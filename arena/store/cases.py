"""Effects around cases: whose they are, when they close, and what their history tells of it."""

import datetime as dt

from orgsmith.arena.store.overlay import Overlay
from orgsmith.arena.store.records import amend, insert, parent_entity, parent_row
from orgsmith.arena.store.row import Change, Value, Values


def account_of_contact(overlay: Overlay, change: Change, _now: dt.datetime) -> Values:
    """A case whose contact is named, but not its account, is the contact's account's."""
    if change.new["ContactId"] is None or "AccountId" in change.given:
        return {}
    if not change.changes("ContactId"):
        return {}
    return {"AccountId": parent_row(overlay, change, "ContactId")["AccountId"]}


def closing(_overlay: Overlay, change: Change, now: dt.datetime) -> Values:
    """Status says whether a case is closed; that it was is forgotten when it is opened again."""
    closed = change.new["Status"] == "Closed"
    if closed == (change.old is not None and change.old["IsClosed"] is True):
        return {}
    return {"IsClosed": closed, "ClosedDate": now if closed else None}


def people_of_case(overlay: Overlay, change: Change, _now: dt.datetime) -> Values:
    """A chat on a case is of the case's account and contact unless it says otherwise."""
    if change.new["CaseId"] is None:
        return {}
    case = parent_row(overlay, change, "CaseId")
    return {name: case[name] for name in ("AccountId", "ContactId") if name not in change.given}


def message_state(_overlay: Overlay, change: Change, _now: dt.datetime) -> Values:
    """A message that came in is New, one that went out Sent, unless it says otherwise."""
    if change.new["Status"] is not None:
        return {}
    return {"Status": "New" if change.new["Incoming"] else "Sent"}


def note_creation(overlay: Overlay, change: Change, now: dt.datetime) -> None:
    """The first step of a case's history."""
    _note(overlay, change, now, "Case Creation")


def note_owner(overlay: Overlay, change: Change, now: dt.datetime) -> None:
    """A step for each owner, with the one before."""
    if change.changes("OwnerId"):
        before = None if change.old is None else change.old["OwnerId"]
        _note(overlay, change, now, "Owner Assignment", before, change.new["OwnerId"])


def note_closing(overlay: Overlay, change: Change, now: dt.datetime) -> None:
    """A step whenever it is closed."""
    if change.new["IsClosed"] and change.changes("IsClosed"):
        _note(overlay, change, now, "Case Closed")


def touch_case_of_message(overlay: Overlay, change: Change, now: dt.datetime) -> None:
    """A case counts as changed when a message is filed on it."""
    _touch(overlay, change, now, "ParentId")


def touch_case_of_chat(overlay: Overlay, change: Change, now: dt.datetime) -> None:
    """A case counts as changed when a chat is filed on it."""
    _touch(overlay, change, now, "CaseId")


def _note(
    overlay: Overlay,
    change: Change,
    now: dt.datetime,
    what: str,
    before: Value = None,
    after: Value = None,
) -> None:
    values = {
        "CaseId__c": change.key,
        "Field__c": what,
        "OldValue__c": before,
        "NewValue__c": after,
    }
    insert(overlay, overlay.catalog.entities["CaseHistory__c"], values, now)


def _touch(overlay: Overlay, change: Change, now: dt.datetime, reference: str) -> None:
    if change.new[reference] is not None:
        case = parent_row(overlay, change, reference)
        amend(overlay, parent_entity(overlay, change, reference), [case], {}, now)
