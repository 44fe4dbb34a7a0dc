"""Boards as a page: one HTML file that needs nothing else, not even a script."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from orgsmith.arena.results import cells
from orgsmith.arena.results.cause_chart import cause_chart
from orgsmith.arena.results.consistency_chart import consistency_chart
from orgsmith.arena.results.cost_chart import beside_cost, cost_chart
from orgsmith.arena.results.drawing import MOST, Drawing
from orgsmith.arena.results.leaderboard import Board, Row
from orgsmith.arena.results.names import readable, title
from orgsmith.arena.results.summary import PERSONA
from orgsmith.arena.results.task_chart import task_chart

if TYPE_CHECKING:
    from jinja2 import Template

FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A board with its charts; those that would be empty are None."""

    board: Board
    cost: Drawing | None
    beside: tuple[Row, ...]
    tasks: Drawing
    consistency: Drawing | None
    causes: Drawing | None


def render(boards: Sequence[Board]) -> str:
    """The page as HTML."""
    return _template().render(
        boards=[_drawn(board) for board in boards],
        cells=cells,
        title=title,
        readable=readable,
        persona=PERSONA,
        most=MOST,
    )


def _drawn(board: Board) -> Drawn:
    return Drawn(
        board,
        cost=cost_chart(board),
        beside=beside_cost(board),
        tasks=task_chart(board),
        consistency=consistency_chart(board),
        causes=cause_chart(board),
    )


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("leaderboard.html.jinja")
