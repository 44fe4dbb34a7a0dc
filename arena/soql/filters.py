"""Conditions as SQL. SOQL knows true and false only: a comparison with an empty field is false, and
its opposite true.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from orgsmith.arena.catalog import IDS, NUMBERS, TIMES
from orgsmith.arena.errors import OrgError
from orgsmith.arena.ids import full_id
from orgsmith.arena.soql.operands import FOLDED, Operand, unfit
from orgsmith.arena.soql.ranges import Span, span
from orgsmith.arena.soql.scope import Scope, Values
from orgsmith.arena.soql.tokens import malformed, refused
from orgsmith.arena.soql.tree import (
    Comparison,
    Condition,
    Constant,
    Expression,
    Inclusion,
    Joined,
    Membership,
    Not,
    Query,
)
from orgsmith.schema.declaration import Kind

SPELLED = {
    Kind.BOOLEAN: "boolean",
    Kind.INT: "int",
    Kind.DOUBLE: "double",
    Kind.CURRENCY: "currency",
    Kind.DATE: "date",
    Kind.DATETIME: "dateTime",
}
"""Types whose values stand without quotes, as Salesforce spells them in errors."""

MOST_SEMI_JOINS = 2
EXACT = 18
"""Digits that a number can have to be compared to the last of them."""

LARGEST = 30
"""Digits before or after the point of a number."""


class Filters:
    """Turns the conditions of one query into SQL."""

    def __init__(
        self,
        scope: Scope,
        values: Values,
        operands: Callable[[Expression], Operand],
        semi_join: Callable[[Query, Operand, int], str] | None = None,
    ) -> None:
        self._scope = scope
        self._values = values
        self._operands = operands
        self._semi_join = semi_join
        self._semi_joins = 0

    def sql(self, condition: Condition, *, exact: bool = False, under: str = "") -> str:
        """The SQL of a condition.

        Args:
            condition: the condition.
            exact: whether it must be false, not unknown, where a field is empty.
            under: OR or NOT if the condition stands below one.

        Raises:
            OrgError: a field, operator or value that does not fit.
        """
        match condition:
            case Joined(word, conditions):
                below = "OR" if word == "OR" else under
                joined = [self.sql(each, exact=exact, under=below) for each in conditions]
                return "(" + f" {word} ".join(joined) + ")"
            case Not(inner):
                return f"(NOT {self.sql(inner, exact=True, under=under or 'NOT')})"
            case Comparison():
                return self._exact(self._comparison(condition), exact)
            case Membership():
                return self._exact(self._membership(condition, under), exact)
            case Inclusion():
                found = self._operand(condition.left, condition.at)
                operator = "excludes" if condition.negated else "includes"
                raise self._operator(
                    condition.at,
                    f"the {operator} operator is only for multi-select picklists, which "
                    f"'{found.name}' is not",
                )

    def _exact(self, sql: str, exact: bool) -> str:
        return f"coalesce({sql}, false)" if exact else sql

    def _operand(self, expression: Expression, at: int) -> Operand:
        found = self._operands(expression)
        if found.long:
            raise unfit(self._scope, at, found, "can not be filtered in a query call")
        if found.shown == "FORMAT":
            raise malformed(self._scope.text, expression.at, "FORMAT is only allowed in SELECT")
        return found

    def _comparison(self, test: Comparison) -> str:
        left = self._operand(test.left, test.at)
        operator, right = test.operator, test.right
        self._fits_operator(left, operator, test.at)
        if right.sort == "null" or (right.sort == "string" and self._empty(left, operator, right)):
            if operator not in {"=", "!="}:
                raise self._operator(test.at, f"null is compared by = and != only, not {operator}")
            return _empty(left, operator)
        if right.sort == "range":
            return self._in_span(left, operator, self._span(left, right))
        if operator == "LIKE":
            self._fits(left, right)
            pattern = self._values.add(right.text)
            return f"(lower({left.sql}) LIKE lower({pattern}) ESCAPE '\\')"
        value = self._value(left, right)
        if operator == "!=":
            return f"({left.key} IS DISTINCT FROM {value})"
        if operator != "=" and left.kind in FOLDED | {Kind.PICKLIST}:
            # Greater and less as ORDER BY has them.
            return f"(upper({left.sql}) {operator} upper({value}))"
        return f"({left.key} {operator} {value})"

    def _empty(self, left: Operand, operator: str, right: Constant) -> bool:
        """Whether an empty string stands for an empty field."""
        return not right.text and operator in {"=", "!="} and left.kind not in SPELLED

    def _fits_operator(self, left: Operand, operator: str, at: int) -> None:
        if operator == "LIKE" and (left.kind in SPELLED or left.kind in IDS):
            shown = "id" if left.kind in IDS else SPELLED[left.kind]
            raise self._operator(at, f"invalid operator on {shown} field: LIKE '{left.name}'")
        if left.kind is Kind.BOOLEAN and operator not in {"=", "!="}:
            raise self._operator(at, f"invalid operator on boolean field: '{left.name}'")

    def _membership(self, test: Membership, under: str) -> str:
        left = self._operand(test.left, test.at)
        if isinstance(test.choices, Query):
            found = self._semi(test, left, test.choices, under)
        else:
            found = self._list(left, test.choices)
        return f"(NOT coalesce({found}, false))" if test.negated else found

    def _semi(self, test: Membership, left: Operand, query: Query, under: str) -> str:
        if self._semi_join is None:
            under = "HAVING"
        if under or self._semi_join is None:
            raise malformed(
                self._scope.text,
                test.at,
                f"Semi join sub-selects are not allowed with the '{under}' operator",
            )
        self._semi_joins += 1
        if self._semi_joins > MOST_SEMI_JOINS:
            raise malformed(
                self._scope.text, test.at, f"maximum {MOST_SEMI_JOINS} semi join sub-selects"
            )
        return self._semi_join(query, left, test.at)

    def _list(self, left: Operand, choices: tuple[Constant, ...]) -> str:
        parts: list[str] = []
        values: list[str] = []
        empty = False
        for each in choices:
            if each.sort == "range":
                parts.append(self._in_span(left, "=", self._span(left, each)))
            elif each.sort == "null" or (each.sort == "string" and self._empty(left, "=", each)):
                empty = True
            else:
                values.append(self._value(left, each))
        if empty:
            parts.append(_empty(left, "="))
        if values:
            parts.append(f"{left.key} IN ({', '.join(values)})")
        return "(" + " OR ".join(dict.fromkeys(parts)) + ")"

    def _value(self, left: Operand, right: Constant) -> str:
        """A value as SQL that compares with the operand's key.

        Raises:
            OrgError: INVALID_FIELD, it is of another type; INVALID_QUERY_FILTER_OPERATOR, no id.
        """
        if right.sort == "range":
            self._span(left, right)
        self._fits(left, right)
        kind = left.kind
        if kind in IDS:
            return self._values.add(self._id(left, right))
        if kind is Kind.BOOLEAN:
            return right.text.lower()
        if kind in NUMBERS:
            return self._number(right)
        if kind in TIMES:
            return self._moment(kind, right)
        if kind is Kind.PICKLIST:
            return self._values.add(_listed(left, right.text))
        return f"lower({self._values.add(right.text)})"

    def _fits(self, left: Operand, right: Constant) -> None:
        needed = SPELLED.get(left.kind)
        wanted = "string"
        if needed is not None:
            wanted = "number" if left.kind in NUMBERS else left.kind.value
        if right.sort == wanted:
            return
        quotes = "be enclosed in quotes" if needed is None else "not be enclosed in quotes"
        raise refused(
            "INVALID_FIELD",
            self._scope.text,
            right.at,
            f"value of filter criterion for field '{left.name}' must be of type "
            f"{needed or 'string'} and should {quotes}",
        )

    def _id(self, left: Operand, right: Constant) -> str:
        found = full_id(right.text)
        if found is None:
            raise self._operator(right.at, f"invalid ID field: {right.text}")
        return found

    def _number(self, right: Constant) -> str:
        try:
            number = Decimal("".join(right.text.split()))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number.adjusted()) > LARGEST:
            raise malformed(self._scope.text, right.at, "the number is out of range")
        if len(number.as_tuple().digits) > EXACT or abs(number.adjusted()) >= EXACT:
            return f"CAST('{float(number)}' AS DOUBLE)"
        return format(number, "f")

    def _moment(self, kind: Kind, right: Constant) -> str:
        try:
            if kind is Kind.DATE:
                return f"DATE '{dt.date.fromisoformat(right.text)}'"
            moment = dt.datetime.fromisoformat(right.text).astimezone(dt.UTC)
            return f"TIMESTAMP '{moment.replace(tzinfo=None).isoformat(sep=' ')}'"
        except (ValueError, OverflowError):
            raise malformed(
                self._scope.text, right.at, f"there is no such {SPELLED[kind]}: {right.text}"
            ) from None

    def _span(self, left: Operand, right: Constant) -> Span:
        if left.kind not in TIMES:
            self._fits(left, right)
        try:
            return span(right.text, right.count, self._scope.world.today)
        except ValueError as error:
            raise malformed(self._scope.text, right.at, str(error)) from None

    def _in_span(self, left: Operand, operator: str, days: Span) -> str:
        type_ = "DATE" if left.kind is Kind.DATE else "TIMESTAMP"
        start, end = (f"{type_} '{day.isoformat()}'" for day in days)
        sql = left.sql
        match operator:
            case "=":
                return f"({sql} >= {start} AND {sql} < {end})"
            case "!=":
                return f"({sql} IS NULL OR {sql} < {start} OR {sql} >= {end})"
            case "<" | ">=":
                return f"({sql} {operator} {start})"
            case "<=":
                return f"({sql} < {end})"
            case _:
                return f"({sql} >= {end})"

    def _operator(self, at: int, reason: str) -> OrgError:
        return refused("INVALID_QUERY_FILTER_OPERATOR", self._scope.text, at, reason)


def _empty(left: Operand, operator: str) -> str:
    """Whether a field is empty, or for != whether it is not; a boolean that is empty is false."""
    if left.kind is Kind.BOOLEAN:
        return left.sql if operator == "!=" else f"(NOT {left.sql})"
    return f"({left.sql} IS {'NOT ' if operator == '!=' else ''}NULL)"


def _listed(left: Operand, text: str) -> str:
    """The value of a picklist that is written so in any case; the text itself if there is none."""
    values = left.field.column.values if left.field else ()
    return next((value for value in values if value.lower() == text.lower()), text)
