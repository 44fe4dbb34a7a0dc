"""What a check says: the outcome, the faults it found, and the tables it looks at."""

from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

import polars as pl

from orgsmith.schema.organisation import Organisation

FINDINGS_KEPT = 20
"""Faults an outcome holds; the statistic counts all of them."""

LONGEST_VALUE = 80
"""Characters of a value that a message shows."""


class Tables(Protocol):
    """Where a check reads: a run's work folder or a published dataset."""

    @property
    def organisation(self) -> Organisation:
        """What was asked for."""
        ...

    def scan(self, node: str) -> pl.LazyFrame:
        """The fields of an object, or the columns of a latent variable, by the node's name."""
        ...


class Status(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    TOO_FEW = "too_few"
    """Support is below what the check needs to tell right from wrong."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: the record, the field, its value, and what is wrong with it."""

    check: str
    object: str
    record: str
    field: str
    value: str | None
    reason: str

    def __str__(self) -> str:
        """The message: `Case 500...: ClosedDate 2024-05-02 ... lies before CreatedDate`."""
        shown = "(empty)" if self.value is None else self.value
        if len(shown) > LONGEST_VALUE:
            shown = shown[: LONGEST_VALUE - 3] + "..."
        return f"{self.object} {self.record}: {self.field} {shown!r} {self.reason}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one check on one object or latent variable.

    A check of rules counts faults: `statistic` is their number among `n` records, `threshold` the
    number allowed. A check of plausibility measures: `statistic` must reach `threshold`.
    """

    name: str
    object: str
    status: Status
    n: int
    statistic: float
    threshold: float
    findings: tuple[Finding, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the tables cannot be accepted."""
        return self.status is Status.FAILED


ENGINE: ContextVar[Literal["streaming", "in-memory"]] = ContextVar("engine", default="streaming")
"""How queries are answered: row by row, unless the tables are held in memory already."""


def collected(query: pl.LazyFrame) -> pl.DataFrame:
    """The answer to a query on `Tables`."""
    return query.collect(engine=ENGINE.get())


def all_collected(queries: Sequence[pl.LazyFrame]) -> list[pl.DataFrame]:
    """The answers to several queries, what they share computed once."""
    return pl.collect_all(queries, engine=ENGINE.get())


def counted(name: str, node: str, n: int, faults: int, findings: Iterable[Finding]) -> Outcome:
    """The outcome of a check that allows no fault."""
    kept = tuple(sorted(findings, key=lambda f: (f.record, f.field, f.reason)))[:FINDINGS_KEPT]
    status = Status.FAILED if faults else Status.PASSED
    return Outcome(name, node, status, n, float(faults), 0.0, kept)


def measured(
    name: str, node: str, n: int, statistic: float, threshold: float, support: int
) -> Outcome:
    """The outcome of a check that measures an effect; `support` is the least n it needs."""
    if n < support:
        status = Status.TOO_FEW
    else:
        status = Status.PASSED if statistic >= threshold else Status.FAILED
    findings: tuple[Finding, ...] = ()
    if status is Status.FAILED:
        reason = f"is below {threshold:g} (n = {n}): the effect does not show in the data"
        findings = (Finding(name, node, "(all)", "statistic", f"{statistic:.3g}", reason),)
    return Outcome(name, node, status, n, statistic, threshold, findings)


def merged(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Counting outcomes of the same check on parts of an object, added up; order of first sight."""
    parts: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        parts.setdefault((outcome.name, outcome.object), []).append(outcome)
    for (name, node), same in parts.items():
        yield counted(
            name,
            node,
            sum(part.n for part in same),
            int(sum(part.statistic for part in same)),
            (finding for part in same for finding in part.findings),
        )
