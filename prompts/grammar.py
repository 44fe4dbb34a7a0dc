"""A grammar that writes: symbols expand to one of their productions until only text is left.

The phrasebook's YAML files map each symbol to a list of productions. A production is text in which
`<symbol>` expands another symbol and `{slot}` takes a value of the record; `<Symbol>` and `{Slot}`
begin with a capital (`{Name}` is the field Name where the record has one), `{a slot}` and
`{A slot}` with the fitting article. A group
`{when: {value: wanted}, say: [...]}` holds productions that need a value (or one of a list of
values). A symbol under the key `_voices` belongs to a person: it follows the named value of the
record, so that the same person writes alike in every message.

Which production is taken depends on the record's key, the symbol, and the record's turn in its
conversation. Turns walk through a symbol's productions in an order of the conversation's own, so
one conversation repeats a production only when it has run out of others.
"""

import hashlib
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml

from orgsmith.schema.errors import WriterError

Values = Mapping[str, object]

VOICES = "_voices"
_PIECE = re.compile(r"<([A-Za-z][A-Za-z0-9_.]*)>|\{([^{}]+)\}")
_ARTICLE = re.compile(r"^([Aa]) (\w+)$")
_AN = re.compile(r"(?i)(?!one\b|once\b|uni|use|usu|eu)[aeiou]|hour|honest")
_SPACES = re.compile(r" {2,}")
_LINES = re.compile(r" ?\n ?")
_PARAGRAPHS = re.compile(r"\n{3,}")
_MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a value; `article` is "", "a" or "A"."""

    name: str
    capital: bool = False
    article: str = ""

    def fill(self, values: Values) -> str:
        """The value as it stands in the text; KeyError when the record has none."""
        field = _capital(self.name)
        as_it_is = self.capital and field in values
        value = values[field if as_it_is else self.name]
        if value is None:
            raise KeyError(self.name)
        text = str(value)
        if self.article:
            return f"{self.article}{'n' if _AN.match(text) else ''} {text}"
        return _capital(text) if self.capital and not as_it_is else text


@dataclass(frozen=True, slots=True)
class Call:
    """A place where another symbol expands."""

    name: str
    capital: bool = False


Production = tuple[str | Slot | Call, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Productions under one condition: for each name the values that fulfil it."""

    when: tuple[tuple[str, frozenset[object]], ...]
    say: tuple[Production, ...]

    def fits(self, values: Values) -> bool:
        """Whether the record fulfils the condition."""
        return all(values[name] in wanted for name, wanted in self.when)


@dataclass(slots=True)
class Symbol:
    """The productions of one symbol; `voice` names the value whose owner keeps to one of them."""

    name: str
    groups: tuple[Group, ...]
    voice: str | None
    salt: int
    conditions: tuple[str, ...]
    known: dict[tuple[object, ...], tuple[tuple[Production, ...], tuple[int, ...]]] = field(
        default_factory=dict
    )

    def choices(self, values: Values) -> tuple[tuple[Production, ...], tuple[int, ...]]:
        """The productions a record can take, and the strides that visit all of them."""
        key = tuple([values[name] for name in self.conditions])
        found = self.known.get(key)
        if found is None:
            fitting = tuple(p for group in self.groups if group.fits(values) for p in group.say)
            n = len(fitting)
            strides = tuple(k for k in range(1, n + 1) if math.gcd(k, n) == 1)
            found = self.known[key] = (fitting, strides)
        return found


class Grammar:
    """All symbols of a phrasebook."""

    def __init__(self, symbols: Mapping[str, Symbol]) -> None:
        self.symbols = dict(symbols)

    @classmethod
    def read(cls, folder: Path) -> "Grammar":
        """Read every YAML file of a folder; a symbol may stand in one of them only.

        Raises:
            WriterError: a symbol is defined twice, or one is used that does not exist.
        """
        symbols: dict[str, Symbol] = {}
        for file in sorted(folder.glob("*.yaml")):
            content = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)
            voices = content.pop(VOICES, {})
            for name, entries in content.items():
                if name in symbols:
                    raise WriterError(f"{file.name}: symbol {name} is defined elsewhere already")
                symbols[name] = _symbol(name, entries, voices.get(name))
        for symbol in symbols.values():
            for called in calls(symbol):
                if called not in symbols:
                    raise WriterError(f"phrasebook: <{called}> in {symbol.name} does not exist")
        return cls(symbols)

    def text(self, symbol: str, values: Values, key: int, turn: int = 0) -> str:
        """Expand a symbol for one record.

        Args:
            symbol: where to begin.
            values: the record's values by name.
            key: 64 bits; records of one conversation share it.
            turn: the record's place in its conversation.

        Raises:
            WriterError: a slot has no value, or no production fits.
        """
        text = _Telling(self.symbols, values, key, turn).expand(symbol)
        if "  " in text:
            text = _SPACES.sub(" ", text)
        if "\n" in text:
            text = _PARAGRAPHS.sub("\n\n", _LINES.sub("\n", text))
        return text.strip()


