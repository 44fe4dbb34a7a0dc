"""How many records a search gives.

Source: Salesforce, "SOQL and SOSL Reference", SOSL Limits on Search Results and LIMIT n.
"""

from collections.abc import Sequence

from orgsmith.arena.soql.tree import Query

MOST = 2_000
"""Records of a search."""
MOST_OF_OBJECT = 250
"""Records of an object, unless it is the only one, and has WHERE or ORDER BY."""


def most_of_object(query: Query | None, objects: int) -> int:
    """How many records an object gives at most; LIMIT cannot raise it.

    Args:
        query: what is asked of the object; None if it is not named.
        objects: how many objects are searched.
    """
    if objects == 1 and query is not None and (query.where is not None or query.order):
        return MOST
    return min(MOST // max(objects, 1), MOST_OF_OBJECT)


def shares(found: Sequence[int], limit: int) -> list[int]:
    """How many records of each object are kept, as evenly as there are any; the first get the odd.

    Args:
        found: how many there are of each object.
        limit: how many are kept together.
    """
    kept = [0] * len(found)
    while (left := limit - sum(kept)) > 0:
        open_ = [place for place, count in enumerate(found) if kept[place] < count]
        if not open_:
            break
        share = max(left // len(open_), 1)
        for place in open_[:left]:
            kept[place] += min(share, found[place] - kept[place])
    return kept
