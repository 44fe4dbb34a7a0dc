"""`orgsmith diff` as a user runs it: between scales, on planted changes, on what is no dataset."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from orgsmith.outputs.changes import changes
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.drift import drift

ESCAPE = "\x1b[31mred\x07\u202e"

Tell = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def tell(orgsmith: str, tmp_path: Path) -> Tell:
    """Runs `orgsmith diff`."""

    def run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [orgsmith, "diff", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def planted(undisturbed: Path, tmp_path: Path) -> Path:
    """A copy of a dataset, a version of its industry, to plant something in."""
    return shutil.copytree(undisturbed, tmp_path / "out/sportswear/planted")


def skew(folder: Path) -> None:
    """Make all entries of price books inactive, and one column vanish."""
    file = folder / "objects/PricebookEntry/part-00000.parquet"
    pl.read_parquet(file).with_columns(IsActive=pl.lit(True)).write_parquet(file)
    schema = folder / "schema.json"
    content = json.loads(schema.read_text())
    fields = content["objects"]["Case"]["fields"]
    fields[:] = [each for each in fields if each["name"] != "Priority"]
    schema.write_text(json.dumps(content))
    file = folder / "objects/Case/part-00000.parquet"
    pl.read_parquet(file).drop("Priority").write_parquet(file)


def ask(folder: Path, *questions: str) -> None:
    """Put questions into a dataset."""
    (folder / "tasks").mkdir(exist_ok=True)
    frame = pl.DataFrame({"task_id": questions, "question": questions})
    frame.with_columns(task=pl.lit("routing")).write_parquet(folder / "tasks/routing.parquet")


def test_equal_datasets_are_said_to_be_in_one_line(
    undisturbed: Path, planted: Path, tell: Tell
) -> None:
    said = tell(undisturbed, planted)
    assert (said.returncode, said.stderr) == (0, "")
    fingerprint = Dataset.open(planted).manifest.fingerprint[:16]
    assert said.stdout == f"{undisturbed} and {planted} are equal: fingerprint {fingerprint}\n"


def test_versions_are_found_under_out_and_their_changes_shown(
    undisturbed: Path, planted: Path, tell: Tell
) -> None:
    ask(planted, "Who takes it?")
    skew(planted)
    said = tell(undisturbed, "sportswear/planted", "--out", planted.parent.parent)
    assert (said.returncode, said.stderr) == (0, "")
    assert str(planted) in said.stdout
    table = " ".join(said.stdout.split())
    assert "Case.Priority removed picklist" in table
    assert "PricebookEntry.IsActive" in table
    assert "true 100%" in table
    assert "+ routing: Who takes it?" in said.stdout
    assert "drift: Case.Priority: the picklist is gone\n" in said.stdout
    assert "drift: PricebookEntry.IsActive: the distribution was false" in said.stdout
    assert said.stdout.endswith("2 changes are drift: a run that makes such a version fails\n")


def test_json_has_the_whole_result(undisturbed: Path, planted: Path, tell: Tell) -> None:
    skew(planted)
    printed = json.loads(tell(undisturbed, planted, "--json").stdout)
    before, after = Dataset.open(undisturbed), Dataset.open(planted)
    found = changes(before, after)
    assert printed["equal"] is False
    assert printed["after"]["path"] == str(planted)
    assert [each["field"] for each in printed["columns"]] == [each.field for each in found.columns]
    entries = {each["object"]: each for each in printed["rows"]}["PricebookEntry"]
    assert entries["before"] == entries["after"] == before.table("PricebookEntry").rows
    active = {(each["object"], each["field"]): each for each in printed["columns"]}[
        "PricebookEntry", "IsActive"
    ]
    assert active["after"]["summary"]["counts"] == {"true": entries["after"]}
    assert len(printed["effects"]) == len(found.effects)
    assert [each["says"] for each in printed["drifts"]] == [
        str(each) for each in drift(before, after)
    ]
    assert json.loads(tell(planted, planted, "--json").stdout)["equal"] is True


def test_another_scale_is_no_drift(undisturbed: Path, dataset: Path, tell: Tell) -> None:
    for pair in ((undisturbed, dataset), (dataset, undisturbed)):
        said = tell(*pair)
        assert said.returncode == 0
        table = " ".join(said.stdout.split())
        assert "scale" in table
        assert said.stdout.endswith("no drift: every change is within its bound\n")
    # From scale 1 down to 0.05: the table tells what was due.
    assert "Case 977 49 49" in table


def test_a_damaged_dataset_is_an_error_in_one_line(
    undisturbed: Path, planted: Path, tell: Tell
) -> None:
    case = planted / "objects/Case/part-00000.parquet"
    case.write_bytes(case.read_bytes()[:-100])
    said = tell(undisturbed, planted)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.count("\n") == 1
    assert f"{case}: cannot be read" in said.stderr
    assert f"orgsmith verify {planted}" in said.stderr


def test_no_dataset_is_an_error_and_one_alone_wrong_usage(undisturbed: Path, tell: Tell) -> None:
    said = tell(undisturbed, "nothing")
    assert said.returncode == 1
    assert "no dataset 'nothing'" in said.stderr
    assert tell(undisturbed).returncode == 2


def test_no_escape_sequence_reaches_the_terminal(
    undisturbed: Path, planted: Path, tell: Tell
) -> None:
    ask(planted, ESCAPE)
    skew(planted)
    manifest = json.loads((planted / "manifest.json").read_text())
    manifest["industry"] += ESCAPE
    manifest["fingerprint"] = ESCAPE + manifest["fingerprint"]
    (planted / "manifest.json").write_text(json.dumps(manifest))
    schema = json.loads((planted / "schema.json").read_text())
    schema["objects"]["Case"]["label"] += ESCAPE
    (planted / "schema.json").write_text(json.dumps(schema))
    for more in ((), ("--json",)):
        said = tell(undisturbed, planted, *more)
        assert said.returncode == 0
        assert "[31mred" in said.stdout
        assert not {"\x1b", "\x07", "\u202e"} & set(said.stdout)


def test_another_industry_is_not_judged(undisturbed: Path, planted: Path, tell: Tell) -> None:
    skew(planted)
    file = planted / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"industry": "another"}))
    said = tell(undisturbed, planted)
    assert said.returncode == 0
    assert "Case.Priority" in said.stdout
    assert "drift" not in said.stdout
    assert json.loads(tell(undisturbed, planted, "--json").stdout)["drifts"] == []


def test_help_has_an_example(tell: Tell) -> None:
    assert "Example: orgsmith diff" in tell("--help").stdout
