"""Who is good at what: scores by task, as a heat map."""

from orgsmith.arena.results import cells, heat
from orgsmith.arena.results.drawing import (
    INK,
    LINE,
    PAPER,
    ROW,
    Drawing,
    Record,
    drawn,
    entry_axis,
    label_of,
    svg,
    values,
)
from orgsmith.arena.results.leaderboard import Board, Row
from orgsmith.arena.results.names import title
from orgsmith.arena.results.summary import TASK


def task_chart(board: Board) -> Drawing:
    """Scores of entries by task, as a heat map."""
    import altair as alt

    rows = drawn(board)
    cells_of: list[Record] = [
        {
            "entry": label_of(row),
            "place": place,
            "task": title(task),
            "column": column,
            "shown": _in_cell(row, task),
            "fill": _fill(row, task),
            "ink": _ink(row, task),
        }
        for place, row in enumerate(rows)
        for column, task in enumerate(board.tasks)
    ]
    base = alt.Chart(values(cells_of), width=alt.Step(58), height=alt.Step(ROW)).encode(
        x=alt.X(
            "task:N",
            sort=alt.EncodingSortField("column", op="min"),
            title=None,
            axis=alt.Axis(orient="top", labelAngle=-40, domain=False, ticks=False),
        ),
        y=entry_axis(rows),
    )
    layers = (
        base.mark_rect(stroke=PAPER, strokeWidth=2).encode(
            fill=alt.Fill("fill:N", scale=None, legend=None)
        ),
        base.mark_text(fontSize=12).encode(
            text="shown:N", fill=alt.Fill("ink:N", scale=None, legend=None)
        ),
    )
    return Drawing(
        svg(
            alt.layer(*layers),
            "Score in percent of each entry in each task",
            above=28,
            right=60,
        ),
        "Score by task",
        ("Mark", "Entry", *map(title, board.tasks)),
        tuple(
            (row.tag, row.name, *(_both(row, task) for task in board.tasks)) for row in board.rows
        ),
    )


def _score(row: Row, task: str) -> float | None:
    known = row.entry.scope(TASK, task)
    return None if known is None else known.score


def _in_cell(row: Row, task: str) -> str:
    score = _score(row, task)
    return cells.UNDEFINED if score is None else f"{100 * score:.0f}"


def _fill(row: Row, task: str) -> str:
    score = _score(row, task)
    return LINE if score is None else heat.fill(score)


def _ink(row: Row, task: str) -> str:
    score = _score(row, task)
    return INK if score is None else heat.on_fill(score)


def _both(row: Row, task: str) -> str:
    known = row.entry.scope(TASK, task)
    apart = cells.interval(known)
    return f"{cells.score(known)} ({apart})" if apart else cells.score(known)
