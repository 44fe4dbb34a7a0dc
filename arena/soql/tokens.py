"""Words and signs of SOQL and SOSL, each with its place in the text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from orgsmith.arena.errors import OrgError

LONGEST = 100_000
"""Characters of a statement, as in Salesforce."""

SHOWN = 60
"""Characters of the statement shown on either side of a fault."""


class Sort(StrEnum):
    """What a token is."""

    NAME = "name"
    STRING = "string"
    NUMBER = "number"
    DATE = "date"
    DATETIME = "datetime"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign, as written, and the offset of its first character."""

    sort: Sort
    text: str
    at: int

    @property
    def upper(self) -> str:
        """The text by which keywords are told, whatever their case; empty for a string."""
        return self.text.upper() if self.sort is not Sort.STRING else ""


_PATTERN = re.compile(
    r"""\s+
    |(?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)(?![\w:]))
    |(?P<moment>\d{4}-\d\d?-\d\d?(?:T[\w:.+-]*|\s+\d\d?:[\d:.]*))
    |(?P<date>\d{4}-\d\d-\d\d(?![\w:-]))
    |(?P<day>\d{4}-\d\d?-\d\d?\b)
    |(?P<number>(?:[+-]\s*)?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
    |(?P<name>[A-Za-z_]\w*)
    |(?P<string>'(?:[^'\\]|\\.)*')
    |(?P<sign>!=|<>|<=|>=|[=<>(),.:{}])
    """,
    re.VERBOSE | re.ASCII | re.DOTALL,
)
WRITTEN = {
    "moment": "no dateTime; it is written with its zone, such as 2024-05-15T09:30:00Z",
    "day": "no date; it is written as 2024-05-15",
}
"""What is said of values that nearly are one."""

_SORTS = {each.value: each for each in Sort}


def tokens(text: str, start: int = 0) -> Sequence[Token]:
    """The tokens of a statement from an offset on, ending with one of sort END.

    Raises:
        OrgError: MALFORMED_QUERY, it is too long or holds a sign that belongs nowhere.
    """
    if len(text) > LONGEST:
        raise OrgError("MALFORMED_QUERY", f"a statement has at most {LONGEST} characters")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        # It is not shown: it could not be sent either.
        at = error.start + 1
        raise OrgError("MALFORMED_QUERY", f"character {at} is half of one, no text") from None
    found: list[Token] = []
    place, end = start, len(text)
    while place < end:
        match = _PATTERN.match(text, place)
        if match is None:
            raise malformed(text, place, _stray(text, place))
        if match.lastgroup in WRITTEN:
            raise malformed(text, place, f"{match.group()} is {WRITTEN[match.lastgroup]}")
        if match.lastgroup:
            found.append(Token(_SORTS[match.lastgroup], match.group(), place))
        place = match.end()
    found.append(Token(Sort.END, "", end))
    return found


def malformed(text: str, at: int, message: str) -> OrgError:
    """MALFORMED_QUERY with the place of the fault."""
    return refused("MALFORMED_QUERY", text, at, message)


def refused(code: str, text: str, at: int, message: str) -> OrgError:
    """An error that shows its place: the statement around it, a caret below, row and column."""
    before = text[:at]
    row = before.count("\n") + 1
    column = at - (before.rfind("\n") + 1) + 1
    left = before[-SHOWN:].replace("\n", " ")
    right = text[at : at + SHOWN].replace("\n", " ")
    shown = f"\n{left}{right}\n{' ' * len(left)}^\nERROR at Row:{row}:Column:{column}\n{message}"
    return OrgError(code, shown)


def unexpected(text: str, token: Token) -> OrgError:
    """MALFORMED_QUERY for a token that cannot stand where it stands."""
    if token.sort is Sort.END:
        return malformed(text, token.at, "unexpected end of the query")
    return malformed(text, token.at, f"unexpected token: {token.text}")


def plain_string(text: str, token: Token) -> str:
    """What a quoted string says.

    Raises:
        OrgError: MALFORMED_QUERY, it holds an escape that SOQL does not have.
    """
    if "\\" not in token.text:
        return token.text[1:-1]
    return _ESCAPE.sub(lambda match: _meant(text, token, match), token.text[1:-1])


def like_pattern(text: str, token: Token) -> str:
    r"""A quoted pattern of LIKE for an engine that escapes % and _ with a backslash.

    % stands for any characters, _ for one; \% and \_, which no other string has, for themselves.

    Raises:
        OrgError: MALFORMED_QUERY, it holds an escape that SOQL does not have.
    """

    def meant(match: re.Match[str]) -> str:
        sign = match.group(1)
        if sign in "%_":
            return match.group()
        return _meant(text, token, match).replace("\\", "\\\\")

    return _ESCAPE.sub(meant, token.text[1:-1])


_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {
    "n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f",
    "N": "\n", "R": "\r", "T": "\t", "B": "\b", "F": "\f",
    "'": "'", '"': '"', "\\": "\\",
}  # fmt: skip


def _meant(text: str, token: Token, match: re.Match[str]) -> str:
    sign = match.group(1)
    if len(sign) > 1:
        code = chr(int(sign[1:], 16))
        if not 0xD800 <= ord(code) <= 0xDFFF:
            return code
    elif sign in _ESCAPED:
        return _ESCAPED[sign]
    raise malformed(text, token.at + 1 + match.start(), f"invalid escape in a string: \\{sign}")


def _stray(text: str, place: int) -> str:
    sign = text[place]
    if sign == "'":
        return "a string begins here and never ends"
    if sign == '"':
        return 'unexpected token: " (strings stand in single quotes)'
    return f"unexpected token: {sign}"
