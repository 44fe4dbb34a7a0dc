"""How far apart the same column of two versions is."""

from collections.abc import Mapping
from itertools import accumulate

from orgsmith.outputs.shape import ColumnShape, Numbers, Parents, Values


def distance(before: ColumnShape, after: ColumnShape) -> float | None:
    """The distance of two columns, between 0 and 1.

    Of picklists and booleans the total variation distance, of numbers and dates the
    Kolmogorov-Smirnov distance, of references the difference of the shares of the busiest parent;
    None of other columns and where a version has no value.

    The distances are those of all values counted, not of deciles: exact, but for numbers that
    differ only past their third digit.
    """
    if not (before.filled and after.filled):
        return None
    match before.content, after.content:
        case Values(left), Values(right):
            return _total_variation(left, right)
        case Numbers() as left, Numbers() as right:
            return _kolmogorov_smirnov(left, right)
        case Parents() as left, Parents() as right:
            return abs(left.busiest / before.filled - right.busiest / after.filled)
        case _:
            return None


def _total_variation(before: Mapping[str, int], after: Mapping[str, int]) -> float:
    """Half the sum of the differences of the shares."""
    n, m = sum(before.values()), sum(after.values())
    values = sorted(before.keys() | after.keys())
    return sum(abs(before.get(each, 0) / n - after.get(each, 0) / m) for each in values) / 2


def _kolmogorov_smirnov(before: Numbers, after: Numbers) -> float:
    """The greatest difference of the two empirical distribution functions."""
    n, m = sum(before.counts), sum(after.counts)
    # In whole numbers: two equal columns are 0 apart, not nearly so.
    rise: dict[float, int] = {}
    for value, count in zip(before.values, before.counts, strict=True):
        rise[value] = rise.get(value, 0) + count * m
    for value, count in zip(after.values, after.counts, strict=True):
        rise[value] = rise.get(value, 0) - count * n
    return max(abs(gap) for gap in accumulate(rise[value] for value in sorted(rise))) / (n * m)
