"""The records that the grammar writes about, column by column."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from orgsmith.prompts.hashes import Bits, persons_of
from orgsmith.schema.errors import WriterError

Codes = NDArray[np.intp]


class Records:
    """Records that texts are written about, and what the choices of their texts depend on.

    Args:
        name: what kind of records they are; together with the value Id it names one in errors.
        values: a column for each value, a row for each record.
        keys: 64 bits for each record; records of one conversation share them.
        turns: each text's place in its conversation.
        wanted: the values by which conditions tell texts apart, by the name of the value.
        of: the record of each text; one text for each record, if left out.
        own: values that differ between the texts of a record: a row for each text.
    """

    def __init__(
        self,
        name: str,
        values: pl.DataFrame,
        keys: Bits,
        turns: Bits,
        wanted: Mapping[str, tuple[object, ...]],
        of: Codes | None = None,
        own: pl.DataFrame | None = None,
    ) -> None:
        self.name, self._values, self._wanted, self.turns = name, values, wanted, turns
        self._of = np.arange(values.height) if of is None else of
        self._own = pl.DataFrame() if own is None else own
        self.keys = keys[self._of]
        self._codes: dict[str, Codes] = {}
        self._persons: dict[str, Bits] = {}

    @property
    def count(self) -> int:
        """The number of texts."""
        return self.turns.size

    def __contains__(self, name: str) -> bool:
        """Whether there is a value of that name."""
        return name in self._own.columns or name in self._values.columns

    def column(self, name: str, texts: Codes) -> pl.Series:
        """A value as it is for each of some texts."""
        if name in self._own.columns:
            return self._own[name][texts]
        return self._values[name][self._of[texts]]

    def codes(self, name: str) -> Codes:
        """A value of all texts as its place among the values wanted; their number where it is none
        of them."""
        if not self._codes:
            for values, of in ((self._values, self._of), (self._own, slice(None))):
                kinds = values.schema
                placed = values.select(
                    _place(name, kinds[name], wanted)
                    for name, wanted in self._wanted.items()
                    if name in kinds
                )
                self._codes |= {each.name: each.to_numpy()[of] for each in placed}
        return self._codes[name]

    def persons(self, name: str) -> Bits:
        """64 bits for each text that stand for a person: the value is the name, or these bits."""
        if name not in self._persons:
            own = name in self._own.columns
            who = self._own[name] if own else self._values[name]
            persons = who.to_numpy() if who.dtype == pl.UInt64 else persons_of(who)
            self._persons[name] = persons if own else persons[self._of]
        return self._persons[name]

    def fault(self, text: int, what: str) -> WriterError:
        """The error that a text cannot be written."""
        record = self._values["Id"][int(self._of[text])]
        return WriterError(f"{self.name} {record}: phrasebook: {what}")


def _place(name: str, dtype: pl.DataType, wanted: tuple[object, ...]) -> pl.Expr:
    """A value's place among those wanted; their number if it is none of them."""
    value, other = pl.col(name), len(wanted)
    texts = [each for each in wanted if isinstance(each, str)]
    if dtype == pl.String and len(texts) == len(wanted):
        place = value.cast(pl.Enum(texts), strict=False).to_physical().cast(pl.Int64)
        return place.fill_null(other)
    places = [
        pl.when(value.eq_missing(pl.lit(each))).then(pl.lit(place, pl.Int64))
        for place, each in enumerate(wanted)
        if each is None or type(each) is dtype.to_python()
    ]
    return pl.coalesce(*places, pl.lit(other, pl.Int64)).alias(name)
