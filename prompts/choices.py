"""Which production of a symbol a record takes.

Those that fit are found by the record's conditions. Which of them is taken depends on the record's
key, the symbol, and the record's turn in its conversation: turns walk through the productions in an
order of the conversation's own, so one conversation repeats a production only when it has run out
of others. A symbol that belongs to a person depends on the person alone.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orgsmith.prompts.grammar import Symbol
from orgsmith.prompts.hashes import Bits, mix
from orgsmith.prompts.records import Codes, Records

_AGAIN = np.uint64(31)
"""Turns that a symbol goes on when it is used once more in the same text."""

_LOW = np.uint64(40)
_START = np.uint64((1 << 40) - 1)
"""The low bits of a hash say where the walk begins; those above say how it goes on."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists of numbers one behind the other: where each begins, and how long it is."""

    starts: Codes
    sizes: Codes
    numbers: Codes

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> "Lists":
        """These lists."""
        sizes = np.array([len(each) for each in lists], dtype=np.intp)
        numbers = np.array([number for each in lists for number in each], dtype=np.intp)
        return cls(np.cumsum(sizes) - sizes, sizes, numbers)


@dataclass(frozen=True, slots=True)
class Choices:
    """The productions of a symbol, by number, for each state of its conditions.

    A state numbers the combinations of the values wanted, for each condition "another value" being
    the last. `sets` says which list of productions fits, `strides` which steps visit all of a list.
    """

    symbol: Symbol
    radices: tuple[int, ...]
    sets: Codes
    fitting: Lists
    strides: Lists

    @classmethod
    def of(cls, symbol: Symbol, wanted: Mapping[str, tuple[object, ...]]) -> "Choices":
        """The choices of a symbol; `wanted` as `Grammar.wanted` has it."""
        radices = tuple(len(wanted[name]) + 1 for name in symbol.conditions)
        fits = _fits(symbol, wanted, radices)
        numbers = np.repeat(np.arange(len(symbol.groups)), [len(g.say) for g in symbol.groups])
        known: dict[bytes, int] = {}
        sets = [known.setdefault(state.tobytes(), len(known)) for state in fits.T]
        lists = [
            np.flatnonzero(np.frombuffer(groups, dtype=np.bool_)[numbers]).tolist()
            for groups in known
        ]
        strides = [[k for k in range(1, n + 1) if math.gcd(k, n) == 1] for n in map(len, lists)]
        return cls(
            symbol, radices, np.array(sets, dtype=np.intp), Lists.of(lists), Lists.of(strides)
        )

    def taken(self, records: Records, texts: Codes, uses: Bits) -> Codes:
        """The number of the production that each text takes.

        Args:
            records: what is written about.
            texts: the text of each place where the symbol stands.
            uses: how often the symbol has stood in the same text before.

        Raises:
            WriterError: a condition has no value, or no production fits.
        """
        sets = self.sets[self._states(records, texts)]
        sizes = self.fitting.sizes[sets]
        if not sizes.all():
            text = texts[[int(np.argmin(sizes))]]
            state = {name: records.column(name, text)[0] for name in self.symbol.conditions}
            raise records.fault(int(text[0]), f"no production of {self.symbol.name} fits {state}")
        places = self._places(records, texts, uses, sets) % sizes.astype(np.uint64)
        return self.fitting.numbers[self.fitting.starts[sets] + places.astype(np.intp)]

    def _states(self, records: Records, texts: Codes) -> Codes:
        states = np.zeros(texts.size, dtype=np.intp)
        for name, radix in zip(self.symbol.conditions, self.radices, strict=True):
            if name not in records:
                raise records.fault(int(texts[0]), f"symbol {self.symbol.name} needs {name}")
            states = states * radix + records.codes(name)[texts]
        return states

    def _places(self, records: Records, texts: Codes, uses: Bits, sets: Codes) -> Bits:
        """Where in the symbol's productions each text stands, counted on past their end."""
        symbol = self.symbol
        if symbol.voice:
            if symbol.voice not in records:
                raise records.fault(int(texts[0]), f"symbol {symbol.name} needs {symbol.voice}")
            return mix(records.persons(symbol.voice)[texts] ^ np.uint64(symbol.salt))
        drawn = mix(records.keys[texts] ^ np.uint64(symbol.salt))
        among = (drawn >> _LOW) % self.strides.sizes[sets].astype(np.uint64)
        strides = self.strides.numbers[self.strides.starts[sets] + among.astype(np.intp)]
        turns = records.turns[texts] + _AGAIN * uses
        places: Bits = (drawn & _START) + turns * strides.astype(np.uint64)
        return places


def _fits(
    symbol: Symbol, wanted: Mapping[str, tuple[object, ...]], radices: tuple[int, ...]
) -> NDArray[np.bool_]:
    """For each group and state whether the group's condition is fulfilled."""
    fits = np.ones((len(symbol.groups), *radices), dtype=np.bool_)
    for number, group in enumerate(symbol.groups):
        for name, values in group.when:
            axis = symbol.conditions.index(name)
            fulfilled = np.array([*(value in values for value in wanted[name]), False])
            # The same whatever the other conditions' values are.
            fits[number] &= fulfilled.reshape(-1, *(1 for _ in radices[axis + 1 :]))
    return fits.reshape(len(symbol.groups), -1)
