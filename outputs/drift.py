"""Which changes are drift: a regeneration whose data have another shape than those before.

What chance explains. For two samples of n and m independent rows from one distribution

    P(distance >= sqrt(ln(C / p) / 2 * (1 / n + 1 / m))) <= p

with C = 2^k for the total variation of k values (Hoeffding, "Probability inequalities for sums of
bounded random variables", JASA 58 (1963), for each set of values), and C = e for the
Kolmogorov-Smirnov distance (after Wei and Dudley, "Two-sample Dvoretzky-Kiefer-Wolfowitz
inequalities", Statistics and Probability Letters 82 (2012): C = 2 from 458 rows on).

Rows are not independent: messages hang on a case, lines on an order, prices on the products that
sell best. So at most as many rows of an object count as the finest of its references has parents,
and only one in `CLUSTER` of these.

Measured on 52 versions of the reference organisation written by the phrasebook (scales 0.02, 0.05,
0.1, 0.3, 1, 4 and 20, seven seeds, as-of dates up to 17 months apart), each compared with each
other: none of the 2,652 pairs drifts. The greatest distance of a column was 0.65 of its bound
(OrderItem.UnitPrice: 0.126 of 0.193 from scale 1 to 20, 0.273 of 0.435 below). At scale 1 a
picklist of cases may be 0.31 apart, at scale 20 it may be 0.15. Of 21 versions of three industries
with fields of their own (scales 0.1, 1 and 6) none drifts from another either; greatest 0.52.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from orgsmith.outputs.changes import (
    Changes,
    Column,
    ColumnChange,
    Deciles,
    EffectChange,
    RowChange,
    changes,
)
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.schema_changes import SchemaChange
from orgsmith.outputs.shape import Parents, Values
from orgsmith.schema.declaration import Scaling
from orgsmith.schema.objects import OBJECTS
from orgsmith.validators.outcome import Status

ROWS = 0.10
"""Share of an object's expected rows: what still is called the same size."""

ROW_SPREAD = 2.0
"""Square roots of rows that a count may be off beside where it grows with the scale: how many
messages a case has is drawn. 0.73 at most was measured (60 and 68 messages at scale 0.02)."""

DISTANCE = 0.10
"""Distance beyond what chance explains: one row in ten has another value."""

FALSE_ALARM = 1e-8
"""p in the formula, for each column: a hundred columns together stay below one in a million."""

CLUSTER = 2.0
"""Parents that count as one. With 1, prices would have come within 0.81 of their bound in the pairs
measured: too near for one in a million."""

EFFECT = 0.5
"""Least part of a latent variable's effect that must be left where its check no longer passes."""

COMPARABLE = 1.25
"""By what factor the support of an effect may differ: with less it is measured less well."""

STRUCTURE = frozenset({"type", "column", "reference"})
"""What of a field readers of the data rely on."""

Pair = tuple[int, int]
"""A number of rows or records in the version before and in the one after."""


class What(StrEnum):
    """What drifted."""

    VANISHED = "vanished"
    TYPE = "type"
    ROWS = "rows"
    NULLS = "nulls"
    DISTRIBUTION = "distribution"
    EFFECT = "effect"


@dataclass(frozen=True, slots=True)
class Drift:
    """A change beyond its bound.

    `before` and `after` are what changed, in words; `distance` is beyond `bound`, both 0 to 1 for
    columns, shares of the expected rows for rows, and what is lost of an effect for effects.
    """

    object: str
    field: str | None
    what: What
    before: str
    after: str
    distance: float
    bound: float

    def __str__(self) -> str:
        """The message: `Case.Priority: the distribution was ..., is ... (0.41 apart, ...)`."""
        where = f"{self.object}.{self.field}" if self.field else self.object
        match self.what:
            case What.VANISHED:
                return f"{where}: the {self.before} is gone"
            case What.TYPE:
                return f"{where}: was {self.before}, is {self.after}"
            case What.ROWS:
                found = f"has {self.after} rows, {self.before} are expected"
                return f"{where}: {found} ({self._measured('off')})"
            case What.NULLS:
                found = f"{self.after} of its rows are empty, {self.before} were"
            case What.DISTRIBUTION:
                found = f"the distribution was {self.before}, is {self.after}"
            case What.EFFECT:
                return f"{where}: was {self.before}, is {self.after} ({self._measured('lost')})"
        return f"{where}: {found} ({self._measured('apart')})"

    def _measured(self, word: str) -> str:
        return f"{self.distance:.2f} {word}, bound {self.bound:.2f}"


def drift(before: Dataset, after: Dataset) -> tuple[Drift, ...]:
    """Where a regeneration drifts away from the version before; empty within bounds.

    Raises:
        DatasetError: a file of a version is missing or damaged, or the scales differ and the pack
            of the version before cannot be read.
    """
    if before.manifest.scale != after.manifest.scale:
        # Without the pack nothing is known of how its counts grow: it says so.
        _ = before.organisation
    return drifts(changes(before, after))


def drifts(found: Changes) -> tuple[Drift, ...]:
    """Those of the changes that are drift, in the order of the changes."""
    return tuple(_drifts(found))


