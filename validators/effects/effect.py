"""An effect that a latent variable must have on the data, and how it is measured."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from orgsmith.validators.effects.measures import Floats
from orgsmith.validators.outcome import Outcome, Tables, collected, measured

Measured = tuple[int, float]
"""Support and statistic."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One visible effect of a latent variable.

    `name` says what is compared. `rows` takes from a part of the organisation, whole accounts,
    what is measured; `measure` returns support and statistic of those rows of all parts, beside
    what the whole organisation has in its small tables. The statistic must reach `threshold` where
    support is `least` or more. Both come from simulation (`bench/plausibility.py`): over seeds the
    mean of the statistic lies five standard deviations and more above the threshold, so that fewer
    than one sound organisation in a million fails. That it fails without the effect is tested for
    each latent variable.
    """

    latent: str
    name: str
    rows: Callable[[Tables], pl.DataFrame]
    measure: Callable[[Tables, pl.DataFrame], Measured]
    threshold: float
    least: int

    def outcome(self, tables: Tables) -> Outcome:
        """Measure the effect and compare."""
        return self.compared(tables, self.rows(tables))

    def compared(self, tables: Tables, rows: pl.DataFrame) -> Outcome:
        """Measure the effect on the rows of all parts and compare."""
        n, statistic = self.measure(tables, rows)
        return measured(self.name, self.latent, n, statistic, self.threshold, self.least)


def met(frame: pl.LazyFrame, *columns: str) -> pl.DataFrame:
    """How often the values of columns meet: those columns and n."""
    return collected(frame.group_by(columns).agg(n=pl.len()))


def support(rows: pl.DataFrame) -> int:
    """How many rows were counted by `met`."""
    return int(rows["n"].sum())


def table(
    rows: pl.DataFrame, row: str, column: str, labels: list[str], columns: list[str]
) -> Floats:
    """What `met` counted as a matrix; values that are not listed are left out."""
    return weights(rows, row, column, "n", labels, columns)


def weights(
    frame: pl.DataFrame, row: str, column: str, weight: str, rows: list[str], columns: list[str]
) -> Floats:
    """A column of numbers as a matrix; 0 where there is none, the sum where there are several."""
    place = frame.select(
        row=_place(row, rows),
        column=_place(column, columns),
        weight=pl.col(weight).cast(pl.Float64),
    ).drop_nulls(["row", "column"])
    matrix = np.zeros((len(rows), len(columns)))
    np.add.at(
        matrix, (place["row"].to_numpy(), place["column"].to_numpy()), place["weight"].to_numpy()
    )
    return matrix


def _place(name: str, values: list[str]) -> pl.Expr:
    """The place of a column's value in a list, null if it is not there."""
    places = dict(zip(values, range(len(values)), strict=True))
    text = pl.col(name).cast(pl.String)
    return text.replace_strict(places, default=None, return_dtype=pl.Int64)


def texts(*columns: pl.Series) -> list[str]:
    """The distinct values of columns as sorted text."""
    return (
        pl.concat([column.cast(pl.String) for column in columns])
        .drop_nulls()
        .unique()
        .sort()
        .to_list()
    )
