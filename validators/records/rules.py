"""Rules on the rows of a frame: which are broken, by which record, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import Formatter

import polars as pl

from orgsmith.validators.outcome import FINDINGS_KEPT, Finding, Outcome, collected, counted


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that must not be in a row.

    `broken` is true where the rule is broken; null counts as kept, so that a fault reported by
    another rule (a missing parent, an empty field) is not reported again. `reason` completes the
    message "<object> <record>: <field> <value> ..."; names in braces are replaced by the row's
    values.
    """

    field: str
    broken: pl.Expr
    reason: str
    shown: str | None = None

    @property
    def value(self) -> str:
        """The column whose value is shown."""
        return self.shown or self.field


def judge(
    name: str, node: str, frame: pl.LazyFrame | pl.DataFrame, rules: Sequence[Rule]
) -> Outcome:
    """Apply rules to the rows of an object; a column `Id` names the record.

    One pass counts the broken rows of all rules; only where there are any does a second pass
    fetch some of them, so that nothing but counts is held for a sound table.
    """
    rows = frame.lazy()
    flags = [rule.broken.fill_null(value=False) for rule in rules]
    # Flags first, then sums: what rules have in common is computed once for columns alone.
    broken_ones = rows.select(flag.alias(str(i)) for i, flag in enumerate(flags))
    totals = collected(broken_ones.select(pl.len().alias("n"), pl.all().sum()))
    found: list[Finding] = []
    faults = 0
    for i, (rule, flag) in enumerate(zip(rules, flags, strict=True)):
        broken = int(totals[str(i)][0])
        if broken:
            faults += broken
            found.extend(_findings(name, node, rows.filter(flag), rule))
    return counted(name, node, int(totals["n"][0]), faults, found)


def broken_rows(frame: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """Every broken rule of every row: columns Id, field, reason.

    All rules are computed at once; only of those that are broken are rows looked at.
    """
    parts = [pl.DataFrame(schema=dict.fromkeys(("Id", "field", "reason"), pl.String()))]
    flags = frame.select(
        rule.broken.fill_null(value=False).alias(str(i)) for i, rule in enumerate(rules)
    )
    for rule, flag in zip(rules, flags.iter_columns(), strict=True):
        if not flag.any():
            continue
        rows = frame.filter(flag).select(_shown(rule))
        reasons = pl.Series([_reason(rule, row) for row in rows.iter_rows(named=True)])
        parts.append(rows.select("Id", field=pl.lit(rule.field), reason=reasons))
    return pl.concat(parts)


def _findings(name: str, node: str, broken: pl.LazyFrame, rule: Rule) -> list[Finding]:
    """Some broken rows as findings, lowest ids first."""
    rows = collected(broken.select(_shown(rule)).sort("Id").head(FINDINGS_KEPT))
    return [
        Finding(name, node, str(row["Id"]), rule.field, row[rule.value], _reason(rule, row))
        for row in rows.iter_rows(named=True)
    ]


def _shown(rule: Rule) -> list[pl.Expr]:
    """The columns that a message shows, as text."""
    named = (name for _, name, _, _ in Formatter().parse(rule.reason) if name)
    columns = dict.fromkeys(("Id", rule.value, *named))
    return [pl.col(name).cast(pl.String) for name in columns]


def _reason(rule: Rule, row: dict[str, str | None]) -> str:
    """The rule's reason with the row's values in the place of their names."""
    filled = {key: "(empty)" if value is None else value for key, value in row.items()}
    return rule.reason.format_map(filled)
