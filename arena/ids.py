"""Record ids as requests spell them: 15 characters, or 18 in any case."""

import re

from orgsmith.schema.ids import SUFFIXES, suffix

_SHAPE = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?", re.ASCII)
_GROUP = 5


def full_id(text: str) -> str | None:
    """The 18 characters of an id, None if it cannot be one.

    The case of 15 characters counts; that of 18 is told by the last three of them. Source:
    Salesforce help, "Difference between 15 and 18 digit Ids".
    """
    if not _SHAPE.fullmatch(text):
        return None
    if len(text) == len("500000000000001"):
        return text + suffix(text)
    places = [SUFFIXES.find(sign) for sign in text[15:].upper()]
    if -1 in places:
        return None
    restored = "".join(
        sign.upper() if places[place // _GROUP] >> place % _GROUP & 1 else sign.lower()
        for place, sign in enumerate(text[:15])
    )
    # A suffix that asks for a capital digit belongs to no id.
    return restored + text[15:].upper() if suffix(restored) == text[15:].upper() else None
