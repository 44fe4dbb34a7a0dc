"""Where settings come from, and which source wins."""

import ast
from pathlib import Path

import pytest

from orgsmith.flows.settings import OF_PROCESS, Settings, load_settings
from orgsmith.schema.errors import UsageError


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SCALE", "SEED", "OUT", "WRITER", "WORKERS"):
        monkeypatch.delenv(f"ORGSMITH_{name}", raising=False)


def test_precedence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().seed == 7
    (tmp_path / "pyproject.toml").write_text("[tool.orgsmith]\nseed = 1\n")
    assert load_settings().seed == 1
    (tmp_path / ".env").write_text("OTHER=x\nORGSMITH_SEED=2\n")
    assert load_settings().seed == 2
    monkeypatch.setenv("ORGSMITH_SEED", "3")
    assert load_settings().seed == 3
    assert load_settings(seed="4").seed == 4
    assert load_settings(seed=None).seed == 3


@pytest.mark.parametrize(
    ("file", "text", "named"),
    [
        (".env", "ORGSMITH_SEED=x\n", ".env ORGSMITH_SEED x:"),
        ("pyproject.toml", "[tool.orgsmith]\nseed = 'x'\n", "pyproject.toml [tool.orgsmith] seed"),
        ("pyproject.toml", "[tool.orgsmith]\nout = 5\n", "pyproject.toml [tool.orgsmith] out 5:"),
    ],
)
def test_an_error_names_its_source(tmp_path: Path, file: str, text: str, named: str) -> None:
    (tmp_path / file).write_text(text)
    with pytest.raises(UsageError) as caught:
        load_settings()
    assert str(caught.value).startswith(named)


def test_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().threads >= 1
    monkeypatch.setenv("ORGSMITH_WORKERS", "3")
    assert load_settings().threads == 3


def test_the_parameters_of_the_flow_are_the_settings_but_those_of_the_process(repo: Path) -> None:
    # Read, not imported: Prefect takes its settings when it is imported.
    module = ast.parse((repo / "flows/generate.py").read_text())
    (flow,) = [
        each
        for each in module.body
        if isinstance(each, ast.FunctionDef) and each.name == "generate"
    ]
    assert {each.arg for each in flow.args.args} == set(Settings.model_fields) - OF_PROCESS
