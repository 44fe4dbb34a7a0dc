"""Ids and references: form, prefix, suffix, and where they lead."""

import numpy as np
import polars as pl
import pytest

from orgsmith.schema.graph import NODES
from orgsmith.schema.ids import record_ids
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.validators.records.references import (
    check_ids,
    check_references,
    malformed,
    references,
)
from tests.validators.tables import Frames, rows

EDGES = [
    (node.name, field, parent)
    for node in NODES.values()
    for field, parent in references(node).items()
]


def ids(name: str, count: int) -> list[str]:
    return record_ids(OBJECTS[name].key_prefix, np.arange(count), 7, name).to_list()


def test_ids_that_were_made_are_well_formed() -> None:
    made = record_ids("500", np.arange(1000), seed=3, space="Case")
    assert not malformed("500", made).any()


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "500",
        "001Or00000CklR0IAJ",
        "500Or00000CklR0IAA",
        "500Or00000CklR0IAJx",
        "500Or00000Ckl\u00e90IAJ",
    ],
)
def test_malformed_ids_are_seen(wrong: str) -> None:
    assert malformed("500", pl.Series([wrong])).to_list() == [True]


def test_a_wrong_suffix_is_named(organisation: Organisation) -> None:
    (good,) = ids("Case", 1)
    bad = good[:15] + ("AAA" if good[15:] != "AAA" else "BBB")
    tables = Frames(organisation, {"Case": rows("Case", {"Id": bad})})
    (failed,) = [outcome for outcome in check_ids(tables) if outcome.failed]
    assert str(failed.findings[0]) == (
        f"Case {bad}: Id '{bad}' has not the suffix {good[15:]} of its first fifteen characters"
    )


@pytest.mark.parametrize(("node", "field", "parent"), EDGES)
def test_every_reference_is_followed(
    organisation: Organisation, node: str, field: str, parent: str
) -> None:
    there, gone = ids(parent, 2)
    record = {"Id": ids(node, 3)[2] if node in OBJECTS else None}
    parents = rows(parent, {"Id": there})
    table = rows(node, {**record, field: there}, {**record, field: gone}, {**record, field: None})
    frames = {parent: parents} if parent != node else {}
    outcomes = list(check_references(Frames(organisation, {**frames, node: table})))
    (outcome,) = [o for o in outcomes if o.object == node and o.failed]
    found = [f for f in outcome.findings if f.field == field]
    assert [f.value for f in found] == [gone]
    assert found[0].reason == f"leads to no {parent}"


def test_agents_in_histories_are_users() -> None:
    """They are no lookups in Salesforce; the plan of the case says what they are."""
    found = references(NODES["CaseHistory__c"])
    assert found == {"CaseId__c": "Case", "OldValue__c": "User", "NewValue__c": "User"}


def test_receivers_of_messages_are_followed(organisation: Organisation) -> None:
    user, contact = ids("User", 1)[0], ids("Contact", 1)[0]
    mails = rows(
        "EmailMessage",
        {"Id": "a", "ToIds": f'["{user}"]', "Incoming": True},
        {"Id": "b", "ToIds": f'["{contact}"]', "Incoming": False},
        {"Id": "c", "ToIds": f'["{contact}"]', "Incoming": True},
    )
    tables = Frames(
        organisation,
        {
            "EmailMessage": mails,
            "User": rows("User", {"Id": user}),
            "Contact": rows("Contact", {"Id": contact}),
        },
    )
    (outcome,) = [o for o in check_references(tables) if o.failed]
    assert [(f.record, f.reason) for f in outcome.findings] == [
        ("c", "leads to no User: it has not the key prefix 005")
    ]
