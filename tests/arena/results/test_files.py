"""Samples found below a folder."""

import re
from pathlib import Path

import polars as pl
import pytest

from orgsmith.arena.results.columns import SAMPLES
from orgsmith.arena.results.files import NAME, samples_below
from orgsmith.schema.errors import DatasetError
from tests.arena.results.plausible import Made, frame, plausible, sample, wrong


def write(folder: Path, samples: pl.DataFrame) -> Path:
    """A run's file of samples."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / NAME
    samples.write_parquet(file)
    return file


def test_all_files_are_read_however_deep(tmp_path: Path) -> None:
    made = plausible([Made("act", "m", questions=2)])
    write(tmp_path, made[:5])
    write(tmp_path / "a" / "b", made[5:])

    found = samples_below(tmp_path)

    assert found.schema == SAMPLES
    assert found.sort("task_id").equals(made.sort("task_id"))


def test_columns_of_later_versions_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, frame([sample()]).with_columns(later=1).select(pl.all().reverse()))
    assert samples_below(tmp_path).equals(frame([sample()]))


def test_links_are_not_followed(tmp_path: Path) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "folder"
    file = write(elsewhere, frame([wrong(agent="act")]))
    write(folder / "own", frame([sample()]))
    (folder / "away").symlink_to(elsewhere, target_is_directory=True)
    (folder / "linked").mkdir()
    (folder / "linked" / NAME).symlink_to(file)
    (folder / "loop").symlink_to(folder, target_is_directory=True)

    assert samples_below(folder).equals(frame([sample()]))


def test_a_folder_without_samples(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=re.escape(f"no {NAME} below {tmp_path}")):
        samples_below(tmp_path)
    with pytest.raises(DatasetError, match="missing is no folder"):
        samples_below(tmp_path / "missing")


GOOD = frame([sample(), wrong(epoch=2)])
TWICE = pl.col("epoch") == 2


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        (GOOD[:0], "is empty"),
        (pl.DataFrame({"x": [1]}), "has no column run"),
        (GOOD.drop("fact"), "has no column fact"),
        (GOOD.cast({"epoch": pl.String}), "column epoch is String, not Int64"),
        (GOOD.with_columns(pl.col("created_at").dt.replace_time_zone(None)), "column created_at"),
        (GOOD.with_columns(agent=pl.lit(None, pl.String)), "column agent is null"),
        (GOOD.with_columns(status=pl.lit("lost")), "status 'lost' is none of"),
        (
            GOOD.with_columns(score=pl.when(TWICE).then(None).otherwise("score")),
            "column score is null in a row that is scored",
        ),
        (
            GOOD.with_columns(score=pl.when(TWICE).then(float("nan")).otherwise("score")),
            "score nan does not lie",
        ),
        (GOOD.with_columns(score=pl.lit(-0.5)), "score -0.5 does not lie between 0 and 1"),
        (GOOD.with_columns(partial=pl.lit(1.5)), "partial 1.5 does not lie between 0 and 1"),
    ],
)
def test_what_is_wrong_is_said_with_the_file(
    tmp_path: Path, samples: pl.DataFrame, said: str
) -> None:
    file = write(tmp_path / "run", samples)

    with pytest.raises(DatasetError) as caught:
        samples_below(tmp_path)

    assert str(caught.value).startswith(f"{file} ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"PAR1", b"not a table at all", b"PAR1" + bytes(64) + b"PAR1"]
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(DatasetError, match=rf"{NAME} cannot be read: .+; remove it"):
        samples_below(tmp_path)


def test_a_file_cut_short(tmp_path: Path) -> None:
    file = write(tmp_path, GOOD)
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(DatasetError, match="cannot be read"):
        samples_below(tmp_path)
