"""Results of queries that are read page by page."""

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from itertools import count

from orgsmith.arena.errors import OrgError
from orgsmith.arena.soql.run import Answer
from orgsmith.schema.ids import suffix

MOST_OPEN = 10
"""Results that a session may be reading at once; with one more, the oldest is closed."""

_SPELLED = re.compile(r"([0-9A-Za-z]{15,18})-(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Opened:
    """A result, and how many records a page of it holds."""

    answer: Answer
    size: int


class Locators:
    """The results each session is reading, by their locators."""

    def __init__(self) -> None:
        self._opened: dict[str, OrderedDict[str, Opened]] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()

    def open(self, token: str, opened: Opened) -> str:
        """Keep a result for a session; its locator."""
        fifteen = f"01gOr0{next(self._numbers):09d}"
        locator = fifteen + suffix(fifteen)
        with self._lock:
            mine = self._opened.setdefault(token, OrderedDict())
            mine[locator] = opened
            if len(mine) > MOST_OPEN:
                mine.popitem(last=False)
        return locator

    def find(self, token: str, spelled: str) -> tuple[str, Opened, int]:
        """What `<locator>-<first record>` means: the locator, the result, the record to go on at.

        Raises:
            OrgError: INVALID_QUERY_LOCATOR, the session has no such result.
        """
        match = _SPELLED.fullmatch(spelled)
        with self._lock:
            mine = self._opened.get(token)
            opened = mine.get(match[1]) if mine and match else None
        if match is None or opened is None or int(match[2]) >= opened.answer.total:
            raise OrgError("INVALID_QUERY_LOCATOR", "invalid query locator")
        return match[1], opened, int(match[2])

    def drop(self, token: str) -> None:
        """Close all results of a session."""
        with self._lock:
            self._opened.pop(token, None)
