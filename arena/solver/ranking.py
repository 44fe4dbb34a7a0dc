"""Who comes first among those that a question compares, and how that is told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from orgsmith.arena.solver.desk import Found
from orgsmith.arena.tasks.question import NONE

SHOWN = 5
"""How many of those compared a derivation shows."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One of those compared: the answer it would be, its name, its number, and that in words."""

    key: str
    name: str
    number: int | Fraction
    told: str

    @property
    def label(self) -> str:
        """Name and key, which are the same for some."""
        return self.key if self.name == self.key else f"{self.name} ({self.key})"


@dataclass(frozen=True, slots=True)
class Ranking:
    """Those compared, the best first; equal ones in the order of their keys."""

    places: tuple[Compared, ...]

    @classmethod
    def of(cls, compared: Iterable[Compared], *, greatest: bool) -> "Ranking":
        """Rank by the greatest or the smallest number."""
        sign = -1 if greatest else 1
        return cls(tuple(sorted(compared, key=lambda one: (sign * one.number, one.key))))

    @property
    def leaders(self) -> tuple[Compared, ...]:
        """Those with the best number: several if they are equal."""
        best = next((one.number for one in self.places), None)
        return tuple(one for one in self.places if one.number == best)

    def lines(self) -> list[str]:
        """The first few, one a line."""
        shown = self.places[:SHOWN]
        lines = [f"{place}. {one.label}: {one.told}" for place, one in enumerate(shown, 1)]
        rest = len(self.places) - len(shown)
        return [*lines, f"and {rest} more"] if rest else lines


def decided(
    heading: Iterable[str], ranking: Ranking, evidence: Callable[[str], Iterable[str]]
) -> Found:
    """The one that comes first; None if there is none, or if several do.

    Args:
        heading: what was compared, a line or more.
        ranking: those compared.
        evidence: gives the Ids of the records that the first one's number rests on, by its key.
    """
    lines = [*heading, *ranking.lines()]
    match ranking.leaders:
        case ():
            return Found(NONE, "\n".join((*lines, "nothing is left to compare")))
        case (first,):
            return Found(first.key, "\n".join(lines), tuple(sorted(evidence(first.key))))
        case leaders:
            return Found(NONE, "\n".join((*lines, tied(leaders))))


def tied(leaders: Iterable[Compared]) -> str:
    """That several come first, which no rule settles."""
    return f"a tie: {', '.join(one.label for one in leaders)}"


def counted(number: int, noun: str) -> str:
    """So many of what a noun names, in words that fit the number."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
