"""The month in which significantly more cases about a product came in."""

import datetime as dt
from collections.abc import Iterator

from orgsmith.arena.solver.desk import Desk, Found, quoted
from orgsmith.arena.solver.ranking import Compared, Ranking, counted
from orgsmith.arena.solver.spans import window, within
from orgsmith.arena.tasks.question import NONE, Asked
from orgsmith.arena.tasks.rules import TREND_FACTOR, TREND_FLOOR


def solve(desk: Desk, asked: Asked) -> Found:
    """The month that stands out by its number of cases."""
    product = asked.text("product")
    desk.needs("OrderItem")
    rows = desk.query(
        "SELECT Id, CreatedDate FROM Case "
        f"WHERE OrderItemId__r.Product2Id = {quoted(product)} AND {within('CreatedDate', asked)} "
        "ORDER BY CreatedDate"
    )
    cases: dict[str, list[str]] = {month: [] for month in _months(asked)}
    for row in rows:
        # Date-times are written in UTC, from the year on.
        cases[row["CreatedDate"][:7]].append(row["Id"])
    ranking = Ranking.of(
        (
            Compared(month, month, len(found), counted(len(found), "case"))
            for month, found in cases.items()
        ),
        greatest=True,
    )
    heading = f"months of {counted(len(rows), 'case')} about {product} created in {window(asked)}"
    lines = "\n".join((heading, *ranking.lines()))
    counts = [one.number for one in ranking.places]
    most, next_most = [*counts, 0, 0][:2]
    if most < TREND_FLOOR:
        return Found(NONE, f"{lines}\nno month has {TREND_FLOOR} cases")
    if most < TREND_FACTOR * next_most:
        return Found(NONE, f"{lines}\nno month has {TREND_FACTOR} times as many as another")
    month = ranking.places[0].key
    return Found(month, lines, tuple(sorted(cases[month])))


def _months(asked: Asked) -> Iterator[str]:
    """The calendar months that a window touches, as YYYY-MM."""
    month, end = asked.day("start").replace(day=1), min(asked.day("end"), asked.today)
    while month < end:
        yield f"{month:%Y-%m}"
        month = (month + dt.timedelta(days=31)).replace(day=1)
