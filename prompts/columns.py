"""Columns of texts, computed once for each value and joined from parts: no loop over rows."""

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_FEW = 500
"""Up to so many rows, looking for distinct values costs more than it saves."""


def by_value(column: pl.Series, compute: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """A column in which each value is replaced by what is computed of it.

    `compute` gets the distinct values, null among them if there is one, and returns as many; each
    must follow from its own value alone.
    """
    if len(column) <= _FEW:
        return compute(column).alias(column.name)
    distinct = column.unique()
    found = compute(distinct)
    return column.replace_strict(distinct, found, return_dtype=found.dtype)


def mapped(column: pl.Series, spell: Callable[[str], str]) -> pl.Series:
    """A column of strings, each value mapped in another way."""
    return by_value(
        column, lambda distinct: pl.Series(map(spell, distinct.to_list()), dtype=pl.String)
    )


def joined(parts: pl.Series, starts: Ints, order: Ints | None = None) -> pl.Series:
    """Texts made of parts.

    Args:
        parts: strings, none of them null.
        starts: with which part each text begins, ascending, and the number of parts at the end. A
            text that begins where the next one does is empty.
        order: the places of the parts in the order in which they stand in the texts; as they
            come, if left out.
    """
    # pyarrow takes a while to import: not before something is written.
    import pyarrow as pa

    strings = parts.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    if order is not None:
        strings = strings.take(pa.array(order))
    _, offsets, data = strings.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int64)[starts]
    texts = pa.LargeStringArray.from_buffers(starts.size - 1, pa.py_buffer(bounds), data)
    return pl.Series(pl.from_arrow(texts), dtype=pl.String)


def spans(starts: Ints, sizes: Ints) -> Ints:
    """The numbers of several ranges, one range after the other: (4, 9), (2, 3) -> 4 5 9 10 11."""
    before = np.cumsum(sizes) - sizes
    found: Ints = np.arange(sizes.sum(), dtype=np.int64) + np.repeat(starts - before, sizes)
    return found
