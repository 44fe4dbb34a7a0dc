"""Local copies: kept while a process uses them, removed when none does."""

import subprocess
import sys
from pathlib import Path

import pytest

from orgsmith.outputs.copies import CACHE, WORK, cache_folder, copy_folder, copy_path, remove_unused


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))


def test_a_copy_in_use_stays() -> None:
    code = (
        "from orgsmith.outputs.copies import copy_folder\n"
        "print(copy_folder('datasets', 'x'), flush=True)\n"
        "input()\n"
    )
    user = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with user:
        assert user.stdout
        used = Path(user.stdout.readline().strip())
        unused = copy_path(WORK, "y")
        (unused / "deep").mkdir(parents=True)
        assert remove_unused() == (unused,)
        assert used.is_dir()
        user.communicate("\n")
    assert remove_unused() == (used,)
    assert not list(cache_folder().iterdir())


def test_a_copy_that_was_removed_is_made_and_held_again() -> None:
    folder = copy_folder(WORK, "x")
    assert copy_folder(WORK, "x") == folder
    assert copy_folder(WORK, "z") != folder
    folder.rmdir()
    assert copy_folder(WORK, "x").is_dir()
    assert folder not in remove_unused()
