"""The life of a case: created, assigned, perhaps handed over, perhaps closed; and its owner."""

from collections.abc import Container, Iterator

import polars as pl

from orgsmith.schema.ids import id_boundaries
from orgsmith.schema.objects import OBJECTS
from orgsmith.validators.outcome import Outcome, Tables, merged
from orgsmith.validators.records.rules import Rule, judge
from orgsmith.validators.tally import EVERY

CREATION, ASSIGNMENT, CLOSING = OBJECTS["CaseHistory__c"].field("Field__c").values

PART = 100_000
"""Cases looked at at a time."""


def check_history(tables: Tables, _nodes: Container[str] = EVERY) -> Iterator[Outcome]:
    """The state machine of CaseHistory__c, and that each case agrees with it."""
    yield from merged(
        outcome
        for low, high in ranges(tables, PART)
        for outcome in _part(
            tables.scan("Case").filter(within("Id", low, high)),
            tables.scan("CaseHistory__c").filter(within("CaseId__c", low, high)),
        )
    )


def ranges(tables: Tables, size: int) -> Iterator[tuple[str | None, str | None]]:
    """Ranges [low, high) of case ids that hold about `size` cases each; None is open."""
    cases = int(tables.scan("Case").select(pl.len()).collect().item())
    cuts = id_boundaries(OBJECTS["Case"].key_prefix, max(-(-cases // size), 1))
    yield from zip((None, *cuts), (*cuts, None), strict=True)


def within(column: str, low: str | None, high: str | None) -> pl.Expr:
    """Whether an id lies in a range."""
    inside = pl.lit(value=True)
    if low is not None:
        inside &= pl.col(column) >= low
    if high is not None:
        inside &= pl.col(column) < high
    return inside


def _part(cases: pl.LazyFrame, history: pl.LazyFrame) -> Iterator[Outcome]:
    """The check of some cases with all their steps."""
    steps = _ordered(history).collect()
    yield judge("history", "CaseHistory__c", steps, _step_rules())
    yield judge("history", "Case", _summary(cases, steps.lazy()), _case_rules())


def _ordered(history: pl.LazyFrame) -> pl.LazyFrame:
    """Steps in order within each case, with their place and the step before."""
    rank = pl.col("Field__c").replace_strict(
        {CREATION: 0, ASSIGNMENT: 1, CLOSING: 2}, default=1, return_dtype=pl.Int8
    )
    return (
        history.select("Id", "CaseId__c", "Field__c", "OldValue__c", "NewValue__c", "CreatedDate")
        .sort("CaseId__c", "CreatedDate", rank, "Id")
        .with_columns(
            place=pl.int_range(pl.len()).over("CaseId__c"),
            steps=pl.len().over("CaseId__c"),
        )
        .with_columns(before=before("Field__c"), holder=before("NewValue__c"))
    )


def before(column: str) -> pl.Expr:
    """The value of the row before, of the same group; for rows in the order of groups and places.

    `place` counts the rows of a group from 0. Within sorted rows many times faster than `over`.
    """
    return pl.when(pl.col("place") > 0).then(pl.col(column).shift())


def _step_rules() -> list[Rule]:
    field, old, new = pl.col("Field__c"), pl.col("OldValue__c"), pl.col("NewValue__c")
    first, last = pl.col("place") == 0, pl.col("place") == pl.col("steps") - 1
    assigned = field == ASSIGNMENT
    transfer = assigned & (pl.col("before") != CREATION)
    return [
        Rule("Field__c", first & (field != CREATION), "is the first step, not Case Creation"),
        Rule(
            "Field__c", ~first & (field == CREATION), "is step {place} of its case, not the first"
        ),
        Rule("Field__c", ~last & (field == CLOSING), "is followed by other steps of its case"),
        Rule(
            "Field__c",
            (field == CLOSING) & (pl.col("before") != ASSIGNMENT),
            "follows {before}: a case is closed by the agent it is assigned to",
        ),
        Rule("NewValue__c", assigned & new.is_null(), "must name the agent assigned"),
        Rule("NewValue__c", ~assigned & new.is_not_null(), "must be empty on {Field__c}"),
        Rule("OldValue__c", ~assigned & old.is_not_null(), "must be empty on {Field__c}"),
        Rule(
            "OldValue__c",
            assigned & (pl.col("before") == CREATION) & old.is_not_null(),
            "must be empty on the first assignment",
        ),
        Rule("OldValue__c", transfer & old.is_null(), "must name who hands over: {holder}"),
        Rule(
            "OldValue__c",
            transfer & (old != pl.col("holder")),
            "is not the owner before the transfer, {holder}",
        ),
        Rule("NewValue__c", transfer & (old == new), "is also the one who hands over"),
    ]


def _summary(cases: pl.LazyFrame, steps: pl.LazyFrame) -> pl.LazyFrame:
    """Each case beside what its steps say."""
    field, at = pl.col("Field__c"), pl.col("CreatedDate")
    told = steps.group_by("CaseId__c").agg(
        created=at.filter(field == CREATION).first(),
        closed=at.filter(field == CLOSING).last(),
        closings=(field == CLOSING).sum(),
        assignments=(field == ASSIGNMENT).sum(),
        first_assignments=((field == ASSIGNMENT) & pl.col("OldValue__c").is_null()).sum(),
        owner=pl.col("NewValue__c").filter(field == ASSIGNMENT).last(),
    )
    columns = ("Id", "OwnerId", "CreatedDate", "ClosedDate", "IsClosed", "Status")
    return cases.select(columns).join(told, left_on="Id", right_on="CaseId__c", how="left")


def _case_rules() -> list[Rule]:
    closed = pl.col("closings") > 0
    return [
        Rule("CreatedDate", pl.col("created").is_null(), "has no Case Creation in CaseHistory__c"),
        Rule(
            "CreatedDate",
            pl.col("CreatedDate") != pl.col("created"),
            "is not the time of Case Creation in CaseHistory__c, {created}",
        ),
        Rule(
            "OwnerId",
            pl.col("assignments").fill_null(0) == 0,
            "has no Owner Assignment in CaseHistory__c",
        ),
        Rule(
            "OwnerId",
            (pl.col("assignments") > 0) & (pl.col("first_assignments") != 1),
            "has {first_assignments} first assignments in CaseHistory__c, not one",
        ),
        Rule(
            "OwnerId",
            pl.col("OwnerId") != pl.col("owner"),
            "is not the last assignment in CaseHistory__c ({owner})",
        ),
        Rule("ClosedDate", pl.col("closings") > 1, "has {closings} closings in CaseHistory__c"),
        Rule(
            "Status",
            (pl.col("Status") == "Closed") != closed.fill_null(value=False),
            "does not agree with {closings} closings in CaseHistory__c",
        ),
        Rule(
            "ClosedDate",
            closed & pl.col("ClosedDate").ne_missing(pl.col("closed")),
            "is not the time of Case Closed in CaseHistory__c, {closed}",
        ),
    ]
