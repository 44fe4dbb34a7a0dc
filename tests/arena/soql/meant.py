"""Conditions as they are written in SOQL, and as Polars is told what they mean."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from orgsmith.schema.declaration import Kind
from tests.arena.soql.days import first_and_last
from tests.arena.soql.published import IDS, TEXTS, Column

Value = str | bool | Decimal | dt.date | dt.datetime | None

DATE_FUNCTIONS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "CALENDAR_YEAR": lambda day: day.dt.year(),
    "CALENDAR_QUARTER": lambda day: day.dt.quarter(),
    "CALENDAR_MONTH": lambda day: day.dt.month(),
    "FISCAL_YEAR": lambda day: day.dt.year(),
    "FISCAL_QUARTER": lambda day: day.dt.quarter(),
    "FISCAL_MONTH": lambda day: day.dt.month(),
    "DAY_IN_MONTH": lambda day: day.dt.day(),
    "DAY_IN_WEEK": lambda day: day.dt.weekday() % 7 + 1,
    "DAY_IN_YEAR": lambda day: day.dt.ordinal_day(),
    "WEEK_IN_MONTH": lambda day: (day.dt.day() + 6) // 7,
    "WEEK_IN_YEAR": lambda day: (day.dt.ordinal_day() + 6) // 7,
    "HOUR_IN_DAY": lambda moment: moment.dt.hour(),
}
"""Whole numbers of a day; HOUR_IN_DAY is of moments only."""


def capitals(text: str) -> str:
    """A text by its capitals, one for each character, as SOQL sorts in English."""
    return "".join(each.upper() if len(each.upper()) == 1 else each for each in text)


def folded(column: Column) -> pl.Expr:
    """What values are told apart by."""
    value = pl.col(column.path)
    if column.kind is Kind.BOOLEAN:
        return value.fill_null(False)
    return value.str.to_lowercase() if column.kind in TEXTS else value


def ranked(column: Column) -> pl.Expr:
    """What values are sorted by."""
    if column.kind is Kind.PICKLIST:
        order = {value: place for place, value in enumerate(column.declared.values)}
        return pl.col(column.path).replace_strict(order, default=None, return_dtype=pl.Int32)
    if column.kind in TEXTS:
        return pl.col(column.path).map_elements(capitals, return_dtype=pl.String)
    return folded(column)


@dataclass(frozen=True, slots=True)
class Compared:
    """`field operator value`; an empty string is as good as null."""

    column: Column
    operator: str
    value: Value
    zone: int = 0

    def __str__(self) -> str:
        return f"{self.column.path} {self.operator} {written(self.value, self.zone)}"

    def holds(self) -> pl.Expr:
        """Whether it is true of a row; never null."""
        column, value = self.column, self.value
        if value is None or value == "":
            empty = pl.col(column.path).is_null()
            if column.kind is Kind.BOOLEAN:
                empty = ~folded(column)
            return empty if self.operator == "=" else ~empty
        if self.operator in {"=", "!="}:
            equal = _equal(column, value)
            return equal if self.operator == "=" else ~equal
        if column.kind in TEXTS:
            assert isinstance(value, str)
            left = pl.col(column.path).map_elements(capitals, return_dtype=pl.String)
            return _ordered(left, self.operator, pl.lit(capitals(value)))
        if column.kind is Kind.CURRENCY:
            assert isinstance(value, Decimal)
            return _ordered(_mills(column), self.operator, pl.lit(int(value * 1000)))
        literal = float(value) if isinstance(value, Decimal) else value
        return _ordered(pl.col(column.path), self.operator, pl.lit(literal))


@dataclass(frozen=True, slots=True)
class Alike:
    """`field LIKE pattern`, the pattern in parts: characters, and % and _ that stand for any."""

    column: Column
    parts: tuple[str | None, ...]
    """Characters; None is %, and an empty string is _."""

    def __str__(self) -> str:
        signs = [
            "%" if part is None else escaped(part, "%_") if part else "_" for part in self.parts
        ]
        return f"{self.column.path} LIKE '{''.join(signs)}'"

    def holds(self) -> pl.Expr:
        """Whether it is true of a row; never null."""
        signs = [
            ".*" if part is None else re.escape(part.lower()) if part else "."
            for part in self.parts
        ]
        pattern = re.compile("".join(signs), re.DOTALL)
        return (
            pl.col(self.column.path)
            .map_elements(
                lambda text: pattern.fullmatch(text.lower()) is not None, return_dtype=pl.Boolean
            )
            .fill_null(False)
        )


@dataclass(frozen=True, slots=True)
class Among:
    """`field IN (values)` or NOT IN."""

    column: Column
    negated: bool
    values: tuple[Value, ...]

    def __str__(self) -> str:
        listed = ", ".join(written(value) for value in self.values)
        return f"{self.column.path} {'NOT ' * self.negated}IN ({listed})"

    def holds(self) -> pl.Expr:
        """Whether it is true of a row; never null."""
        found = pl.any_horizontal(
            Compared(self.column, "=", value).holds() for value in self.values
        )
        return ~found if self.negated else found


@dataclass(frozen=True, slots=True)
class Within:
    """`field operator LITERAL:n`, told from a day."""

    column: Column
    operator: str
    name: str
    n: int | None
    today: dt.date

    def __str__(self) -> str:
        number = "" if self.n is None else f":{self.n}"
        return f"{self.column.path} {self.operator} {self.name}{number}"

    def holds(self) -> pl.Expr:
        """Whether it is true of a row; never null."""
        value = pl.col(self.column.path)
        start, end = (
            pl.lit(dt.datetime.combine(day, dt.time(), dt.UTC))
            if self.column.kind is Kind.DATETIME
            else pl.lit(day)
            for day in first_and_last(self.name, self.n, self.today)
        )
        inside = ((value >= start) & (value < end)).fill_null(False)
        match self.operator:
            case "=":
                return inside
            case "!=":
                return ~inside
            case "<" | ">=":
                return _ordered(value, self.operator, start)
            case "<=":
                return (value < end).fill_null(False)
            case _:
                return (value >= end).fill_null(False)


@dataclass(frozen=True, slots=True)
class Counted:
    """`FUNCTION(field) operator number`, of a date function."""

    function: str
    column: Column
    operator: str
    number: int

    def __str__(self) -> str:
        return f"{self.function}({self.column.path}) {self.operator} {self.number}"

    def holds(self) -> pl.Expr:
        """Whether it is true of a row; never null."""
        value = DATE_FUNCTIONS[self.function](pl.col(self.column.path))
        if self.operator == "!=":
            return ~_ordered(value, "=", pl.lit(self.number))
        return _ordered(value, self.operator, pl.lit(self.number))


@dataclass(frozen=True, slots=True)
class Negated:
    """The opposite."""

    inner: "Condition"

    def __str__(self) -> str:
        return f"(NOT {self.inner})"

    def holds(self) -> pl.Expr:
        """Whether it is true of a row; never null."""
        return ~self.inner.holds()


@dataclass(frozen=True, slots=True)
class Linked:
    """All of some, or any."""

    word: str
    parts: tuple["Condition", ...]

    def __str__(self) -> str:
        return "(" + f" {self.word} ".join(map(str, self.parts)) + ")"

    def holds(self) -> pl.Expr:
        """Whether it is true of a row; never null."""
        parts = [part.holds() for part in self.parts]
        return pl.all_horizontal(parts) if self.word == "AND" else pl.any_horizontal(parts)


Condition = Compared | Alike | Among | Within | Counted | Negated | Linked


@dataclass(frozen=True, slots=True)
class Joined:
    """`field IN (SELECT field FROM object WHERE condition)`; `inner` are the ids that it finds."""

    column: Column
    negated: bool
    query: str
    inner: Sequence[str | None]

    def __str__(self) -> str:
        return f"{self.column.path} {'NOT ' * self.negated}IN ({self.query})"

    def holds(self) -> pl.Expr:
        """Whether it is true of a row; never null."""
        known = [each for each in self.inner if each is not None]
        found = pl.col(self.column.path).is_in(known).fill_null(False)
        return ~found if self.negated else found


def written(value: Value, zone: int = 0) -> str:
    """A value in SOQL; `zone` in minutes east of UTC for moments."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f"'{escaped(value)}'"
        case Decimal():
            return format(value, "f")
        case dt.datetime():
            local = value.astimezone(dt.timezone(dt.timedelta(minutes=zone)))
            return local.isoformat() if zone else local.isoformat().replace("+00:00", "Z")
        case dt.date():
            return value.isoformat()


def escaped(text: str, also: str = "") -> str:
    """A text between quotes; `also` are further signs that a backslash goes before."""
    return "".join(f"\\{each}" if each in "\\'" + also else each for each in text)


def _equal(column: Column, value: Value) -> pl.Expr:
    if column.kind in TEXTS:
        assert isinstance(value, str)
        return (folded(column) == value.lower()).fill_null(False)
    if column.kind in IDS:
        assert isinstance(value, str)
        return (pl.col(column.path).str.head(len(value)) == value).fill_null(False)
    if column.kind is Kind.CURRENCY:
        assert isinstance(value, Decimal)
        return (_mills(column) == int(value * 1000)).fill_null(False)
    literal = float(value) if isinstance(value, Decimal) else value
    return (folded(column) == pl.lit(literal)).fill_null(False)


def _mills(column: Column) -> pl.Expr:
    """An amount in tenths of a cent, exact."""
    return (pl.col(column.path) * 100).round().cast(pl.Int64) * 10


def _ordered(left: pl.Expr, operator: str, right: pl.Expr) -> pl.Expr:
    compare = {
        "=": left == right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }
    return compare[operator].fill_null(False)
