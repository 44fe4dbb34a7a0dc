"""A grammar that writes: symbols expand to one of their productions until only text is left.

The phrasebook's YAML files map each symbol to a list of productions. A production is text in which
`<symbol>` expands another symbol and `{slot}` takes a value of the record; `<Symbol>` and `{Slot}`
begin with a capital (`{Name}` is the field Name where the record has one), `{a slot}` and
`{A slot}` with the fitting article. A group
`{when: {value: wanted}, say: [...]}` holds productions that need a value (or one of a list of
values). A symbol under the key `_voices` belongs to a person: it follows the named value of the
record, so that the same person writes alike in every message.

Which production is taken depends on the record's key, the symbol, and the record's turn in its
conversation (`choices.py`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import yaml

from orgsmith.prompts.hashes import seed_of
from orgsmith.schema.errors import WriterError

VOICES = "_voices"
_PIECE = re.compile(r"<([A-Za-z][A-Za-z0-9_.]*)>|\{([^{}]+)\}")
_ARTICLE = re.compile(r"^([Aa]) (\w+)$")
_AN = re.compile(r"(?i)(?!one\b|once\b|uni|use|usu|eu)[aeiou]|hour|honest")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a value; `article` is "", "a" or "A"."""

    name: str
    capital: bool = False
    article: str = ""

    @property
    def field(self) -> str:
        """The field whose value stands here as it is, where the record has one."""
        return capital(self.name) if self.capital else self.name

    def spell(self, text: str) -> str:
        """A value as it stands in the text."""
        if self.article:
            return f"{self.article}{'n' if _AN.match(text) else ''} {text}"
        return capital(text) if self.capital else text


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


@dataclass(frozen=True, slots=True)
class Symbol:
    """The productions of one symbol; `voice` names the value whose owner keeps to one of them,
    `conditions` the values that decide which of them fit."""

    name: str
    groups: tuple[Group, ...]
    voice: str | None
    salt: int
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class Grammar:
    """All symbols of a phrasebook."""

    symbols: Mapping[str, Symbol]

    @classmethod
    def read(cls, folder: Path) -> "Grammar":
        """Read every YAML file of a folder; a symbol may stand in one of them only.

        Raises:
            WriterError: a symbol is defined twice, one is used that does not exist, or one
                expands to itself.
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
        found = cls(symbols)
        try:
            found.below(*symbols)
        except CycleError as error:
            way = " -> ".join(f"<{name}>" for name in reversed(error.args[1]))
            raise WriterError(f"phrasebook: a symbol expands to itself: {way}") from error
        return found

    def below(self, *names: str) -> tuple[str, ...]:
        """These symbols and all that they expand to, each one before those that call it."""
        called: dict[str, tuple[str, ...]] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in called:
                called[name] = tuple(calls(self.symbols[name]))
                waiting += called[name]
        return tuple(TopologicalSorter(called).static_order())

    @cached_property
    def wanted(self) -> Mapping[str, tuple[object, ...]]:
        """For each name of a condition all the values that any condition asks it for."""
        found: dict[str, dict[object, None]] = {}
        for symbol in self.symbols.values():
            for group in symbol.groups:
                for name, values in group.when:
                    found.setdefault(name, {}).update(dict.fromkeys(values))
        return {name: tuple(values) for name, values in found.items()}


def calls(symbol: Symbol) -> Iterator[str]:
    """The symbols that a symbol's productions expand."""
    for production in productions(symbol):
        yield from (piece.name for piece in production if isinstance(piece, Call))


def productions(symbol: Symbol) -> Iterator[Production]:
    """Every production of a symbol, whatever its condition."""
    for group in symbol.groups:
        yield from group.say


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


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
    big = name[0].isupper() and "." not in name
    return Call(name[0].lower() + name[1:] if big else name, big)


def _slot(name: str) -> Slot:
    if found := _ARTICLE.match(name):
        return Slot(found[2], article=found[1])
    return Slot(name[0].lower() + name[1:], capital=name[0].isupper())


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
