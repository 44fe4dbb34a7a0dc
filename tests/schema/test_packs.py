"""Packs are found by name or path, written out, hashed, and described for editors."""

import json
from pathlib import Path

import pytest
import yaml

from orgsmith.schema import packs
from orgsmith.schema.errors import PackError, UsageError
from orgsmith.schema.industry import Industry
from orgsmith.schema.pack_format import SCHEMA_FILE, schema_text
from tests.schema.breaking import BUILT_IN, TREE, Path_, Tree, change, write


def test_names_are_built_in_then_own(tmp_path: Path) -> None:
    for name in ("zebra.yaml", "apple.yml", "notes.txt"):
        (tmp_path / name).write_text("")
    assert packs.industry_names(tmp_path) == (*BUILT_IN, "apple", "zebra")


@pytest.mark.parametrize("suffix", [".yaml", ".yml"])
def test_own_pack_is_found_by_name_and_by_path(suffix: str, tmp_path: Path) -> None:
    tree = change(TREE, ("label",), "Mine")
    file = write(tree, tmp_path).rename(tmp_path / f"own{suffix}")
    assert packs.load("own", tmp_path).label == "Mine"
    assert packs.load(file).label == "Mine"
    assert packs.load(str(file)).label == "Mine"


def test_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "gardening.yaml").write_text("")
    with pytest.raises(UsageError) as error:
        packs.load("gardning", tmp_path)
    assert 'no industry "gardning" (did you mean "gardening"?)' in str(error.value)
    assert all(name in str(error.value) for name in (*BUILT_IN, "gardening"))


@pytest.mark.parametrize(
    "name", ["", "nowhere/pack.yaml", "pack.yaml", "no\nline", "a\0b", "x" * 300]
)
def test_missing_file_is_wrong_usage(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no industry"):
        packs.load(name, tmp_path)


@pytest.mark.parametrize("name", BUILT_IN)
def test_dump_gives_the_same_pack_again(name: str) -> None:
    industry = packs.load(name)
    text = packs.dump(industry)
    assert packs.loads(text) == industry
    assert packs.undump(text) == industry
    assert packs.dump(packs.loads(text)) == text
    assert packs.pack_hash(packs.loads(text)) == packs.pack_hash(industry)


@pytest.mark.parametrize("text", ["", "name: [", "name: other\n", "[]", "\x00"])
def test_what_is_no_pack_is_not_taken_for_a_dumped_one(text: str) -> None:
    with pytest.raises(PackError):
        packs.undump(text)


def loads(tree: Tree) -> Industry:
    return packs.loads(yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False))


def test_hash_ignores_what_no_row_shows() -> None:
    same = dict(reversed(list(TREE.items())))
    same["label"] = "Another label"
    same["counts"] = {"Case": 977}
    assert packs.pack_hash(loads(same)) == packs.pack_hash(loads(TREE))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("name",), "another"),
        (("as_of",), "2026-01-02"),
        (("counts",), {"Case": 978}),
        (("issues", 0, "symptoms", 0), "something else went wrong"),
        (("lines",), lambda old: old[::-1]),
        (("places", "states"), lambda old: dict(reversed(old.items()))),
        (("latents",), {"Skill": {"routing_strength": 0.0}}),
    ],
)
def test_hash_changes_with_the_data(path: Path_, value: Tree) -> None:
    changed = loads(change(TREE, path, value))
    assert packs.pack_hash(changed) != packs.pack_hash(loads(TREE))


def test_json_schema_for_editors_is_up_to_date() -> None:
    told = "write it anew: python -m orgsmith.schema.pack_format"
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), told


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_pack_names_itself_and_its_schema(name: str) -> None:
    text = (packs.BUILT_IN / f"{name}.yaml").read_text(encoding="utf-8")
    assert text.startswith(f"# yaml-language-server: $schema={SCHEMA_FILE.name}\n")
    assert packs.load(name).name == name


def test_json_schema_is_json_and_closed() -> None:
    schema = json.loads(schema_text())
    assert schema["additionalProperties"] is False
    assert all(part["additionalProperties"] is False for part in schema["$defs"].values())
