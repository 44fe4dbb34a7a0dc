"""What a SOSL statement says, as a tree of frozen values."""

from dataclasses import dataclass
from enum import StrEnum

from orgsmith.arena.soql.tree import Query

ANY = "\U00010800"
"""Stands in a term for `*`. A letter of no living language, so that no analysis changes it."""
ONE = "\U00010801"
"""Stands in a term for `?`."""


class Scope(StrEnum):
    """The fields of an object that are searched."""

    ALL = "all"
    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Term:
    """A word or, `quoted`, a phrase: escapes resolved, wildcards as ANY and ONE."""

    text: str
    quoted: bool

    @property
    def wildcards(self) -> int:
        """How many wildcards it has."""
        return self.text.count(ANY) + self.text.count(ONE)


@dataclass(frozen=True, slots=True)
class Every:
    """All of the required, none of the excluded."""

    required: "tuple[Expression, ...]"
    excluded: "tuple[Expression, ...]" = ()


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of the choices."""

    choices: "tuple[Expression, ...]"


Expression = Term | Every | Either


@dataclass(frozen=True, slots=True)
class Find:
    """What is looked for.

    `articles` is what it means where articles are searched: there two words with no operator
    between them are joined by OR. `wild` says that a term has wildcards.
    """

    records: Expression
    articles: Expression
    wild: bool


@dataclass(frozen=True, slots=True)
class Search:
    """A FIND statement; of `returning` each query names one object.

    `find` is None if it is too long to find anything, `returning` if no object is named.
    `snippet` is the length asked for; None for no snippets.
    """

    find: Find | None
    scope: Scope = Scope.ALL
    returning: tuple[Query, ...] | None = None
    snippet: int | None = None
    highlight: bool = False
    labels: bool = False
    limit: int | None = None
