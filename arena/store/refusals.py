"""How values of a request are refused."""

from orgsmith.arena.catalog import Column
from orgsmith.arena.errors import OrgError

_SHOWN = 100
"""Characters of a value that a message shows."""

_TOKENS: tuple[tuple[type, str], ...] = (
    (int, "VALUE_NUMBER_INT"),
    (float, "VALUE_NUMBER_FLOAT"),
    (str, "VALUE_STRING"),
    (list, "START_ARRAY"),
)
"""What Salesforce calls the values of JSON."""


def refused(code: str, column: Column, message: str) -> OrgError:
    """The error for a value of a field."""
    return OrgError(code, message, fields=(column.name,))


def mistyped(column: Column, given: object) -> OrgError:
    """JSON_PARSER_ERROR: the JSON value is not of the field's type."""
    if isinstance(given, bool):
        token = f"VALUE_{str(given).upper()}"
    else:
        token = next((token for of, token in _TOKENS if isinstance(given, of)), "START_OBJECT")
    shown = f" value {cut(given)}" if isinstance(given, str | float) else ""
    return refused(
        "JSON_PARSER_ERROR",
        column,
        f"Cannot deserialize instance of {column.kind} from {token}{shown} or request may be "
        f"missing a required field: {column.name}",
    )


def cut(value: object) -> str:
    """A value as a message shows it: its beginning, as text that can be encoded."""
    text = str(value).encode(errors="replace").decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
