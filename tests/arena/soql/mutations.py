"""Statements that are a little wrong: others with words or characters lost, doubled or swapped."""

import re
from collections.abc import Sequence

import numpy as np

PARTS = re.compile(r"'(?:[^'\\]|\\.)*'|\w+(?:\.\w+)*|<=|>=|!=|<>|\s+|.", re.DOTALL)

WORDS = (
    "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "INCLUDES", "GROUP BY", "HAVING",
    "ORDER BY", "ASC", "DESC NULLS LAST", "LIMIT", "OFFSET", "FOR VIEW", "TYPEOF", "WHEN", "END",
    "ROLLUP", "CUBE", "FIELDS(ALL)", "COUNT()", "COUNT(Id)", "MAX(CreatedDate)", "null", "true",
    "TODAY", "LAST_N_DAYS:3", "2024-05-15", "2024-05-15T00:00:00Z", "-1.5", "0", "99999999999",
    "Id", "Name", "Account.Name", "Owner.Type", "Case", "Order", "Orders", "(", ")", ",", ".", "=",
    "<", ">=", "!=", ":x", "'x'", "''", "AS", "USING SCOPE mine", "WITH", "ALL ROWS",
)  # fmt: skip

HAZARDS = (
    "'", "\\", '"', "`", ";", "--", "/*", "*/", "#", "$1", "$2", "?", "%", "_", "{", "}", "[", "]",
    "\x00", "\x1a", "\t", "\n", "\r", "\u00a0", "\u2028", "\ufeff", "\u202e", "\u0130", "\u00df",
    "\U0001f600", "\U0010ffff", "e\u0301", "1e309", "0x1f", "::", "||", "->", "@", "~",
)  # fmt: skip
"""Signs that have meant something else to a reader of text, or to a database."""


def mutated(statement: str, others: Sequence[str], chance: np.random.Generator) -> str:
    """A statement in which one to three things are changed, words or characters."""
    for _ in range(chance.integers(1, 4)):
        change = _words if chance.random() < 0.6 else _characters
        statement = change(statement, others, chance)
    return statement


def reworded(statement: str, others: Sequence[str], chance: np.random.Generator) -> str:
    """A statement in which one to three words are changed."""
    for _ in range(chance.integers(1, 4)):
        statement = _words(statement, others, chance)
    return statement


def _words(statement: str, others: Sequence[str], chance: np.random.Generator) -> str:
    parts = PARTS.findall(statement) or [""]
    place = int(chance.integers(len(parts)))
    match int(chance.integers(6)):
        case 0:
            del parts[place]
        case 1:
            parts.insert(place, f" {parts[place]} ")
        case 2:
            other = int(chance.integers(len(parts)))
            parts[place], parts[other] = parts[other], parts[place]
        case 3:
            parts.insert(place, f" {_one(WORDS, chance)} ")
        case 4:
            parts[place] = _one(WORDS, chance)
        case _:
            found = PARTS.findall(_one(others, chance)) or [""]
            parts[place] = _one(found, chance)
    return "".join(parts)


def _characters(statement: str, others: Sequence[str], chance: np.random.Generator) -> str:
    place = int(chance.integers(len(statement) + 1))
    before, after = statement[:place], statement[place:]
    match int(chance.integers(5)):
        case 0:
            return before + after[1:]
        case 1:
            return before + after[:1] * int(chance.integers(2, 40)) + after
        case 2:
            return before + after[:1].swapcase() + after[1:]
        case 3:
            return before
        case _:
            return before + _one(HAZARDS, chance) + after


def _one(choices: Sequence[str], chance: np.random.Generator) -> str:
    return choices[int(chance.integers(len(choices)))]
