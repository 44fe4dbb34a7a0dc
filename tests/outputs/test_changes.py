"""What changed between a dataset and a copy in which something was changed by hand."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orgsmith.outputs.changes import Changes, ColumnChange, Deciles, changes
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.distance import distance
from orgsmith.outputs.schema_changes import SchemaChange
from orgsmith.outputs.shape import ColumnShape, Content, Length, Numbers, Parents, Values
from orgsmith.schema.declaration import Kind
from orgsmith.schema.errors import DatasetError
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS

JsonFile = dict[str, Any]


def compare(before: Path, after: Path) -> Changes:
    """The changes between two folders."""
    return changes(Dataset.open(before), Dataset.open(after))


def edit(file: Path, change: Callable[[JsonFile], None]) -> None:
    """Change a JSON file."""
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


def case(folder: Path) -> Path:
    """The file of cases."""
    return folder / "objects/Case/part-00000.parquet"


def column(found: Changes, node: str, field: str) -> ColumnChange:
    """The change of a column."""
    (only,) = (each for each in found.columns if (each.object, each.field) == (node, field))
    return only


def shape(content: Content, kind: Kind = Kind.STRING, filled: int = 100) -> ColumnShape:
    """A column without nulls."""
    return ColumnShape(kind, filled, 0, content)


def test_a_copy_is_equal(published: Path, copied: Path) -> None:
    found = compare(published, copied)
    assert found.equal
    assert (found.facts, found.schema, found.questions) == ((), (), ())
    assert {each.object for each in found.rows} == set(OBJECTS)
    assert all(each.before == each.after == each.expected for each in found.rows)
    assert all(each.distance in {0.0, None} and not each.null_distance for each in found.columns)
    assert {each.latent for each in found.effects} == set(LATENTS)
    assert not replace(found, after=replace(found.after, fingerprint="another")).equal


def test_what_made_the_versions_differ_is_told(published: Path, copied: Path) -> None:
    def other(manifest: JsonFile) -> None:
        manifest |= {"industry": "banking", "industry_hash": "0", "seed": 8, "as_of": "2027-01-01"}
        manifest |= {"writer": {"kind": "model", "model": "x/y", "checker": "x/z"}}
        manifest |= {"orgsmith_version": "9.9", "duration_s": 1.0}

    edit(copied / "manifest.json", other)
    found = compare(published, copied)
    assert not found.equal
    told = {each.name: each.after for each in found.facts}
    assert told == {
        "industry": "banking",
        "industry_hash": "0",
        "seed": "8",
        "as_of": "2027-01-01",
        "writer": "model x/y, checked by x/z",
        "orgsmith_version": "9.9",
    }
    assert {each.name: each.before for each in found.facts}["writer"] == "phrasebook"


def test_schema_changes_are_told(published: Path, copied: Path) -> None:
    def other(schema: JsonFile) -> None:
        objects = schema["objects"]
        objects["Gadget__c"] = objects.pop("Pricebook2")
        fields = {each["name"]: each for each in objects["Case"]["fields"]}
        fields["Status"]["values"] = ["Closed"]
        fields["Priority"]["name"] = "Urgency"
        fields["IssueId__c"]["reference"]["parent"] = "Case"
        del schema["latents"]["Skill"]

    edit(copied / "schema.json", other)
    (copied / "objects/Pricebook2").rename(copied / "objects/Gadget__c")
    pl.read_parquet(case(copied)).rename({"Priority": "Urgency"}).write_parquet(case(copied))
    found = compare(published, copied)
    told = {(each.object, each.field, each.aspect): each for each in found.schema}
    assert told["Pricebook2", None, ""] == SchemaChange("Pricebook2", None, "", "object", None)
    assert told["Pricebook2", None, ""].removed
    assert told["Gadget__c", None, ""].after == "object"
    assert not told["Gadget__c", None, ""].removed
    assert told["Skill", None, ""].before == "latent variable"
    assert told["Case", "Priority", ""].before == "picklist"
    assert told["Case", "Urgency", ""].after == "picklist"
    assert told["Case", "Status", "values"].after == '["Closed"]'
    assert '"parent": "Case"' in str(told["Case", "IssueId__c", "reference"].after)
    assert len(told) == len(found.schema) == 7
    assert "Pricebook2" not in {each.object for each in found.rows}
    assert not {"Priority", "Urgency"} & {each.field for each in found.columns}


def test_a_column_of_another_type_is_not_compared(published: Path, copied: Path) -> None:
    def other(schema: JsonFile) -> None:
        (field,) = (
            each for each in schema["objects"]["OrderItem"]["fields"] if each["name"] == "Quantity"
        )
        field |= {"type": "int", "column": "Int64"}

    edit(copied / "schema.json", other)
    file = copied / "objects/OrderItem/part-00000.parquet"
    pl.read_parquet(file).with_columns(pl.col("Quantity").cast(pl.Int64)).write_parquet(file)
    found = compare(published, copied)
    assert {(each.aspect, each.before, each.after) for each in found.schema} == {
        ("type", "double", "int"),
        ("column", "Float64", "Int64"),
    }
    assert not [each for each in found.columns if each.field == "Quantity"]


def test_doubled_rows_are_counted(published: Path, copied: Path) -> None:
    shutil.copy(case(copied), copied / "objects/Case/part-00001.parquet")
    found = compare(published, copied)
    assert not found.equal
    (rows,) = (each for each in found.rows if each.before != each.after)
    assert (rows.object, rows.after, rows.expected) == ("Case", 2 * rows.before, rows.before)
    assert column(found, "Case", "Priority").distance == 0


def test_expected_rows_grow_with_the_scale_down_to_the_floors(
    published: Path, copied: Path
) -> None:
    small = shutil.copytree(published, copied.parent / "small")
    edit(small / "manifest.json", lambda manifest: manifest.update(scale=1.0))
    edit(copied / "manifest.json", lambda manifest: manifest.update(scale=4.0))
    found = compare(small, copied)
    growth = {each.object: (each.expected or 0) / each.before for each in found.rows}
    assert growth["Case"] == growth["Account"] == growth["LiveChatTranscript"] == 4
    assert growth["User"] == growth["Product2"] == growth["PricebookEntry"] == 2
    assert growth["Issue__c"] == growth["Pricebook2"] == 1
    edit(copied / "manifest.json", lambda manifest: manifest.update(scale=0.0001))
    shrunk = {each.object: each for each in compare(small, copied).rows}
    # Of 100 users at scale 1 the floor leaves 8, not 1.
    assert shrunk["User"].expected == pytest.approx(shrunk["User"].before * 8 / 100)


def test_nothing_is_expected_of_a_pack_that_cannot_be_read(published: Path, copied: Path) -> None:
    edit(copied / "manifest.json", lambda manifest: manifest.update(scale=2.0))
    (copied / "industry.yaml").write_text("format: of another Orgsmith")
    assert {each.expected for each in compare(copied, published).rows} == {None}


def test_columns_are_apart(published: Path, copied: Path) -> None:
    frame = pl.read_parquet(case(copied)).with_columns(
        Priority=pl.lit("High"),
        ClosedDate=pl.lit(None, pl.Datetime("us", "UTC")),
        CreatedDate=pl.col("CreatedDate").dt.offset_by("3000d"),
        IssueId__c=pl.col("IssueId__c").first(),
        Description=pl.lit("four"),
    )
    before = pl.read_parquet(case(published))
    frame.write_parquet(case(copied))
    found = compare(published, copied)
    high = float((before["Priority"] == "High").mean())  # type: ignore[arg-type]
    priority = column(found, "Case", "Priority")
    assert priority.distance == pytest.approx(1 - high)
    assert priority.after.summary == Values({"High": frame.height})
    assert column(found, "Case", "CreatedDate").distance == 1
    deciles = column(found, "Case", "CreatedDate").before.summary
    assert isinstance(deciles, Deciles)
    assert deciles.deciles == tuple(sorted(deciles.deciles))
    closed = column(found, "Case", "ClosedDate")
    assert (closed.distance, closed.after.null_share) == (None, 1.0)
    assert closed.null_distance == 1 - closed.before.null_share
    issue = column(found, "Case", "IssueId__c")
    assert issue.after.summary == Parents(1, frame.height)
    assert isinstance(issue.before.summary, Parents)
    assert issue.distance == pytest.approx(1 - issue.before.summary.busiest / frame.height)
    assert column(found, "Case", "Description").after.summary == Length(4.0)
    assert column(found, "Case", "Status").distance == 0


def test_distances_are_those_by_definition() -> None:
    left, right = Values({"a": 50, "b": 50}), Values({"b": 50, "c": 50})
    assert distance(shape(left), shape(right)) == 0.5
    steps = Numbers((1.0, 2.0, 3.0), (20, 30, 50)), Numbers((2.0, 4.0), (60, 40))
    # After 1, 2 and 3 the functions are at 0.2, 0.5, 1 and 0, 0.6, 0.6.
    assert distance(shape(steps[0]), shape(steps[1])) == pytest.approx(0.4)
    assert distance(shape(steps[1]), shape(steps[0])) == pytest.approx(0.4)
    parents = Parents(4, 25), Parents(2, 60)
    assert distance(shape(parents[0]), shape(parents[1])) == pytest.approx(0.35)
    for content in (Length(3.0), None):
        assert distance(shape(content), shape(content)) is None
    assert distance(shape(left), shape(Values({}), filled=0)) is None


def test_effects_are_told(published: Path, copied: Path) -> None:
    def other(manifest: JsonFile) -> None:
        checks = manifest["checks"]
        checks[:] = [each for each in checks if each["name"] != "Tenure shows"]
        for each in checks:
            if each["name"] == "Skill shows":
                each |= {"status": "too_few", "n": 3}
        # Neither what is measured of an object nor a count of faults is an effect.
        checks.append(checks[0] | {"name": "of an object", "object": "Case"})
        checks.append(checks[0] | {"name": "faults", "threshold": 0.0})

    edit(copied / "manifest.json", other)
    found = {each.check: each for each in compare(published, copied).effects}
    assert not {"of an object", "faults"} & set(found)
    assert found["Tenure shows"].after is None
    skill = found["Skill shows"]
    assert skill.before is not None
    assert skill.after is not None
    assert (skill.before.status.value, skill.after.status.value) == ("passed", "too_few")
    assert not compare(published, copied).equal


def ask(folder: Path, task: str, **questions: str) -> Path:
    """Put questions of a task into a dataset, by id."""
    file = folder / f"tasks/{task}.parquet"
    file.parent.mkdir(exist_ok=True)
    frame = pl.DataFrame({"task_id": list(questions), "question": list(questions.values())})
    frame.with_columns(task=pl.lit(task)).write_parquet(file)
    return file


def test_questions_come_and_go(published: Path, copied: Path) -> None:
    before = shutil.copytree(published, copied.parent / "before")
    ask(before, "handle_time", q1="Who was quickest?", q2="Who was slowest?")
    ask(copied, "handle_time", q2="Who was slowest?", **{f"r{i}": f"New {i}?" for i in range(5)})
    ask(before, "top_issue", t1="Which issue?")
    ask(copied, "routing", u1="Who takes it?")
    ask(before, "entity", v1="What?")
    ask(copied, "entity", v1="What?")
    found = compare(before, copied)
    tasks = {each.task: each for each in found.questions}
    assert set(tasks) == {"handle_time", "routing", "top_issue"}
    times = tasks["handle_time"]
    assert (times.added, times.dropped, times.kept) == (5, 1, 1)
    assert times.first_added == ("New 0?", "New 1?", "New 2?")
    assert times.first_dropped == ("Who was quickest?",)
    assert (tasks["routing"].added, tasks["top_issue"].dropped) == (1, 1)
    assert not found.equal


def test_questions_that_cannot_be_read_are_an_error(published: Path, copied: Path) -> None:
    file = ask(copied, "handle_time", q1="Who was quickest?")
    file.write_bytes(b"no Parquet")
    with pytest.raises(DatasetError, match=f"{file}: cannot be read"):
        compare(published, copied)
    file.unlink()
    file.symlink_to("/dev/null")
    with pytest.raises(DatasetError, match=f"{file} is a link"):
        compare(published, copied)


def test_a_broken_schema_is_an_error(published: Path, copied: Path) -> None:
    (copied / "schema.json").write_text("{")
    with pytest.raises(DatasetError, match=r"schema\.json"):
        compare(published, copied)
