"""Lists of names and the words that stand for them, as an agent's context spells them out."""

import json
import re
from collections.abc import Mapping, Sequence

_TERM = r'"(?:[^"\\]|\\.)*"'
_ENTRY = re.compile(rf"- (?P<name>.+?): (?P<terms>{_TERM}(?:, {_TERM})*)$")


def spelled(heading: str, entries: Mapping[str, Sequence[str]]) -> str:
    """A heading and one line for each name: its words in quotation marks, as JSON has them."""
    lines = [heading]
    for name, terms in entries.items():
        words = ", ".join(json.dumps(term, ensure_ascii=False) for term in terms)
        lines.append(f"- {name}: {words}")
    return "\n".join(lines)


def read(context: str) -> dict[str, tuple[str, ...]]:
    """The names of a context's first list, each with its words; the inverse of `spelled`."""
    entries: dict[str, tuple[str, ...]] = {}
    for line in context.split("\n"):
        found = _ENTRY.match(line)
        if found:
            entries[found["name"]] = tuple(json.loads(f"[{found['terms']}]"))
        elif entries:
            # What a customer wrote may look like an entry further down.
            break
    return entries


def finder(terms: Sequence[str]) -> re.Pattern[str]:
    """What finds any of the words as whole words, in any case, plural or not."""
    longest = sorted(terms, key=len, reverse=True)
    words = "|".join(map(re.escape, longest))
    return re.compile(rf"(?<!\w)(?:{words})(?:s|es)?(?!\w)", re.IGNORECASE)
