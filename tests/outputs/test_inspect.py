import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.inspect import CHILDREN_SHOWN, sample, summary
from orgsmith.schema.errors import DatasetError, UsageError
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS

if TYPE_CHECKING:
    from tests.outputs.conftest import Small


def test_sizes_and_spans_are_those_of_the_records(published: Path, small: "Small") -> None:
    found = summary(Dataset.open(published))
    assert [each.name for each in found.objects] == list(OBJECTS)
    for each in found.objects:
        frame = small.whole(each.name)
        assert (each.rows, each.columns) == frame.shape
        assert (each.first, each.last) == (frame["CreatedDate"].min(), frame["CreatedDate"].max())
        file = published / f"objects/{each.name}/part-00000.parquet"
        assert each.bytes == file.stat().st_size
    assert (found.seed, found.scale, found.version) == (11, 0.25, "first")


def test_it_has_the_questions_of_each_task(asked: Path, published: Path) -> None:
    assert summary(Dataset.open(asked)).tasks == Dataset.open(asked).manifest.tasks
    assert summary(Dataset.open(published)).tasks == {}


def test_every_latent_variable_has_its_measured_effects(published: Path) -> None:
    found = {each.name: each for each in summary(Dataset.open(published)).latents}
    assert list(found) == list(LATENTS)
    assert [effect.name for effect in found["Solution"].effects] == ["Solution shows", "rare"]
    assert found["Skill"].effects[0].statistic == 0.25


@pytest.mark.parametrize("name", OBJECTS)
def test_a_sample_has_its_parents_and_children(published: Path, small: "Small", name: str) -> None:
    found = sample(Dataset.open(published), OBJECTS[name])
    assert found is not None
    values = found.record.values
    assert [values] == small.whole(name).filter(pl.col("Id") == values["Id"]).to_dicts()
    references = [field for field in OBJECTS[name].fields if field.reference]
    assert [parent.field for parent in found.parents] == [field.name for field in references]
    for parent in found.parents:
        assert parent.record.values["Id"] == values[parent.field]
    for children in found.children:
        refer = small.whole(children.object).filter(pl.col(children.field) == values["Id"])
        assert children.count == refer.height
        assert len(children.records) == min(children.count, CHILDREN_SHOWN)
        assert all(record.values[children.field] == values["Id"] for record in children.records)


def test_the_sample_is_a_record_that_has_children(published: Path) -> None:
    found = summary(Dataset.open(published), "Case").sample
    assert found is not None
    assert found.record.object == "Case"
    assert {children.object for children in found.children if children.count} == {
        "CaseHistory__c",
        "EmailMessage",
        "LiveChatTranscript",
    }


def test_an_empty_object_has_no_sample(copied: Path) -> None:
    file = copied / "objects/Case/part-00000.parquet"
    pl.read_parquet(file)[:0].write_parquet(file)
    found = summary(Dataset.open(copied), "Case")
    assert found.sample is None
    assert (found.objects[0].first, found.objects[0].last) == (None, None)


def test_an_unknown_object_is_wrong_usage(published: Path) -> None:
    with pytest.raises(UsageError, match="no object 'Cases'; there are User, Account"):
        summary(Dataset.open(published), "Cases")


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


def zeroed(file: Path) -> None:
    """The footer is whole, the values are not."""
    content = file.read_bytes()
    middle = len(content) // 2
    file.write_bytes(content[:200] + bytes(middle - 200) + content[middle:])


def without_a_column(file: Path) -> None:
    pl.read_parquet(file).drop("CreatedDate").write_parquet(file)


def with_another_type(file: Path) -> None:
    pl.read_parquet(file).with_columns(pl.lit("x").alias("CreatedDate")).write_parquet(file)


def no_parquet(file: Path) -> None:
    file.write_text("x" * 100)


@pytest.mark.parametrize(
    "damage", [cut, zeroed, without_a_column, with_another_type, no_parquet, Path.unlink]
)
def test_a_damaged_file_is_named(copied: Path, damage: Callable[[Path], object]) -> None:
    damage(copied / "objects/Case/part-00000.parquet")
    with pytest.raises(DatasetError, match=r"Case.*orgsmith verify .*copied") as caught:
        summary(Dataset.open(copied))
    assert "\n" not in str(caught.value)


def test_the_damaged_one_of_several_files_is_named(copied: Path) -> None:
    folder = copied / "objects/Case"
    whole = pl.read_parquet(folder / "part-00000.parquet")
    for part in range(3):
        whole[part * 60 :][:60].write_parquet(folder / f"part-0000{part}.parquet")
    cut(folder / "part-00001.parquet")
    with pytest.raises(DatasetError, match=r"Case/part-00001\.parquet: cannot be read"):
        summary(Dataset.open(copied), "Case")


@pytest.mark.parametrize(("section", "name"), [("objects", "Case"), ("latents", "Skill")])
def test_a_manifest_without_a_table_is_named(copied: Path, section: str, name: str) -> None:
    file = copied / "manifest.json"
    content = json.loads(file.read_text())
    del content[section][name]
    file.write_text(json.dumps(content))
    with pytest.raises(DatasetError, match=rf"manifest\.json: {name} is missing.*orgsmith verify"):
        summary(Dataset.open(copied))
