"""Columns of texts, hashes and days: all rows at once are what each of them is alone."""

import datetime as dt

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.prompts.columns import by_value, joined, mapped, spans
from orgsmith.prompts.days import clocks, day, days
from orgsmith.prompts.hashes import mix, person, persons_of, seed_of, seeds_of
from tests.prompts.plain_grammar import mixed

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
# Few values, so that they come again; many rows, so that distinct ones are looked for.
repeats = st.integers(0, 300)


@given(parts=st.lists(st.lists(texts, max_size=4), max_size=6))
def test_texts_are_joined_of_their_parts(parts: list[list[str]]) -> None:
    starts = np.append(0, np.cumsum([len(each) for each in parts], dtype=np.int64))
    flat = pl.Series([part for each in parts for part in each], dtype=pl.String)
    assert joined(flat, starts).to_list() == ["".join(each) for each in parts]


def test_parts_in_several_chunks_are_joined() -> None:
    flat = pl.concat([pl.Series(["a", "b"]), pl.Series(["c"])], rechunk=False)
    assert joined(flat[1:], np.array([0, 1, 2])).to_list() == ["b", "c"]


@given(values=st.lists(st.one_of(st.none(), texts), max_size=5), times=repeats)
def test_values_are_computed_once_and_stand_in_their_rows(
    values: list[str | None], times: int
) -> None:
    column = pl.Series("name", values * times, dtype=pl.String)
    found = by_value(column, lambda distinct: distinct.str.len_chars())
    assert found.name == "name"
    assert found.to_list() == [None if each is None else len(each) for each in column]


@given(values=st.lists(texts, max_size=5), times=repeats)
def test_texts_are_mapped(values: list[str], times: int) -> None:
    assert mapped(pl.Series(values * times, dtype=pl.String), str.title).to_list() == [
        each.title() for each in values * times
    ]


@given(ranges=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 5)), max_size=6))
def test_spans_are_ranges_in_a_row(ranges: list[tuple[int, int]]) -> None:
    starts, sizes = np.array(ranges, dtype=np.int64).reshape(-1, 2).T
    expected = [each for start, size in ranges for each in range(start, start + size)]
    assert spans(starts, sizes).tolist() == expected


@given(names=st.lists(texts, max_size=5), times=repeats)
def test_columns_are_hashed_name_by_name(names: list[str], times: int) -> None:
    column = pl.Series(names * times, dtype=pl.String)
    assert seeds_of(column, "7/{}/0").tolist() == [seed_of(f"7/{name}/0") for name in column]
    assert persons_of(column).tolist() == [person(name) for name in column]
    assert all(person(name) == seed_of(f"person {name}") for name in names)


@given(values=st.lists(st.integers(0, (1 << 64) - 1), max_size=9))
def test_numbers_are_mixed_one_by_one(values: list[int]) -> None:
    found = mix(np.array(values, dtype=np.uint64)).tolist()
    assert found == [mixed(value) for value in values]


def test_mix_scatters() -> None:
    assert len(set(mix(np.arange(1000, dtype=np.uint64)).tolist())) == 1000


@given(
    dates=st.lists(st.one_of(st.none(), st.dates(dt.date(1900, 1, 1))), max_size=5), times=repeats
)
def test_days_are_written_one_by_one(dates: list[dt.date | None], times: int) -> None:
    column = pl.Series(dates * times, dtype=pl.Date)
    assert days(column).to_list() == [each and day(each) for each in column]
    assert day(dt.date(2025, 3, 5)) == "March 5, 2025"


@given(minutes=st.lists(st.integers(0, 10**7), max_size=5), times=repeats)
def test_clocks_show_twelve_hours(minutes: list[int], times: int) -> None:
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    moments = [epoch + dt.timedelta(minutes=each, seconds=each % 60) for each in minutes * times]
    column = pl.Series(moments, dtype=pl.Datetime("us", "UTC"))
    assert clocks(column).to_list() == [f"{each.hour % 12 or 12}:{each:%M %p}" for each in moments]
