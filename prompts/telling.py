"""Texts told by the grammar: one for each record, all of them at once.

The number of steps depends on the grammar, not on the number of records: a symbol is expanded in
all places of all texts together.
"""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from orgsmith.prompts.columns import Ints, joined, mapped
from orgsmith.prompts.grammar import Slot, capital
from orgsmith.prompts.hashes import Bits
from orgsmith.prompts.program import CODE_BITS, NOT_A_CALL, ROW_SHIFT, Program, Step
from orgsmith.prompts.records import Codes, Records
from orgsmith.schema.errors import WriterError

_CODES = (1 << CODE_BITS) - 1

WHITE = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""What `str.strip` strips."""


def told(program: Program, records: Records) -> pl.Series:
    """A text for each record, as the program's symbol expands for it.

    Raises:
        WriterError: a slot or a condition has no value, or no production fits; names the record.
    """
    if not records.count:
        return pl.Series(dtype=pl.String)
    telling = _Telling(program, records)
    telling.expand()
    return tidy(telling.texts())


def tidy(texts: pl.Series) -> pl.Series:
    """Texts without the white space that is left where a symbol had nothing to say: no two spaces
    in a row, no space at a line's beginning or end, one empty line between paragraphs at most."""
    text = (
        pl.lit(texts)
        .str.replace_all(" {2,}", " ")
        .str.replace_all(" \n ?|\n ", "\n")
        .str.replace_all("\n{3,}", "\n\n")
        .str.strip_chars(WHITE)
    )
    return pl.select(text).to_series()


@dataclass(slots=True)
class _Telling:
    """Texts in the making: the parts found so far, packed as `Program` says, by their step."""

    program: Program
    records: Records
    parts: list[tuple[Step, Ints]] = field(default_factory=list)
    capitals: list[tuple[Ints, int]] = field(default_factory=list)
    """Packed places of symbols that begin with a capital, and how many places they take."""

    def expand(self) -> None:
        """Find the parts of all texts."""
        rows = np.arange(self.records.count, dtype=np.int64)
        waiting: dict[str, list[Ints]] = {self.program.entry: [rows << ROW_SHIFT]}
        for step in self.program.steps:
            # Who calls it has been expanded: all places where it stands are known.
            if found := waiting.pop(step.name, None):
                for name, at in self._expand(step, np.concatenate(found)):
                    waiting.setdefault(name, []).append(at)

    def _expand(self, step: Step, at: Ints) -> list[tuple[str, Ints]]:
        """Expand a symbol where it stands; the places of the symbols it calls."""
        rows = at >> ROW_SHIFT
        taken = step.choices.taken(self.records, rows, _uses(at, rows))
        packed, numbers = step.expanded(at, taken)
        if not step.targets:
            self.parts.append((step, packed))
            return []
        called = step.called[numbers]
        self.parts.append((step, packed[called == NOT_A_CALL]))
        places: list[tuple[str, Ints]] = []
        for number, name in enumerate(step.targets):
            mine = called == number
            if (standing := packed[mine]).size:
                places.append((name, standing))
                if step.capital.any():
                    big = standing[step.capital[numbers[mine]]]
                    self.capitals.append((big, self.program.widths[name]))
        return places

    def texts(self) -> pl.Series:
        """The texts, as they are before white space is tidied."""
        packed = np.sort(np.concatenate([packed for _, packed in self.parts]))
        rows, order = packed >> ROW_SHIFT, packed & _CODES
        strings = self._capitals(packed, order, self._strings(order, rows))
        starts = np.searchsorted(rows, np.arange(self.records.count + 1))
        return joined(strings, starts, order)

    def _strings(self, codes: Ints, rows: Ints) -> pl.Series:
        """The literal texts, then what stands in slots; `codes` of slots become places here."""
        literals = len(self.program.literals)
        places = np.flatnonzero(codes >= literals)
        slots = (codes[places] - literals).astype(np.uint16)
        places = places[np.argsort(slots, kind="stable")]
        counts = np.bincount(slots, minlength=len(self.program.slots))
        ends = np.cumsum(counts)
        found = [self.program.literals]
        for number in np.flatnonzero(counts):
            standing = places[ends[number] - counts[number] : ends[number]]
            found.append(self._filled(self.program.slots[number], rows[standing]))
        codes[places] = np.arange(literals, literals + places.size)
        return pl.concat(found)

    def _filled(self, slot: Slot, rows: Ints) -> pl.Series:
        """The slot in the texts of these records."""
        as_it_is = slot.capital and slot.field in self.records
        name = slot.field if as_it_is else slot.name
        if name not in self.records:
            raise self._empty(slot, int(rows[0]))
        filled = self.records.column(name, rows).alias("")
        if filled.null_count():
            raise self._empty(slot, int(rows[int(filled.is_null().arg_max() or 0)]))
        if filled.dtype != pl.String:
            filled = mapped(filled, str)
        plain = as_it_is or not (slot.capital or slot.article)
        return filled if plain else mapped(filled, slot.spell)

    def _empty(self, slot: Slot, row: int) -> WriterError:
        """The error that a record has no value for a slot; names the symbol where it stands."""
        code = len(self.program.literals) + self.program.slots.index(slot)
        step = next(
            step
            for step, packed in self.parts
            if np.any((packed >> ROW_SHIFT == row) & (packed & _CODES == code))
        )
        return self.records.fault(row, f"slot {{{slot.name}}} of {step.name} has no value")

    def _capitals(self, packed: Ints, order: Ints, strings: pl.Series) -> pl.Series:
        """The strings and, where a symbol must begin with a capital, another one in `order`."""
        for at, width in self.capitals:
            first = np.searchsorted(packed, at)
            end = np.searchsorted(packed, at + (width << CODE_BITS))
            empty = np.append((strings == "").to_numpy()[order], False)
            # Nothing begins with an empty part: the capital is for the one behind it.
            while (skipped := (first < end) & empty[first]).any():
                first = first + skipped
            first = np.unique(first[first < end])
            big = mapped(strings[order[first]], capital)
            order[first] = np.arange(len(strings), len(strings) + first.size)
            strings = pl.concat([strings, big])
        return strings


def _uses(at: Ints, rows: Codes) -> Bits:
    """How often the symbol has stood in the same text before each place."""
    uses = np.zeros(rows.size, dtype=np.uint64)
    if np.bincount(rows).max(initial=0) > 1:
        order = np.argsort(at)
        ordered = rows[order]
        uses[order] = np.arange(rows.size) - np.searchsorted(ordered, ordered)
    return uses
