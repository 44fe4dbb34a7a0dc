"""What a SOQL statement says, as a tree of frozen values; `at` is an offset in its text."""

from dataclasses import dataclass
from typing import Literal as Choice


@dataclass(frozen=True, slots=True)
class Path:
    """A field, reached over relationships: `Account.Owner.Name`."""

    names: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one field, or of another call: `COUNT(Id)`, `DAY_ONLY(convertTimezone(x))`.

    `argument` is None for `COUNT()`; `function` is in capitals.
    """

    function: str
    argument: "Expression | None"
    at: int


Expression = Path | Call


@dataclass(frozen=True, slots=True)
class Constant:
    """A value. `text` is what a string says, a pattern of LIKE, a number or a name as written."""

    sort: Choice["string", "number", "boolean", "null", "date", "datetime", "range"]
    text: str
    at: int
    count: int | None = None
    """The n of a range such as LAST_N_DAYS:n."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left operator right`; `!=` stands for `<>` too."""

    left: Expression
    operator: Choice["=", "!=", "<", "<=", ">", ">=", "LIKE"]
    right: Constant
    at: int


@dataclass(frozen=True, slots=True)
class Membership:
    """`left IN (...)` or NOT IN: a list of values, or a query of one field (a semi-join)."""

    left: Expression
    negated: bool
    choices: "tuple[Constant, ...] | Query"
    at: int


@dataclass(frozen=True, slots=True)
class Inclusion:
    """`left INCLUDES (...)` or EXCLUDES, for fields that hold several values."""

    left: Expression
    negated: bool
    choices: tuple[Constant, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    condition: "Condition"
    at: int


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions joined by one word."""

    word: Choice["AND", "OR"]
    conditions: "tuple[Condition, ...]"


Condition = Comparison | Membership | Inclusion | Not | Joined


@dataclass(frozen=True, slots=True)
class Item:
    """A field or function that is selected, and the name it is given."""

    expression: Expression
    alias: str | None


@dataclass(frozen=True, slots=True)
class Fields:
    """`FIELDS(ALL)`, `FIELDS(STANDARD)` or `FIELDS(CUSTOM)`."""

    group: Choice["ALL", "STANDARD", "CUSTOM"]
    at: int


@dataclass(frozen=True, slots=True)
class When:
    """`WHEN type THEN fields`."""

    entity: str
    fields: tuple[Path, ...]
    at: int


@dataclass(frozen=True, slots=True)
class TypeOf:
    """`TYPEOF relationship WHEN type THEN fields ... ELSE fields END`."""

    relationship: Path
    whens: tuple[When, ...]
    otherwise: tuple[Path, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Child:
    """A query over the children of each record."""

    query: "Query"
    at: int


Selected = Item | Fields | TypeOf | Child


@dataclass(frozen=True, slots=True)
class Grouping:
    """GROUP BY, plain or with sub-totals."""

    kind: Choice["", "ROLLUP", "CUBE"]
    expressions: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A key to sort by; empty values come first unless said otherwise."""

    expression: Expression
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Source:
    """What a query reads: an object, or for children a relationship; and its short name."""

    names: tuple[str, ...]
    alias: str | None
    at: int


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT statement. `text` is the whole statement, for the places of faults."""

    text: str
    selected: tuple[Selected, ...]
    source: Source
    walks: tuple[Source, ...] = ()
    """Further sources: relationships of the first that are given short names."""
    where: Condition | None = None
    group: Grouping | None = None
    having: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0
    viewed: bool = False
    """FOR VIEW or FOR REFERENCE: what is found counts as looked at."""
    at: int = 0
