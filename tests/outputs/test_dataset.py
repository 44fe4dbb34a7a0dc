import datetime as dt
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from orgsmith.outputs.dataset import Dataset, find_dataset
from orgsmith.schema.errors import DatasetError
from orgsmith.schema.graph import NODES

if TYPE_CHECKING:
    from tests.outputs.conftest import Small


def placed(published: Path, out: Path, made: Mapping[str, int]) -> None:
    """Copies of the dataset as INDUSTRY/VERSION, each made on a day of January 2026."""
    for name, day in made.items():
        folder = shutil.copytree(published, out / name)
        content = json.loads((folder / "manifest.json").read_text())
        content["created_at"] = dt.datetime(2026, 1, day, tzinfo=dt.UTC).isoformat()
        (folder / "manifest.json").write_text(json.dumps(content))


def test_every_node_comes_back_as_it_was(published: Path, small: "Small") -> None:
    dataset = Dataset.open(published)
    for name in NODES:
        assert dataset.scan(name).collect().equals(small.whole(name)), name


def test_the_organisation_is_rebuilt(published: Path, small: "Small") -> None:
    assert Dataset.open(published).organisation == small.organisation


def test_scanning_is_lazy_over_all_parts(copied: Path) -> None:
    folder = copied / "objects/Case"
    whole = pl.read_parquet(folder / "part-00000.parquet")
    whole[:100].write_parquet(folder / "part-00000.parquet")
    whole[100:].write_parquet(folder / "part-00001.parquet")
    found = Dataset.open(copied).scan("Case")
    assert isinstance(found, pl.LazyFrame)
    assert found.collect().equals(whole)


@pytest.mark.parametrize("spec", ["shop/first", "shop/latest", "shop", None])
def test_the_newest_is_found(published: Path, tmp_path: Path, spec: str | None) -> None:
    placed(published, tmp_path, {"shop/first": 5, "shop/second": 4, "bank/third": 3})
    (tmp_path / ".work").mkdir()
    (tmp_path / "shop/.staging-x").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "shop/latest").symlink_to("first")
    assert find_dataset(spec, tmp_path).path == (tmp_path / "shop/first").resolve()


def test_without_a_link_the_newest_is_the_last_made(published: Path, tmp_path: Path) -> None:
    placed(published, tmp_path, {"shop/b": 5, "shop/a": 6, "shop/c": 4, "bank/z": 9})
    assert find_dataset("shop", tmp_path).path.name == "a"
    assert find_dataset(None, tmp_path).path.name == "z"


def test_a_link_that_leads_nowhere_does_not_matter(published: Path, tmp_path: Path) -> None:
    placed(published, tmp_path, {"shop/b": 5})
    (tmp_path / "shop/latest").symlink_to("gone")
    assert find_dataset("shop", tmp_path).path.name == "b"


def test_a_folder_is_found_wherever_it_is(published: Path, tmp_path: Path) -> None:
    assert find_dataset(str(published), tmp_path).path == published.resolve()


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (None, "no dataset in .*; run orgsmith generate first"),
        ("nowhere", r"no dataset 'nowhere'.*industries there: none"),
        ("", "is not a dataset|no dataset"),
        (".", "is not a dataset"),
        ("..", "is not a dataset"),
        ("shop/none", "no dataset 'shop/none'"),
    ],
)
def test_nothing_is_found_with_a_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: str | None, message: str
) -> None:
    (tmp_path / "in/side").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "in/side")
    with pytest.raises(DatasetError, match=message):
        find_dataset(spec, tmp_path / "out")


def test_a_missing_industry_lists_those_there_are(published: Path, tmp_path: Path) -> None:
    placed(published, tmp_path, {"shop/b": 5, "bank/a": 1})
    with pytest.raises(DatasetError, match="industries there: bank, shop"):
        find_dataset("shp", tmp_path)


def test_a_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="does not exist"):
        Dataset.open(tmp_path / "gone")


def test_a_missing_table_says_so(copied: Path) -> None:
    shutil.rmtree(copied / "objects/Order")
    with pytest.raises(DatasetError, match="has no file of Order"):
        Dataset.open(copied).scan("Order")


@pytest.mark.parametrize("name", ["objects/Case/part-00000.parquet", "latents/Skill.parquet"])
def test_a_table_that_leads_out_is_not_read(copied: Path, tmp_path: Path, name: str) -> None:
    (copied / name).rename(tmp_path / "outside.parquet")
    (copied / name).symlink_to(tmp_path / "outside.parquet")
    with pytest.raises(DatasetError, match="is a link"):
        Dataset.open(copied).scan(name.split("/")[1].removesuffix(".parquet"))


@pytest.mark.parametrize("text", [None, "", "name: [", "name: other\n", "\x00"])
def test_a_broken_pack_is_a_dataset_error(copied: Path, text: str | None) -> None:
    file = copied / "industry.yaml"
    file.unlink()
    if text is not None:
        file.write_text(text)
    with pytest.raises(DatasetError, match=r"industry\.yaml"):
        _ = Dataset.open(copied).organisation


def test_a_broken_dataset_of_another_industry_does_not_matter(
    published: Path, tmp_path: Path
) -> None:
    placed(published, tmp_path, {"shop/a": 5, "bank/z": 9})
    (tmp_path / "bank/z/manifest.json").write_text("{")
    assert find_dataset(None, tmp_path).path.name == "a"
    with pytest.raises(DatasetError, match=r"bank/z/manifest\.json"):
        find_dataset("bank", tmp_path)
    (tmp_path / "shop/a/manifest.json").write_text("{")
    with pytest.raises(DatasetError, match=r"bank/z/manifest\.json"):
        find_dataset(None, tmp_path)
