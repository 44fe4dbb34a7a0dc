"""The wheel holds the rooms, all of them and nothing else; the editable install finds them."""

import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
SETUPTOOLS = tomllib.loads((REPO / "pyproject.toml").read_text())["tool"]["setuptools"]
PACKAGES: list[str] = SETUPTOOLS["packages"]
ROOMS = frozenset(SETUPTOOLS["package-dir"].values())


def build(hook: str, tree: Path, target: Path) -> Path:
    """Calls a PEP 517 hook in the tree, as pip does without build isolation; offline."""
    call = f"import sys, setuptools.build_meta as b; b.{hook}(sys.argv[1])"
    target.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", call, str(target)], cwd=tree, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = target.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def tree(copy_tree: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone in which datasets were already made."""
    tree = copy_tree(tmp_path_factory.mktemp("packaging") / "clone")
    for planted in ("part-00000.parquet", "industry.yaml", "stray.py"):
        file = tree / "outputs/datasets/banking/20260101T000000Z" / planted
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("planted")
    return tree


def test_wheel_is_the_rooms(tree: Path, tracked_files: tuple[Path, ...], tmp_path: Path) -> None:
    with zipfile.ZipFile(build("build_wheel", tree, tmp_path / "wheel")) as wheel:
        packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    expected = {f"orgsmith/{file.as_posix()}" for file in tracked_files if file.parts[0] in ROOMS}
    assert packed == expected


def test_every_room_is_typed(repo: Path) -> None:
    assert [room for room in sorted(ROOMS) if not (repo / room / "py.typed").is_file()] == []


def test_every_package_is_listed(tracked_files: tuple[Path, ...]) -> None:
    folders = {file.parent for file in tracked_files if file.suffix == ".py"}
    rooms = {".".join(("orgsmith", *folder.parts)) for folder in folders if folder.parts}
    assert {name for name in rooms if name.split(".")[1] in ROOMS} == set(PACKAGES)


def test_editable_install_finds_the_rooms(tree: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(build("build_editable", tree, tmp_path / "wheel")) as wheel:
        wheel.extractall(site)
    # -I -S: without the environment's own editable install, which finds the same names.
    look = (
        "import importlib.util, site, sys; site.addsitedir(sys.argv[1])\n"
        "for name in sys.argv[2:]:\n"
        "    spec = importlib.util.find_spec(name)\n"
        "    sys.stdout.write(f'{name} {list(spec.submodule_search_locations)[0]}\\n')\n"
        "import orgsmith.schema.errors\n"
    )
    found = subprocess.run(
        [sys.executable, "-I", "-S", "-c", look, str(site), *PACKAGES],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert found.returncode == 0, found.stderr
    where = dict(line.split(" ", 1) for line in found.stdout.splitlines())
    folders = {name: str(tree.joinpath(*name.split(".")[1:])) for name in PACKAGES}
    assert where == folders
