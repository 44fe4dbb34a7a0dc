"""Which of some Ids have the highest or the lowest value."""

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.solver.desk import Desk


def find_ids_with_highest_value(desk: Desk, ids: list[str], values: list[float]) -> list[str]:
    """List those of some Ids, states or months that have the highest value: several if equal.

    Args:
        ids: What the values belong to.
        values: A number for each of them, in the same order.
    """
    del desk
    _check(ids, values)
    return _with(ids, values, max(values, default=0))


def find_ids_with_lowest_value(desk: Desk, ids: list[str], values: list[float]) -> list[str]:
    """List those of some Ids, states or months that have the lowest value: several if equal.

    Args:
        ids: What the values belong to.
        values: A number for each of them, in the same order.
    """
    del desk
    _check(ids, values)
    return _with(ids, values, min(values, default=0))


def _check(ids: list[str], values: list[float]) -> None:
    if len(ids) != len(values):
        raise ToolError(f"{len(ids)} ids but {len(values)} values: give one value for each id")


def _with(ids: list[str], values: list[float], best: float) -> list[str]:
    return [each for each, value in zip(ids, values, strict=True) if value == best]
