"""Which changes are drift: planted ones, and none between versions that differ by chance alone."""

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orgsmith.outputs.changes import changes
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.drift import DISTANCE, Drift, What, drift, drifts
from orgsmith.schema.errors import DatasetError

JsonFile = dict[str, Any]

CLOSED = ("Case", "IsClosed")


@pytest.fixture
def altered(dataset: Path, tmp_path: Path) -> Path:
    """A copy of the reference organisation at scale 1 to change something in."""
    return shutil.copytree(dataset, tmp_path / "altered")


def found(before: Path, after: Path) -> dict[tuple[str, str | None], Drift]:
    """What drifted, by object and field; each says so in a sentence."""
    all_ = drift(Dataset.open(before), Dataset.open(after))
    by_place = {(each.object, each.field): each for each in all_}
    assert len(by_place) == len(all_)
    for each in all_:
        assert each.distance > each.bound >= 0
        assert str(each).startswith(f"{each.object}.{each.field}" if each.field else each.object)
        assert "\n" not in str(each)
    return by_place


def edit(file: Path, change: Callable[[JsonFile], None]) -> None:
    """Change a JSON file."""
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


def table(folder: Path, node: str) -> Path:
    """The file of an object that has one."""
    return folder / f"objects/{node}/part-00000.parquet"


def replace(folder: Path, node: str, *columns: pl.Expr) -> None:
    """Write other values into an object."""
    pl.read_parquet(table(folder, node)).with_columns(columns).write_parquet(table(folder, node))


def first(share: float) -> pl.Expr:
    """The first rows of a table."""
    return pl.int_range(pl.len()) < share * pl.len()


def test_a_copy_has_not_drifted(dataset: Path, altered: Path) -> None:
    assert found(dataset, altered) == {}


def test_what_vanished_is_drift_and_what_was_added_is_not(dataset: Path, altered: Path) -> None:
    def without(schema: JsonFile) -> None:
        fields = schema["objects"]["Case"]["fields"]
        fields[:] = [each for each in fields if each["name"] != "Priority"]
        del schema["objects"]["Pricebook2"]
        del schema["latents"]["Skill"]

    edit(altered / "schema.json", without)
    pl.read_parquet(table(altered, "Case")).drop("Priority").write_parquet(table(altered, "Case"))
    gone = found(dataset, altered)
    assert set(gone) == {("Case", "Priority"), ("Pricebook2", None), ("Skill", None)}
    assert {each.what for each in gone.values()} == {What.VANISHED}
    assert str(gone["Case", "Priority"]) == "Case.Priority: the picklist is gone"
    assert str(gone["Pricebook2", None]) == "Pricebook2: the object is gone"
    assert found(altered, dataset) == {}


def test_another_type_is_drift(dataset: Path, altered: Path) -> None:
    def other(schema: JsonFile) -> None:
        for field in schema["objects"]["OrderItem"]["fields"]:
            if field["name"] == "Quantity":
                field |= {"type": "int", "column": "Int64"}
            field["description"] = "Another description is no drift"

    edit(altered / "schema.json", other)
    replace(altered, "OrderItem", pl.col("Quantity").cast(pl.Int64))
    drifted = found(dataset, altered)
    assert set(drifted) == {("OrderItem", "Quantity")}
    assert str(drifted["OrderItem", "Quantity"]) == "OrderItem.Quantity: was double, is int"


@pytest.mark.parametrize(("share", "drifts_then"), [(0.9, False), (0.7, True), (0.0, True)])
def test_rows_that_are_not_due_are_drift(
    dataset: Path, altered: Path, share: float, drifts_then: bool
) -> None:
    file = table(altered, "Case")
    before = pl.read_parquet(file)
    before.filter(first(share)).write_parquet(file)
    rows = found(dataset, altered).get(("Case", None))
    assert (rows is not None) == drifts_then
    if rows is not None:
        kept = math.ceil(share * before.height)
        assert rows.what is What.ROWS
        assert f"has {kept} rows, {before.height} are expected" in str(rows)


@pytest.mark.parametrize(("rows", "drifts_then"), [(9, False), (7, True)])
def test_what_is_constant_may_only_be_rounded(
    dataset: Path, altered: Path, rows: int, drifts_then: bool
) -> None:
    file = table(altered, "Issue__c")
    pl.read_parquet(file).head(rows).write_parquet(file)
    assert (("Issue__c", None) in found(dataset, altered)) == drifts_then


def test_doubled_rows_are_drift(dataset: Path, altered: Path) -> None:
    shutil.copy(table(altered, "Case"), table(altered, "Case").with_name("part-00001.parquet"))
    assert set(found(dataset, altered)) == {("Case", None)}


def test_rows_are_compared_at_their_scales(dataset: Path, altered: Path) -> None:
    edit(altered / "manifest.json", lambda manifest: manifest.update(scale=4.0))
    drifted = found(dataset, altered)
    # At scale 4 these must have grown; what is constant at every scale need not.
    assert {("Case", None), ("Account", None), ("User", None), ("Product2", None)} <= set(drifted)
    assert not {("Issue__c", None), ("Knowledge__kav", None), ("Pricebook2", None)} & set(drifted)
    assert {each.what for each in drifted.values()} == {What.ROWS}


