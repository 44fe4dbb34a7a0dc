"""What the grammar's texts are, told one record and one symbol at a time."""

import math
import re
from collections import Counter
from collections.abc import Mapping

from orgsmith.prompts.grammar import Call, Grammar, Group, Production, Slot, Symbol, capital
from orgsmith.prompts.hashes import seed_of

Values = Mapping[str, object]

MASK = (1 << 64) - 1


def text(grammar: Grammar, symbol: str, values: Values, key: int, turn: int) -> str:
    """The text of one record, as a symbol expands for it."""
    found = expanded(grammar, symbol, values, key, turn, Counter())
    found = re.sub(" {2,}", " ", found)
    found = re.sub(r"\n{3,}", "\n\n", re.sub(" ?\n ?", "\n", found))
    return found.strip()


def expanded(
    grammar: Grammar, name: str, values: Values, key: int, turn: int, uses: Counter[str]
) -> str:
    """A symbol's expansion, left to right."""
    symbol = grammar.symbols[name]
    production = taken(symbol, values, key, turn, uses)
    parts: list[str] = []
    for piece in production:
        if isinstance(piece, Call):
            inner = expanded(grammar, piece.name, values, key, turn, uses)
            parts.append(capital(inner) if piece.capital else inner)
        else:
            parts.append(filled(piece, values))
    return "".join(parts)


def taken(symbol: Symbol, values: Values, key: int, turn: int, uses: Counter[str]) -> Production:
    """The production that a record takes."""
    fitting = choices(symbol, values)
    if symbol.voice:
        who = values[symbol.voice]
        person = who if isinstance(who, int) else seed_of(f"person {who}")
        return fitting[mixed(person ^ symbol.salt) % len(fitting)]
    drawn = mixed(key ^ symbol.salt)
    strides = [k for k in range(1, len(fitting) + 1) if math.gcd(k, len(fitting)) == 1]
    stride = strides[(drawn >> 40) % len(strides)]
    turns = turn + 31 * uses[symbol.name]
    uses[symbol.name] += 1
    return fitting[(drawn % (1 << 40) + turns * stride) % len(fitting)]


def choices(symbol: Symbol, values: Values) -> list[Production]:
    """The productions a record can take."""
    return [each for group in symbol.groups if fits(group, values) for each in group.say]


def fits(group: Group, values: Values) -> bool:
    """Whether a record fulfils a group's condition."""
    return all(values[name] in wanted for name, wanted in group.when)


def filled(piece: str | Slot, values: Values) -> str:
    """A piece of a production that is not a symbol."""
    if isinstance(piece, str):
        return piece
    if piece.field in values:
        value = str(values[piece.field])
        return value if piece.capital else piece.spell(value)
    return piece.spell(str(values[piece.name]))


def mixed(value: int) -> int:
    """64 bits scattered: the finaliser of SplitMix64."""
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & MASK
    return value ^ (value >> 31)
