"""The two doors of this room: acceptance of a block, and every check of a whole dataset."""

from collections.abc import Iterator

import polars as pl

from orgsmith.schema.declared import nodes_of
from orgsmith.validators.accept import accept_block
from orgsmith.validators.compliance import check_compliance
from orgsmith.validators.conversations import conversations
from orgsmith.validators.counts import check_counts
from orgsmith.validators.custom import check_custom
from orgsmith.validators.duplicates import check_duplicates
from orgsmith.validators.history import check_history
from orgsmith.validators.mood import valence
from orgsmith.validators.outcome import (
    Check,
    Finding,
    Outcome,
    Status,
    Tables,
    counted,
    merged,
)
from orgsmith.validators.plans import check_plans
from orgsmith.validators.policy import offers_agree, read_policy, violations_found
from orgsmith.validators.policy_effects import POLICY_EFFECTS, moods_show, violations_show
from orgsmith.validators.references import check_ids, check_references
from orgsmith.validators.sales_effects import SALES_EFFECTS
from orgsmith.validators.service_effects import SERVICE_EFFECTS
from orgsmith.validators.text import check_finished, facts
from orgsmith.validators.threads import threads
from orgsmith.validators.times import check_times
from orgsmith.validators.totals import check_totals
from orgsmith.validators.uniqueness import check_uniqueness

__all__ = [
    "CHECKS",
    "EFFECTS",
    "Finding",
    "Outcome",
    "Status",
    "Tables",
    "accept_block",
    "check_tables",
]

EFFECTS = (*SERVICE_EFFECTS, *SALES_EFFECTS, *POLICY_EFFECTS)
"""The effects of latent variables that are measured on tables; two more are read from words."""


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


def check_conversations(tables: Tables) -> Iterator[Outcome]:
    """Everything that is read from words: threads, facts, the policy rule, moods."""
    counting: list[Outcome] = []
    offers: list[pl.DataFrame] = []
    moods: list[pl.DataFrame] = []
    for part in conversations(tables):
        counting += [*threads(tables, part), *facts(tables, part)]
        offers.append(read_policy(tables, part))
        words = pl.concat(
            [
                part.cases.select(key="Id", text="Description"),
                part.said().filter(~pl.col("agent")).select(key="CaseId", text="text"),
            ]
        )
        rated = valence(words)
        moods.append(rated.join(part.cases.select(key="Id", mood="mood"), on="key"))
    yield from merged(counting)
    read = pl.concat(offers)
    yield offers_agree(read)
    yield from violations_found(read)
    yield violations_show(read)
    yield moods_show(pl.concat(moods))


def check_effects(tables: Tables) -> Iterator[Outcome]:
    """The effect of each latent variable on the tables."""
    for effect in EFFECTS:
        yield effect.outcome(tables)


CHECKS: tuple[Check, ...] = (
    check_compliance,
    check_ids,
    check_references,
    check_uniqueness,
    check_times,
    check_history,
    check_totals,
    check_plans,
    check_counts,
    check_custom,
    check_finished,
    check_conversations,
    check_effects,
    check_duplicates,
)
"""The checks of a whole dataset whose columns are as declared."""


def check_tables(tables: Tables) -> Iterator[Outcome]:
    """Run every check on a whole organisation; outcomes come as soon as they are known.

    Columns come first: where one is missing or of another type nothing else can be read, and
    nothing else is looked at.
    """
    columns = list(check_columns(tables))
    yield from columns
    if any(outcome.failed for outcome in columns):
        return
    for check in CHECKS:
        yield from check(tables)


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
