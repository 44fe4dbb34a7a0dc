"""What an org does of itself when a record is written, in the transaction of the write.

Effects before a write return values of the record itself, or refuse it; those after it write other
records. What they leave looks as published records do: a new case has its history, an order the sum
of its items.

Decisions where Salesforce leaves a choice to the org's settings:

- A message or a chat that is filed on a case touches the case, as a service desk's flows do.
- Items of an activated order can be changed (the permission "Edit Activated Orders"), but neither
  added nor deleted; what they change is the order's total.
- Owners and prices may be inactive: published records say what is active on the as-of date, and
  sessions can have another date.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import Flag, auto

from orgsmith.arena.store import cases, orders
from orgsmith.arena.store.overlay import Overlay
from orgsmith.arena.store.row import Change, Values


class On(Flag):
    """When an effect takes place."""

    CREATE = auto()
    UPDATE = auto()
    DELETE = auto()
    SAVE = CREATE | UPDATE


@dataclass(frozen=True, slots=True)
class Before:
    """What a record's own fields become before it is written."""

    entity: str
    on: On
    values: Callable[[Overlay, Change, dt.datetime], Values]


@dataclass(frozen=True, slots=True)
class After:
    """What else is written after a record."""

    entity: str
    on: On
    run: Callable[[Overlay, Change, dt.datetime], None]


def completed(overlay: Overlay, change: Change, now: dt.datetime) -> Change:
    """A change of a record, with what the org sets beside the values of the request.

    Raises:
        OrgError: the org does not allow it.
    """
    on = On.CREATE if change.old is None else On.UPDATE
    for effect in BEFORE:
        if effect.entity == change.entity.name and on in effect.on:
            row = {**change.new, **effect.values(overlay, change, now)}
            change = Change(change.entity, change.old, row, change.given)
    return change


def follow(overlay: Overlay, change: Change, now: dt.datetime, on: On) -> None:
    """Write what follows from a record that has been written.

    Raises:
        OrgError: the org does not allow what would follow.
    """
    for effect in AFTER:
        if effect.entity == change.entity.name and on in effect.on:
            effect.run(overlay, change, now)


def _full_name(_overlay: Overlay, change: Change, _now: dt.datetime) -> Values:
    if not (change.changes("FirstName") or change.changes("LastName")):
        return {}
    parts = (change.new["FirstName"], change.new["LastName"])
    return {"Name": " ".join(str(part) for part in parts if part is not None)}


def _publication(_overlay: Overlay, change: Change, now: dt.datetime) -> Values:
    online = change.new["PublishStatus"] == "Online" and change.changes("PublishStatus")
    return {"LastPublishedDate": now} if online else {}


BEFORE = (
    Before("User", On.SAVE, _full_name),
    Before("Account", On.SAVE, _full_name),
    Before("Contact", On.SAVE, _full_name),
    Before("PricebookEntry", On.CREATE, orders.standard_price),
    Before("Knowledge__kav", On.SAVE, _publication),
    Before("Order", On.CREATE, orders.first_status),
    Before("Order", On.UPDATE, orders.order_rules),
    Before("OrderItem", On.CREATE, orders.entry_of_item),
    Before("OrderItem", On.SAVE, orders.total_price),
    Before("Case", On.SAVE, cases.account_of_contact),
    Before("Case", On.SAVE, cases.closing),
    Before("EmailMessage", On.CREATE, cases.message_state),
    Before("LiveChatTranscript", On.CREATE, cases.people_of_case),
)

AFTER = (
    After("OrderItem", On.SAVE | On.DELETE, orders.order_total),
    After("Case", On.CREATE, cases.note_creation),
    After("Case", On.SAVE, cases.note_owner),
    After("Case", On.SAVE, cases.note_closing),
    After("EmailMessage", On.CREATE, cases.touch_case_of_message),
    After("LiveChatTranscript", On.CREATE, cases.touch_case_of_chat),
)
