"""How each object is asked for: records in a call, and which records are written before others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from orgsmith.schema.declaration import Object

RAMP = (64, 512)
"""Calls in the first wave and in each after it: all of a wave are sent without waiting, and each
sees what the waves before it produced."""


@dataclass(frozen=True, slots=True)
class Ask:
    """How records of an object are asked for.

    `records` stand in one call, a reply may have `tokens` for each of them. `tells` are the drawn
    fields a writer needs beside the variables, `hides` the variables it has no use for. Records
    with the same value of `together` stand in one call, in order of `order`. `waves` are the
    calls of the first wave and of each after it. Of accepted texts, those with the same values of
    `alike` are shown, so many characters of each. `longest` are the most characters of a field.
    """

    records: int = 10
    tokens: int = 400
    tells: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    together: str | None = None
    order: str = "Id"
    waves: tuple[int, int] = RAMP
    alike: tuple[str, ...] = ()
    characters: int = 160
    longest: Mapping[str, int] = field(default_factory=dict)


_IDS = ("product_id", "issue_id", "product_category")

ASKS: Mapping[str, Ask] = {
    # Names must differ over all products: small waves, so that most calls see what is taken.
    "Product2": Ask(
        tokens=200,
        tells=("Family",),
        waves=(4, 16),
        alike=("category",),
        characters=60,
        longest={"Name": 80, "Description": 600},
    ),
    "Issue__c": Ask(tokens=150, tells=("Name",), longest={"Description__c": 400}),
    "Pricebook2": Ask(tokens=120, tells=("Name", "ValidFrom", "ValidTo")),
    "Knowledge__kav": Ask(
        records=3,
        tokens=1_200,
        longest={"Title": 120, "Summary": 400, "FAQ_Answer__c": 4_000},
    ),
    "Case": Ask(
        tokens=300,
        tells=("Origin", "Priority", "Type"),
        hides=_IDS,
        alike=("IssueId__c", "product_category"),
        longest={"Subject": 120, "Description": 900},
    ),
    "EmailMessage": Ask(
        tokens=450,
        tells=("Incoming",),
        hides=(*_IDS, "remedy", "remedy_name", "category"),
        together="ParentId",
        order="number",
        alike=("issue_id", "product_id"),
        longest={"Subject": 255, "TextBody": 1_500},
    ),
    "LiveChatTranscript": Ask(
        records=5,
        tokens=1_000,
        hides=(*_IDS, "remedy", "remedy_name", "category", "times"),
        alike=("issue_id", "product_id"),
        longest={"Body": 400},
    ),
}
"""Told apart by what fits: a call's reply should stay below some 4,000 tokens, which small models
and servers still handle. A chat's length is that of one of its lines."""


def waves(declared: Object, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The rows in waves, one after the other in order of their key.

    The cut depends on the rows alone, never on how long calls take, so that prompts and with them
    the kept answers are the same in every run.
    """
    ask = ASKS[declared.name]
    first, later = (calls * ask.records for calls in ask.waves)
    ordered = rows.sort(ask.together or "Id", ask.order)
    start, size = 0, first
    while start < ordered.height:
        end = min(start + size, ordered.height)
        if ask.together:
            end = _whole(ordered[ask.together], end)
        yield ordered[start:end]
        start, size = end, later


def batches(declared: Object, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The rows of each call: so many records, what belongs together not torn apart."""
    ask = ASKS[declared.name]
    if ask.together is None:
        for start in range(0, rows.height, ask.records):
            yield rows[start : start + ask.records]
        return
    ordered = rows.sort(ask.together, ask.order)
    start = 0
    while start < ordered.height:
        end = min(start + ask.records, ordered.height)
        whole = _whole(ordered[ask.together], end)
        # A conversation that would not fit goes into the next call, unless it is the only one.
        if whole > start + ask.records:
            before = ordered[ask.together].slice(start, end - start)
            others = int((before != before[-1]).sum())
            end = start + others if others else whole
        else:
            end = whole
        yield ordered[start:end]
        start = end


def _whole(group: pl.Series, end: int) -> int:
    """The end moved on until it tears no group apart."""
    while end < group.len() and group[end] == group[end - 1]:
        end += 1
    return end
