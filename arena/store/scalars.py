"""Truths, numbers, days and moments of a request."""

import datetime as dt
import math
import re
from decimal import ROUND_HALF_UP, Decimal

from orgsmith.arena.catalog import Column
from orgsmith.arena.errors import OrgError
from orgsmith.arena.store.refusals import mistyped, refused
from orgsmith.schema.declaration import Kind

CENT = Decimal("0.01")
YEARS = range(1700, 4001)
"""Years a date may have, as in Salesforce."""

_BELOW = {
    Kind.INT: Decimal(2**63),
    # What rounds to cents must still fit into DECIMAL(18,2).
    Kind.CURRENCY: Decimal(10**16) - CENT / 2,
    Kind.DOUBLE: Decimal(10) ** 308,
}
"""What the size of a number must stay below."""

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,4})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})", re.ASCII
)


def truth(column: Column, given: object) -> bool:
    """True or false, as JSON or spelled.

    Raises:
        OrgError: JSON_PARSER_ERROR.
    """
    if isinstance(given, bool):
        return given
    if isinstance(given, str) and given.lower() in {"true", "false"}:
        return given.lower() == "true"
    raise mistyped(column, given)


def number(column: Column, given: object) -> int | float | Decimal:
    """A number within the field's bounds, as JSON or spelled; currency is rounded to cents.

    Raises:
        OrgError: JSON_PARSER_ERROR or NUMBER_OUTSIDE_VALID_RANGE.
    """
    exact = _exact(column, given)
    low, high = column.minimum, column.maximum
    outside = (
        abs(exact) >= _BELOW[column.kind]
        or (low is not None and exact < Decimal(str(low)))
        or (high is not None and exact > Decimal(str(high)))
    )
    if outside:
        raise _outside(column, exact)
    if column.kind is Kind.DOUBLE:
        return float(exact)
    if column.kind is Kind.CURRENCY:
        return amount(column, exact)
    if exact != exact.to_integral_value():
        raise mistyped(column, given)
    return int(exact)


def amount(column: Column, exact: Decimal) -> Decimal:
    """A computed amount of currency in whole cents.

    Raises:
        OrgError: NUMBER_OUTSIDE_VALID_RANGE, it has too many digits.
    """
    if abs(exact) >= _BELOW[Kind.CURRENCY]:
        raise _outside(column, exact)
    return exact.quantize(CENT, ROUND_HALF_UP)


def _outside(column: Column, exact: Decimal) -> OrgError:
    return refused(
        "NUMBER_OUTSIDE_VALID_RANGE",
        column,
        f"{column.label}: value outside of valid range on numeric field: {exact:.6g}",
    )


def _exact(column: Column, given: object) -> Decimal:
    if isinstance(given, bool):
        raise mistyped(column, given)
    if isinstance(given, int):
        return Decimal(given)
    if isinstance(given, float) and math.isfinite(given):
        return Decimal(str(given))
    if isinstance(given, str) and _NUMBER.fullmatch(given):
        return Decimal(given)
    raise mistyped(column, given)


def day(column: Column, given: object) -> dt.date:
    """A day, spelled YYYY-MM-DD.

    Raises:
        OrgError: JSON_PARSER_ERROR, or FIELD_INTEGRITY_EXCEPTION for a year that is out of range.
    """
    if not isinstance(given, str) or not _DATE.fullmatch(given):
        raise mistyped(column, given)
    try:
        found = dt.date.fromisoformat(given)
    except ValueError:
        raise mistyped(column, given) from None
    _check_year(column, found)
    return found


def moment(column: Column, given: object) -> dt.datetime:
    """A moment, spelled with its zone; UTC.

    Raises:
        OrgError: JSON_PARSER_ERROR, or FIELD_INTEGRITY_EXCEPTION for a year that is out of range.
    """
    if not isinstance(given, str) or not _MOMENT.fullmatch(given):
        raise mistyped(column, given)
    try:
        found = utc(dt.datetime.fromisoformat(given))
    except (ValueError, OverflowError):
        raise mistyped(column, given) from None
    _check_year(column, found)
    return found


def utc(aware: dt.datetime) -> dt.datetime:
    """A moment as the store has it: UTC without a zone, whole seconds."""
    return aware.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)


def _check_year(column: Column, found: dt.date) -> None:
    if found.year not in YEARS:
        raise refused(
            "FIELD_INTEGRITY_EXCEPTION",
            column,
            f"{column.label}: invalid date: {found.isoformat()}",
        )
