from pathlib import Path

import polars as pl

from orgsmith.outputs.rejects import REJECTS, kept
from orgsmith.outputs.store import write_table


def refused(count: int, step: int = 1) -> pl.DataFrame:
    """Refused records in no order, three of each id."""
    ids = pl.int_range(count, eager=True) // 3 * step
    return pl.DataFrame(
        {
            "Id": ids.cast(pl.String).str.zfill(18),
            "rule": "duplicate",
            "reason": pl.int_range(count, eager=True).cast(pl.String),
            "duplicate": pl.Series([None] * count, dtype=pl.String),
            "score": 91.5,
        }
    ).sample(fraction=1, shuffle=True, seed=3)


def test_few_are_kept_whole_in_order_with_all_columns(tmp_path: Path) -> None:
    write_table(refused(100), tmp_path / "a.parquet", ("Id", "reason"))
    found = pl.concat(kept([tmp_path / "a.parquet"]))
    assert found.schema == REJECTS
    assert found.height == 100
    assert found["Id"].is_sorted()
    assert found["round"].null_count() == 100


def test_none_give_an_empty_table() -> None:
    assert pl.concat(kept([])).schema == REJECTS


def test_of_many_the_same_sample_is_kept_however_they_were_cut(tmp_path: Path) -> None:
    rows = refused(40_000)
    write_table(rows, tmp_path / "whole.parquet", ("Id", "reason"))
    write_table(rows[:11_111], tmp_path / "a.parquet", ("Id", "reason"))
    write_table(rows[11_111:], tmp_path / "b.parquet", ("Id", "reason"))
    whole = pl.concat(kept([tmp_path / "whole.parquet"], 1000))
    cut = pl.concat(kept([tmp_path / "b.parquet", tmp_path / "a.parquet"], 1000))
    assert whole.height == 1000
    assert whole.equals(cut)
    # Spread over all of them, not the first ones.
    places = whole["reason"].cast(pl.Int64)
    assert places.min() is not None
    assert 19_000 < float(places.to_frame().mean().item()) < 21_000
