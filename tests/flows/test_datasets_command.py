"""`inspect` and `verify` on a dataset that somebody has planted something in."""

import json
import math
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from orgsmith.schema.latents import LATENTS

ESCAPE = "\x1b[31mred\x1b]0;owned\x07\r\u202e"

Tell = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def tell(orgsmith: str, tmp_path: Path) -> Tell:
    """Runs a command."""

    def run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [orgsmith, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture
def planted(undisturbed: Path, tmp_path: Path) -> Path:
    """A copy of a dataset to plant something in."""
    return shutil.copytree(undisturbed, tmp_path / "planted")


def change(file: Path, *columns: pl.Expr) -> None:
    """Write other values into a table."""
    pl.read_parquet(file).with_columns(columns).write_parquet(file)


def no_constant(name: str) -> None:
    """For values that JSON does not have, such as NaN."""
    raise AssertionError(f"{name} is no JSON")


def test_nan_is_null_in_json(planted: Path, tell: Tell) -> None:
    nan = pl.lit(math.nan)
    for name, latent in LATENTS.items():
        numbers = [each.name for each in latent.fields if each.kind.dtype == pl.Float64()]
        if numbers:
            change(planted / f"latents/{name}.parquet", *(nan.alias(each) for each in numbers))
    change(planted / "objects/OrderItem/part-00000.parquet", nan.alias("TotalPrice"))
    verified = tell("verify", planted, "--json")
    assert verified.returncode == 1
    assert "checks failed" in verified.stderr
    checks = json.loads(verified.stdout, parse_constant=no_constant)["checks"]
    assert any(check["statistic"] is None for check in checks)
    inspected = tell("inspect", planted, "OrderItem", "--json")
    found = json.loads(inspected.stdout, parse_constant=no_constant)
    assert found["sample"]["record"]["values"]["TotalPrice"] is None


def test_no_escape_sequence_reaches_the_terminal(planted: Path, tell: Tell) -> None:
    case = planted / "objects/Case/part-00000.parquet"
    change(case, pl.lit(ESCAPE).alias("Subject"), (pl.col("Status") + ESCAPE).alias("Status"))
    change(planted / "objects/User/part-00000.parquet", (pl.col("Id") + ESCAPE).alias("Id"))
    file = planted / "manifest.json"
    content = json.loads(file.read_text())
    content["industry"] += ESCAPE
    content["fingerprint"] = ESCAPE + content["fingerprint"]
    content["checks"][0]["name"] += ESCAPE
    for check in content["checks"]:
        check["name"] += ESCAPE
    file.write_text(json.dumps(content))
    content[ESCAPE] = 1
    (planted.parent / "broken").mkdir()
    (planted.parent / "broken/manifest.json").write_text(json.dumps(content))
    commands = [("inspect", planted), ("inspect", planted, "Case"), ("verify", planted)]
    for command in [*commands, ("verify", planted.parent / "broken")]:
        said = tell(*command)
        assert r"\x1b[31mred\x1b]0;owned" in said.stdout + said.stderr, command
        for text in (said.stdout, said.stderr):
            assert "\x1b" not in text
            assert "\u202e" not in text
            assert "\x07" not in text


def test_a_damaged_dataset_is_no_fault_of_ours(planted: Path, tell: Tell) -> None:
    case = planted / "objects/Case/part-00000.parquet"
    case.write_bytes(case.read_bytes()[:-100])
    said = tell("inspect", planted)
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    assert f"{case}: cannot be read" in said.stderr
    assert f"orgsmith verify {planted}" in said.stderr
