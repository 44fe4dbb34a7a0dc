"""The shape of a table, against what plain Polars says of the same rows."""

import datetime as dt
import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.schema_file import read_schema
from orgsmith.outputs.shape import (
    OTHER,
    ColumnShape,
    Length,
    Numbers,
    Parents,
    TableShape,
    Values,
    shape_of,
)
from orgsmith.schema.declaration import Kind
from orgsmith.schema.errors import DatasetError
from orgsmith.schema.objects import OBJECTS


def shape(folder: Path, node: str) -> TableShape:
    """The shape of an object of the dataset in a folder."""
    return shape_of(Dataset.open(folder), read_schema(folder), node)


def part(folder: Path, node: str) -> Path:
    """The first file of an object."""
    return folder / "objects" / node / "part-00000.parquet"


def change(folder: Path, node: str, *columns: pl.Expr) -> pl.DataFrame:
    """Write other values into an object's first file; what it holds now."""
    frame = pl.read_parquet(part(folder, node)).with_columns(columns)
    frame.write_parquet(part(folder, node))
    return frame


def rows(folder: Path, node: str) -> pl.DataFrame:
    """All rows of an object."""
    return pl.read_parquet(sorted((folder / "objects" / node).glob("*.parquet")))


def counted(column: ColumnShape) -> dict[float, int]:
    """A number's values and counts."""
    assert isinstance(column.content, Numbers)
    return dict(zip(column.content.values, column.content.counts, strict=True))


@pytest.mark.parametrize("name", OBJECTS)
def test_every_column_but_the_id_is_counted(published: Path, name: str) -> None:
    found = shape(published, name)
    frame = rows(published, name)
    assert found.rows == frame.height
    assert set(found.columns) == set(frame.columns) - {"Id"}
    for field, column in found.columns.items():
        nulls = frame[field].null_count()
        assert (column.nulls, column.filled) == (nulls, frame.height - nulls), field


def test_values_of_picklists_and_booleans_are_counted(published: Path) -> None:
    found = shape(published, "Case").columns
    frame = rows(published, "Case")
    assert found["Priority"].content == Values(
        dict(frame["Priority"].value_counts().sort("Priority").iter_rows())
    )
    closed = int(frame["IsClosed"].sum())
    assert found["IsClosed"].content == Values({"false": frame.height - closed, "true": closed})


def test_undeclared_values_of_a_picklist_are_one(copied: Path) -> None:
    unknown = pl.concat_str(pl.lit("p"), pl.int_range(pl.len()))
    frame = change(copied, "Case", unknown.alias("Priority"))
    content = shape(copied, "Case").columns["Priority"].content
    assert isinstance(content, Values)
    assert content.counts[OTHER] == frame.height


def test_nulls_of_a_picklist_are_no_value(copied: Path) -> None:
    height = change(copied, "Case", pl.lit(None, pl.String).alias("Priority")).height
    column = shape(copied, "Case").columns["Priority"]
    assert column == ColumnShape(Kind.PICKLIST, 0, height, Values({}))


def test_numbers_are_told_apart_by_three_digits(copied: Path) -> None:
    frame = change(copied, "OrderItem", (pl.int_range(pl.len()) + 12345.0).alias("UnitPrice"))
    column = shape(copied, "OrderItem").columns["UnitPrice"]
    assert counted(column) == {12300.0: 5, 12400.0: 100, 12500.0: frame.height - 105}


def test_all_files_of_an_object_are_counted(copied: Path) -> None:
    before = shape(copied, "Case")
    shutil.copy(part(copied, "Case"), copied / "objects/Case/part-00001.parquet")
    after = shape(copied, "Case")
    assert after.rows == 2 * before.rows
    assert after.columns["Subject"].nulls == 2 * before.columns["Subject"].nulls
    parents = before.columns["IssueId__c"].content, after.columns["IssueId__c"].content
    assert isinstance(parents[0], Parents)
    assert parents[1] == Parents(parents[0].distinct, 2 * parents[0].busiest)


def test_deciles_are_the_values_at_the_tenths() -> None:
    assert Numbers((1.0, 2.0, 3.0), (10, 89, 1)).deciles == (1.0, 1.0, *[2.0] * 8, 3.0)
    ten = tuple(float(value) for value in range(1, 11))
    assert Numbers(ten, (7,) * 10).deciles == (1.0, *ten)
    assert Numbers((), ()).deciles == ()