def test_scales_without_a_pack_are_an_error(dataset: Path, altered: Path) -> None:
    (altered / "industry.yaml").write_text("format: of another Orgsmith")
    assert found(altered, dataset) == {}
    edit(altered / "manifest.json", lambda manifest: manifest.update(scale=4.0))
    with pytest.raises(DatasetError, match=r"industry\.yaml"):
        drift(Dataset.open(altered), Dataset.open(dataset))


def test_a_skewed_picklist_is_drift(dataset: Path, altered: Path) -> None:
    high = pl.when(first(0.9)).then(pl.lit("High")).otherwise("Priority").alias("Priority")
    replace(altered, "Case", high)
    drifted = found(dataset, altered)
    assert set(drifted) == {("Case", "Priority")}
    only = drifted["Case", "Priority"]
    assert only.what is What.DISTRIBUTION
    assert only.bound > DISTANCE
    assert "is High in 9" in str(only)


def test_a_slightly_skewed_picklist_is_not(dataset: Path, altered: Path) -> None:
    high = pl.when(first(0.05)).then(pl.lit("High")).otherwise("Priority").alias("Priority")
    replace(altered, "Case", high)
    assert found(dataset, altered) == {}


def test_other_numbers_dates_and_parents_are_drift(dataset: Path, altered: Path) -> None:
    replace(altered, "OrderItem", pl.col("UnitPrice") * 3)
    replace(altered, "Order", pl.col("CreatedDate").dt.offset_by("-900d"))
    replace(altered, "Case", pl.col("OwnerId").first())
    drifted = found(dataset, altered)
    assert set(drifted) == {
        ("OrderItem", "UnitPrice"),
        ("Order", "CreatedDate"),
        ("Case", "OwnerId"),
    }
    assert {each.what for each in drifted.values()} == {What.DISTRIBUTION}
    assert "is 100.0% of one parent" in str(drifted["Case", "OwnerId"])


def test_the_same_dates_of_another_day_are_drift_unless_they_moved_along(
    dataset: Path, altered: Path
) -> None:
    edit(altered / "manifest.json", lambda manifest: manifest.update(as_of="2028-06-01"))
    assert ("Order", "CreatedDate") in found(dataset, altered)
    days = Dataset.open(altered).manifest.as_of - Dataset.open(dataset).manifest.as_of
    for file in (altered / "objects").rglob("*.parquet"):
        dates = pl.selectors.date() | pl.selectors.datetime()
        pl.read_parquet(file).with_columns(dates + days).write_parquet(file)
    assert found(dataset, altered) == {}


def test_gaps_are_drift(dataset: Path, altered: Path) -> None:
    replace(altered, "EmailMessage", pl.when(~first(0.5)).then("Subject").alias("Subject"))
    drifted = found(dataset, altered)
    assert set(drifted) == {("EmailMessage", "Subject")}
    assert drifted["EmailMessage", "Subject"].what is What.NULLS
    assert "50.0% of its rows are empty, 0.0% were" in str(drifted["EmailMessage", "Subject"])


def test_rows_of_one_parent_do_not_count_as_many(dataset: Path, altered: Path) -> None:
    """With all its messages in a handful of cases, nothing is known of how messages are."""
    gaps = pl.when(~first(0.5)).then("Subject").alias("Subject")
    replace(altered, "EmailMessage", gaps)
    assert ("EmailMessage", "Subject") in found(dataset, altered)
    few = pl.col("ParentId").unique().sort().head(10)
    for folder in (shutil.copytree(dataset, altered.parent / "before"), altered):
        cases = pl.read_parquet(table(folder, "EmailMessage")).select(few).to_series()
        some = pl.lit(cases.implode()).list.get(pl.int_range(pl.len()) % 10).alias("ParentId")
        replace(folder, "EmailMessage", some)
    assert found(altered.parent / "before", altered) == {}


@pytest.mark.parametrize(
    ("earlier_status", "status", "n", "statistic", "drifts_then"),
    [
        ("passed", "too_few", 900, 0.4, True),
        ("passed", "failed", 900, None, True),
        ("passed", "too_few", 900, 0.6, False),
        ("passed", "passed", 900, 0.4, False),
        ("passed", "too_few", 700, 0.4, False),
        ("too_few", "failed", 900, 0.4, False),
    ],
)
def test_an_effect_that_is_lost_is_drift(
    dataset: Path,
    altered: Path,
    earlier_status: str,
    status: str,
    n: int,
    statistic: float | None,
    drifts_then: bool,
) -> None:
    before = shutil.copytree(dataset, altered.parent / "before")

    def planted(outcome: JsonFile) -> Callable[[JsonFile], None]:
        check = {"name": "planted", "object": "Skill", "threshold": 0.1} | outcome
        return lambda manifest: manifest["checks"].append(check)

    earlier = {"status": earlier_status, "n": 1000, "statistic": 1.0}
    edit(before / "manifest.json", planted(earlier))
    later = {"status": status, "n": n, "statistic": statistic}
    edit(altered / "manifest.json", planted(later))
    drifted = found(before, altered)
    assert (set(drifted) == {("Skill", "planted")}) == drifts_then


def test_few_rows_may_be_apart_by_chance(published: Path, copied: Path) -> None:
    """Sixty cases, all of them closed instead of every other: too few to tell."""
    replace(copied, "Case", pl.lit(True).alias("IsClosed"))
    found = changes(Dataset.open(published), Dataset.open(copied))
    (closed,) = (each for each in found.columns if (each.object, each.field) == CLOSED)
    assert closed.distance is not None
    assert closed.distance > 0.4
    assert drifts(found) == ()
