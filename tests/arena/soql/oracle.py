"""A second opinion on SOQL: the npm package @jetstreamapp/soql-parser-js, run by node."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

FOLDER = Path(__file__).with_name("oracle")
Parsed = dict[str, Any]


def installed(folders: pytest.TempPathFactory) -> Path:
    """A folder in which node finds the parser; installed once for all workers."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        # .ci/run installs them: there, nothing is skipped.
        assert "CI" not in os.environ, "node and npm are missing"
        pytest.skip("no node on this machine: apt-get install nodejs npm")
    base = folders.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    target = shared / "oracle"
    with FileLock(shared / "oracle.lock"):
        if not (target / "done").exists():
            shutil.copytree(FOLDER, target, dirs_exist_ok=True)
            command = [
                "npm",
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
            ]
            # A registry that is busy is asked again.
            tries = (subprocess.run(command, cwd=target, capture_output=True) for _ in range(3))
            if all(each.returncode for each in tries):
                assert "CI" not in os.environ, "npm cannot install the parser"
                pytest.skip("npm cannot reach the packages of tests/arena/soql/oracle")
            (target / "done").touch()
    return target


def opinions(folder: Path, statements: Sequence[str]) -> list[Parsed | None]:
    """What the other parser makes of statements; None is what it refuses."""
    asked = "".join(json.dumps(statement) + "\n" for statement in statements)
    said = subprocess.run(
        ["node", "ask.cjs"], cwd=folder, input=asked, capture_output=True, text=True, check=True
    )
    found = [json.loads(line) for line in said.stdout.splitlines()]
    assert len(found) == len(statements)
    return found
