"""A script that drafts a pack: it says, section by section, what a right pack says.

That is the first built-in pack under another name, with four of its categories. `spoilt` changes
what is said of a section, by its title, in each round; a `Fault` takes the place of a reply.
"""

import copy
import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from tests.endpoint.server import Call, Fault, Record
from tests.schema.breaking import TREE

Records: TypeAlias = Any
"""What JSON can hold, right or wrong."""

Spoil = Callable[[int, Records], "Records | Fault"]
"""From the round (0 is the first) and the right records to what is replied."""

CALLS = 4 + len(TREE["categories"]) + len(TREE["issues"]) + 1
"""Calls for a pack that is right at once."""

REFUSED = "What was written before was refused"


class Drafting:
    """Answers the calls of a draft. `titles` are the sections asked for, in order."""

    def __init__(self, spoilt: Mapping[str, Spoil] | None = None) -> None:
        self.spoilt = spoilt or {}
        self.titles: list[str] = []
        self._rounds: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, call: Call) -> "Sequence[Record] | Fault":
        title, records = right(call)
        with self._lock:
            self.titles.append(title)
            number = self._rounds[title]
            self._rounds[title] += 1
        spoil = self.spoilt.get(title)
        answer: Sequence[Record] | Fault = spoil(number, records) if spoil else records
        return answer


def right(call: Call) -> tuple[str, Records]:
    """The title of the section that a call asks for, and records without a fault."""
    properties = schema(call)["properties"]["records"]["items"]
    name = properties["$ref"].rsplit("/", 1)[-1]
    fields = schema(call)["$defs"][name]["properties"]
    kind = schema(call)["title"].removeprefix("Drafted").removesuffix("Reply")
    lists = {
        "Categories": "categories",
        "Remedies": "remedies",
        "Issues": "issues",
        "CompanyArticles": "company_articles",
    }
    if kind in lists:
        return lists[kind].replace("_", " "), [_some(each, fields) for each in TREE[lists[kind]]]
    if kind == "Company":
        return "company", [_some(TREE, fields)]
    settled = call.prompt.split("What is settled of the one to be written\n")[1]
    key = json.loads(settled.split("\n")[0])["key"]
    entries = TREE["categories" if kind == "Category" else "issues"]
    entry = next(each for each in entries if each["key"] == key)
    return f"{kind.lower()} {key}", [_some(entry, fields)]


def schema(call: Call) -> Records:
    """The JSON schema that a call's reply must fit."""
    form: Records = call.body["response_format"]
    return form["json_schema"]["schema"]


def once(change: Callable[[Records], object]) -> Spoil:
    """Wrong in the first round, right in the next."""
    return until(1, change)


def until(rounds: int, change: Callable[[Records], object]) -> Spoil:
    """Wrong in so many rounds."""

    def spoil(number: int, records: Records) -> Records:
        if number < rounds:
            records = copy.deepcopy(records)
            change(records)
        return records

    return spoil


def _some(entry: Records, fields: Mapping[str, object]) -> Records:
    return json.loads(json.dumps({k: v for k, v in entry.items() if k in fields}, default=str))
