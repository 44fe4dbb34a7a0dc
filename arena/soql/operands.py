"""What can be compared, grouped, sorted and shown: fields and functions of them, as SQL.

Source of the functions: Salesforce, "SOQL and SOSL Reference", Date Functions, Aggregate Functions.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from orgsmith.arena.catalog import NUMBERS, TIMES
from orgsmith.arena.errors import OrgError
from orgsmith.arena.soql.scope import Field, Scope
from orgsmith.arena.soql.tokens import malformed, refused
from orgsmith.arena.soql.tree import Call, Expression, Path
from orgsmith.schema.declaration import Kind

FOLDED = frozenset({Kind.STRING, Kind.TEXTAREA, Kind.EMAIL, Kind.PHONE})
"""Kinds whose values are equal in any case."""

DATE_FUNCTIONS = {
    "CALENDAR_YEAR": "year({0})",
    "CALENDAR_QUARTER": "quarter({0})",
    "CALENDAR_MONTH": "month({0})",
    "FISCAL_YEAR": "(year({0}) + 0)",
    "FISCAL_QUARTER": "(quarter({0}) + 0)",
    "FISCAL_MONTH": "(month({0}) + 0)",
    "DAY_IN_MONTH": "day({0})",
    "DAY_IN_WEEK": "(dayofweek({0}) + 1)",
    "DAY_IN_YEAR": "dayofyear({0})",
    "WEEK_IN_MONTH": "((day({0}) - 1) // 7 + 1)",
    "WEEK_IN_YEAR": "((dayofyear({0}) - 1) // 7 + 1)",
    "DAY_ONLY": "CAST({0} AS DATE)",
    "HOUR_IN_DAY": "hour({0})",
}
"""By name; weeks begin on Sunday (1), fiscal years in January, week 1 on the first day. No two are
the same SQL: the engine would take their sub-totals for one another."""

OF_MOMENTS = frozenset({"DAY_ONLY", "HOUR_IN_DAY"})
AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX", "GROUPING"})
SHOWN = frozenset({"FORMAT", "TOLABEL"})
"""Functions that only change how a value is shown."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A value of each row, or of each group.

    `sql` is the value, `key` what it is grouped by and told apart by, `rank` what it is sorted by.
    `name` is how it is called in errors, `fields` the field behind it.
    """

    sql: str
    key: str
    rank: str
    kind: Kind
    name: str
    field: Field | None = None
    function: str = ""
    aggregate: bool = False
    shown: str = ""

    @property
    def long(self) -> bool:
        """Whether it is a long text, which is only shown."""
        return self.field is not None and self.field.column.long and not self.aggregate


def operand(scope: Scope, expression: Expression, grouped: Callable[[str], bool]) -> Operand:
    """What an expression means.

    Args:
        scope: the query it stands in.
        expression: the expression.
        grouped: whether an operand of that key is grouped by, for GROUPING.

    Raises:
        OrgError: there is no such field or function, or it does not take what it is given.
    """
    if isinstance(expression, Path):
        return of_field(scope.field(expression))
    return _call(scope, expression, grouped)


def of_field(field: Field) -> Operand:
    """A field's value."""
    sql, kind = field.sql, field.kind
    if kind is Kind.BOOLEAN and field.steps:
        # A boolean is never null, not even that of a parent that does not exist.
        sql = f"coalesce({sql}, false)"
    folded = f"lower({sql})" if kind in FOLDED else sql
    # In locale en_US text sorts by its capitals.
    rank = f"upper({sql})" if kind in FOLDED else sql
    if kind is Kind.PICKLIST and field.column.values:
        # Salesforce sorts a picklist by the order of its values.
        listed = ", ".join(_quoted(value) for value in field.column.values)
        rank = f"coalesce(list_position([{listed}], {sql}), {len(field.column.values) + 1})"
        rank = f"CASE WHEN {sql} IS NOT NULL THEN {rank} END"
    return Operand(sql, folded, rank, kind, field.name, field)


def _call(scope: Scope, call: Call, grouped: Callable[[str], bool]) -> Operand:
    name = call.function
    known = name in DATE_FUNCTIONS or name in AGGREGATES or name in SHOWN
    if not known and name != "CONVERTTIMEZONE":
        raise malformed(scope.text, call.at, f"unknown function: {name}")
    if call.argument is None:
        raise malformed(scope.text, call.at, f"{name}() needs a field here")
    if name == "CONVERTTIMEZONE":
        raise malformed(scope.text, call.at, "convertTimezone is only allowed in date functions")
    if name in DATE_FUNCTIONS:
        return _date_function(scope, call, operand(scope, _in_zone(scope, call), grouped))
    inner = operand(scope, call.argument, grouped)
    if inner.long:
        raise unfit(scope, call.at, inner, f"does not support the function {name}")
    if name in SHOWN:
        return _shown(scope, call, inner)
    return _aggregate(scope, call, inner, grouped)


