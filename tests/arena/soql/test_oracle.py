"""Another parser of SOQL agrees on what is a statement, and on how it is built."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from orgsmith.arena.errors import OrgError
from orgsmith.arena.soql.parser import parse
from orgsmith.arena.soql.tree import Query
from orgsmith.schema.streams import stream
from tests.arena.soql.corpus import entries
from tests.arena.soql.differences import OURS_ONLY, THEIRS_ONLY
from tests.arena.soql.mutations import reworded
from tests.arena.soql.oracle import Parsed, installed, opinions
from tests.arena.soql.shapes import same
from tests.arena.soql.statements import Writer

SEED = 5
MUTATED = 15
RANDOM = 5_000
"""Statements like each of the corpus, and random ones."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A statement, and what both parsers make of it."""

    text: str
    tree: Query | None
    refused: str
    oracle: Parsed | None

    @property
    def agreed(self) -> bool:
        """Whether both accept it, or neither."""
        return (self.tree is None) == (self.oracle is None)

    def differences(self) -> list[str]:
        """Which known differences explain that only one of both accepts it."""
        if self.tree is not None:
            return [name for name, known in OURS_ONLY.items() if known.applies(self.tree)]
        return [
            name for name, known in THEIRS_ONLY.items() if known.applies(self.refused, self.text)
        ]


Judge = Callable[[Sequence[str]], list[Judged]]


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    folder = installed(tmp_path_factory)

    def of(statements: Sequence[str]) -> list[Judged]:
        found = opinions(folder, statements)
        return [judged(text, oracle) for text, oracle in zip(statements, found, strict=True)]

    return of


@pytest.fixture(scope="module")
def statements(judge: Judge) -> list[Judged]:
    """The corpus, statements like it that are a little wrong, and random ones."""
    corpus = [entry.query for entry in entries()]
    # A stream of its own for each: a new entry changes none of the others' statements.
    like_it = [
        reworded(query, [query], chance)
        for query in corpus
        for chance in [stream(SEED, query, 0, "reworded")]
        for _ in range(MUTATED)
    ]
    writer = Writer(stream(SEED, "soql", 0, "random"))
    return judge([*corpus, *like_it, *(writer.statement() for _ in range(RANDOM))])


def judged(text: str, oracle: Parsed | None) -> Judged:
    try:
        return Judged(text, parse(text), "", oracle)
    except OrgError as error:
        return Judged(text, None, error.message.splitlines()[-1], oracle)


def test_both_accept_the_same_statements(statements: Sequence[Judged]) -> None:
    apart = [each for each in statements if not each.agreed]
    assert [(each.text, each.refused) for each in apart if not each.differences()] == []
    both = sum(each.tree is not None and each.oracle is not None for each in statements)
    assert both > 4 * len(apart) > 0


def test_both_build_the_same_statements(statements: Sequence[Judged]) -> None:
    for each in statements:
        if each.tree is not None and each.oracle is not None:
            assert same(each.tree, each.oracle), each.text


def test_the_known_differences_are_differences(judge: Judge) -> None:
    examples = {name: known.example for name, known in OURS_ONLY.items()}
    examples |= {name: known.example for name, known in THEIRS_ONLY.items()}
    for name, each in zip(examples, judge(list(examples.values())), strict=True):
        assert (each.tree is not None, each.oracle is not None) == (
            name in OURS_ONLY,
            name in THEIRS_ONLY,
        ), name
        assert name in each.differences()
