"""From a chart's description to SVG that stands in the page itself."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import cycle, islice
from typing import TYPE_CHECKING

from orgsmith.arena.results.leaderboard import Board, Row

if TYPE_CHECKING:
    import altair as alt

    Chart = alt.Chart | alt.LayerChart | alt.FacetChart

Record = Mapping[str, str | int | float | None]

INK, QUIET, LINE, PAPER = "var(--ink)", "var(--quiet)", "var(--line)", "var(--card)"
"""Colours are the page's own, so that they change with it: see leaderboard.css."""

SERIES = tuple(f"var(--series-{number})" for number in range(1, 9))
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3))
SHAPES = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down")

WIDTH, HEIGHT, ROW = 640, 340, 26
"""Pixels: how large a chart is, and how high a row of one with a row for each entry."""

MOST = 40
"""Entries in a chart; the tables hold all."""

PERCENT = (0, 20, 40, 60, 80, 100)

_WIDEST_LABEL, _WIDEST_FONT = 250, 290
_CHARACTER = 7.4
"""Pixels: how wide labels may be in the font they are measured in, and in the widest that they may
be read in; and what a character of the latter takes."""

_NAMESPACES = re.compile(r'\sxmlns(?::xlink)?="[^"]*"')

_WORDS = {
    "labelColor": INK,
    "titleColor": INK,
    "labelFontSize": 12,
    "titleFontSize": 12,
    "titleFontWeight": "normal",
    "labelLimit": _WIDEST_LABEL,
}
_CONFIG = {
    "font": "Liberation Sans, Arial, sans-serif",
    "view": {"stroke": None},
    "axis": {**_WORDS, "domainColor": QUIET, "tickColor": QUIET, "gridColor": LINE},
    "legend": _WORDS,
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as SVG, and what it shows as a table for those who cannot see it.

    `tags` are the marks of entries that stand in the chart, so that it can say what they mean.
    """

    svg: str
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    tags: tuple[str, ...] = ()


def values(records: Sequence[Record]) -> "alt.InlineData":
    """Records as the data of a chart; whatever users named stands here and nowhere else in it."""
    import altair as alt

    return alt.InlineData(values=[dict(each) for each in records])


def svg(chart: "Chart", label: str, *, above: int = 4, right: int = 44) -> str:
    """A chart as an SVG element without anything outside of it.

    Args:
        chart: what is drawn.
        label: says what is seen.
        above: room left free for labels, whose width depends on the fonts of whoever reads.
        right: as above.
    """
    import vl_convert

    room = {"left": 4, "top": above, "right": right, "bottom": 4}
    described = {**chart.to_dict(), "background": "transparent", "padding": room, "config": _CONFIG}
    drawn = vl_convert.vegalite_to_svg(described)
    opening, bracket, rest = drawn.partition(">")
    opening = _NAMESPACES.sub("", opening)
    said = escape(label)
    return f'{opening} role="img" aria-label="{said}"{bracket}<title>{said}</title>{rest}'


def drawn(board: Board) -> Sequence[Row]:
    return board.rows[:MOST]


def label_of(row: Row) -> str:
    """What an entry is called on an axis; the tag makes it one of its kind."""
    return f"{row.tag}  {row.name}"


def entry_axis(rows: Sequence[Row]) -> "alt.Y":
    """The entries one below the other, their names flush left."""
    import altair as alt

    longest = max((len(label_of(row)) for row in rows), default=0)
    room = min(_WIDEST_FONT, round(_CHARACTER * longest) + 12)
    return alt.Y(
        "entry:N",
        sort=alt.EncodingSortField("place", op="min"),
        title=None,
        axis=alt.Axis(domain=False, ticks=False, labelAlign="left", labelPadding=room),
    )


def percent_axis(field: str, name: str) -> "alt.Y":
    import altair as alt

    return alt.Y(field, title=name, scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(values=PERCENT))


def cycled(marks: Sequence[str], count: int) -> list[str]:
    return list(islice(cycle(marks), count))
