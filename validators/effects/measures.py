"""Measures of an effect, each with a known distribution where there is none.

The first two are effect sizes: the z-score of a sum under permutation, divided by the root of n, so
that they do not grow with the data; without an effect they are 0 give or take 1 / sqrt(n). Mean and
variance are those of the permutation, exactly; no distribution is assumed for the values.
Source: Hoeffding, "A combinatorial central limit theorem", Annals of Mathematical Statistics 22
(1951): for T the sum over i of c(i, p(i)) under a random permutation p, Var T is the sum of squares
of the doubly centred c over n - 1.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

SMALLEST_VARIANCE = 1e-12
"""Below it nothing varies but rounding."""

Floats = npt.NDArray[np.float64]


def matching(*strata: tuple[Floats, Floats]) -> float:
    """How much better rows and columns match than by chance.

    Args:
        strata: for each stratum how often row value a meets column value b, and how well the two
            match; both of shape (a, b). Values are permuted within strata.

    Returns:
        The effect size of the summed score; 0 if the score cannot vary.
    """
    excess = variance = total = 0.0
    for counts, score in strata:
        n = float(counts.sum())
        total += n
        if n > 1:
            rows, columns = counts.sum(axis=1), counts.sum(axis=0)
            by_row, by_column = score @ columns / n, rows @ score / n
            mean = float(rows @ by_row) / n
            centred = score - by_row[:, None] - by_column[None, :] + mean
            excess += float((counts * score).sum() - n * mean)
            variance += float(rows @ np.square(centred) @ columns) / (n - 1)
    return excess / float(np.sqrt(variance * total)) if variance > SMALLEST_VARIANCE else 0.0


def association(
    frame: pl.DataFrame,
    x: str,
    y: str,
    strata: tuple[str, ...] = (),
    times: str | None = None,
) -> float:
    """How far two numbers rise together within strata: a correlation where there is only one.

    The effect size of the sum of x y, y being permuted within each stratum; rows with a missing
    value are left out; 0 if one of the two does not vary. A row counts as often as the column
    `times` says, once if there is none.
    """
    n, squares_x, squares_y, together = _moments(frame, x, y, strata, times)
    with np.errstate(over="ignore", invalid="ignore"):
        several = n > 1
        variance = float((squares_x * squares_y)[several] @ (1 / (n[several] - 1)))
    if variance <= SMALLEST_VARIANCE:
        return 0.0
    return float(together.sum()) / float(np.sqrt(variance * n.sum()))


def slope(frame: pl.DataFrame, x: str, y: str, strata: tuple[str, ...] = ()) -> float:
    """How much y rises for a step of 1 in x within strata (least squares); 0 if x never varies.

    For an effect of known size it is a better measure than the association, which also depends on
    how much x happens to vary.
    """
    _, squares_x, _, together = _moments(frame, x, y, strata)
    spread = float(squares_x.sum())
    return float(together.sum()) / spread if spread > SMALLEST_VARIANCE else 0.0


def _moments(
    frame: pl.DataFrame, x: str, y: str, strata: tuple[str, ...], times: str | None = None
) -> tuple[Floats, Floats, Floats, Floats]:
    """By stratum: rows, sums of squares of x and of y and sum of products, about their means."""
    # A fixed order of summation: the same statistic whatever the threads.
    rows = frame.drop_nulls([x, y]).sort(*strata, x, y)
    if strata:
        group = rows.select(pl.struct(strata).rle_id()).to_series().to_numpy()
    else:
        group = np.zeros(rows.height, dtype=np.int64)
    count = np.ones(rows.height) if times is None else rows[times].cast(pl.Float64).to_numpy()
    size = np.bincount(group, count).astype(np.float64)
    # Absurd values make the result NaN, which reaches no threshold.
    with np.errstate(over="ignore", invalid="ignore"):
        dx, dy = (
            _centred(rows[name].cast(pl.Float64).to_numpy(), group, size, count) for name in (x, y)
        )
        products = (count * dx * dx, count * dy * dy, count * dx * dy)
        sums = [np.bincount(group, product).astype(np.float64) for product in products]
    return size, sums[0], sums[1], sums[2]


def auc(low: Floats, high: Floats) -> float:
    """The chance that a value of `high` exceeds one of `low`, ties counting half."""
    if not low.size or not high.size:
        return 0.5
    ordered = np.sort(low)
    below = np.searchsorted(ordered, high, side="left")
    upto = np.searchsorted(ordered, high, side="right")
    return float((below + upto).sum() / (2 * low.size * high.size))


def _centred(values: Floats, group: npt.NDArray[np.int64], size: Floats, count: Floats) -> Floats:
    """Values less the mean of their group."""
    if not values.size:
        return values
    return values - (np.bincount(group, values * count) / size)[group]
