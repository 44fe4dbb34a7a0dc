"""From tree to SQL of the engine: what each clause means, and what Salesforce refuses."""

from collections.abc import Sequence
from dataclasses import replace

from orgsmith.arena.catalog import Entity
from orgsmith.arena.soql.filters import Filters
from orgsmith.arena.soql.groups import Groups, order_key
from orgsmith.arena.soql.operands import Operand, operand
from orgsmith.arena.soql.plan import Plan
from orgsmith.arena.soql.scope import Scope, Values, World, entity_named
from orgsmith.arena.soql.selection import Selection
from orgsmith.arena.soql.semi_joins import aggregates, check_sides, selected
from orgsmith.arena.soql.shape import Shape
from orgsmith.arena.soql.tokens import malformed, refused
from orgsmith.arena.soql.tree import Call, Child, Expression, Item, Query

MOST_SKIPPED = 2_000
"""Greatest OFFSET, as in Salesforce."""

MOST_CHILDREN = 20
"""Sub-queries of one query, as in Salesforce."""


def compiled(query: Query, world: World, among: Sequence[str] | None = None) -> Plan:
    """The plan of a statement.

    Args:
        query: the statement.
        world: what it is asked of.
        among: Ids of records, of which alone the statement speaks; None: of all there are.

    Raises:
        OrgError: it names what there is not, or asks what Salesforce refuses.
    """
    entity = entity_named(world.catalog, query.text, query.source)
    select = _Select(query, world, entity, Values())
    if among is not None:
        select.restrict(among)
    return select.plan()


