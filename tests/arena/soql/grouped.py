"""Queries of groups, as they are written in SOQL and as Polars answers them."""

import datetime as dt
import itertools
import math
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from orgsmith.schema.declaration import Kind
from tests.arena.soql.asked import Row, clause, direction, given_out, limits
from tests.arena.soql.meant import DATE_FUNCTIONS, Condition, Joined, folded, ranked
from tests.arena.soql.published import TEXTS, Column, Published


@dataclass(frozen=True, slots=True)
class Key:
    """What groups are made by: a field, or a date function of one."""

    column: Column
    function: str = ""

    def __str__(self) -> str:
        return f"{self.function}({self.column.path})" if self.function else self.column.path

    def value(self) -> pl.Expr:
        """The value by which rows are of one group."""
        if self.function:
            return DATE_FUNCTIONS[self.function](pl.col(self.column.path))
        return folded(self.column)

    def rank(self) -> pl.Expr:
        """What groups are sorted by."""
        return self.value() if self.function else ranked(self.column)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`FUNCTION(field)`."""

    function: str
    column: Column

    def __str__(self) -> str:
        return f"{self.function}({self.column.path})"

    def of(self, group: pl.DataFrame) -> object:
        """Its value; strings in small letters, as any of equal ones may be given."""
        value = group.get_column(self.column.path).drop_nulls()
        match self.function:
            case "COUNT":
                return len(value)
            case "COUNT_DISTINCT":
                return group.select(folded(self.column)).to_series().drop_nulls().n_unique()
        if value.is_empty():
            return None
        match self.function:
            case "SUM" | "AVG":
                return self._total(value.to_list())
            case "MIN":
                return self._first(group, descending=False)
            case _:
                return self._first(group, descending=True)

    def _total(self, values: list[float]) -> float:
        if self.column.kind is Kind.CURRENCY:
            cents = sum(Decimal(str(value)) for value in values)
            return float(cents if self.function == "SUM" else cents / len(values))
        total = math.fsum(values)
        return total if self.function == "SUM" else total / len(values)

    def _first(self, group: pl.DataFrame, *, descending: bool) -> object:
        ordered = group.sort(ranked(self.column), descending=descending, nulls_last=True)
        found = given_out(self.column.kind, ordered.get_column(self.column.path)[0])
        return found.lower() if isinstance(found, str) and self.column.kind in TEXTS else found


@dataclass(frozen=True, slots=True)
class Having:
    """`COUNT(Id) operator number`, of groups."""

    operator: str
    number: int

    def __str__(self) -> str:
        return f"COUNT(Id) {self.operator} {self.number}"

    def holds(self, count: int) -> bool:
        """Whether it is true of so many records."""
        return {
            "=": count == self.number,
            "!=": count != self.number,
            "<": count < self.number,
            ">=": count >= self.number,
        }[self.operator]


@dataclass(frozen=True, slots=True)
class Grouped:
    """A query of groups, all of their keys selected; those of a plain one are sorted by them."""

    name: str
    kind: str
    keys: tuple[Key, ...]
    descending: tuple[bool, ...]
    aggregates: tuple[Aggregate, ...]
    where: tuple[Condition | Joined, ...]
    having: Having | None
    limit: int | None

    def __str__(self) -> str:
        selected = [f"{key} k{place}" for place, key in enumerate(self.keys)]
        selected += [f"{each} a{place}" for place, each in enumerate(self.aggregates)]
        if self.kind:
            selected += [f"GROUPING({key}) g{place}" for place, key in enumerate(self.keys)]
        keys = ", ".join(map(str, self.keys))
        group = f" GROUP BY {self.kind}({keys})" if self.kind else f" GROUP BY {keys}"
        order = [f"{key}{direction(down, False)}" for key, down in self._order()]
        return (
            f"SELECT {', '.join(selected)} FROM {self.name}{clause('WHERE', self.where, ' AND ')}"
            f"{group if self.keys else ''}{clause('HAVING', [self.having] if self.having else [])}"
            f"{clause('ORDER BY', order)}{limits(self.limit, 0)}"
        )

    def answer(self, published: Published) -> list[Row]:
        """The values of groups, sorted by their keys if the query says so."""
        found = published.wide(self.name)
        for condition in self.where:
            found = found.filter(condition.holds())
        found = found.with_columns(
            *(key.value().alias(f"value {place}") for place, key in enumerate(self.keys)),
            *(key.rank().alias(f"rank {place}") for place, key in enumerate(self.keys)),
        )
        rows = [row for places in self._sets() for row in self._groups(found, places)]
        return rows if self.limit is None else rows[: self.limit]

    def _order(self) -> list[tuple[Key, bool]]:
        return [] if self.kind else list(zip(self.keys, self.descending, strict=True))

    def _sets(self) -> list[tuple[int, ...]]:
        """Which keys groups are made by: of a plain query all, of others fewer as well."""
        every = tuple(range(len(self.keys)))
        match self.kind:
            case "ROLLUP":
                return [every[:many] for many in range(len(every) + 1)]
            case "CUBE":
                return [
                    places
                    for many in range(len(every) + 1)
                    for places in itertools.combinations(every, many)
                ]
            case _:
                return [every]

    def _groups(self, found: pl.DataFrame, places: tuple[int, ...]) -> list[Row]:
        groups = [((), found)] if not places else self._split(found, places)
        rows: list[Row] = []
        for values, group in groups:
            if self.having is not None and not self.having.holds(group.height):
                continue
            by_place = dict(zip(places, values, strict=True))
            keys = [by_place.get(place) for place in range(len(self.keys))]
            flags = [int(place not in by_place) for place in range(len(self.keys))]
            aggregates = [each.of(group) for each in self.aggregates]
            rows.append((*keys, *aggregates, *(flags if self.kind else ())))
        return rows

    def _split(
        self, found: pl.DataFrame, places: tuple[int, ...]
    ) -> list[tuple[Row, pl.DataFrame]]:
        ordered = found.sort(
            [f"rank {place}" for place in places],
            descending=[self.descending[place] for place in places],
            nulls_last=False,
        )
        split = ordered.group_by([f"value {place}" for place in places], maintain_order=True)
        return [(tuple(map(_shown_key, values)), group) for values, group in split]


def _shown_key(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value