def _drifts(found: Changes) -> Iterator[Drift]:
    yield from _structure(found.schema)
    for rows in found.rows:
        yield from _rows(rows)
    clusters = _clusters(found.columns)
    for column in found.columns:
        parents = clusters.get(column.object)
        yield from _nulls(column, parents)
        yield from _distribution(column, parents)
    for effect in found.effects:
        yield from _effect(effect)


def _structure(schema: tuple[SchemaChange, ...]) -> Iterator[Drift]:
    """What is gone, and fields of another type; each field once."""
    told: set[tuple[str, str | None]] = set()
    for change in schema:
        before, after = change.before or "nothing", change.after or "nothing"
        key = change.object, change.field
        if change.removed:
            yield Drift(*key, What.VANISHED, before, after, 1.0, 0.0)
        elif change.field and change.aspect in STRUCTURE and key not in told:
            told.add(key)
            yield Drift(*key, What.TYPE, before, after, 1.0, 0.0)


def _rows(change: RowChange) -> Iterator[Drift]:
    if change.expected is None or change.after == change.before == 0:
        return
    expected = max(change.expected, 1.0)
    growth = expected / max(change.before, 1)
    off = abs(change.after - expected) / expected
    # What a plan fixes may be rounded; what follows from drawn cases varies, in either version.
    varies = change.object not in OBJECTS or OBJECTS[change.object].scaling is Scaling.LINEAR
    bound = ROWS + (ROW_SPREAD * math.sqrt((1 + growth) / expected) if varies else 1 / expected)
    if off > bound:
        counts = f"{expected:,.0f}", f"{change.after:,}"
        yield Drift(change.object, None, What.ROWS, *counts, off, bound)


def _clusters(columns: tuple[ColumnChange, ...]) -> Mapping[str, Pair]:
    """To how many records the finest reference of an object leads, in either version.

    Rows of one parent resemble each other: messages of a case, lines of an order. So no more of an
    object's rows are independent than there are such parents.
    """
    found: dict[str, Pair] = {}
    for each in columns:
        match each.before.summary, each.after.summary:
            case Parents(distinct=left), Parents(distinct=right):
                most = found.get(each.object, (1, 1))
                found[each.object] = max(most[0], left), max(most[1], right)
            case _:
                pass
    return found


def _bound(rows: Pair, parents: Pair | None, log_c: float) -> float:
    """The greatest distance that is no drift; `log_c` is the logarithm of C, see `_log_c`."""
    independent = rows if parents is None else (min(rows[0], parents[0]), min(rows[1], parents[1]))
    spread = sum(CLUSTER / each for each in independent)
    return DISTANCE + math.sqrt((log_c - math.log(FALSE_ALARM)) / 2 * spread)


def _nulls(change: ColumnChange, parents: Pair | None) -> Iterator[Drift]:
    rows = change.before.rows, change.after.rows
    if not all(rows):
        return
    bound = _bound(rows, parents, math.log(2))
    if change.null_distance > bound:
        was, is_now = (f"{each.null_share:.1%}" for each in (change.before, change.after))
        where = change.object, change.field
        yield Drift(*where, What.NULLS, was, is_now, change.null_distance, bound)


def _distribution(change: ColumnChange, parents: Pair | None) -> Iterator[Drift]:
    if change.distance is None:
        return
    before, after = change.before, change.after
    bound = _bound((before.filled, after.filled), parents, _log_c(before, after))
    if change.distance > bound:
        words = _words(before), _words(after)
        where = change.object, change.field
        yield Drift(*where, What.DISTRIBUTION, *words, change.distance, bound)


def _log_c(before: Column, after: Column) -> float:
    """The logarithm of C in the formula above."""
    match before.summary, after.summary:
        case Values(left), Values(right):
            return max(2, len(left.keys() | right.keys())) * math.log(2)
        case Deciles(), Deciles():
            return 1.0
        case _:
            # One share against another.
            return math.log(2)


def _words(column: Column) -> str:
    """What the values of a column are like, in a few words."""
    match column.summary:
        case Values(counts):
            value, count = max(counts.items(), key=lambda each: (each[1], each[0]))
            return f"{value} in {count / column.filled:.1%}"
        case Deciles(deciles):
            return f"{deciles[5]:g} in the middle"
        case Parents(busiest=busiest):
            return f"{busiest / column.filled:.1%} of one parent"
        case _:
            return f"{column.filled:,} values"


def _effect(change: EffectChange) -> Iterator[Drift]:
    """An effect that showed before, does not now, and of which less than half is left."""
    before, after = change.before, change.after
    if before is None or after is None:
        return
    if before.status is not Status.PASSED or after.status is Status.PASSED:
        return
    if before.statistic is None or not before.threshold or not after.threshold:
        return
    comparable = before.n <= COMPARABLE * after.n and after.n <= COMPARABLE * before.n
    then = before.statistic / before.threshold
    now = (after.statistic or 0.0) / after.threshold
    if comparable and now < EFFECT * then:
        was, is_now = (f"{each.statistic or 0:.3g} (n = {each.n:,})" for each in (before, after))
        lost, bound = 1 - now / then, 1 - EFFECT
        yield Drift(change.latent, change.check, What.EFFECT, was, is_now, lost, bound)
