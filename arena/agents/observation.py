"""What an agent is shown of what a tool found: as the budget allows, honest about the rest."""

import json
from collections.abc import Sequence

BUDGET = 10_000
"""Characters of an observation, some 3,000 tokens."""

LEAST, MOST = 500, 1_000_000
"""Bounds of a budget: below the least, what is said of what is missing would not fit."""


def observed(found: object, budget: int = BUDGET) -> str:
    """What was found, as JSON; texts as they are.

    Of a list that is too long the first elements are shown, as many as fit, at least one; of a text
    its beginning. What is missing is said in a last line.
    """
    text = found if isinstance(found, str) else _json(found)
    if len(text) <= budget:
        return text
    if isinstance(found, list) and len(found) > 1:
        return _first(found, budget)
    return f"{text[:budget]}\n({len(text) - budget:,} further characters are not shown)"


def _first(found: Sequence[object], budget: int) -> str:
    shown: list[str] = []
    room = budget
    for each in found:
        line = _json(each)
        room -= len(line) + 2
        if room < 0 and shown:
            break
        shown.append(line)
    left = len(found) - len(shown)
    text = f"[{', '.join(shown)}]"
    if len(text) > budget + 2:
        # A single element that is too long by itself.
        text = f"{text[:budget]}\n({len(text) - budget:,} further characters of it are not shown)"
    told = f"{len(found):,} found, the first {len(shown):,} are shown, {left:,} are not"
    return f"{text}\n({told}: narrow what you ask for, or have it counted)"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
