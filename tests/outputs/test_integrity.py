import hashlib
import itertools
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.integrity import check_files
from orgsmith.outputs.verify import verify
from orgsmith.schema.errors import DatasetError
from orgsmith.schema.graph import NODES
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.packs import pack_hash, undump

Content = dict[str, Any]
"""manifest.json as Python sees it."""

CASE = "objects/Case/part-00000.parquet"


def said(folder: Path) -> list[str]:
    """Everything the checks found, as messages."""
    return [str(finding) for outcome in check_files(folder) for finding in outcome.findings]


def manifest(folder: Path, change: Callable[[Content], object]) -> None:
    """Change the manifest."""
    file = folder / "manifest.json"
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


def rewrite(folder: Path, name: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Change a table."""
    change(pl.read_parquet(folder / name)).write_parquet(folder / name)


def table_file(node: str) -> str:
    return f"objects/{node}/part-00000.parquet" if node in OBJECTS else f"latents/{node}.parquet"


def test_a_sound_dataset_has_no_findings(published: Path) -> None:
    outcomes = list(check_files(published))
    assert said(published) == []
    assert {outcome.name for outcome in outcomes} == {
        "files",
        "schema",
        "columns",
        "rows",
        "industry",
        "fingerprint",
    }
    assert {outcome.object for outcome in outcomes} >= set(NODES)


def test_a_missing_file_is_found(copied: Path) -> None:
    for node in NODES:
        (copied / table_file(node)).unlink()
    found = said(copied)
    for node in NODES:
        assert f"{node} {table_file(node)}: file 'missing' but in the manifest" in found
        assert any(message.startswith(f"{node} ") and "has no file" in message for message in found)


@pytest.mark.parametrize(
    "name", ["README.md", "industry.yaml", "schema.json", "rejects/Case.parquet"]
)
def test_a_missing_file_that_is_no_table_is_found(copied: Path, name: str) -> None:
    (copied / name).unlink()
    assert any(f"{name}: file 'missing'" in message for message in said(copied))


def test_a_changed_byte_is_found(copied: Path) -> None:
    for node in NODES:
        file = copied / table_file(node)
        content = bytearray(file.read_bytes())
        content[len(content) // 3] ^= 1
        file.write_bytes(content)
    found = said(copied)
    for node in NODES:
        start = f"{node} {table_file(node)}: sha256"
        assert any(m.startswith(start) and "a byte was changed" in m for m in found)


@pytest.mark.parametrize("name", ["README.md", "industry.yaml", "schema.json"])
def test_a_changed_byte_that_is_in_no_table_is_found(copied: Path, name: str) -> None:
    file = copied / name
    file.write_text(file.read_text().replace("a", "o", 1))
    assert any(f"(dataset) {name}: sha256" in message for message in said(copied))


def test_every_place_of_a_small_file_is_guarded(copied: Path) -> None:
    file = copied / "latents/Solution.parquet"
    whole = file.read_bytes()
    for place in range(0, len(whole), 97):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        (message,) = files_only(copied)
        assert "sha256" in message
    file.write_bytes(whole[:-1])
    (message,) = files_only(copied)
    assert "is its size in bytes" in message


def files_only(folder: Path) -> list[str]:
    """The messages of the first check, without reading any table."""
    outcomes = itertools.takewhile(lambda each: each.name == "files", check_files(folder))
    return [str(finding) for outcome in outcomes for finding in outcome.findings]


DROPPED = "is missing; schema.json has it"
RENAMED = "is not in schema.json"
RETYPED = "is the column's type; schema.json says"


def changed_column(name: str, reason: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """A change of a table that the reason is given for."""
    changes: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
        DROPPED: lambda frame: frame.drop(name),
        RENAMED: lambda frame: frame.rename({name: "Renamed"}),
        RETYPED: lambda frame: frame.with_columns(pl.lit(1, dtype=pl.Int32).alias(name)),
    }
    return changes[reason]


@pytest.mark.parametrize("reason", [DROPPED, RENAMED, RETYPED])
def test_a_changed_column_is_found_in_every_table(copied: Path, reason: str) -> None:
    for node, declared in NODES.items():
        rewrite(copied, table_file(node), changed_column(declared.fields[-1].name, reason))
    found = said(copied)
    for node, declared in NODES.items():
        column = "Renamed" if reason == RENAMED else declared.fields[-1].name
        start = f"{node} {table_file(node)}: {column} "
        assert any(m.startswith(start) and reason in m for m in found), node


def test_a_dropped_row_is_found_even_if_the_manifest_was_made_to_fit(copied: Path) -> None:
    rewrite(copied, CASE, lambda frame: frame[1:])
    assert any("Case (all): rows '179' in all, 180 in the manifest" in m for m in said(copied))

    def fit(content: Content) -> None:
        data = (copied / CASE).read_bytes()
        content["objects"]["Case"] |= {"rows": 179, "bytes": len(data)}
        for entry in content["files"]:
            if entry["path"] == CASE:
                digest = hashlib.sha256(data).hexdigest()
                entry |= {"rows": 179, "bytes": len(data), "sha256": digest}

    manifest(copied, fit)
    (message,) = said(copied)
    assert "is the fingerprint of the tables; the manifest says" in message


def test_an_extra_file_is_found_and_so_is_a_link(copied: Path, tmp_path: Path) -> None:
    shutil.copy(copied / CASE, copied / "objects/Case/part-00001.parquet")
    (copied / "notes.txt").write_text("x")
    (tmp_path / "outside").write_text("x")
    (copied / "link").symlink_to(tmp_path / "outside")
    (copied / "folder").symlink_to(tmp_path)
    os.mkfifo(copied / "pipe")
    found = said(copied)
    assert (
        "(dataset) notes.txt: file 'extra' stands in the folder, but not in the manifest" in found
    )
    assert any("Case objects/Case/part-00001.parquet: file 'extra'" in m for m in found)
    for name in ("link", "folder", "pipe"):
        assert any(f"(dataset) {name}: file 'link' is no plain file" in m for m in found)


def test_a_table_behind_a_link_is_not_read(copied: Path, tmp_path: Path) -> None:
    (copied / CASE).rename(tmp_path / "outside.parquet")
    (copied / CASE).symlink_to(tmp_path / "outside.parquet")
    found = said(copied)
    assert any("is no plain file" in message for message in found)
    assert any(message.startswith("Case objects/Case: file 'missing'") for message in found)


@pytest.mark.parametrize(
    "path", ["../../../../../../etc/passwd", "/etc/passwd", "objects/../../secret", "\x1b[2Jx", ""]
)
def test_a_hostile_path_is_reported_and_not_read(copied: Path, path: str) -> None:
    (copied.parent / "secret").write_text("x")

    def plant(content: Content) -> None:
        content["files"].append({"path": path, "rows": 0, "bytes": 1, "sha256": "0" * 64})

    manifest(copied, plant)
    (message,) = said(copied)
    assert "leads out of the dataset; not read" in message or "'missing' but in" in message
    assert message.isprintable()


def test_a_file_listed_twice_is_found(copied: Path) -> None:
    def twice(content: Content) -> None:
        content["files"].append(content["files"][0])

    manifest(copied, twice)
    assert any("stands in the manifest more than once" in message for message in said(copied))


def test_a_table_that_is_no_parquet_is_found(copied: Path) -> None:
    (copied / CASE).write_text("not parquet")
    assert any(
        message.startswith(f"Case {CASE}: file 'damaged' cannot be read as Parquet")
        for message in said(copied)
    )


def test_a_changed_schema_is_found(copied: Path) -> None:
    file = copied / "schema.json"
    content = json.loads(file.read_text())
    content["objects"]["Case"]["fields"][1]["name"] = "Number"
    file.write_text(json.dumps(content))
    found = said(copied)
    assert any("Case (all): Number" in m and "not declared" in m for m in found)
    assert any("Case (all): CaseNumber" in m and "is declared" in m for m in found)
    assert any(f"Case {CASE}: Number 'String' is missing" in m for m in found)


def test_another_pack_is_found(copied: Path) -> None:
    file = copied / "industry.yaml"
    file.write_text(file.read_text().replace("season:", "season: # changed", 1))
    assert not any("industry_hash" in message for message in said(copied))
    text = file.read_text().replace("closed_share: 0.94", "closed_share: 0.93")
    assert text != file.read_text()
    file.write_text(text)
    assert any("industry_hash" in message for message in said(copied))
    file.write_text("name: [")
    assert any("industry.yaml: file 'damaged'" in message for message in said(copied))


def test_a_faulty_pack_is_found_even_where_the_manifest_agrees(copied: Path) -> None:
    file = copied / "industry.yaml"
    pack = yaml.safe_load(file.read_text())
    # Every field has its type; that states are real is a rule.
    pack["places"]["states"]["ZZ"] = 1.0
    file.write_text(yaml.safe_dump(pack, sort_keys=False))

    def agree(content: Content) -> None:
        content["industry_hash"] = pack_hash(undump(file.read_text()))
        (entry,) = (each for each in content["files"] if each["path"] == "industry.yaml")
        entry["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
        entry["bytes"] = file.stat().st_size

    manifest(copied, agree)
    assert Dataset.open(copied).pack().places.states["ZZ"] == 1.0
    assert any("ZZ" in message for message in said(copied))


def test_a_changed_count_in_the_manifest_is_found(copied: Path) -> None:
    manifest(copied, lambda content: content["latents"]["Skill"].update(rows=61))
    assert said(copied) == ["Skill (all): rows '60' in all, 61 in the manifest"]


@pytest.mark.parametrize(
    ("section", "name", "field", "real"),
    [
        ("objects", "Case", "rows", 180),
        ("objects", "Case", "bytes", None),
        ("objects", "Case", "columns", len(OBJECTS["Case"].fields)),
        ("latents", "Skill", "columns", len(NODES["Skill"].fields)),
    ],
)
def test_a_changed_size_in_the_manifest_is_found(
    copied: Path, section: str, name: str, field: str, real: int | None
) -> None:
    real = (copied / CASE).stat().st_size if real is None else real
    manifest(copied, lambda content: content[section][name].update({field: real + 1}))
    assert said(copied) == [f"{name} (all): {field} '{real}' in all, {real + 1} in the manifest"]


def test_a_table_the_manifest_does_not_have_is_found(copied: Path) -> None:
    manifest(copied, lambda content: content["objects"].pop("Case"))
    assert said(copied) == ["Case (all): size '(empty)' is not in the manifest"]


def test_a_table_only_the_manifest_has_is_found(copied: Path) -> None:
    size = {"rows": 0, "bytes": 0, "columns": 1}
    manifest(copied, lambda content: content["objects"].update(Extra=size))
    assert said(copied) == ["Extra (all): columns '0' in all, 1 in the manifest"]


def test_no_dataset_is_a_dataset_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError):
        list(check_files(tmp_path))


def test_verify_ends_with_the_files_if_tables_cannot_be_read(copied: Path) -> None:
    rewrite(copied, CASE, lambda frame: frame.drop("Status"))
    outcomes = list(verify(copied))
    assert [o.object for o in outcomes if o.name == "columns" and o.failed] == ["Case"]
    assert [o.name for o in outcomes if o.name not in {"files", "schema", "columns", "rows"}] == [
        "industry",
        "fingerprint",
        *["removed"] * sum(each.near_duplicates is not None for each in OBJECTS.values()),
    ]


def test_verify_goes_on_to_what_the_records_say(published: Path) -> None:
    """Random records hold nonsense: time zones, among others, that bring a check to its end."""
    outcomes = list(verify(published))
    names = [outcome.name for outcome in outcomes]
    assert names.index("fingerprint") < names.index("compliance")
    (ended,) = outcomes[-1].findings
    assert ended.check == "checks"
    assert "time zone" in str(ended)


def test_verify_compares_what_the_manifest_claims(dataset: Path, tmp_path: Path) -> None:
    """A real dataset, whose checks were run when it was made and are run again."""
    whole = shutil.copytree(dataset, tmp_path / "whole")
    assert [str(f) for o in verify(whole) for f in o.findings if o.failed] == []

    def flatter(content: Content) -> None:
        content["checks"] = [each for each in content["checks"] if each["name"] != "compliance"]
        content["duplicates"]["Case"]["removed"] += 1

    manifest(whole, flatter)
    failed = {(outcome.name, outcome.object) for outcome in verify(whole) if outcome.failed}
    assert failed == {("removed", "Case"), *(("verdicts", node) for node in NODES)}
