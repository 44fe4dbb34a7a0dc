"""A board as one table for a terminal: what each entry scored in each task."""

from orgsmith.arena.results import cells
from orgsmith.arena.results.leaderboard import Board
from orgsmith.arena.results.names import title
from orgsmith.arena.results.summary import TASK
from orgsmith.arena.results.text import Table


def score_by_task(board: Board) -> Table:
    """The score of each entry in percent, a row for each task; empty where none was asked."""
    return Table(
        "Score % by task",
        ("task", *(row.name for row in board.rows)),
        tuple(
            (
                title(task),
                *(
                    "" if found is None else cells.score(found)
                    for found in (row.entry.scope(TASK, task) for row in board.rows)
                ),
            )
            for task in board.tasks
        ),
        left=1,
    )