class _Select:
    """One SELECT on its way to SQL."""

    def __init__(
        self, query: Query, world: World, entity: Entity, values: Values, prefix: str = "t"
    ) -> None:
        self.query = query
        self.world = world
        self.values = values
        self.scope = Scope(world, query.text, entity, query.source, prefix)
        for walk in query.walks:
            self.scope.name_walk(walk)
        self.filters = Filters(self.scope, values, self.operand, self._semi_join)
        self._among: list[str] = []

    @property
    def counts(self) -> bool:
        """Whether it is SELECT COUNT()."""
        first = self.query.selected[0]
        return isinstance(first, Item) and first.expression == Call(
            "COUNT", None, first.expression.at
        )

    @property
    def groups(self) -> bool:
        """Whether its rows are groups."""
        return self.query.group is not None or any(
            isinstance(each, Item) and aggregates(each.expression) for each in self.query.selected
        )

    def plan(self) -> Plan:
        """The plan of a statement."""
        self._check_offset()
        if self.counts:
            return self._count()
        if self.groups:
            return self._group()
        shape, plans, sql = self._records()
        return Plan(
            self.scope.entity.name,
            sql + self._limits(),
            tuple(self.values.bound),
            shape,
            viewed=self.query.viewed,
            children=plans,
        )

    def of_parents(self, reference: str, parents: str) -> Plan:
        """The plan of the records whose reference field leads to one of the bound parents."""
        self._check_offset()
        parent = f'{self.scope.root}."{reference}"'
        shape, plans, sql = self._records(parent, f"{parent} IN (SELECT unnest({parents}))")
        return Plan(self.scope.entity.name, sql, tuple(self.values.bound), shape, children=plans)

    def restrict(self, ids: Sequence[str]) -> None:
        """Speak only of records with these Ids."""
        place = self.values.add(list(ids))
        self._among.append(f'{self.scope.root}."Id" IN (SELECT unnest({place}::VARCHAR[]))')

    def operand(self, expression: Expression) -> Operand:
        """What an expression means of a record.

        Raises:
            OrgError: there is no such field, or it aggregates.
        """
        found = operand(self.scope, expression, lambda _: False)
        if found.aggregate:
            raise malformed(
                self.query.text, expression.at, f"{found.name} is not allowed here: it aggregates"
            )
        return found

    def where(self, *more: str) -> str:
        """The WHERE clause, with conditions of our own before those of the query."""
        parts = [*self._among, *more]
        if self.query.where is not None:
            parts.append(self.filters.sql(self.query.where))
        if not self.world.deleted:
            parts.append(f'NOT {self.scope.root}."IsDeleted"')
        return " WHERE " + " AND ".join(parts) if parts else ""

    def _count(self) -> Plan:
        query = self.query
        if len(query.selected) > 1 or query.group or query.order:
            raise malformed(
                query.text, query.at, "COUNT() stands alone, without GROUP BY and ORDER BY"
            )
        where, limits = self.where(), self._limits()
        sql = f"SELECT count(*) FROM {self.scope.tables}{where}"
        if limits:
            sql = f"SELECT count(*) FROM (SELECT 1 FROM {self.scope.tables}{where}{limits})"
        bound = tuple(self.values.bound)
        return Plan(self.scope.entity.name, sql, bound, Shape("", 0, []), count_only=True)

    def _group(self) -> Plan:
        query, scope = self.query, self.scope
        groups = Groups(scope, query)
        columns, shape = groups.shape()
        where = self.where()
        having = ""
        if query.having is not None:
            filters = Filters(scope, self.values, groups.operand)
            having = f" HAVING {filters.sql(query.having)}"
        order = groups.order
        # Last: fields that any clause reaches add to the tables.
        clauses = f"{where}{groups.clause}{having}{order}{self._limits()}"
        sql = f"SELECT {', '.join(columns)} FROM {scope.tables}{clauses}"
        return Plan(scope.entity.name, sql, tuple(self.values.bound), shape)

    def _records(
        self, parent: str | None = None, condition: str | None = None
    ) -> tuple[Shape, tuple[Plan, ...], str]:
        """The shape of records, the plans of their children, and the SQL without its limits.

        With a `parent` its value comes first in each row, and the limits hold for each parent.
        """
        query, scope = self.query, self.scope
        selection = Selection(scope, query, self.operand, first=parent)
        shape, children = selection.shape()
        if len(children) > MOST_CHILDREN:
            raise malformed(query.text, query.at, f"at most {MOST_CHILDREN} sub-queries")
        where = self.where(condition) if condition else self.where()
        keys = [order_key(scope, each, self.operand) for each in query.order]
        # The Id settles ties: the same query finds the same rows in the same order.
        order = ", ".join(dict.fromkeys([*keys, f'{scope.root}."Id"']))
        limited = self._limits_of_parent(parent, order) if parent else ""
        columns = ", ".join(selection.columns)
        sql = f"SELECT {columns} FROM {scope.tables}{where}{limited} ORDER BY {order}"
        return shape, tuple(self._children(each) for each in children), sql

    def _children(self, child: Child) -> Plan:
        """The plan of the children of many parents at once."""
        query = child.query
        names = query.source.names
        if len(names) > 1 and names[0].lower() == self.scope.own:
            names = names[1:]
        found = self.scope.entity.child(names[0]) if len(names) == 1 else None
        if found is None:
            raise refused(
                "INVALID_TYPE",
                query.text,
                query.source.at,
                f"Didn't understand relationship '{'.'.join(names)}' in FROM part of query call. "
                "If you are attempting to use a custom relationship, be sure to append the '__r' "
                "after the custom relationship name. The describe call lists the child "
                f"relationships of '{self.scope.entity.name}'.",
            )
        entity = self.world.catalog.entity(found.entity)
        assert entity is not None
        values = Values()
        select = _Select(query, self.world, entity, values)
        if select.counts or select.groups or query.viewed:
            raise malformed(query.text, query.at, "a sub-query of children selects fields only")
        if query.offset and self.query.limit != 1:
            raise malformed(
                query.text,
                query.at,
                "OFFSET is only allowed in a sub-query of a query with LIMIT 1",
            )
        # The parents are bound first, once they are known.
        return select.of_parents(found.field, values.add(()))

    def _limits(self) -> str:
        query = self.query
        limit = "" if query.limit is None else f" LIMIT {query.limit}"
        return limit + (f" OFFSET {query.offset}" if query.offset else "")

    def _limits_of_parent(self, parent: str, order: str) -> str:
        query = self.query
        if query.limit is None and not query.offset:
            return ""
        place = f"row_number() OVER (PARTITION BY {parent} ORDER BY {order})"
        last = "" if query.limit is None else f" AND {place} <= {query.offset + query.limit}"
        return f" QUALIFY {place} > {query.offset}{last}"

    def _check_offset(self) -> None:
        if self.query.offset > MOST_SKIPPED:
            raise refused(
                "NUMBER_OUTSIDE_VALID_RANGE",
                self.query.text,
                self.query.at,
                f"Maximum SOQL offset allowed is {MOST_SKIPPED}",
            )

    def _semi_join(self, query: Query, outer: Operand, at: int) -> str:
        expression = selected(query)
        entity = entity_named(self.world.catalog, query.text, query.source)
        world = replace(self.world, deleted=False)
        inner = _Select(query, world, entity, self.values, self.scope.prefix + "s")
        found = inner.operand(expression)
        check_sides(query, found, outer, at)
        where = inner.where(f"{found.sql} IS NOT NULL")
        return f"{outer.sql} IN (SELECT {found.sql} FROM {inner.scope.tables}{where})"
