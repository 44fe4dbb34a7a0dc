"""Groups of an aggregate query: what they are keyed by, what is selected of them, their order."""

from collections.abc import Callable
from dataclasses import replace

from orgsmith.arena.soql.operands import Operand, operand, unfit
from orgsmith.arena.soql.scope import Scope
from orgsmith.arena.soql.shape import Shape, Value, conversion
from orgsmith.arena.soql.tokens import malformed, refused
from orgsmith.arena.soql.tree import Expression, Item, Order, Path, Query


class Groups:
    """The groups of one query.

    Raises:
        OrgError: it groups by what cannot be grouped by, or has an order or a limit without groups.
    """

    def __init__(self, scope: Scope, query: Query) -> None:
        self._scope = scope
        self._query = query
        self._keys: tuple[Operand, ...] = ()
        group = query.group
        if group is not None:
            self._keys = tuple(self._grouped_by(each) for each in group.expressions)
            if group.kind and len({each.key for each in self._keys}) < len(self._keys):
                raise malformed(query.text, query.at, f"{group.kind} names a field twice")
        elif query.limit is not None or query.offset or query.order:
            raise malformed(
                query.text,
                query.at,
                "Non-grouped query that uses overall aggregate functions cannot also use LIMIT, "
                "OFFSET or ORDER BY",
            )

    @property
    def clause(self) -> str:
        """GROUP BY, empty if all rows are one group."""
        group = self._query.group
        if group is None:
            return ""
        keys = ", ".join(each.key for each in self._keys)
        return f" GROUP BY {group.kind}({keys})" if group.kind else f" GROUP BY {keys}"

    @property
    def order(self) -> str:
        """ORDER BY: the keys asked for, then those of the groups, so that ties are settled."""
        if self._query.group is None:
            return ""
        keys = [order_key(self._scope, each, self.operand) for each in self._query.order]
        keys += [f"{each.key} ASC NULLS FIRST" for each in self._keys]
        if self._query.group.kind:
            # A sub-total after the group that has no value.
            keys += [f"grouping({each.key})" for each in self._keys]
        return " ORDER BY " + ", ".join(dict.fromkeys(keys))

    def shape(self) -> tuple[list[str], Shape]:
        """The columns, and the shape of a group's record.

        Raises:
            OrgError: something is selected that is neither grouped nor aggregated, or two have the
                same name.
        """
        columns: list[str] = []
        parts: list[Value] = []
        taken: set[str] = set()
        unnamed = 0
        for each in self._query.selected:
            if not isinstance(each, Item):
                raise malformed(self._query.text, each.at, "groups have fields and aggregates only")
            found = self.operand(each.expression)
            name = each.alias
            if name is None and isinstance(each.expression, Path):
                name = found.name.rpartition(".")[2]
            if name is None:
                name = f"expr{unnamed}"
                unnamed += 1
            if name.lower() in taken:
                raise malformed(self._query.text, each.expression.at, f"duplicate alias: {name}")
            taken.add(name.lower())
            parts.append(Value(name, len(columns), conversion(found.kind, found.shown)))
            columns.append(found.sql)
        return columns, Shape("", 0, list(parts))

    def operand(self, expression: Expression) -> Operand:
        """What an expression means of a group.

        Raises:
            OrgError: MALFORMED_QUERY, it is neither grouped nor aggregated.
        """
        self._refuse_alias(expression)
        found = operand(self._scope, expression, self._is_key)
        if found.aggregate:
            return found
        if not self._is_key(found.key):
            raise malformed(
                self._query.text,
                expression.at,
                f"Field must be grouped or aggregated: {found.name}",
            )
        sql, rank = (self._of_group(each, found.key) for each in (found.sql, found.rank))
        return replace(found, sql=sql, rank=rank)

    def _refuse_alias(self, expression: Expression) -> None:
        """An alias names a column of the result; no clause knows it, as in Salesforce."""
        if not isinstance(expression, Path) or len(expression.names) != 1:
            return
        name = expression.names[0]
        if self._scope.entity.column(name) is not None:
            return
        for each in self._query.selected:
            if isinstance(each, Item) and (each.alias or "").lower() == name.lower():
                raise refused(
                    "INVALID_FIELD",
                    self._query.text,
                    expression.at,
                    f"No such column '{name}' on entity '{self._scope.entity.name}'. It is an "
                    "alias, which HAVING and ORDER BY do not know: repeat what it stands for.",
                )

    def _grouped_by(self, expression: Expression) -> Operand:
        found = operand(self._scope, expression, self._is_key)
        field = found.field
        fits = field is not None and (found.function or field.column.groupable)
        if not fits or found.shown or found.aggregate:
            raise unfit(self._scope, expression.at, found, "can not be grouped in a query call")
        return found

    def _of_group(self, sql: str, key: str) -> str:
        """One value of a group whose rows are equal by its key; a sub-total has none."""
        if sql == key:
            return sql
        group = self._query.group
        one = f"min({sql})"
        return f"CASE WHEN grouping({key}) = 0 THEN {one} END" if group and group.kind else one

    def _is_key(self, key: str) -> bool:
        return any(each.key == key for each in self._keys)


def order_key(scope: Scope, order: Order, operands: Callable[[Expression], Operand]) -> str:
    """A key of ORDER BY as SQL.

    Raises:
        OrgError: INVALID_FIELD, it is a long text.
    """
    found = operands(order.expression)
    at = order.expression.at
    if found.long:
        raise unfit(scope, at, found, "can not be sorted in a query call")
    if found.shown:
        name = "toLabel" if found.shown == "TOLABEL" else found.shown
        raise malformed(scope.text, at, f"{name} is not allowed in ORDER BY")
    direction = "DESC" if order.descending else "ASC"
    return f"{found.rank} {direction} NULLS {'LAST' if order.nulls_last else 'FIRST'}"
