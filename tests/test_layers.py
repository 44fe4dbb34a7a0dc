"""The import direction holds, and import-linter would say so if it did not.

The second half matters: misconfigured, import-linter sees an empty graph and is content.
"""

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def tree(copy_tree: Callable[[Path], Path], tmp_path: Path) -> Path:
    """A clone whose rooms are found under the namespace, as `make check` links them."""
    tree = copy_tree(tmp_path / "clone")
    rooms = tomllib.loads((tree / "pyproject.toml").read_text())["tool"]["setuptools"]
    namespace = tree / ".typing/orgsmith"
    namespace.mkdir(parents=True)
    for room in rooms["package-dir"].values():
        (namespace / room).symlink_to(tree / room)
    return tree


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    """Runs the contracts of the tree on the tree's own rooms, not on the installed ones."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree / ".typing")},
        capture_output=True,
        text=True,
    )


def test_the_tree_keeps_its_layers(tree: Path) -> None:
    done = lint(tree)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("schema", "from orgsmith.prompts import planted"),
        ("schema", "import orgsmith.outputs.planted"),
        ("prompts", "from orgsmith.validators import planted"),
        ("validators", "import orgsmith.outputs.planted as other"),
        ("outputs", "from orgsmith.flows.planted import something"),
        ("validators", "import prefect"),
        ("outputs", "from prefect.cache_policies import INPUTS"),
        ("flows", "from prefect import task"),
    ],
)
def test_a_planted_import_is_refused(tree: Path, room: str, line: str) -> None:
    for each in ("prompts", "validators", "outputs", "flows"):
        (tree / each / "planted.py").write_text('"""A module to import."""\n')
    (tree / room / "planted.py").write_text(f"{line}\n")
    done = lint(tree)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"orgsmith.{room}.planted ->" in done.stdout
