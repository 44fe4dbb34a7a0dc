"""Where a solver asks: SOQL and SOSL through the sandbox's engine, as an agent would, and counted.

Equal statements are sent once: every question is asked of the same records.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from orgsmith.arena.record import Record
from orgsmith.arena.session import Session

_PAGE = 2_000

REMEMBERED = 50_000
"""Records that are remembered at a time."""

_OBJECTS = re.compile(r"\b(?:FROM|RETURNING)\s+(\w+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """What a solver found, and how it came to it.

    `answer` is "None" where nothing answers. `derivation` says in a line or a few what was counted
    or read, for whoever compares it with another answer.
    """

    answer: str
    derivation: str
    evidence: tuple[str, ...] = ()


class Memory:
    """What statements have found, the latest of it: shared by questions about the same records."""

    def __init__(self, most: int = REMEMBERED) -> None:
        """Keep at most so many records, and the statement asked last whatever it found."""
        self._found: dict[str, list[Record]] = {}
        self._records = 0
        self._most = most

    def recall(self, statement: str) -> list[Record] | None:
        """What a statement found; None if that is not known any more."""
        found = self._found.pop(statement, None)
        if found is not None:
            # Put back last: what was not asked for longest goes first.
            self._found[statement] = found
        return found

    def keep(self, statement: str, found: list[Record]) -> None:
        """Remember what a statement found."""
        self._found[statement] = found
        self._records += len(found)
        while self._records > self._most and len(self._found) > 1:
            oldest = next(iter(self._found))
            self._records -= len(self._found.pop(oldest))


class Desk:
    """One question's desk: it asks on the question's day and keeps the statements it sent.

    `session` is on that day. `statements` are the SOQL and SOSL statements in order; `objects` are
    the objects whose records were needed, those reached over relationships included; `read` is set
    once texts had to be read.
    """

    def __init__(self, session: Session, today: dt.date, memory: Memory | None = None) -> None:
        self.session = session.at(today)
        self._memory = memory or Memory()
        self.today = today
        self.statements: list[str] = []
        self.objects: set[str] = set()
        self.read = False

    def query(self, soql: str) -> list[Record]:
        """All records that a SOQL statement finds.

        Raises:
            OrgError: it cannot be meant.
        """
        return self._ask(soql, self._queried)

    def search(self, sosl: str) -> list[Record]:
        """All records that a SOSL statement finds.

        Raises:
            OrgError: it cannot be meant.
        """
        return self._ask(sosl, self.session.search)

    def needs(self, *objects: str) -> None:
        """Note objects that a statement reached over relationships."""
        self.objects.update(objects)

    def reads(self) -> None:
        """Note that the words of a text were read, not only values compared."""
        self.read = True

    def _queried(self, soql: str) -> list[Record]:
        answer = self.session.query(soql)
        return [
            record
            for start in range(0, answer.total, _PAGE)
            for record in answer.page(start, _PAGE)
        ]

    def _ask(self, statement: str, find: Callable[[str], list[Record]]) -> list[Record]:
        self.statements.append(statement)
        found = self._memory.recall(statement)
        if found is None:
            found = find(statement)
            self._memory.keep(statement, found)
        # What is refused asks for nothing.
        self.objects.update(self._named(statement))
        return found

    def _named(self, statement: str) -> Iterator[str]:
        """The objects that a statement asks for by their names, or those of their relationships."""
        catalog = self.session.catalog
        for name in _OBJECTS.findall(statement):
            entity = catalog.entity(name)
            if entity is not None:
                yield entity.name
            else:
                children = (each.child(name) for each in catalog.entities.values())
                yield from {child.entity for child in children if child is not None}


def quoted(text: str) -> str:
    """A text as a SOQL literal, whatever stands in it.

    Source: SOQL and SOSL Reference, "Quoted String Escape Sequences".
    """
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def moment(day: dt.date) -> str:
    """The first moment of a UTC day as a SOQL literal."""
    return f"{day.isoformat()}T00:00:00Z"