def _in_zone(scope: Scope, call: Call) -> Expression:
    """What a date function takes, in the zone of all users, which is UTC."""
    inner = call.argument
    if isinstance(inner, Call) and inner.function == "CONVERTTIMEZONE":
        if not isinstance(inner.argument, Path):
            raise malformed(scope.text, inner.at, "convertTimezone takes a field of type dateTime")
        if scope.field(inner.argument).kind is not Kind.DATETIME:
            raise malformed(scope.text, inner.at, "convertTimezone takes a field of type dateTime")
        inner = inner.argument
    assert inner is not None
    return inner


def unfit(scope: Scope, at: int, found: Operand, reason: str) -> OrgError:
    """INVALID_FIELD: a field is used for what it is not fit for."""
    return refused("INVALID_FIELD", scope.text, at, f"field '{found.name}' {reason}")


def _date_function(scope: Scope, call: Call, inner: Operand) -> Operand:
    name = call.function
    allowed = {Kind.DATETIME} if name in OF_MOMENTS else TIMES
    if inner.aggregate or inner.function or inner.kind not in allowed:
        needed = "dateTime" if name in OF_MOMENTS else "date or dateTime"
        raise malformed(scope.text, call.at, f"{name} takes a field of type {needed}")
    sql = DATE_FUNCTIONS[name].format(inner.sql)
    kind = Kind.DATE if name == "DAY_ONLY" else Kind.INT
    return Operand(sql, sql, sql, kind, f"{name}({inner.name})", inner.field, function=name)


def _shown(scope: Scope, call: Call, inner: Operand) -> Operand:
    if call.function == "FORMAT":
        if inner.kind not in NUMBERS | TIMES:
            raise malformed(scope.text, call.at, "FORMAT takes numbers, dates and dateTimes")
        return replace(inner, shown="FORMAT")
    if inner.aggregate or inner.function:
        raise malformed(scope.text, call.at, "toLabel takes a field")
    return replace(inner, shown="TOLABEL")


def _aggregate(scope: Scope, call: Call, inner: Operand, grouped: Callable[[str], bool]) -> Operand:
    name = call.function
    if inner.aggregate or inner.shown:
        raise malformed(scope.text, call.at, f"{name} takes a field")
    shown = f"{name}({inner.name})"
    if name == "GROUPING":
        if not grouped(inner.key):
            raise malformed(scope.text, call.at, f"{shown}: the field must be grouped by")
        return _number(f"grouping({inner.key})", Kind.INT, shown)
    if inner.function:
        raise malformed(scope.text, call.at, f"{name} takes a field, not a function")
    fits = inner.kind in NUMBERS if name in {"SUM", "AVG"} else inner.kind is not Kind.BOOLEAN
    if not fits:
        reason = f"field {inner.name} does not support aggregate operator {name}"
        raise malformed(scope.text, call.at, reason)
    if name == "COUNT":
        return _number(f"count({inner.sql})", Kind.INT, shown)
    if name == "COUNT_DISTINCT":
        return _number(f"count(DISTINCT {inner.key})", Kind.INT, shown)
    if name == "AVG":
        exact = "favg" if inner.kind is Kind.DOUBLE else "avg"
        return _number(f"{exact}({inner.sql})", Kind.DOUBLE, shown)
    if name == "SUM":
        # Amounts are whole cents inside; other numbers are added with the error compensated.
        exact = "fsum" if inner.kind is Kind.DOUBLE else "sum"
        return _number(f"{exact}({inner.sql})", inner.kind, shown)
    least = f"arg_{name.lower()}({inner.sql}, {inner.rank})"
    sql = f"{name.lower()}({inner.sql})" if inner.rank == inner.sql else least
    rank = f"{name.lower()}({inner.rank})"
    key = f"lower({sql})" if inner.kind in FOLDED else sql
    return Operand(sql, key, rank, inner.kind, shown, inner.field, name, aggregate=True)


def _number(sql: str, kind: Kind, name: str) -> Operand:
    return Operand(sql, sql, sql, kind, name, function=name, aggregate=True)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
