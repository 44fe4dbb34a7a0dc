"""Runs queries, and gives what they find page by page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orgsmith.arena.record import Record
from orgsmith.arena.soql.compiler import compiled
from orgsmith.arena.soql.plan import Plan
from orgsmith.arena.soql.scope import World
from orgsmith.arena.soql.tree import Query

Rows = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]
"""Gives the rows that SQL with bound values finds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found.

    `total` is the number of records, or what COUNT() counted. `columns` are the names of the flat
    values, parents with dots: `Id`, `Account.Name`, `expr0`.
    """

    plan: Plan
    total: int
    found: list[tuple[Any, ...]]
    ask: Rows

    @property
    def count_only(self) -> bool:
        """Whether it only counts: there are no records."""
        return self.plan.count_only

    @property
    def grouped(self) -> bool:
        """Whether its records are groups, or a count."""
        return not self.plan.shape.entity

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the flat values, in order; children are not among them."""
        return tuple(name for name, _ in self.plan.shape.values())

    @property
    def children(self) -> tuple[str, ...]:
        """Names of the relationships whose children are in the records."""
        return self.plan.shape.children

    def page(self, start: int, size: int) -> list[Record]:
        """The records from one on, at most `size`."""
        return _records(self.ask, self.plan, self.found[start : start + size])

    def rows(self) -> Iterator[tuple[object, ...]]:
        """The flat values of each record, as `columns` names them."""
        values = [value for _, value in self.plan.shape.values()]
        for row in self.found:
            yield tuple(
                row[each.place]
                if each.convert is None or row[each.place] is None
                else each.convert(row[each.place])
                for each in values
            )


def run(query: Query, world: World, ask: Rows, among: Sequence[str] | None = None) -> Answer:
    """What a statement finds; with `among`, only of records with those Ids.

    Raises:
        OrgError: it cannot be meant, or passes a limit.
    """
    plan = compiled(query, world, among)
    found = ask(plan.sql, plan.bound)
    if plan.count_only:
        return Answer(plan, int(found[0][0]), [], ask)
    return Answer(plan, len(found), found, ask)


def run_returning(query: Query, ids: Sequence[str], world: World, ask: Rows) -> list[Record]:
    """The records of a query among some ids, in the order of the ids unless it says another.

    LIMIT and OFFSET count in that order.

    Raises:
        OrgError: as `run`.
    """
    if query.order:
        answer = run(query, world, ask, ids)
        return answer.page(0, answer.total)
    answer = run(replace(query, limit=None, offset=0), world, ask, ids)
    place = {each: number for number, each in enumerate(ids)}
    key = answer.plan.shape.key
    answer.found.sort(key=lambda row: place[row[key]])
    return answer.page(query.offset, answer.total if query.limit is None else query.limit)


def _records(ask: Rows, plan: Plan, rows: Sequence[tuple[Any, ...]]) -> list[Record]:
    key = plan.shape.key
    children = [_children(ask, each, [row[key] for row in rows]) for each in plan.children]
    record = plan.shape.record
    made = (record(row, children) for row in rows)
    return [each for each in made if each is not None]


def _children(ask: Rows, plan: Plan, parents: list[str]) -> dict[str, Record]:
    """The children of each parent that has any, by the parent's Id."""
    rows = ask(plan.sql, (parents, *plan.bound[1:]))
    found: dict[str, list[Record]] = {}
    for row, record in zip(rows, _records(ask, plan, rows), strict=True):
        found.setdefault(row[0], []).append(record)
    return {
        parent: {"totalSize": len(records), "done": True, "records": records}
        for parent, records in found.items()
    }
