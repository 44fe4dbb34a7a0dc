"""The selected fields of a query of records, as columns of SQL and the shape of a record."""

from collections.abc import Callable

from orgsmith.arena.soql.operands import Operand
from orgsmith.arena.soql.scope import Field, Scope
from orgsmith.arena.soql.shape import Children, Parent, Shape, Value, conversion
from orgsmith.arena.soql.tokens import malformed, refused
from orgsmith.arena.soql.tree import (
    Call,
    Child,
    Comparison,
    Condition,
    Expression,
    Fields,
    Item,
    Joined,
    Membership,
    Path,
    Query,
    TypeOf,
)

MOST_WITH_FIELDS = 200
"""Greatest LIMIT with FIELDS(ALL) and FIELDS(CUSTOM), as in Salesforce."""


class Selection:
    """Collects columns and shape, in the order of what is selected.

    `first` is a column that comes before all others and is no part of the record.
    """

    def __init__(
        self,
        scope: Scope,
        query: Query,
        operands: Callable[[Expression], Operand],
        first: str | None = None,
    ) -> None:
        self._scope = scope
        self._query = query
        self._operands = operands
        self._taken: set[tuple[str, ...]] = set()
        self._children: list[Child] = []
        self.columns: list[str] = [] if first is None else [first]
        self._root = Shape(scope.entity.name, self._column(f'{scope.root}."Id"'), [])
        self._shapes: dict[tuple[str, ...], Shape] = {(): self._root}

    def shape(self) -> tuple[Shape, list[Child]]:
        """The shape of a record, and the sub-queries of its children.

        Raises:
            OrgError: a field does not exist or is selected twice.
        """
        for each in self._query.selected:
            match each:
                case Item():
                    self._item(each)
                case Fields():
                    self._fields(each)
                case TypeOf():
                    self._typeof(each)
                case Child():
                    self._child(each)
        return self._root, self._children

    def _item(self, item: Item) -> None:
        at = item.expression.at
        found = self._operands(item.expression)
        if found.function:
            raise malformed(
                self._scope.text, at, f"{found.name} is only selected in a query with GROUP BY"
            )
        if item.alias is not None and not isinstance(item.expression, Call):
            raise malformed(self._scope.text, at, "only aggregate expressions use field aliasing")
        assert found.field is not None
        self._add(found.field, at, found.shown, item.alias)

    def _add(self, field: Field, at: int, shown: str = "", alias: str | None = None) -> None:
        steps = () if alias else field.steps
        name = alias or field.column.name
        self._take((*steps, name.lower()), alias or field.name, at)
        value = Value(name, self._column(field.sql), conversion(field.kind, shown))
        self._shape(steps).parts.append(value)

    def _take(self, key: tuple[str, ...], name: str, at: int) -> None:
        if key in self._taken:
            said = f"duplicate field selected: {name}"
            raise refused("INVALID_FIELD", self._scope.text, at, said)
        self._taken.add(key)

    def _shape(self, steps: tuple[str, ...]) -> Shape:
        """The shape of the records that steps lead to, made where it is first needed."""
        if steps in self._shapes:
            return self._shapes[steps]
        above = self._shape(steps[:-1])
        reached = self._scope.reach_id(steps)
        shape = Shape(reached.column.entity, self._column(reached.sql), [])
        above.parts.append(Parent(steps[-1], shape))
        self._shapes[steps] = shape
        return shape

    def _column(self, sql: str) -> int:
        """The place of a column, which is selected once however often it is needed."""
        if sql not in self.columns:
            self.columns.append(sql)
        return self.columns.index(sql)

    def _fields(self, fields: Fields) -> None:
        query = self._query
        most = query.limit if query.limit is not None else _most(query.where)
        if fields.group != "STANDARD" and (most is None or most > MOST_WITH_FIELDS):
            raise malformed(
                self._scope.text,
                fields.at,
                f"FIELDS({fields.group}) needs a LIMIT of at most {MOST_WITH_FIELDS}",
            )
        wanted = [
            column
            for column in self._scope.entity.columns.values()
            if fields.group in {"ALL", "CUSTOM" if column.custom else "STANDARD"}
        ]
        if not wanted and len(query.selected) == 1:
            raise malformed(
                self._scope.text,
                fields.at,
                "'FIELDS(...)' expansion function must result in at least one field being selected",
            )
        for column in wanted:
            self._add(self._scope.reach((), column), fields.at)

    def _typeof(self, typeof: TypeOf) -> None:
        beside = [each.expression for each in self._query.selected if isinstance(each, Item)]
        if any(isinstance(each, Call) for each in beside):
            raise malformed(self._scope.text, typeof.at, "TYPEOF is not allowed beside functions")
        steps, column, entity = self._scope.relationship(typeof.relationship)
        if not column.polymorphic:
            raise refused(
                "INVALID_FIELD",
                self._scope.text,
                typeof.at,
                f"TYPEOF is only allowed for polymorphic relationships; {column.relationship} "
                f"always leads to {column.parent}",
            )
        chosen = typeof.otherwise
        for when in typeof.whens:
            found = self._scope.world.catalog.entity(when.entity)
            if found is None:
                raise refused(
                    "INVALID_TYPE", self._scope.text, when.at,
                    f"sObject type '{when.entity}' is not supported.",
                )  # fmt: skip
            if found.name == entity.name:
                chosen = when.fields
                break
        paths = [each for each in beside if isinstance(each, Path)]
        if any(self._scope.field(each).steps[: len(steps)] == steps for each in paths):
            raise malformed(
                self._scope.text,
                typeof.at,
                f"TYPEOF {'.'.join(steps)} is not allowed beside fields of the same relationship",
            )
        self._shape(steps)
        for path in chosen:
            names = (*typeof.relationship.names, *path.names)
            self._add(self._scope.field(Path(names, path.at)), path.at)

    def _child(self, child: Child) -> None:
        name = child.query.source.names[-1]
        found = self._scope.entity.child(name)
        shown = found.name if found else name
        self._take((shown.lower(),), shown, child.at)
        self._root.parts.append(Children(shown, len(self._children)))
        self._children.append(child)


def _most(condition: Condition | None) -> int | None:
    """How many records at most have the Ids that a condition lists; None if it lists none."""
    match condition:
        case Membership(Path((name,)), False, tuple(choices)) if name.lower() == "id":
            return len(choices)
        case Comparison(Path((name,)), "=") if name.lower() == "id":
            return 1
        case Joined(word, conditions):
            each = [_most(one) for one in conditions]
            known = [most for most in each if most is not None]
            if word == "OR":
                return sum(known) if len(known) == len(each) else None
            return min(known, default=None)
        case _:
            return None
