"""The two doors of this room: acceptance of a block, and every check of a whole dataset."""

from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import groupby
from operator import attrgetter

import polars as pl

from orgsmith.schema.declaration import Object
from orgsmith.schema.declared import nodes_of
from orgsmith.validators.accept import accept_block
from orgsmith.validators.duplicates import check_duplicates
from orgsmith.validators.effects.effect import Effect
from orgsmith.validators.effects.policy import POLICY_EFFECTS
from orgsmith.validators.effects.sales import SALES_EFFECTS
from orgsmith.validators.effects.service import SERVICE_EFFECTS
from orgsmith.validators.outcome import ENGINE, Finding, Outcome, Status, Tables, counted
from orgsmith.validators.parts import Part, View, by_numbers, cut
from orgsmith.validators.records.compliance import (
    check_values,
    count_gaps,
    shares_of_gaps,
    with_gaps,
)
from orgsmith.validators.records.counts import check_counts
from orgsmith.validators.records.custom import custom_tallies
from orgsmith.validators.records.history import check_history
from orgsmith.validators.records.plans import check_plans
from orgsmith.validators.records.references import check_ids, check_references
from orgsmith.validators.records.times import check_times
from orgsmith.validators.records.totals import check_totals
from orgsmith.validators.records.uniqueness import Shared
from orgsmith.validators.tally import Faults, Rows, Tally, Whole
from orgsmith.validators.texts.hearing import Hearing, check_conversations
from orgsmith.validators.texts.text import check_finished

__all__ = [
    "EFFECTS",
    "Finding",
    "Outcome",
    "Status",
    "Tables",
    "accept_block",
    "check_conversations",
    "check_tables",
]

EFFECTS = (*SERVICE_EFFECTS, *SALES_EFFECTS, *POLICY_EFFECTS)
"""The effects of latent variables that are measured on tables; two more are read from words."""

UNFORESEEN = (pl.exceptions.PolarsError, ArithmeticError, LookupError, ValueError)
"""What a value raises that no check has foreseen, a time zone that does not exist for one."""


def check_columns(tables: Tables) -> Iterator[Outcome]:
    """Whether every object and latent variable has the declared columns, of the declared types."""
    for node in nodes_of(tables.organisation.industry).values():
        there = dict(tables.scan(node.name).collect_schema())
        due = {field.name: field.kind.dtype for field in node.fields}
        findings = [
            Finding("columns", node.name, "(all)", name, str(there.get(name)), reason)
            for name, reason in _column_faults(there, due)
        ]
        yield counted("columns", node.name, len(due), len(findings), findings)


def tallies(tables: Tables, files: ExitStack) -> list[Tally]:
    """The checks of an organisation whose columns are as declared, in the order of outcomes.

    What they put on the disk is gone when `files` is closed.
    """
    industry = tables.organisation.industry
    gaps = [
        Rows(partial(_gaps, declared), partial(_shares, declared))
        for declared in with_gaps(industry)
    ]
    return [
        Faults(check_values),
        *gaps,
        Faults(check_ids),
        Faults(by_numbers(check_references), leading_out=True),
        Shared(tables, files),
        Faults(by_numbers(check_times)),
        Faults(check_history),
        Faults(by_numbers(check_totals)),
        Faults(by_numbers(check_plans)),
        Whole(check_counts, tables),
        *custom_tallies(industry),
        Faults(check_finished),
        Hearing(),
        *(
            Rows(partial(_rows, take), partial(_compared, tables, tuple(effects)))
            for take, effects in groupby(EFFECTS, attrgetter("rows"))
        ),
        Whole(check_duplicates, tables),
    ]


def check_tables(tables: Tables) -> Iterator[Outcome]:
    """Run every check on a whole organisation, one part after another.

    Columns come first: where one is missing or of another type nothing else can be read, and
    nothing else is looked at. Parts know nothing of each other: where a reference leads out of
    one, the organisation is looked at once more, as a whole. So it is where a value brings a check
    to its end, for then what the checks before it say is worth having.

    Raises:
        UNFORESEEN: a value cannot be computed with; the outcomes before it have been given.
    """
    columns = list(check_columns(tables))
    yield from columns
    if any(outcome.failed for outcome in columns):
        return
    with ExitStack() as files:
        checks = tallies(tables, files)
        try:
            with cut(tables) as views:
                closed = all(_look(view, checks) for view in views)
        except UNFORESEEN:
            closed = False
        if not closed:
            checks = tallies(tables, files)
        for check in checks:
            if not closed:
                _look(View(tables), [check])
            yield from check.outcomes()


def _look(view: View, checks: Sequence[Tally]) -> bool:
    """Show a part to all checks, unless a reference leads out of it; whether none does."""
    token = ENGINE.set("in-memory" if isinstance(view.tables, Part) else "streaming")
    try:
        for check in checks:
            check.look(view.tables, view.nodes)
            if isinstance(check, Faults) and check.leading_out and check.found and not view.whole:
                return False
    finally:
        ENGINE.reset(token)
    return True


def _gaps(declared: Object, part: Tables, nodes: Container[str]) -> pl.DataFrame:
    """What is counted of an object's gaps; nothing where it has been counted in another part."""
    counts = count_gaps(declared, part.scan(declared.name))
    return counts if declared.name in nodes else counts.clear()


def _shares(declared: Object, counts: pl.DataFrame) -> Iterator[Outcome]:
    yield shares_of_gaps(declared, counts)


def _rows(
    take: Callable[[Tables], pl.DataFrame], part: Tables, _nodes: Container[str]
) -> pl.DataFrame:
    return take(part)


def _compared(tables: Tables, effects: Sequence[Effect], rows: pl.DataFrame) -> Iterator[Outcome]:
    for effect in effects:
        yield effect.compared(tables, rows)


def _column_faults(
    there: dict[str, pl.DataType], due: dict[str, pl.DataType]
) -> Iterator[tuple[str, str]]:
    """Names of wrong columns, and what is wrong with them."""
    for name, dtype in due.items():
        if name not in there:
            yield name, f"is missing; a column of type {dtype} is declared"
        elif there[name] != dtype:
            yield name, f"is the column's type; {dtype} is declared"
    for name in there.keys() - due.keys():
        yield name, "is no declared field"
