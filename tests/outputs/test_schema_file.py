import json
from pathlib import Path

import polars as pl
import pytest

from orgsmith.outputs.schema_file import COLUMN_TYPES, declared_schema, differences, read_schema
from orgsmith.schema.declaration import Kind
from orgsmith.schema.errors import DatasetError
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS


def test_what_was_published_is_what_is_declared(published: Path) -> None:
    read = read_schema(published)
    assert read == declared_schema(None)
    assert list(differences(read, declared_schema(None))) == []


def test_every_declared_object_field_and_reference_is_in_it(published: Path) -> None:
    content = json.loads((published / "schema.json").read_text())
    assert list(content["objects"]) == list(OBJECTS)
    assert list(content["latents"]) == list(LATENTS)
    for name, declared in OBJECTS.items():
        entry = content["objects"][name]
        assert entry["key_prefix"] == declared.key_prefix
        for field, written in zip(declared.fields, entry["fields"], strict=True):
            assert (written["name"], written["type"]) == (field.name, field.kind)
            assert written["description"] == field.description
            assert written.get("values", []) == list(field.values)
            reference = written.get("reference")
            assert (reference and reference["parent"]) == (
                field.reference and field.reference.parent
            )
            assert reference is None or set(reference) == {"parent", "relationship", "children"}


def test_its_columns_are_those_of_the_files(published: Path) -> None:
    schema = read_schema(published)
    for name, entry in schema.objects.items():
        file = published / "objects" / name / "part-00000.parquet"
        found = pl.read_parquet_schema(file)
        assert {n: COLUMN_TYPES[t] for n, t in found.items()} == {
            field.name: field.column for field in entry.fields
        }


def test_every_kind_has_a_column_type() -> None:
    assert {kind.dtype for kind in Kind} == set(COLUMN_TYPES)


def test_differences_name_object_field_and_both_values(copied: Path) -> None:
    file = copied / "schema.json"
    content = json.loads(file.read_text())
    content["objects"]["Case"]["key_prefix"] = "999"
    content["objects"]["Contact"]["fields"][1]["max_length"] = 5
    del content["objects"]["User"]
    content["objects"]["Spy"] = content["objects"]["Order"]
    content["latents"]["Skill"]["fields"].pop()
    file.write_text(json.dumps(content))
    found = {
        (name, field): why
        for name, field, why in differences(read_schema(copied), declared_schema(None))
    }
    assert found[("Case", "(all)")] == "key_prefix is '999', declared is '500'"
    assert found[("Contact", "Name")] == "max_length is 5, declared is 121"
    assert found[("User", "(all)")] == "is declared, but not in schema.json"
    assert found[("Spy", "(all)")] == "is in schema.json, but not declared"
    assert found[("Skill", "weight")] == "is declared, but not in schema.json"
    assert len(found) == 5


@pytest.mark.parametrize("text", ["", "{", '{"objects": 3, "latents": {}}', '{"objects": {}}'])
def test_a_broken_file_is_a_dataset_error(copied: Path, text: str) -> None:
    (copied / "schema.json").write_text(text)
    with pytest.raises(DatasetError, match=r"schema\.json: "):
        read_schema(copied)
