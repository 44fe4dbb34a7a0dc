"""A board as tables for a terminal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from orgsmith.arena.results import cells
from orgsmith.arena.results.figures import Figures
from orgsmith.arena.results.leaderboard import Board, Row
from orgsmith.arena.results.names import readable, title
from orgsmith.arena.results.summary import TASK

COLUMNS: Mapping[str, Callable[[Figures], str]] = {
    "score %": cells.score,
    "95 % interval": cells.interval,
    "success %": cells.success,
    "pass^k %": cells.passed,
    "tokens": lambda known: cells.measured(known, cells.whole(known.tokens)),
    "cost": lambda known: cells.measured(known, cells.dollars(known.cost_usd)),
    "turns": lambda known: cells.measured(known, cells.decimal(known.turns)),
    "seconds": lambda known: cells.measured(known, cells.decimal(known.seconds)),
    "tool errors": lambda known: cells.measured(known, cells.errors(known.tool_errors)),
    "None P/R %": lambda known: cells.measured(known, cells.none(known)),
    "not scored": cells.unscored,
}
"""What stands beside each entry: of all its samples, or of those of a task."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose cells are text: the first `left` columns flush left, the others right."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int


def tables(board: Board) -> tuple[Table, ...]:
    """The table of all questions, then one for each task, in the same order of entries."""
    questions = cells.counted(board.questions, "question")
    overall = Table(
        f"{readable(board.industry)}, scale {board.scale:g}, {questions}",
        ("rank", "entry", *COLUMNS),
        tuple(
            (cells.standing(row), _name(row), *_figures(row.entry.overall)) for row in board.rows
        ),
        left=2,
    )
    return (overall, *(_task(board, task) for task in board.tasks))


def _task(board: Board, task: str) -> Table:
    """The entries that were asked; a rank goes by all questions, so there is none here."""
    asked = ((row.name, row.entry.scope(TASK, task)) for row in board.rows)
    return Table(
        title(task),
        ("entry", *COLUMNS),
        tuple((name, *_figures(known)) for name, known in asked if known is not None),
        left=1,
    )


def _name(row: Row) -> str:
    return "\n".join(filter(None, (row.name, cells.part(row))))


def _figures(known: Figures) -> tuple[str, ...]:
    return tuple(shown(known) for shown in COLUMNS.values())
