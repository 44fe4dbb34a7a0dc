"""Record ids that a reply names."""

import re
from collections.abc import Sequence

from orgsmith.arena.ids import full_id

_PREFIX = len("005")
# A digit stands among the first three characters of every id, and in no word of fifteen letters.
_ID = re.compile(
    r"(?<![0-9A-Za-z])(?=[A-Za-z]{0,2}[0-9])[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?(?![0-9A-Za-z])"
)


def named(text: str) -> tuple[str, ...]:
    """Each id that stands as a word of its own, 15 characters or 18 in any case, as 18."""
    found = map(full_id, dict.fromkeys(_ID.findall(text)))
    return tuple(dict.fromkeys(each for each in found if each))


def of_objects(ids: Sequence[str], right: Sequence[str]) -> tuple[str, ...]:
    """The ids of the objects that the right answers are of; all where none is.

    A reply may name the case beside the agent; it is the agent that was asked for.
    """
    prefixes = {each[:_PREFIX] for each in right}
    return tuple(each for each in ids if each[:_PREFIX] in prefixes) or tuple(ids)
