import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from orgsmith.outputs.manifest import Check, Manifest, orgsmith_version
from orgsmith.outputs.questions import TASK_KEYS
from orgsmith.schema.errors import DatasetError
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from orgsmith.validators.outcome import Outcome, Status

# The contract of the dataset's manifest, word by word.
KEYS = [
    "schema_version",
    "status",
    "orgsmith_version",
    "industry",
    "industry_hash",
    "seed",
    "scale",
    "as_of",
    "writer",
    "created_at",
    "duration_s",
    "fingerprint",
    "licence",
    "objects",
    "files",
    "latents",
    "tasks",
    "questions",
    "checks",
    "duplicates",
    "usage",
    "readings",
    "prompts",
    "library_versions",
]


def content(folder: Path) -> dict[str, object]:
    """manifest.json, as any reader sees it."""
    read: dict[str, object] = json.loads((folder / "manifest.json").read_text())
    return read


def test_it_has_the_keys_of_the_contract(published: Path) -> None:
    assert list(content(published)) == KEYS
    text = (published / "manifest.json").read_text()
    made = json.loads(text)
    assert list(made["writer"]) == ["kind", "model", "checker"]
    assert {tuple(file) for file in made["files"]} == {("path", "rows", "bytes", "sha256")}
    assert {tuple(table) for table in made["objects"].values()} == {("rows", "bytes", "columns")}
    assert {tuple(check) for check in made["checks"]} == {
        ("name", "object", "status", "n", "statistic", "threshold")
    }
    assert {tuple(each) for each in made["duplicates"].values()} == {
        ("scope", "threshold", "seen", "removed")
    }
    assert list(made["usage"]) == [
        "calls",
        "cached_calls",
        "prompt_tokens",
        "completion_tokens",
        "cost_usd",
        "price_table",
        "objects",
    ]
    assert (made["readings"], made["prompts"]) == ({}, {})
    assert made["status"] == "complete"
    assert (made["tasks"], made["questions"]) == ({}, None)
    assert list(made["objects"]) == list(OBJECTS)
    assert list(made["latents"]) == list(LATENTS)
    assert made["orgsmith_version"] == orgsmith_version()
    assert "NaN" not in text


def test_every_task_has_the_keys_of_the_contract(asked: Path) -> None:
    made = json.loads((asked / "manifest.json").read_text())
    assert made["questions"] == {"number": 40, "none_share": 0.25}
    assert list(made["tasks"]) == list(TASK_KEYS)
    assert {tuple(task) for task in made["tasks"].values()} == {
        (
            "rows",
            "asked",
            "none_share",
            "none_kinds",
            "distinct_answers",
            "constant_baseline",
            "other_baselines",
            "facts",
            "dropped",
            "objects",
            "queries",
            "read_text",
            "joined",
            "near_duplicates",
        )
    }


def test_it_survives_reading_and_writing(published: Path, tmp_path: Path) -> None:
    read = Manifest.read(published)
    read.write(tmp_path)
    assert Manifest.read(tmp_path) == read
    assert (tmp_path / "manifest.json").read_bytes() == (published / "manifest.json").read_bytes()


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_statistic_that_is_no_number_is_null(number: float) -> None:
    check = Check.of(Outcome("effect", "Skill", Status.TOO_FEW, 1, number, number))
    assert (check.statistic, check.threshold) == (None, None)


def cut(text: str) -> str:
    return text[: len(text) // 2]


def changed(**values: object) -> Callable[[str], str]:
    return lambda text: json.dumps({**json.loads(text), **values})


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut, "cannot be read as JSON"),
        (lambda text: "", "cannot be read as JSON"),
        (lambda text: "[" * 100_000, "cannot be read as JSON"),
        (lambda text: "[1]", "the manifest: Input should be an object"),
        (changed(schema_version=99), "schema_version 99 is newer than 1"),
        (changed(status="running"), "status: Input should be 'complete' or 'public'"),
        (changed(colour="red"), "colour: Extra inputs are not permitted"),
        (changed(seed="seven"), "seed: Input should be a valid integer"),
        (changed(as_of="2026-02-30"), "as_of: "),
        (changed(files=[{"path": "x"}]), r"files\.0\.rows: Field required"),
        (changed(objects={"Case": {"rows": -1, "bytes": 0, "columns": 0}}), r"objects\.Case\.rows"),
    ],
)
def test_a_broken_manifest_says_where(
    copied: Path, damage: Callable[[str], str], message: str
) -> None:
    file = copied / "manifest.json"
    file.write_text(damage(file.read_text()))
    with pytest.raises(DatasetError, match=message) as caught:
        Manifest.read(copied)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_a_broken_manifest(copied: Path) -> None:
    (copied / "manifest.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DatasetError, match="cannot be read"):
        Manifest.read(copied)


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch])
def test_a_folder_without_one_is_no_dataset(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "thing")
    with pytest.raises(DatasetError, match="thing is not a dataset"):
        Manifest.read(tmp_path / "thing")
