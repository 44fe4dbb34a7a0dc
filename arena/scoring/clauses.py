"""The clauses of a reply, by which None and refusals are told."""

import re
from collections.abc import Iterator

_CUT = re.compile(
    r"[.!?;:,\n()\[\]{}\"=|]{1,64}|->| - |</?[a-z_]{1,20} ?>"
    r"|\b(?:but|so|because|since|therefore|however|hence|thus|yet)\b"
)
_EDGES = " '`*_~#<>-"


def clauses(text: str) -> Iterator[str]:
    """Each clause of a text in small letters, without markup at its ends."""
    for clause in _CUT.split(text.casefold()):
        if inside := clause.strip(_EDGES):
            yield inside