def test_what_is_not_finite_is_a_null(copied: Path) -> None:
    before = shape(copied, "OrderItem").columns["UnitPrice"]
    frame = change(copied, "OrderItem", pl.lit(float("nan")).alias("UnitPrice"))
    after = shape(copied, "OrderItem").columns["UnitPrice"]
    assert after.nulls == before.nulls + frame.height
    assert all(value == value for value in counted(after))


def test_days_are_counted_from_the_as_of_date(copied: Path) -> None:
    as_of = Dataset.open(copied).manifest.as_of
    last = dt.datetime.combine(as_of, dt.time(), dt.UTC) - dt.timedelta(microseconds=1)
    columns = pl.lit(last).alias("CreatedDate"), pl.lit(as_of).alias("EffectiveDate")
    height = change(copied, "Order", *columns).height
    found = shape(copied, "Order").columns
    assert counted(found["CreatedDate"])[-1.0] == height
    assert counted(found["EffectiveDate"])[0.0] == height


def test_references_have_parents(copied: Path) -> None:
    frame = rows(copied, "Contact")
    found = shape(copied, "Contact").columns["AccountId"]
    sizes = frame["AccountId"].drop_nulls().value_counts()
    assert found.content == Parents(sizes.height, int(sizes["count"].max()))  # type: ignore[arg-type]
    for file in (copied / "objects/Contact").glob("*.parquet"):
        none = pl.lit(None, pl.String).alias("AccountId")
        pl.read_parquet(file).with_columns(none).write_parquet(file)
    empty = shape(copied, "Contact").columns["AccountId"]
    assert empty == ColumnShape(Kind.REFERENCE, 0, frame.height, Parents(0, 0))


def test_of_texts_only_the_length_is_known(published: Path) -> None:
    found = shape(published, "Case").columns
    texts = rows(published, "Case")["Description"]
    content = found["Description"].content
    assert isinstance(content, Length)
    assert content.mean == pytest.approx(texts.str.len_chars().mean())
    assert found["Subject"].content is None


def test_the_datasets_own_schema_counts(copied: Path) -> None:
    file = copied / "schema.json"
    schema = json.loads(file.read_text())
    fields = schema["objects"]["Case"]["fields"]
    fields.append(
        {
            "name": "Colour__c",
            "type": "picklist",
            "column": "String",
            "description": "A colour",
            "nullable": True,
            "values": ["red", "blue"],
        }
    )
    schema["objects"]["Gadget__c"] = schema["objects"]["Pricebook2"]
    file.write_text(json.dumps(schema))
    (copied / "objects/Pricebook2").rename(copied / "objects/Gadget__c")
    for each in (copied / "objects/Case").glob("*.parquet"):
        frame = pl.read_parquet(each).with_columns(Colour__c=pl.lit("red"))
        frame.write_parquet(each)
    assert shape(copied, "Gadget__c").rows
    colour = shape(copied, "Case").columns["Colour__c"]
    assert colour.content == Values({"red": colour.filled})


def cut(file: Path) -> None:
    """Cut the end off a file."""
    file.write_bytes(file.read_bytes()[:-100])


def without_a_column(file: Path) -> None:
    """Leave a column out."""
    pl.read_parquet(file).drop("Priority").write_parquet(file)


def with_a_column(file: Path) -> None:
    """Add a column."""
    pl.read_parquet(file).with_columns(Colour__c=pl.lit("red")).write_parquet(file)


def of_another_type(file: Path) -> None:
    """Make a number of a string."""
    pl.read_parquet(file).with_columns(Priority=pl.lit(1)).write_parquet(file)


def linked(file: Path) -> None:
    """Put a link where the file was."""
    file.symlink_to(file.rename(file.parent.parent / "elsewhere.parquet"))


@pytest.mark.parametrize(
    "damage", [cut, without_a_column, with_a_column, of_another_type, linked, Path.unlink]
)
def test_a_damaged_file_is_named(copied: Path, damage: object) -> None:
    assert callable(damage)
    second = copied / "objects/Case/part-00001.parquet"
    shutil.copy(part(copied, "Case"), second)
    files = [part(copied, "Case"), second]
    if damage is Path.unlink:
        for file in files:
            file.unlink()
    else:
        damage(files[-1])
    with pytest.raises(DatasetError) as raised:
        shape(copied, "Case")
    said = str(raised.value)
    assert "has no file of Case" in said if damage is Path.unlink else str(files[-1]) in said
