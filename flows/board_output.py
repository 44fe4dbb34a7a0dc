"""Leaderboards on standard output."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from orgsmith.flows.tables import print_table

if TYPE_CHECKING:
    from orgsmith.arena.results.leaderboard import Board


def print_board(board: "Board", *, by_task: bool) -> None:
    """Print the entries of a board, and what each scored in each task if that is asked for."""
    from orgsmith.arena.results.matrix import score_by_task
    from orgsmith.arena.results.text import tables

    overall = tables(board)[0]
    shown = [overall, score_by_task(board)] if by_task else [overall]
    for each in shown:
        print_table(each.headings, each.rows, left=each.left, title=each.title)


def as_rows(boards: "Sequence[Board]") -> list[dict[str, object]]:
    """The entries of boards as results.parquet has them, for JSON."""
    from orgsmith.arena.results.summary import results

    return results(row.entry for board in boards for row in board.rows).to_dicts()
