"""Draws queries of an organisation's own values, by hypothesis."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from hypothesis import strategies as st

from orgsmith.schema.declaration import Kind
from tests.arena.soql.asked import Asked, Nested, Sorted
from tests.arena.soql.days import COUNTED, PLAIN
from tests.arena.soql.grouped import Aggregate, Grouped, Having, Key
from tests.arena.soql.meant import (
    DATE_FUNCTIONS,
    Alike,
    Among,
    Compared,
    Condition,
    Counted,
    Joined,
    Linked,
    Negated,
    Value,
    Within,
)
from tests.arena.soql.published import IDS, NUMBERS, TEXTS, TIMES, Column, Published, columns

OBJECTS = (
    "Account",
    "Contact",
    "Order",
    "OrderItem",
    "Case",
    "CaseHistory__c",
    "EmailMessage",
    "LiveChatTranscript",
    "Product2",
    "Pricebook2",
    "User",
    "ProductCategory",
)
SEMI_JOINS = {
    "Account": [("Id", "Order", "AccountId"), ("Id", "Case", "AccountId")],
    "Order": [("AccountId", "Account", "Id"), ("AccountId", "Case", "AccountId")],
    "Case": [("OwnerId", "User", "Id"), ("Id", "EmailMessage", "ParentId")],
    "OrderItem": [("Product2Id", "Product2", "Id"), ("OrderId", "Order", "Id")],
    "Product2": [("Id", "OrderItem", "Product2Id")],
    "User": [("Id", "Contact", "OwnerId"), ("Id", "LiveChatTranscript", "OwnerId")],
}
"""Of an object: its field, and the object and field in which it may be found."""

CHILDREN = [
    ("Account", "Orders", "Order", "AccountId"),
    ("Account", "Cases", "Case", "AccountId"),
    ("Order", "OrderItems", "OrderItem", "OrderId"),
    ("OrderItem", "Cases__r", "Case", "OrderItemId__c"),
    ("Case", "EmailMessages", "EmailMessage", "ParentId"),
    ("Case", "CaseHistories__r", "CaseHistory__c", "CaseId__c"),
    ("User", "OwnedCases", "Case", "OwnerId"),
]
"""Parent, relationship, child and its field."""

KNOWN = 40
LONGEST = 300
OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
ZONES = (0, 60, -480, 330, 840)


@dataclass(frozen=True, slots=True)
class Source:
    """An organisation, and the day on which it is asked."""

    published: Published
    today: dt.date


@cache
def known(published: Published, name: str, path: str) -> Sequence[Value]:
    """Some values that a column has, the long ones left out."""
    values = published.wide(name).get_column(path).drop_nulls().unique(maintain_order=True)
    return [value for value in values if len(str(value)) <= LONGEST][:KNOWN]


@st.composite
def any_column(draw: st.DrawFn, name: str, kinds: frozenset[Kind] | None = None) -> Column:
    """A column of a kind: every kind is as likely, however many columns it has."""
    found = [each for each in columns(name) if kinds is None or each.kind in kinds]
    kind = draw(st.sampled_from(sorted({each.kind for each in found})))
    return draw(st.sampled_from([each for each in found if each.kind is kind]))


@st.composite
def value_of(draw: st.DrawFn, source: Source, name: str, column: Column) -> Value:
    """A value that a column has, or one that is near to it."""
    values = known(source.published, name, column.path)
    if column.kind is Kind.BOOLEAN:
        return draw(st.booleans())
    if not values:
        return None
    value = draw(st.sampled_from(values))
    if column.kind in IDS:
        return value
    if column.kind in NUMBERS:
        steps = [Decimal(0), Decimal(1), Decimal("-0.005"), Decimal("0.25")]
        return Decimal(str(value)) + draw(st.sampled_from(steps))
    if isinstance(value, dt.datetime):
        return value + dt.timedelta(
            microseconds=draw(st.sampled_from([0, 1, -1000, 86_400_000_000]))
        )
    if isinstance(value, dt.date):
        return value + dt.timedelta(days=draw(st.integers(-2, 2)))
    assert isinstance(value, str)
    near = [value, value.swapcase(), value[: len(value) // 2], value + "x"]
    return draw(st.one_of(st.sampled_from(near), st.text(max_size=3)))


@st.composite
def compared(draw: st.DrawFn, source: Source, name: str) -> Condition:
    """A comparison."""
    column = draw(any_column(name))
    value = draw(st.one_of(st.none(), *[value_of(source, name, column)] * 4))
    if value is None or value == "" or column.kind is Kind.BOOLEAN:
        return Compared(column, draw(st.sampled_from(OPERATORS[:2])), value)
    operator = draw(st.sampled_from(OPERATORS))
    if column.kind in IDS and operator in OPERATORS[:2] and draw(st.booleans()):
        assert isinstance(value, str)
        value = value[:15]
    return Compared(column, operator, value, draw(st.sampled_from(ZONES)))


@st.composite
def alike(draw: st.DrawFn, source: Source, name: str) -> Condition:
    """A pattern: a value of the column in which characters are replaced by wildcards."""
    column = draw(any_column(name, TEXTS))
    text = draw(st.sampled_from(known(source.published, name, column.path) or [""]))
    assert isinstance(text, str)
    parts: list[str | None] = list(text[:20])
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(parts)))
        replaced = draw(st.integers(0, 4))
        wild: list[str | None] = draw(st.sampled_from([[None], [""], ["%"], ["_"]]))
        parts[place : place + replaced] = wild
    if draw(st.booleans()):
        parts.append(None)
    swapped = [part and part.swapcase() for part in parts]
    return Alike(column, tuple(draw(st.sampled_from([parts, swapped]))))


@st.composite
def among(draw: st.DrawFn, source: Source, name: str) -> Condition:
    """A list of values, null among them at times."""
    column = draw(any_column(name, frozenset(Kind) - {Kind.BOOLEAN}))
    one = value_of(source, name, column)
    values = draw(st.lists(st.one_of(*[one] * 5, st.none()), min_size=1, max_size=5))
    return Among(column, draw(st.booleans()), tuple(values))


@st.composite
def within(draw: st.DrawFn, source: Source, name: str) -> Condition:
    """A date literal."""
    column = draw(any_column(name, TIMES))
    operator = draw(st.sampled_from(OPERATORS))
    if draw(st.booleans()):
        return Within(column, operator, draw(st.sampled_from(list(PLAIN))), None, source.today)
    literal, n = draw(st.sampled_from(list(COUNTED))), draw(st.integers(0, 8))
    return Within(column, operator, literal, n, source.today)


@st.composite
def counted(draw: st.DrawFn, name: str) -> Condition:
    """A date function."""
    column = draw(any_column(name, TIMES))
    function = draw(st.sampled_from(functions(column)))
    number = draw(st.one_of(st.integers(0, 31), st.integers(2020, 2026), st.integers(32, 366)))
    return Counted(function, column, draw(st.sampled_from(OPERATORS)), number)


def functions(column: Column) -> Sequence[str]:
    """The date functions that take a column."""
    every = list(DATE_FUNCTIONS)
    return every if column.kind is Kind.DATETIME else every[:-1]


def condition(source: Source, name: str) -> st.SearchStrategy[Condition]:
    """Any condition: one test, or several that are linked or negated."""
    leaf = st.one_of(
        compared(source, name),
        compared(source, name),
        alike(source, name),
        among(source, name),
        within(source, name),
        counted(name),
    )
    return st.recursive(leaf, _linked, max_leaves=5)


def _linked(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Negated, inner), st.builds(Linked, st.sampled_from(["AND", "OR"]), several)
    )


@st.composite
def joined(draw: st.DrawFn, source: Source, name: str) -> Joined:
    """A semi-join or an anti-join."""
    path, inner, reference = draw(st.sampled_from(SEMI_JOINS[name]))
    where = draw(condition(source, inner))
    query = f"SELECT {reference} FROM {inner} WHERE {where}"
    found = source.published.wide(inner).filter(where.holds()).get_column(reference)
    (column,) = (each for each in columns(name, 0) if each.path == path)
    return Joined(column, draw(st.booleans()), query, found.to_list())


@st.composite
def where(draw: st.DrawFn, source: Source, name: str) -> tuple[Condition | Joined, ...]:
    """The conditions of a query, all of which must hold."""
    parts: list[Condition | Joined] = draw(st.lists(condition(source, name), max_size=2))
    if name in SEMI_JOINS and draw(st.integers(0, 2)) == 0:
        parts += draw(st.lists(joined(source, name), min_size=1, max_size=2))
    return tuple(parts)


@st.composite
def asked(draw: st.DrawFn, source: Source, name: str) -> Asked:
    """A query of an object's records."""
    fields = draw(st.lists(any_column(name), min_size=1, max_size=4, unique_by=lambda c: c.path))
    key = st.builds(Sorted, any_column(name), st.booleans(), st.booleans())
    return Asked(
        name=name,
        selected=tuple(fields),
        where=draw(where(source, name)),
        order=tuple(draw(st.lists(key, max_size=3))),
        limit=draw(st.one_of(st.none(), st.integers(0, 30))),
        offset=draw(st.one_of(st.just(0), st.integers(0, 20))),
    )