class _Telling:
    """One text in the making."""

    __slots__ = ("key", "symbols", "turn", "used", "values")

    def __init__(self, symbols: dict[str, Symbol], values: Values, key: int, turn: int) -> None:
        self.symbols, self.values, self.key, self.turn = symbols, values, key, turn
        self.used: dict[str, int] = {}

    def expand(self, name: str) -> str:
        symbol = self.symbols[name]
        try:
            choices, strides = symbol.choices(self.values)
        except KeyError as error:
            raise WriterError(f"phrasebook: symbol {name} needs {error.args[0]}") from error
        if not choices:
            state = {c: self.values[c] for c in symbol.conditions}
            raise WriterError(f"phrasebook: no production of {name} fits {state}")
        parts: list[str] = []
        for piece in choices[self._place(symbol, strides) % len(choices)]:
            if type(piece) is str:
                parts.append(piece)
            elif type(piece) is Slot:
                try:
                    parts.append(piece.fill(self.values))
                except KeyError as error:
                    raise WriterError(
                        f"phrasebook: slot {{{piece.name}}} of {name} has no value"
                    ) from error
            elif type(piece) is Call:
                text = self.expand(piece.name)
                parts.append(_capital(text) if piece.capital else text)
        return "".join(parts)

    def _place(self, symbol: Symbol, strides: tuple[int, ...]) -> int:
        """Where in the symbol's productions this record stands."""
        if symbol.voice:
            return mix(person(str(self.values[symbol.voice])) ^ symbol.salt)
        drawn = mix(self.key ^ symbol.salt)
        uses = self.used.get(symbol.name, 0)
        self.used[symbol.name] = uses + 1
        stride = strides[(drawn >> 40) % len(strides)]
        return drawn % (1 << 40) + (self.turn + 31 * uses) * stride


def seed_of(name: str) -> int:
    """64 bits that a name stands for, the same in every process."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


@lru_cache(maxsize=1 << 16)
def person(name: str) -> int:
    """64 bits that stand for a person, who comes back in many records."""
    return seed_of(f"person {name}")


def mix(value: int) -> int:
    """Scatter 64 bits (the finaliser of SplitMix64: Steele et al., OOPSLA 2014)."""
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & _MASK
    return value ^ (value >> 31)


def calls(symbol: Symbol) -> Iterator[str]:
    """The symbols that a symbol's productions expand."""
    for production in productions(symbol):
        yield from (piece.name for piece in production if isinstance(piece, Call))


def productions(symbol: Symbol) -> Iterator[Production]:
    """Every production of a symbol, whatever its condition."""
    for group in symbol.groups:
        yield from group.say


def _symbol(name: str, entries: list[object], voice: str | None) -> Symbol:
    groups: list[Group] = []
    plain: list[Production] = []
    for entry in entries:
        if isinstance(entry, dict):
            when = tuple(
                (key, frozenset(wanted) if isinstance(wanted, list) else frozenset((wanted,)))
                for key, wanted in entry["when"].items()
            )
            groups.append(Group(when, tuple(_production(text) for text in entry["say"])))
        else:
            plain.append(_production(str(entry)))
    if plain:
        groups.insert(0, Group((), tuple(plain)))
    conditions = sorted({key for group in groups for key, _ in group.when})
    return Symbol(name, tuple(groups), voice, seed_of(name), tuple(conditions))


def _production(text: str) -> Production:
    pieces: list[str | Slot | Call] = []
    end = 0
    for found in _PIECE.finditer(text):
        if found.start() > end:
            pieces.append(text[end : found.start()])
        end = found.end()
        pieces.append(_call(found[1]) if found[1] else _slot(found[2]))
    if end < len(text):
        pieces.append(text[end:])
    return tuple(pieces)


def _call(name: str) -> Call:
    """`<Opening>` is the symbol opening with a capital; dotted names are taken as they are."""
    capital = name[0].isupper() and "." not in name
    return Call(name[0].lower() + name[1:] if capital else name, capital)


def _slot(name: str) -> Slot:
    if found := _ARTICLE.match(name):
        return Slot(found[2], article=found[1])
    return Slot(name[0].lower() + name[1:], capital=name[0].isupper())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
