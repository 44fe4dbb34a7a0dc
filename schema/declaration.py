"""The words in which objects and latent variables are declared.

A declaration is plain, frozen Python: reading it needs neither pandera nor pydantic. Everything
that depends on what exists (task graph, checks, reply models, card, schema.json) is derived from
it.
"""

from dataclasses import dataclass
from enum import StrEnum

import polars as pl


class Kind(StrEnum):
    """A field's Salesforce type; it fixes the column's type and how a value is checked."""

    ID = "id"
    REFERENCE = "reference"
    STRING = "string"
    TEXTAREA = "textarea"
    PICKLIST = "picklist"
    EMAIL = "email"
    PHONE = "phone"
    BOOLEAN = "boolean"
    INT = "int"
    DOUBLE = "double"
    CURRENCY = "currency"
    DATE = "date"
    DATETIME = "datetime"

    @property
    def dtype(self) -> pl.DataType:
        """The Polars type of a column of this kind."""
        return _DTYPES.get(self, pl.String())


_DTYPES: dict[Kind, pl.DataType] = {
    Kind.BOOLEAN: pl.Boolean(),
    Kind.INT: pl.Int64(),
    Kind.DOUBLE: pl.Float64(),
    Kind.CURRENCY: pl.Float64(),
    Kind.DATE: pl.Date(),
    Kind.DATETIME: pl.Datetime("us", "UTC"),
}


class Scaling(StrEnum):
    """How an object's row count follows `--scale` s."""

    LINEAR = "linear"
    """Grows with s; drawn in blocks of accounts."""
    ROOT = "root"
    """Grows with the square root of s."""
    CONSTANT = "constant"
    """The same at every scale."""
    PRODUCT = "product"
    """One row for each pair of its parents' rows, or for each link between them."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A lookup to a parent record.

    `relationship` is the name by which SOQL walks from child to parent (`Account.Name`),
    `children` the one from parent to children (`SELECT (SELECT Id FROM Orders) FROM Account`).
    """

    parent: str
    relationship: str
    children: str


@dataclass(frozen=True, slots=True)
class Field:
    """One column of an object or of a latent variable.

    `gaps` says that a used organisation leaves some of these empty: (lowest, highest) share of
    nulls; None means that the field is always filled. A field with `when_closed` and the like is
    nullable without a stated share: set `nullable`.
    """

    name: str
    kind: Kind
    description: str
    reference: Reference | None = None
    values: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    written: bool = False
    nullable: bool = False
    gaps: tuple[float, float] | None = None
    unique: bool = False
    label: str = ""
    """What people call it; empty where the name says it."""

    @property
    def optional(self) -> bool:
        """Whether the column may hold nulls."""
        return self.nullable or self.gaps is not None


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """What makes two records of an object the same text to a reader.

    `text` names the columns that are joined by a space and compared, `scope` the columns (drawn
    columns or variables) within whose equal values records are compared, all records when empty;
    texts shorter than `shortest` normalised characters are not compared.
    """

    text: tuple[str, ...]
    threshold: float = 90.0
    scope: tuple[str, ...] = ()
    shortest: int = 1


@dataclass(frozen=True, slots=True)
class Object:
    """A Salesforce object: what it is, what it is drawn from, what a record holds.

    `drawn_from` names the objects and latent variables whose rows the drawing function reads;
    they and the parents of its references are made before it. `variables` are what a writer gets
    beside the drawn columns: named in lower case, kept with the record while it is made, never
    published. `identity` names the columns that no two records share exactly.
    """

    name: str
    label: str
    plural: str
    key_prefix: str
    description: str
    scaling: Scaling
    drawn_from: tuple[str, ...]
    fields: tuple[Field, ...]
    variables: tuple[Field, ...] = ()
    identity: tuple[str, ...] = ()
    near_duplicates: NearDuplicates | None = None

    @property
    def parents(self) -> tuple[str, ...]:
        """The nodes made before this one, in the order of their declaration here."""
        references = (f.reference.parent for f in self.fields if f.reference)
        return tuple(dict.fromkeys((*self.drawn_from, *references)))

    @property
    def blocked(self) -> bool:
        """Whether rows are drawn in blocks of accounts."""
        return self.scaling is Scaling.LINEAR

    @property
    def written(self) -> tuple[Field, ...]:
        """The fields whose values a writer composes."""
        return tuple(f for f in self.fields if f.written)

    def field(self, name: str) -> Field:
        """The field of that name; KeyError if there is none."""
        return _named(self.name, self.fields, name)


@dataclass(frozen=True, slots=True)
class Latent:
    """A hidden factor: drawn like an object, stored apart, never shown to an agent.

    `distribution` states how it is drawn and the source of, or the reason for, that choice;
    `key` names the columns that identify a row.
    """

    name: str
    description: str
    distribution: str
    blocked: bool
    drawn_from: tuple[str, ...]
    key: tuple[str, ...]
    fields: tuple[Field, ...]

    @property
    def parents(self) -> tuple[str, ...]:
        """The nodes made before this one."""
        return self.drawn_from

    def field(self, name: str) -> Field:
        """The column of that name; KeyError if there is none."""
        return _named(self.name, self.fields, name)


Node = Object | Latent


def _named(node: str, fields: tuple[Field, ...], name: str) -> Field:
    for candidate in fields:
        if candidate.name == name:
            return candidate
    raise KeyError(f"{node} has no field {name}")
