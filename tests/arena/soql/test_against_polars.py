"""Random queries find what Polars finds in the files."""

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from orgsmith.arena.org import Org
from orgsmith.arena.soql.run import Answer
from tests.arena.soql.asked import Row
from tests.arena.soql.drawn import OBJECTS, Source, asked, grouped, nested
from tests.arena.soql.grouped import Grouped
from tests.arena.soql.published import TEXTS, Published

SIGNIFICANT = 12
"""Digits to which averages and sums of doubles agree."""

NONE: Mapping[str, Sequence[Mapping[str, object]]] = {"records": ()}

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@dataclass(frozen=True, slots=True)
class Both:
    """An organisation as it is served and as it is published, and the days it is asked on."""

    org: Org
    published: Published
    days: st.SearchStrategy[dt.date]

    def ask(self, query: object, today: dt.date) -> Answer:
        """What the org answers."""
        note(str(query))
        return self.org.session("polars", today=today).query(str(query))


@pytest.fixture(
    scope="module",
    params=[
        ("org", dt.date(2022, 1, 1), dt.date(2026, 12, 31)),
        ("hostile", dt.date(2022, 2, 1), dt.date(2022, 7, 31)),
    ],
    ids=["an organisation", "hostile strings"],
)
def both(request: pytest.FixtureRequest) -> Both:
    name, first, last = request.param
    org = request.getfixturevalue(name)
    return Both(org, Published(org.dataset.path), st.dates(first, last))


@settings(max_examples=200, suppress_health_check=SLOW)
@given(data=st.data())
def test_records(both: Both, data: st.DataObject) -> None:
    today = data.draw(both.days)
    query = data.draw(asked(Source(both.published, today), data.draw(st.sampled_from(OBJECTS))))
    answer = both.ask(query, today)
    assert {column.path for column in query.selected} == set(answer.columns)
    assert list(answer.rows()) == query.answer(both.published, answer.columns)


@settings(max_examples=80, suppress_health_check=SLOW)
@given(data=st.data())
def test_children(both: Both, data: st.DataObject) -> None:
    today = data.draw(both.days)
    query = data.draw(nested(Source(both.published, today)))
    answer = both.ask(query, today)
    paths = [column.path for column in query.children.selected]
    found = [
        [
            tuple(child[path] for path in paths)
            for child in (record[query.children.source] or NONE)["records"]
        ]
        for record in answer.page(0, answer.total)
    ]
    assert found == query.answer(both.published)


@settings(max_examples=100, suppress_health_check=SLOW)
@given(data=st.data())
def test_groups(both: Both, data: st.DataObject) -> None:
    today = data.draw(both.days)
    query = data.draw(grouped(Source(both.published, today)))
    found = [comparable(query, row) for row in both.ask(query, today).rows()]
    expected = [comparable(query, row) for row in query.answer(both.published)]
    assert Counter(found) == Counter(expected)
    if not query.kind:
        assert found == expected


def comparable(query: Grouped, row: Sequence[object]) -> Row:
    """A row of groups with strings in small letters, and inexact numbers rounded."""
    columns = [key.column for key in query.keys] + [each.column for each in query.aggregates]
    values: list[object] = []
    for place, value in enumerate(row):
        text = place < len(columns) and columns[place].kind in TEXTS
        if isinstance(value, str) and text:
            values.append(value.lower())
        elif isinstance(value, float) and value:
            digits = SIGNIFICANT - math.floor(math.log10(abs(value))) - 1
            values.append(round(value, digits))
        else:
            values.append(value)
    return tuple(values)
