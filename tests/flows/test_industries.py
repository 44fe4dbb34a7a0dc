"""Every built-in industry passes every check at scale 4; at scale 1 see test_questions.py."""

import json
import subprocess
from pathlib import Path

import pytest

from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.schema_file import read_schema
from orgsmith.schema.packs import industry_names, load
from tests.flows.conftest import Start

OTHERS = [name for name in industry_names(Path("no such folder")) if name != "sportswear"]


@pytest.mark.parametrize("industry", OTHERS)
def test_all_checks_pass(
    start: Start, orgsmith: str, api_url: str, tmp_path: Path, industry: str
) -> None:
    out = tmp_path / "out"
    # Questions are as many at any scale.
    small = ("--scale", "4", "--questions", "10")
    run = start(out, industry, *small, env={"PREFECT_API_URL": api_url})
    printed, error = run.communicate(timeout=500)
    assert run.returncode == 0, error
    made = json.loads(printed)
    assert made["checks"].keys() == {"passed"}
    path = made["dataset"]
    done = subprocess.run([orgsmith, "verify", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    custom_fields_are_carried_through(Path(path), industry)


def custom_fields_are_carried_through(path: Path, industry: str) -> None:
    """Each stands in schema, Parquet and card, as its pack declares it."""
    pack = load(industry)
    assert pack.custom_fields
    dataset, schema = Dataset.open(path), read_schema(path)
    card = (path / "README.md").read_text()
    for custom in pack.custom_fields:
        (entry,) = [f for f in schema.objects[custom.object].fields if f.name == custom.name]
        assert entry.description == custom.description
        column = dataset.read(custom.object, lambda rows: rows)[custom.name]
        assert column.count() > 0
        assert f"| {custom.object} | {custom.name} | {custom.type} |" in card
