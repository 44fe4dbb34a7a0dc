"""Frames as declared: the right columns, types and order of rows."""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from orgsmith.schema.declaration import Field, Latent
from orgsmith.schema.graph import NODES

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Column = pl.Series | Ints | Floats | Bools | str | bool | int | None


def drawn_fields(name: str) -> tuple[Field, ...]:
    """What the drawing function of a node returns: a latent's columns; an object's drawn fields
    followed by its variables.
    """
    node = NODES[name]
    if isinstance(node, Latent):
        return node.fields
    return (*(f for f in node.fields if not f.written), *node.variables)


def node_frame(name: str, columns: Mapping[str, Column]) -> pl.DataFrame:
    """The frame of a node: columns in the declared order and type, rows sorted by the key.

    Args:
        name: an object or latent.
        columns: series or arrays of one length, and scalars, which are repeated.

    Raises:
        ValueError: a declared column is missing, or one is given that is not declared.
    """
    fields = drawn_fields(name)
    if wrong := {f.name for f in fields} ^ columns.keys():
        raise ValueError(f"{name}: columns given and declared differ in {sorted(wrong)}")
    given = {
        key: value for key, value in columns.items() if isinstance(value, pl.Series | np.ndarray)
    }
    constants = [pl.lit(value).alias(key) for key, value in columns.items() if key not in given]
    node = NODES[name]
    key = node.key if isinstance(node, Latent) else ("Id",)
    return (
        pl.DataFrame(given)
        .with_columns(constants)
        .select(pl.col(f.name).cast(f.kind.dtype) for f in fields)
        .sort(*key)
        .rechunk()
    )


def empty_where(values: pl.Series, holes: Bools) -> pl.Series:
    """The values with nulls where `holes` is true."""
    return pl.select(pl.when(pl.Series(~holes)).then(values)).to_series()


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01, the number Polars and NumPy store for a date."""
    return (day - dt.date(1970, 1, 1)).days


def dates(day_numbers: Ints) -> pl.Series:
    """A Date series from day numbers."""
    return pl.Series(day_numbers.astype(np.int32), dtype=pl.Int32).cast(pl.Date)


def day_numbers(days: pl.Series) -> Ints:
    """Day numbers of a Date or Datetime series without nulls."""
    return days.cast(pl.Date).cast(pl.Int64).to_numpy()


def dollars(cents: pl.Series) -> pl.Series:
    """Whole cents as dollars, the double nearest to them; Polars' own division is one bit off."""
    return pl.Series(cents.to_numpy() / 100, dtype=pl.Float64)
