import datetime as dt
import hashlib
import struct
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.outputs.fingerprint import TableDigest, fingerprint
from orgsmith.outputs.integrity import check_files
from orgsmith.schema.declaration import Kind

FRAME = pl.DataFrame(
    {
        "Id": ["a", "b", "c"],
        "text": ["", None, "\u00e9\x00"],
        "count": [1, None, -3],
        "amount": [0.1, 0.0, None],
        "closed": [True, None, False],
        "day": [dt.date(2024, 2, 29), None, dt.date(1960, 1, 1)],
        "at": [dt.datetime(2024, 1, 1, 0, 0, 0, 1, tzinfo=dt.UTC), None, None],
    },
    schema_overrides={"at": pl.Datetime("us", "UTC")},
)


def digest(*frames: pl.DataFrame) -> str:
    """The digest of a table that comes in these frames."""
    table = TableDigest(frames[0].schema)
    for frame in frames:
        table.update(frame)
    return table.hexdigest()


def test_it_is_what_its_description_says() -> None:
    frame = pl.DataFrame({"b": [7, None], "a": ["\u00e9", None]})
    number = struct.pack("<Bq", 1, 7) + struct.pack("<Bq", 0, 0)
    text = struct.pack("<q", 2) + "\u00e9".encode() + struct.pack("<q", -1)
    table = hashlib.sha256(struct.pack("<q", 2))
    for name, kind, column in ((b"a", b"string", text), (b"b", b"int64", number)):
        for word in (name, kind):
            table.update(struct.pack("<q", len(word)) + word)
        table.update(hashlib.sha256(column).digest())
    assert digest(frame) == table.hexdigest()
    whole = hashlib.sha256(struct.pack("<q", 1) + b"x" + table.digest())
    assert fingerprint({"x": table.hexdigest()}) == whole.hexdigest()


@given(
    st.lists(st.tuples(st.none() | st.text(), st.none() | st.integers(-(2**63), 2**63 - 1))),
    st.integers(0, 9),
)
def test_neither_cuts_nor_the_order_of_columns_matter(
    rows: list[tuple[str | None, int | None]], cut: int
) -> None:
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.Int64}, orient="row")
    assert digest(frame) == digest(frame[:cut], frame[cut:]) == digest(frame.select("b", "a"))


def test_large_tables_are_hashed_alike_in_one_and_in_pieces() -> None:
    numbers = pl.int_range(50_000, eager=True)
    frame = pl.DataFrame({"n": numbers, "text": (numbers * numbers).cast(pl.String)})
    assert digest(frame) == digest(*frame.iter_slices(777))


@pytest.mark.parametrize("name", FRAME.columns)
@pytest.mark.parametrize("row", range(3))
def test_every_value_and_every_null_counts(name: str, row: int) -> None:
    dtype = FRAME.schema[name]
    others: dict[pl.DataType, object] = {
        pl.String(): "other",
        pl.Int64(): 99,
        pl.Float64(): 99.5,
        pl.Boolean(): not FRAME[name][row],
        pl.Date(): dt.date(2020, 1, 1),
        pl.Datetime("us", "UTC"): dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
    }
    nothing: dict[pl.DataType, object] = {
        pl.String(): "",
        pl.Int64(): 0,
        pl.Float64(): 0.0,
        pl.Boolean(): False,
        pl.Date(): dt.date(1970, 1, 1),
        pl.Datetime("us", "UTC"): dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
    }
    for value in (others[dtype], nothing[dtype], None):
        changed = FRAME[name].to_list()
        changed[row] = value
        column = pl.Series(name, changed, dtype)
        same = column.equals(FRAME[name], null_equal=True)
        assert (digest(FRAME.with_columns(column)) == digest(FRAME)) is same


CHANGES: list[Callable[[pl.DataFrame], pl.DataFrame]] = [
    lambda frame: frame.rename({"count": "number"}),
    lambda frame: frame.rename({"count": "amount", "amount": "count"}),
    lambda frame: frame.drop("day"),
    lambda frame: frame.reverse(),
    lambda frame: frame[:2],
    lambda frame: frame.with_columns(pl.col("count").cast(pl.Float64)),
    lambda frame: frame.with_columns(pl.col("day").cast(pl.String)),
    lambda frame: frame.with_columns(extra=pl.lit("x")),
]


@pytest.mark.parametrize("change", CHANGES)
def test_names_types_order_and_number_of_rows_count(
    change: Callable[[pl.DataFrame], pl.DataFrame],
) -> None:
    assert digest(change(FRAME)) != digest(FRAME)


def test_neighbouring_texts_do_not_run_together() -> None:
    assert digest(pl.DataFrame({"a": ["ab", "c"]})) != digest(pl.DataFrame({"a": ["a", "bc"]}))


def test_the_names_of_tables_count() -> None:
    same = digest(FRAME)
    assert fingerprint({"a": same}) != fingerprint({"b": same})
    assert fingerprint({"a": same, "b": same}) == fingerprint({"b": same, "a": same})


def test_every_kind_of_column_has_an_encoding() -> None:
    for kind in Kind:
        TableDigest(pl.Schema({"a": kind.dtype}))
    with pytest.raises(TypeError, match="column a has type Categorical"):
        TableDigest(pl.Schema({"a": pl.Categorical()}))


def test_it_survives_another_parquet_library(copied: Path) -> None:
    for file in copied.rglob("*.parquet"):
        frame = pl.read_parquet(file)
        frame.write_parquet(file, compression="lz4", row_group_size=17)
    outcomes = {outcome.name: outcome for outcome in check_files(copied)}
    assert outcomes["files"].failed
    assert not outcomes["fingerprint"].failed


def test_one_changed_value_changes_the_fingerprint_of_a_dataset(copied: Path) -> None:
    file = copied / "objects/Order/part-00000.parquet"
    frame = pl.read_parquet(file)
    amounts = frame["TotalAmount"].to_list()
    amounts[5] += 0.01
    frame.with_columns(pl.Series("TotalAmount", amounts)).write_parquet(file)
    assert {o.name: o for o in check_files(copied)}["fingerprint"].failed


def test_lists_are_hashed_as_their_description_says() -> None:
    lists = [["\u00e9", ""], [], None, [None]]
    frame = pl.DataFrame({"a": pl.Series(lists, dtype=pl.List(pl.String()))})
    encoded = struct.pack("<qq", 2, 2) + "\u00e9".encode() + struct.pack("<qqqqq", 0, 0, -1, 1, -1)
    table = hashlib.sha256(struct.pack("<q", 4))
    for word in (b"a", b"list[string]"):
        table.update(struct.pack("<q", len(word)) + word)
    table.update(hashlib.sha256(encoded).digest())
    assert digest(frame) == digest(frame[:1], frame[1:]) == table.hexdigest()


def test_where_a_list_ends_matters() -> None:
    lists: list[list[list[str] | None]] = [
        [["a", "b"], []],
        [["a"], ["b"]],
        [["ab"], []],
        [["a", "b"], None],
    ]
    frames = [pl.DataFrame({"a": pl.Series(each, dtype=pl.List(pl.String()))}) for each in lists]
    assert len({digest(frame) for frame in frames}) == len(lists)
