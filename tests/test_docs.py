"""The README is short, names every command, and every block of it runs.

Blocks run in their order in one folder: a clone in which a dataset has been made, as a reader has
it after `make demo`. A shell block is a script of its own (`set -eu`). In a console block the lines
after `$ ` and `> ` are the script; other lines are output and must appear, in order, in what the
commands print, where `...` stands for anything.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer

REPO = Path(__file__).resolve().parents[1]
README = REPO / "README.md"
SHELLS = frozenset({"bash", "console", "sh", "shell"})
LANGUAGES = SHELLS | {"python"}
SECONDS = 600

FENCE = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)

# make bench, check, lock and test would take minutes, need a network or run this test again; that
# make knows them and what they would do is enough. The rest is make itself.
MAKE = """#!/bin/sh
case "$1" in
  bench|check|lock|test) exec {make} --dry-run "$@" ;;
  *) exec {make} "$@" ;;
esac
"""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of the README."""

    line: int
    language: str
    text: str

    @property
    def script(self) -> str:
        """What is run."""
        if not self.text.startswith("$ "):
            return self.text
        commands = re.findall(r"^(?:\$|>) ?(.*)$", self.text, re.MULTILINE)
        return "\n".join(commands)

    @property
    def shown(self) -> re.Pattern[str] | None:
        """The output a console block shows, as a pattern; None if it shows none."""
        if not self.text.startswith("$ "):
            return None
        lines = [line for line in self.text.splitlines() if not re.match(r"[$>]( |$)", line)]
        pieces = (
            re.escape(line.strip()).replace(r"\.\.\.", ".*") for line in lines if line.strip()
        )
        return re.compile(r"\s*\n.*?".join(pieces), re.DOTALL) if any(lines) else None


def blocks() -> list[Block]:
    """The README's blocks in their order; none while there is no README."""
    text = README.read_text() if README.exists() else ""
    return [
        Block(text.count("\n", 0, found.start()) + 1, found["language"], found["text"])
        for found in FENCE.finditer(text)
    ]


@pytest.fixture(scope="module")
def clone(
    copy_tree: Callable[[Path], Path], dataset: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder the blocks run in, with this environment as its .venv."""
    assert (Path(sys.prefix) / ".installed").exists(), "run the tests by `make test`"
    folder = tmp_path_factory.mktemp("readme")
    tree = copy_tree(folder / "orgsmith")
    # Older than the environment's stamps, or make would install this copy into it.
    for file in tree.rglob("*"):
        os.utime(file, (0, 0))
    (tree / ".venv").symlink_to(sys.prefix)
    shutil.copytree(dataset.parent.parent, tree / "outputs/datasets", symlinks=True)
    make = shutil.which("make")
    shim = folder / "bin/make"
    shim.parent.mkdir()
    shim.write_text(MAKE.format(make=make))
    shim.chmod(0o755)
    return tree


def run(block: Block, clone: Path) -> subprocess.CompletedProcess[str]:
    """Runs a block as a reader would who has activated the environment."""
    paths = (clone.parent / "bin", Path(sys.executable).parent, os.environ["PATH"])
    command = (
        [sys.executable, "-c", block.script]
        if block.language == "python"
        else ["bash", "-euc", f"{block.script}\n"]
    )
    return subprocess.run(
        command,
        cwd=clone,
        env=os.environ | {"PATH": os.pathsep.join(map(str, paths))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
    )


def test_every_block_of_the_readme_runs(clone: Path) -> None:
    for block in blocks():
        if block.language in LANGUAGES:
            done = run(block, clone)
            assert done.returncode == 0, f"README.md:{block.line}\n{done.stdout}"
            shown = block.shown
            assert shown is None or shown.search(done.stdout), f"README.md:{block.line}"


def test_the_readme_has_blocks_to_run() -> None:
    assert any(block.language in SHELLS for block in blocks())


def test_the_readme_is_short() -> None:
    assert 60 <= len(README.read_text().splitlines()) <= 200


def test_the_readme_leaves_no_block_without_a_language() -> None:
    assert [f"README.md:{block.line}" for block in blocks() if not block.language] == []


def commands(command: object, name: str) -> list[str]:
    """A command and all below it, as they are typed."""
    below = getattr(command, "commands", {})
    return [name, *(each for key, sub in below.items() for each in commands(sub, f"{name} {key}"))]


def test_the_readme_names_every_command() -> None:
    from orgsmith.flows.cli import app

    text = README.read_text()
    missing = [
        name for name in commands(typer.main.get_command(app), "orgsmith") if name not in text
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("printed", "matches"),
    [("made it\n  in 3 s at 12:00\n", True), ("made it\n", False), ("in 3 s\nmade it\n", False)],
)
def test_shown_output_is_compared(printed: str, matches: bool) -> None:
    block = Block(1, "console", "$ orgsmith generate \\\n>   --scale 1\nmade it\nin ... s ...\n")
    assert block.script == "orgsmith generate \\\n  --scale 1"
    assert block.shown is not None
    assert bool(block.shown.search(printed)) is matches
