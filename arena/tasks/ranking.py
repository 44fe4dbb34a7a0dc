"""Who leads a ranking, by how much, and before whom."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.int64] | npt.NDArray[np.float64]


PAIR = 2
"""A lead is one's over another."""


@dataclass(frozen=True, slots=True)
class Lead:
    """The first and the second of a ranking, by place; `margin` is the distance of their values."""

    winner: int
    runner_up: int
    value: float
    margin: float


def lead(places: npt.NDArray[np.int64], values: Values, *, highest: bool) -> Lead | None:
    """The lead among some places; None where fewer than two compare or the first two tie.

    Args:
        places: who is compared, shape (n,).
        values: what they are compared by, shape (n,).
        highest: whether the greatest value wins, or the least.
    """
    if places.size < PAIR:
        return None
    order = np.argsort(-values if highest else values, kind="stable")
    first, second = order[0], order[1]
    margin = abs(float(values[first]) - float(values[second]))
    if margin == 0:
        return None
    return Lead(int(places[first]), int(places[second]), float(values[first]), margin)
