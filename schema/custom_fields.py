"""Custom fields: what a trade records beyond the standard fields, declared in its pack.

The models are their format in the pack; `field_of` turns each into a declared field, by which it is
checked, published and described like any other.
"""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import Field as Constrained
from pydantic import StringConstraints

from orgsmith.schema.declaration import Field, Kind
from orgsmith.schema.part import Key, Part, Share, Text, Weight

DIGIT, LETTER = "#", "@"
"""What stands for a random digit and a random capital letter in a pattern."""

LONGEST = 255
WORDED = ("Product2", "Case")
"""Objects whose Description can tell the value of a custom field."""

BY_PRODUCT = ("Product2", "OrderItem", "Case")
BY_ISSUE = ("Issue__c", "Case")
"""Objects whose records have a product, and those that have an issue."""

_KINDS = {
    "picklist": Kind.PICKLIST,
    "text": Kind.STRING,
    "checkbox": Kind.BOOLEAN,
    "integer": Kind.INT,
    "number": Kind.DOUBLE,
    "currency": Kind.CURRENCY,
}


class CustomValue(Part):
    """A value of a picklist, and how often it is taken among those that fit.

    With `nouns` it fits only products of those nouns, with `issues` only those issues.
    """

    value: Text
    weight: Weight = 1.0
    nouns: tuple[Text, ...] = ()
    issues: tuple[Key, ...] = ()


class CustomField(Part):
    """A field of the trade's own.

    What is needed depends on `type`: `values` for a picklist; `pattern` for a text, in which #
    stands for a digit and @ for a capital letter; `range` for integer, number and currency;
    `share`, that of true, for a checkbox. `filled` is the share of records with a value among
    those that can have one: with `categories` records about products of those categories, with
    `issues` records of those issues, with values that fit.

    `said` are full clauses in lower case without a stop, with the slot {value} ("the card ends in
    {value}"): the description of a product or case then tells the value in one of them.
    """

    SLOTS: ClassVar[dict[str, tuple[str, ...]]] = {"said": ("value",)}

    object: Text
    name: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+)*__c$")]
    label: Text
    description: Text
    type: Literal["picklist", "text", "checkbox", "integer", "number", "currency"]
    values: tuple[CustomValue, ...] = ()
    pattern: Text | None = None
    range: tuple[float, float] | None = None
    share: Share | None = None
    filled: Annotated[float, Constrained(gt=0, le=1)] = 1.0
    categories: tuple[Key, ...] = ()
    issues: tuple[Key, ...] = ()
    said: tuple[Text, ...] = ()

    @property
    def everywhere(self) -> bool:
        """Whether every record can have a value."""
        tied = any(value.nouns or value.issues for value in self.values)
        return not (self.categories or self.issues or tied)


def field_of(custom: CustomField) -> Field:
    """The declared field: type, values, pattern, bounds and share of gaps."""
    low, high = custom.range or (None, None)
    gap = 1 - custom.filled
    return Field(
        name=custom.name,
        kind=_KINDS[custom.type],
        description=custom.description,
        values=tuple(value.value for value in custom.values),
        pattern=None if custom.pattern is None else _expression(custom.pattern),
        minimum=low,
        maximum=high,
        max_length=LONGEST if custom.type == "text" else None,
        nullable=not custom.everywhere,
        gaps=(gap, gap) if custom.everywhere and gap else None,
        label=custom.label,
    )


def _expression(pattern: str) -> str:
    """A pattern as a regular expression."""
    spelled = {DIGIT: r"[0-9]", LETTER: r"[A-Z]"}
    return "^" + "".join(spelled.get(sign) or re.escape(sign) for sign in pattern) + "$"
