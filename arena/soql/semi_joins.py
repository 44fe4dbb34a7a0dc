"""What a semi-join may be: `AccountId IN (SELECT AccountId FROM Order WHERE ...)`.

Source of the rules: Salesforce, "SOQL and SOSL Reference", Semi-Joins with IN and Anti-Joins.
"""

from orgsmith.arena.catalog import IDS, Column
from orgsmith.arena.soql.operands import AGGREGATES, Operand
from orgsmith.arena.soql.tokens import malformed
from orgsmith.arena.soql.tree import (
    Condition,
    Expression,
    Item,
    Joined,
    Membership,
    Not,
    Path,
    Query,
)


def selected(query: Query) -> Expression:
    """The field that an inner query selects.

    Raises:
        OrgError: MALFORMED_QUERY, it selects more, or has a clause that no semi-join has.
    """
    if len(query.selected) != 1 or not isinstance(query.selected[0], Item):
        raise malformed(query.text, query.at, "a semi join selects exactly one field")
    item = query.selected[0]
    if item.alias or aggregates(item.expression) or query.group or query.walks:
        raise malformed(query.text, query.at, "a semi join selects a plain field")
    if query.order or query.limit is not None or query.offset or query.viewed:
        raise malformed(
            query.text, query.at, "ORDER BY, LIMIT, OFFSET and FOR are not allowed in a semi join"
        )
    if query.where is not None and _has_query(query.where):
        raise malformed(query.text, query.at, "Nested semi join sub-selects are not supported")
    return item.expression


def check_sides(query: Query, inner: Operand, outer: Operand, at: int) -> None:
    """Both sides must be ids of the same object, in records of different ones.

    Raises:
        OrgError: MALFORMED_QUERY, they are not.
    """
    if _column(query, inner, at).entity == _column(query, outer, at).entity:
        raise malformed(
            query.text, at, "The inner and outer selects should not be on the same object type"
        )
    leads = [_leads_to(query, each, at) for each in (inner, outer)]
    if leads[0] != leads[1]:
        raise malformed(
            query.text,
            at,
            f"The inner field '{inner.name}' leads to {leads[0]}, the outer field '{outer.name}' "
            f"to {leads[1]}; both must lead to the same object",
        )


def aggregates(expression: Expression) -> bool:
    """Whether an expression has an aggregate function in it."""
    if isinstance(expression, Path):
        return False
    if expression.function in AGGREGATES:
        return True
    return expression.argument is not None and aggregates(expression.argument)


def _leads_to(query: Query, side: Operand, at: int) -> str:
    column = _column(query, side, at)
    return column.parent or column.entity


def _column(query: Query, side: Operand, at: int) -> Column:
    field = side.field
    if field is None or field.kind not in IDS or field.steps or side.function:
        raise malformed(
            query.text,
            at,
            f"'{side.name}' is no id or reference of the object itself, which a semi join needs",
        )
    return field.column


def _has_query(condition: Condition) -> bool:
    match condition:
        case Joined(_, conditions):
            return any(_has_query(each) for each in conditions)
        case Not(inner):
            return _has_query(inner)
        case Membership():
            return isinstance(condition.choices, Query)
        case _:
            return False
