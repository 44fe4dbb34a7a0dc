"""Queries of records, as they are written in SOQL and as Polars answers them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from orgsmith.schema.declaration import Kind
from tests.arena.soql.meant import Condition, Joined, ranked
from tests.arena.soql.published import NUMBERS, Column, Published

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Sorted:
    """A key of ORDER BY."""

    by: Column
    descending: bool
    nulls_last: bool

    def __str__(self) -> str:
        return f"{self.by.path}{direction(self.descending, self.nulls_last)}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of records."""

    name: str
    selected: tuple[Column, ...]
    where: tuple[Condition | Joined, ...]
    order: tuple[Sorted, ...]
    limit: int | None
    offset: int
    source: str = ""
    """The relationship that it reads, if it is a query of children."""

    def __str__(self) -> str:
        selected = ", ".join(column.path for column in self.selected)
        where = clause("WHERE", self.where, " AND ")
        return (
            f"SELECT {selected} FROM {self.source or self.name}{where}"
            f"{clause('ORDER BY', self.order)}{limits(self.limit, self.offset)}"
        )

    def answer(self, published: Published, paths: Sequence[str]) -> list[Row]:
        """The values of fields, in the forms that they are given out in."""
        end = None if self.limit is None else self.offset + self.limit
        return self.shown(self.found(published)[self.offset : end], paths)

    def found(self, published: Published) -> pl.DataFrame:
        """The records that meet its conditions, in its order; ties are settled by the Id."""
        found = published.wide(self.name)
        for condition in self.where:
            found = found.filter(condition.holds())
        keys = [ranked(key.by).alias(f"key {place}") for place, key in enumerate(self.order)]
        return found.with_columns(keys).sort(
            [*(key.meta.output_name() for key in keys), "Id"],
            descending=[*(key.descending for key in self.order), False],
            nulls_last=[*(key.nulls_last for key in self.order), False],
        )

    def shown(self, found: pl.DataFrame, paths: Sequence[str]) -> list[Row]:
        """The values of some of its fields."""
        kinds = {column.path: column.kind for column in self.selected}
        return [
            tuple(given_out(kinds[path], value) for path, value in zip(paths, row, strict=True))
            for row in found.select(paths).iter_rows()
        ]


@dataclass(frozen=True, slots=True)
class Nested:
    """A query of parents with their children, whose field `reference` leads to them."""

    parents: Asked
    reference: str
    children: Asked

    def __str__(self) -> str:
        return str(self.parents).replace("SELECT ", f"SELECT ({self.children}), ", 1)

    def answer(self, published: Published) -> list[list[Row]]:
        """The children of each parent, in the order of the parents."""
        children = self.children.found(published)
        paths = [column.path for column in self.children.selected]
        by_parent = {
            key: self.children.shown(group[: self.children.limit], paths)
            for (key,), group in children.group_by(self.reference, maintain_order=True)
        }
        found = self.parents.found(published)
        end = None if self.parents.limit is None else self.parents.offset + self.parents.limit
        return [by_parent.get(key, []) for key in found[self.parents.offset : end]["Id"]]


def given_out(kind: Kind, value: object) -> object:
    """A value as records give it out."""
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03}+0000"
    if isinstance(value, dt.date):
        return value.isoformat()
    if kind in NUMBERS and isinstance(value, int | float):
        return int(value) if kind is Kind.INT else float(value)
    return value


def clause(word: str, parts: Sequence[object], joined: str = ", ") -> str:
    """A clause of some parts, empty if there are none."""
    return f" {word} {joined.join(map(str, parts))}" if parts else ""


def direction(descending: bool, nulls_last: bool) -> str:
    """How a key is sorted."""
    return " DESC" * descending + " NULLS LAST" * nulls_last


def limits(limit: int | None, offset: int) -> str:
    """LIMIT and OFFSET."""
    return ("" if limit is None else f" LIMIT {limit}") + (f" OFFSET {offset}" if offset else "")
