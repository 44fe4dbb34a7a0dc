import itertools
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from orgsmith.outputs.merge import HELD_ROWS, LEAST_GROUP, group_rows, merged, row_count
from orgsmith.outputs.store import ROW_GROUP_SIZE, write_table
from orgsmith.schema.ids import record_ids


@pytest.fixture
def rows() -> pl.DataFrame:
    """Enough for several row groups in each of three files; `part` repeats within an Id."""
    count = 5 * ROW_GROUP_SIZE
    ids = record_ids("500", np.arange(count) // 2, 3)
    return pl.DataFrame(
        {
            "Id": ids,
            "part": np.arange(count) % 2,
            "unwanted": np.arange(count) / 7,
            "text": ids.str.reverse(),
        }
    )


@pytest.fixture(params=[ROW_GROUP_SIZE, LEAST_GROUP])
def files(request: pytest.FixtureRequest, rows: pl.DataFrame, tmp_path: Path) -> list[Path]:
    """The rows dealt to three files of different size, each sorted, the last one empty."""
    cuts = [0, ROW_GROUP_SIZE + 3, rows.height, rows.height]
    paths = [tmp_path / f"{i}.parquet" for i in range(3)]
    for path, (start, end) in zip(paths, itertools.pairwise(cuts), strict=True):
        write_table(rows[start:end], path, ("Id", "part"), group=request.param)
    return paths


@pytest.mark.parametrize("count", [1, 12, 30, 100])
def test_many_files_have_small_groups(count: int) -> None:
    assert LEAST_GROUP <= group_rows(count) <= ROW_GROUP_SIZE
    assert group_rows(count) * count <= HELD_ROWS


@pytest.mark.parametrize("chunk_rows", [1, 1000, ROW_GROUP_SIZE, 10**9])
def test_frames_join_to_the_sorted_whole(
    rows: pl.DataFrame, files: list[Path], chunk_rows: int
) -> None:
    frames = list(merged(files, ("Id", "part"), ["text", "Id", "part"], chunk_rows))
    expected = rows.sort("Id", "part").select("text", "Id", "part")
    assert pl.concat(frames).equals(expected)
    # Nothing is handed on twice and no key lies on both sides of a cut.
    edges = [(frame["Id"][0], frame["Id"][-1]) for frame in frames]
    assert all(left[1] < right[0] for left, right in itertools.pairwise(edges))
    assert len(frames) > 1 or chunk_rows > ROW_GROUP_SIZE


def test_unsorted_files_give_the_same_rows(rows: pl.DataFrame, tmp_path: Path) -> None:
    shuffled = rows.sample(fraction=1, shuffle=True, seed=1)
    with_statistics = tmp_path / "u.parquet"
    shuffled.write_parquet(with_statistics, row_group_size=999, statistics=True)
    frames = list(merged([with_statistics], ("Id", "part"), rows.columns, 1))
    assert pl.concat(frames).equals(rows.sort("Id", "part"))


def test_integers_are_keys_too(tmp_path: Path) -> None:
    for block in range(3):
        frame = pl.DataFrame({"burst": np.arange(block, 60_000, 3)})
        write_table(frame, tmp_path / f"{block}.parquet", ("burst",))
    frames = merged(sorted(tmp_path.iterdir()), ("burst",), ["burst"], 100)
    assert pl.concat(frames)["burst"].to_list() == list(range(60_000))


def test_empty_files_give_one_empty_frame(rows: pl.DataFrame, tmp_path: Path) -> None:
    write_table(rows[:0], tmp_path / "a.parquet", ("Id",))
    (only,) = merged([tmp_path / "a.parquet"], ("Id",), ["text"])
    assert only.schema == {"text": pl.String()}
    assert row_count([tmp_path / "a.parquet"]) == 0
