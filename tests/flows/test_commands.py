"""What the commands say of themselves."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from orgsmith.flows.settings import NEEDS, Settings

COMMANDS = (
    (),
    ("generate",),
    ("serve",),
    ("diff",),
    ("inspect",),
    ("query",),
    ("explain",),
    ("export",),
    ("evaluate",),
    ("leaderboard",),
    ("rescore",),
    ("sandbox",),
    ("verify",),
    ("clean",),
    ("industries",),
    ("industries", "list"),
    ("industries", "show"),
    ("industries", "check"),
    ("industries", "draft"),
    ("answers",),
    ("answers", "list"),
    ("answers", "prune"),
    ("answers", "import"),
)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(orgsmith: str, command: tuple[str, ...]) -> None:
    shown = subprocess.run(
        [orgsmith, *command, "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert f"Example: {' '.join(('orgsmith', *command))}" in shown


def test_version(orgsmith: str) -> None:
    shown = subprocess.run([orgsmith, "--version"], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"orgsmith \d+\.\d+\.\d+\n", shown.stdout)


def test_start_imports_nothing_heavy() -> None:
    heavy = (
        "inspect_ai",
        "altair",
        "prefect",
        "polars",
        "pandera",
        "pydantic",
        "openai",
        "instructor",
        "scipy",
        "pyarrow",
    )
    code = (
        f"import sys, orgsmith.flows.cli; print([name for name in {heavy} if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "[]\n"


def test_help_states_the_defaults(orgsmith: str) -> None:
    shown = subprocess.run(
        [orgsmith, "generate", "--help"], capture_output=True, text=True, check=True
    ).stdout
    words = " ".join(shown.split())
    for name in ("industry", "scale", "seed", "writer", "out"):
        default = Settings.model_fields[name].default
        assert f"[default: {default:g}]" if name == "scale" else f"[default: {default}]" in words


def test_every_setting_says_what_it_must_be() -> None:
    assert set(NEEDS) == set(Settings.model_fields) - {"dataset_version"}


def test_industries(orgsmith: str, tmp_path: Path) -> None:
    def said(*arguments: str) -> str:
        return subprocess.run(
            [orgsmith, "industries", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    built_in = ["banking", "electronics", "sportswear"]
    assert [each["name"] for each in json.loads(said("list", "--json"))] == built_in
    (tmp_path / "industries").mkdir()
    (tmp_path / "industries/mine.yaml").write_text(said("show", "sportswear"))
    assert [each["name"] for each in json.loads(said("list", "--json"))] == [*built_in, "mine"]
    assert json.loads(said("check", "mine", "--json")) == {"industry": "mine", "faults": []}
    assert "no faults" in said("check", "industries/mine.yaml")
    assert json.loads(said("show", "mine", "--json"))["name"] == "sportswear"