@st.composite
def nested(draw: st.DrawFn, source: Source) -> Nested:
    """A query of records with their children."""
    name, relationship, child, reference = draw(st.sampled_from(CHILDREN))
    own = [column for column in columns(child, 0) if column.path != reference]
    children = draw(asked(source, child))
    fields = draw(st.lists(st.sampled_from(own), min_size=1, max_size=3, unique_by=str))
    limit = draw(st.one_of(st.none(), st.integers(0, 3)))
    return Nested(
        draw(asked(source, name)),
        reference,
        replace(children, selected=tuple(fields), limit=limit, offset=0, source=relationship),
    )


@st.composite
def key_of(draw: st.DrawFn, name: str) -> Key:
    """What groups are made by."""
    if draw(st.booleans()):
        column = draw(any_column(name, TIMES))
        return Key(column, draw(st.sampled_from(functions(column))))
    grouped = [column for column in columns(name) if column.groupable]
    return Key(draw(st.sampled_from(grouped)))


@st.composite
def aggregate(draw: st.DrawFn, name: str) -> Aggregate:
    """An aggregate of a field that it takes."""
    column = draw(any_column(name, frozenset(Kind) - {Kind.BOOLEAN}))
    fitting = ["COUNT", "COUNT_DISTINCT", "MIN", "MAX"]
    if column.kind in NUMBERS:
        fitting += ["SUM", "AVG"]
    return Aggregate(draw(st.sampled_from(fitting)), column)


@st.composite
def grouped(draw: st.DrawFn, source: Source) -> Grouped:
    """A query of groups, or of one group if it has no keys."""
    name = draw(st.sampled_from(OBJECTS))
    keys = draw(st.lists(key_of(name), max_size=3, unique_by=str))
    kind = draw(st.sampled_from(["", "", "ROLLUP", "CUBE"])) if keys else ""
    having = st.builds(Having, st.sampled_from(["=", "!=", "<", ">="]), st.integers(0, 5))
    return Grouped(
        name=name,
        kind=kind,
        keys=tuple(keys),
        descending=tuple(draw(st.booleans()) for _ in keys),
        aggregates=tuple(draw(st.lists(aggregate(name), min_size=1, max_size=3))),
        where=draw(where(source, name)),
        having=draw(st.one_of(st.none(), having)) if keys else None,
        limit=draw(st.one_of(st.none(), st.integers(0, 5))) if keys and not kind else None,
    )
