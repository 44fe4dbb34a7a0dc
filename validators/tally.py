"""What a check remembers while an organisation is looked at part by part."""

from collections import Counter
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from orgsmith.schema.graph import NODES
from orgsmith.validators.outcome import Outcome, Tables, merged

EVERY: Container[str] = frozenset(NODES)
"""All objects and latent variables, by name."""

Look = Callable[[Tables, Container[str]], Iterator[Outcome]]
"""A check that counts faults in those objects and latent variables that are named."""


class Tally(Protocol):
    """A check of a whole organisation that sees one part of it after another."""

    def look(self, part: Tables, nodes: Container[str]) -> None:
        """Look at some nodes of a part."""
        ...

    def outcomes(self) -> Iterator[Outcome]:
        """What the check says of all that it has seen."""
        ...


@dataclass(slots=True)
class Faults:
    """Faults that a check counts, added up over the parts; outcomes in the order of first sight.

    `leading_out` says that they are what tells of references that lead out of their part.
    """

    check: Look
    leading_out: bool = False
    seen: dict[tuple[str, str, int], list[Outcome]] = field(default_factory=dict)

    def look(self, part: Tables, nodes: Container[str]) -> None:
        """Count the faults of a part."""
        times: Counter[tuple[str, str]] = Counter()
        for outcome in self.check(part, nodes):
            kind = (outcome.name, outcome.object)
            self.seen.setdefault((*kind, times[kind]), []).append(outcome)
            times[kind] += 1

    def outcomes(self) -> Iterator[Outcome]:
        """One outcome for each that the check has for a part."""
        for same in self.seen.values():
            yield from merged(same)

    @property
    def found(self) -> bool:
        """Whether there has been a fault."""
        return any(outcome.failed for same in self.seen.values() for outcome in same)


@dataclass(slots=True)
class Rows:
    """Rows that are taken from each part, and what is said of all of them together."""

    take: Callable[[Tables, Container[str]], pl.DataFrame]
    say: Callable[[pl.DataFrame], Iterator[Outcome]]
    taken: list[pl.DataFrame] = field(default_factory=list)

    def look(self, part: Tables, nodes: Container[str]) -> None:
        """Take the rows of a part."""
        self.taken.append(self.take(part, nodes))

    def outcomes(self) -> Iterator[Outcome]:
        """What is said of the rows of all parts."""
        yield from self.say(pl.concat(self.taken))


@dataclass(slots=True)
class Whole:
    """A check that reads the whole organisation by itself, in bounded memory."""

    check: Callable[[Tables], Iterator[Outcome]]
    tables: Tables

    def look(self, part: Tables, nodes: Container[str]) -> None:
        """Parts say nothing to it."""

    def outcomes(self) -> Iterator[Outcome]:
        """What the check says."""
        yield from self.check(self.tables)
