"""What a score costs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from orgsmith.arena.results import cells
from orgsmith.arena.results.drawing import (
    HEIGHT,
    INK,
    QUIET,
    SERIES,
    SHAPES,
    WIDTH,
    Drawing,
    Record,
    cycled,
    drawn,
    percent_axis,
    svg,
    values,
)
from orgsmith.arena.results.leaderboard import Board, Row
from orgsmith.arena.results.names import readable

if TYPE_CHECKING:
    import altair as alt

_ABOVE, _BELOW = -6, 8
"""Pixels from a line to the name of its baseline."""
_APART = 5.0
"""Points of score that a name takes."""


def cost_chart(board: Board) -> Drawing | None:
    """Score against cost; None if no entry has both, and a cost above nothing."""
    import altair as alt

    rows = [each for each in drawn(board) if _cost(each) and not each.entry.is_baseline]
    if not rows:
        return None
    agents = sorted({readable(each.entry.agent) for each in rows})
    paints = dict(zip(agents, cycled(SERIES, len(agents)), strict=True))
    points = values([_point(each, paints) for each in rows])
    cost = alt.X(
        "cost:Q",
        title="mean cost of an answer in US dollars (each step is ten times as much)",
        scale=alt.Scale(type="log", nice=True),
        axis=alt.Axis(format="$~g", tickCount=5, grid=False),
    )
    base = alt.Chart(points, width=WIDTH, height=HEIGHT)
    kind = alt.Color("agent:N", title="agent", scale=alt.Scale(range=list(paints.values())))
    # Not by the scale of the points: their legend would be drawn twice.
    paint = alt.Stroke("paint:N", scale=None, legend=None)
    layers = [
        base.mark_rule(strokeWidth=1.5, opacity=0.7).encode(
            x=cost, y=percent_axis("low:Q", "score in percent"), y2="high:Q", stroke=paint
        ),
        base.mark_point(filled=True, size=90, opacity=1).encode(
            x=cost,
            y="score:Q",
            color=kind,
            shape=alt.Shape(
                "agent:N", title="agent", scale=alt.Scale(range=cycled(SHAPES, len(agents)))
            ),
        ),
        base.mark_text(align="left", dx=8, dy=-7, fontSize=12, fontWeight="bold", fill=INK).encode(
            x=cost, y="score:Q", text="tag:N"
        ),
        *_baselines(board),
    ]
    return Drawing(
        svg(alt.layer(*layers), "Score against mean cost of an answer, one point for each entry"),
        "Score against cost",
        ("Mark", "Entry", "Cost of an answer", "Score %", "95 % interval"),
        tuple(
            (
                each.tag,
                each.name,
                cells.dollars(_cost(each)),
                cells.score(each.entry.overall),
                cells.interval(each.entry.overall),
            )
            for each in rows
        ),
        tags=tuple(each.tag for each in rows),
    )


def beside_cost(board: Board) -> tuple[Row, ...]:
    """The agents that are scored but not in the chart: their cost is unknown, or nothing."""
    return tuple(
        each
        for each in board.rows
        if each.entry.overall.score is not None and not _cost(each) and not each.entry.is_baseline
    )


def _cost(row: Row) -> float | None:
    known = row.entry.overall
    return None if known.score is None else known.cost_usd


def _point(row: Row, paints: Mapping[str, str]) -> Record:
    known = row.entry.overall
    score = 100 * (known.score or 0.0)
    return {
        "tag": row.tag,
        "agent": readable(row.entry.agent),
        "paint": paints[readable(row.entry.agent)],
        "cost": known.cost_usd,
        "score": score,
        "low": 100 * known.score_interval.low if known.score_interval else score,
        "high": 100 * known.score_interval.high if known.score_interval else score,
    }


def _baselines(board: Board) -> list["alt.Chart"]:
    """A dashed line for each baseline, its name at the end."""
    import altair as alt

    marks: list[Record] = []
    free = 100 + _APART
    for row in drawn(board):
        if row.entry.is_baseline and row.entry.overall.score is not None:
            score = 100 * row.entry.overall.score
            # Beneath its line where another name stands close above.
            shift = _ABOVE if free - score >= _APART else _BELOW
            marks.append({"score": score, "name": row.name, "shift": shift})
            free = score
    if not marks:
        return []
    base = alt.Chart(values(marks)).encode(y="score:Q")
    names = [
        alt.Chart(values([each for each in marks if each["shift"] == shift]))
        .mark_text(align="right", dx=-4, dy=shift, fontSize=11, fill=QUIET)
        .encode(x=alt.value(WIDTH), y="score:Q", text="name:N")
        for shift in (_ABOVE, _BELOW)
    ]
    return [base.mark_rule(strokeDash=[4, 4], stroke=QUIET), *names]
