"""Why answers are wrong."""

from collections.abc import Sequence

from orgsmith.arena.results import cells
from orgsmith.arena.results.drawing import (
    PAPER,
    PERCENT,
    ROW,
    SERIES,
    WIDTH,
    Drawing,
    Record,
    cycled,
    drawn,
    entry_axis,
    label_of,
    svg,
    values,
)
from orgsmith.arena.results.leaderboard import Board, Row
from orgsmith.arena.results.names import readable

_COLOURED = 7
"""How many causes have a colour of their own."""

_OTHERS = "other causes"


def cause_chart(board: Board) -> Drawing | None:
    """Why answers are wrong; None if none is."""
    import altair as alt

    rows = [each for each in drawn(board) if each.entry.overall.scored]
    causes = _causes(rows)
    if not causes:
        return None
    named = [*causes[:_COLOURED], *([_OTHERS] if len(causes) > _COLOURED else [])]
    bars: list[Record] = [
        {
            "entry": label_of(row),
            "place": place,
            "cause": readable(name),
            "order": order,
            "share": 100 * _share(row, [name] if name in causes else causes[_COLOURED:]),
        }
        for place, row in enumerate(rows)
        for order, name in enumerate(named)
    ]
    chart = (
        alt.Chart(values(bars), width=WIDTH - 120, height=alt.Step(ROW))
        .mark_bar(stroke=PAPER, strokeWidth=1)
        .encode(
            x=alt.X(
                "share:Q",
                title="share of answers that are wrong, in percent",
                scale=alt.Scale(domain=[0, 100]),
                axis=alt.Axis(values=PERCENT),
            ),
            y=entry_axis(rows),
            color=alt.Color(
                "cause:N",
                title="cause",
                sort=alt.EncodingSortField("order", op="min"),
                scale=alt.Scale(range=cycled(SERIES, len(named))),
            ),
            order=alt.Order("order:Q"),
        )
    )
    return Drawing(
        svg(chart, "Share of wrong answers of each entry, by cause"),
        "Where agents fail",
        ("Mark", "Entry", *map(readable, causes)),
        tuple(
            (row.tag, row.name, *(cells.percent(_share(row, [name])) for name in causes))
            for row in rows
        ),
    )


def _causes(rows: Sequence[Row]) -> list[str]:
    """The causes, those of the greatest shares first."""
    names = {each.name for row in rows for each in row.entry.overall.causes}
    return sorted(names, key=lambda name: (-sum(_share(row, [name]) for row in rows), name))


def _share(row: Row, names: Sequence[str]) -> float:
    return sum(each.share for each in row.entry.overall.causes if each.name in names)
