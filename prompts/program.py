"""A symbol of the grammar with all that it expands to, laid out in tables.

A text is a row of parts: literal texts and slots. Every symbol takes as many places as its longest
expansion has parts, so each part has a place of its own and the parts of a text stand in order
whichever productions are taken. A part is packed into one integer, from high to low bits: the row
of its record, its place, what stands there. Sorted, these integers are the texts of all records.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from orgsmith.prompts.choices import Choices, Lists
from orgsmith.prompts.columns import Ints, spans
from orgsmith.prompts.grammar import Call, Grammar, Slot, Symbol, productions
from orgsmith.prompts.records import Codes
from orgsmith.schema.errors import WriterError

PLACE_BITS = 16
CODE_BITS = 16
ROW_SHIFT = PLACE_BITS + CODE_BITS
"""How a part is packed: 31 bits are left for the row."""

NOT_A_CALL = -1


@dataclass(frozen=True, slots=True)
class Step:
    """How one symbol expands.

    `pieces` lists for each production the numbers of its pieces. Of each piece, `packed` is what is
    added to the packed place of the symbol, `called` the place among `targets` of the symbol that
    stands there (`NOT_A_CALL` for a part), `capital` whether that symbol begins with a capital.
    """

    choices: Choices
    pieces: Lists
    packed: Ints
    called: NDArray[np.int16]
    capital: NDArray[np.bool_]
    targets: tuple[str, ...]

    @property
    def name(self) -> str:
        """The symbol."""
        return self.choices.symbol.name

    def expanded(self, at: Ints, taken: Codes) -> tuple[Ints, Codes]:
        """The pieces that stand at packed places of the symbol, with the productions taken there.

        Returns each piece's own packed place, and its number.
        """
        sizes = self.pieces.sizes[taken]
        numbers = spans(self.pieces.starts[taken], sizes)
        return np.repeat(at, sizes) + self.packed[numbers], numbers


@dataclass(frozen=True, slots=True)
class Program:
    """All that can follow from one symbol.

    `steps` come in an order in which every symbol stands after those that call it, `widths` says
    how many places a symbol takes. What stands in a place is the number of a literal text or,
    counted on from those, of a slot.
    """

    entry: str
    steps: tuple[Step, ...]
    widths: Mapping[str, int]
    literals: pl.Series
    slots: tuple[Slot, ...]

    @classmethod
    def of(cls, grammar: Grammar, entry: str) -> "Program":
        """Lay out a symbol.

        Raises:
            WriterError: texts of the symbol may have more parts than can be counted.
        """
        names = grammar.below(entry)
        symbols = [grammar.symbols[name] for name in names]
        every = [piece for symbol in symbols for each in productions(symbol) for piece in each]
        literals = tuple(dict.fromkeys(piece for piece in every if isinstance(piece, str)))
        slots = tuple(dict.fromkeys(piece for piece in every if isinstance(piece, Slot)))
        parts: tuple[str | Slot, ...] = (*literals, *slots)
        codes = {part: code for code, part in enumerate(parts)}
        widths: dict[str, int] = {}
        steps: list[Step] = []
        for symbol in symbols:
            steps.append(_step(symbol, Choices.of(symbol, grammar.wanted), codes, widths))
        if len(codes) >= 1 << CODE_BITS or widths[entry] >= 1 << PLACE_BITS:
            raise WriterError(
                f"phrasebook: {entry} has {len(codes)} parts, up to {widths[entry]} in a text; "
                f"shorten it to less than {1 << PLACE_BITS}"
            )
        texts = pl.Series(literals, dtype=pl.String)
        return cls(entry, tuple(reversed(steps)), widths, texts, slots)


def _step(
    symbol: Symbol, choices: Choices, codes: Mapping[str | Slot, int], widths: dict[str, int]
) -> Step:
    """Lay out one symbol; notes its width, those of the symbols it calls being known."""
    targets: dict[str, int] = {}
    packed: list[int] = []
    called: list[int] = []
    capital: list[bool] = []
    lists: list[Sequence[int]] = []
    width = 1
    for production in productions(symbol):
        place = 0
        for piece in production:
            if isinstance(piece, Call):
                packed.append(place << CODE_BITS)
                called.append(targets.setdefault(piece.name, len(targets)))
                place += widths[piece.name]
            else:
                packed.append(place << CODE_BITS | codes[piece])
                called.append(NOT_A_CALL)
                place += 1
            capital.append(isinstance(piece, Call) and piece.capital)
        lists.append(range(len(packed) - len(production), len(packed)))
        width = max(width, place)
    widths[symbol.name] = width
    return Step(
        choices,
        Lists.of(lists),
        np.array(packed, dtype=np.int64),
        np.array(called, dtype=np.int16),
        np.array(capital, dtype=np.bool_),
        tuple(targets),
    )
