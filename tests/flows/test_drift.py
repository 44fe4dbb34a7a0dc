"""A regeneration that drifts publishes nothing unless that is accepted; retention comes after."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from orgsmith.schema.packs import BUILT_IN
from tests.flows.conftest import Start, result_of, tables

SCALE = "0.1"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack of one's own, to be edited."""
    content = yaml.safe_load((BUILT_IN / "sportswear.yaml").read_text())
    content["name"] = "own"
    content["custom_fields"] = [
        {
            "object": "Account",
            "name": "Tier__c",
            "label": "Tier",
            "description": "How large the customer is",
            "type": "picklist",
            "values": [{"value": "Large"}, {"value": "Small"}],
        }
    ]
    file = tmp_path / "own.yaml"
    file.write_text(yaml.safe_dump(content))
    return file


def changed(pack: Path, **sections: object) -> None:
    pack.write_text(yaml.safe_dump(yaml.safe_load(pack.read_text()) | sections))


def failed(process: "subprocess.Popen[str]") -> str:
    out, error = process.communicate(timeout=300)
    assert (process.returncode, out) == (1, "")
    return error


def test_drift_fails_the_run_until_it_is_accepted(
    start: Start, api_url: str, pack: Path, tmp_path: Path
) -> None:
    out, env = tmp_path / "out", {"PREFECT_API_URL": api_url}
    options = (str(pack), "--scale", SCALE)
    first = result_of(start(out, *options, env=env)).dataset
    before = tables(first)

    # Another seed and a later day have the same shape.
    more = ("--seed", "8", "--as-of", "2026-02-01", "--dataset-version", "second")
    second = result_of(start(out, *options, *more, env=env)).dataset
    assert (out / "own/latest").resolve() == second

    changed(pack, custom_fields=[])
    error = failed(start(out, *options, "--dataset-version", "third", env=env))
    assert "the data drift away from the last version, nothing is published" in error
    assert "Account.Tier__c: the picklist is gone" in error
    assert "--accept-drift --as-of 2026-01-01 publishes them at once" in error
    assert error.count("\n") == 1
    assert sorted(each.name for each in (out / "own").iterdir()) == sorted(
        [first.name, "second", "latest"]
    )
    assert (out / "own/latest").resolve() == second
    assert tables(first) == before

    accepted = start(
        out, *options, "--dataset-version", "third", "--accept-drift", "--keep", "2", env=env
    )
    third = result_of(accepted)
    # What was made is kept: nothing but publishing is done again.
    assert third.done_before == third.tasks
    assert (out / "own/latest").resolve() == third.dataset
    assert sorted(each.name for each in (out / "own").iterdir()) == ["latest", "second", "third"]


def test_a_last_version_that_cannot_be_read_is_said_and_passed_over(
    start: Start, api_url: str, tmp_path: Path
) -> None:
    out, env = tmp_path / "out", {"PREFECT_API_URL": api_url}
    first = result_of(start(out, env=env)).dataset
    (first / "schema.json").write_text("{")
    run = start(out, "--seed", "8", "--log", "json", env=env)
    _, error = run.communicate(timeout=300)
    assert run.returncode == 0, error
    (warning,) = [
        each["message"]
        for each in map(json.loads, error.splitlines())
        if each["level"] == "warning"
    ]
    assert warning.startswith("not compared with the last version, which cannot be read")
    assert str(first / "schema.json") in warning
