"""Keys that two rows share: counted exactly, whatever their hashes say."""

import polars as pl
import pytest

from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from orgsmith.validators.records.uniqueness import keys, unique
from tests.validators.tables import rows

STEPS = OBJECTS["CaseHistory__c"]
MAILS = OBJECTS["EmailMessage"]


def test_keys_are_ids_unique_fields_and_identities() -> None:
    assert keys(STEPS) == (("Id",), STEPS.identity)
    assert keys(LATENTS["Skill"]) == (("UserId", "IssueId"),)


def test_every_row_beyond_the_first_counts() -> None:
    shared = {"CaseId__c": "c", "Field__c": "f"}
    frame = rows("CaseHistory__c", *({"Id": record, **shared} for record in "abc"))
    outcome = unique(STEPS, frame.lazy())
    assert (outcome.n, outcome.statistic) == (3, 2)
    (finding,) = outcome.findings
    assert (finding.record, finding.field) == ("c", "CaseId__c+Field__c+CreatedDate")
    assert finding.value == "c / f / (empty)"
    assert finding.reason == "is also the value of a"


def test_empty_values_are_values() -> None:
    frame = rows("EmailMessage", {"Id": None, "ParentId": "a"}, {"Id": None, "ParentId": "b"})
    assert unique(MAILS, frame.lazy()).statistic == 1


def test_a_collision_of_hashes_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pl.Expr, "hash", lambda _self: pl.lit(1))
    frame = rows("EmailMessage", {"Id": "a", "ParentId": "a"}, {"Id": "b", "ParentId": "b"})
    outcome = unique(MAILS, frame.lazy())
    assert not outcome.failed
    assert outcome.findings == ()
