"""Who is right every time: pass^k over k."""

from collections.abc import Sequence
from itertools import cycle, islice

from orgsmith.arena.results import cells
from orgsmith.arena.results.drawing import (
    DASHES,
    HEIGHT,
    INK,
    SERIES,
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

_DASHES = [list(dash) for dash in DASHES for _ in SERIES]
"""Another dash each time all colours have been used."""

_APART = 0.04
"""The distance of ends below which their marks would cover each other."""


def consistency_chart(board: Board) -> Drawing | None:
    """pass^k over k; None if no entry has answered a question more than once."""
    import altair as alt

    rows = [each for each in drawn(board) if len(each.entry.overall.consistency) > 1]
    if not rows:
        return None
    most = max(len(each.entry.overall.consistency) for each in rows)
    marks = _marks(rows)
    points: list[Record] = [
        {
            "entry": each.tag,
            "place": place,
            "k": step.k,
            "chance": 100 * step.chance,
            "tag": marks.get(each.tag, "") if step is each.entry.overall.consistency[-1] else "",
        }
        for place, each in enumerate(rows)
        for step in each.entry.overall.consistency
    ]
    sort = alt.EncodingSortField("place", op="min")
    color = alt.Color(
        "entry:N", sort=sort, title="entry", scale=alt.Scale(range=cycled(SERIES, len(rows)))
    )
    dash = alt.StrokeDash(
        "entry:N",
        sort=sort,
        title="entry",
        scale=alt.Scale(range=list(islice(cycle(_DASHES), len(rows)))),
    )
    base = alt.Chart(values(points), width=WIDTH, height=HEIGHT).encode(
        x=alt.X("k:Q", title="k", axis=alt.Axis(values=list(range(1, most + 1)), format="d")),
        y=percent_axis("chance:Q", "all k answers right, in percent"),
    )
    layers = (
        base.mark_line(strokeWidth=2).encode(color=color, strokeDash=dash),
        # Dashed as well, for nothing but one legend: it is shared where all scales are.
        base.mark_point(filled=True, size=45, opacity=1).encode(color=color, strokeDash=dash),
        base.mark_text(align="left", dx=8, fontSize=12, fontWeight="bold", fill=INK).encode(
            text="tag:N"
        ),
    )
    return Drawing(
        svg(alt.layer(*layers), "Chance that all of k answers to a question are right, over k"),
        "Consistency",
        ("Mark", "Entry", *(f"pass^{k}" for k in range(1, most + 1))),
        tuple(
            (each.tag, each.name, *(_passed(each, k) for k in range(1, most + 1))) for each in rows
        ),
        tags=tuple(each.tag for each in rows),
    )


def _marks(rows: Sequence[Row]) -> dict[str, str]:
    """What stands at the ends of lines, by tag: one mark for ends too near for one each."""
    marks: dict[str, str] = {}
    first, before = "", None
    for row in sorted(rows, key=_end):
        k, chance = _end(row)
        if before is not None and before[0] == k and chance - before[1] < _APART:
            marks[first] += f", {row.tag}"
        else:
            first, before = row.tag, (k, chance)
            marks[first] = row.tag
    return marks


def _end(row: Row) -> tuple[int, float]:
    last = row.entry.overall.consistency[-1]
    return last.k, last.chance


def _passed(row: Row, k: int) -> str:
    steps = row.entry.overall.consistency
    if k > len(steps):
        return ""
    step = steps[k - 1]
    return f"{cells.percent(step.chance)} ({step.questions:,} questions)"
