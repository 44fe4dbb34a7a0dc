"""What each value of a field must fulfil, as the field is declared."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from orgsmith.schema.declaration import Field, Kind
from orgsmith.schema.objects.standard import ID_PATTERN


@dataclass(frozen=True, slots=True)
class ValueRule:
    """What each value of a field must fulfil; `error` is "<rule>: <reason>".

    A null fulfils every rule but that it must not be one.
    """

    error: str
    holds: Callable[[pl.Expr], pl.Expr]


def value_rules(field: Field) -> list[ValueRule]:
    """The rules of a field's values, as it is declared."""
    found: list[ValueRule] = []
    pattern = ID_PATTERN if field.kind in {Kind.ID, Kind.REFERENCE} else field.pattern
    if pattern is not None:
        found.append(_matches(pattern))
    if field.values:
        found.append(_among(field.values))
    if field.max_length is not None:
        found.append(_no_longer(field.max_length))
    if field.kind.dtype == pl.Float64:
        # Polars orders NaN above every number: a bound alone would let it through.
        found.append(ValueRule("finite: is no finite number", lambda value: value.is_finite()))
    if field.minimum is not None:
        found.append(_at_least(field.minimum))
    if field.maximum is not None:
        found.append(_at_most(field.maximum))
    return found


def _matches(pattern: str) -> ValueRule:
    anchored = pattern if pattern.startswith("^") else f"^{pattern}"
    return ValueRule(
        f"pattern: does not match {pattern}", lambda value: value.str.contains(anchored)
    )


def _among(values: tuple[str, ...]) -> ValueRule:
    listed = ", ".join(values)
    return ValueRule(f"values: is none of {listed}", lambda value: value.is_in(list(values)))


def _no_longer(length: int) -> ValueRule:
    return ValueRule(
        f"length: is longer than {length} characters",
        lambda value: value.str.len_chars() <= length,
    )


def _at_least(minimum: float) -> ValueRule:
    return ValueRule(f"minimum: is less than {minimum:g}", lambda value: value >= minimum)


def _at_most(maximum: float) -> ValueRule:
    return ValueRule(f"maximum: is more than {maximum:g}", lambda value: value <= maximum)
