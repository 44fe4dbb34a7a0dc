"""Record ids that a reply names."""

import re
from collections.abc import Collection, Sequence

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


def prefix_of(record_id: str) -> str:
    """The characters of an id that tell the object it is of."""
    return record_id[:_PREFIX]


def of_objects(ids: Sequence[str], prefixes: Collection[str]) -> tuple[str, ...]:
    """The ids of the objects that are asked for; all where it is not known which these are.

    A reply may name the case beside the agent; it is the agent that was asked for.
    """
    return tuple(each for each in ids if not prefixes or prefix_of(each) in prefixes)
