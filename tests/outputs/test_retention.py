"""Old versions go, in one step each; what is no version stays."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from orgsmith.outputs.manifest import Manifest
from orgsmith.outputs.retention import retire
from orgsmith.outputs.versions import REMOVED, remove_abandoned
from orgsmith.schema.errors import StorageError


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


@pytest.fixture
def industry(published: Path, tmp_path: Path) -> Path:
    """A folder with versions named against the order in which they were made."""
    folder = tmp_path / "sportswear"
    manifest = Manifest.read(published)
    for age, name in enumerate(("newest", "middle", "oldest")):
        version = folder / name
        version.mkdir(parents=True)
        made = manifest.created_at.replace(year=2020 - age)
        manifest.model_copy(update={"created_at": made}).write(version)
    return folder


@pytest.mark.parametrize(
    ("keep", "gone"),
    [(1, ("oldest", "middle")), (2, ("oldest",)), (3, ()), (100, ())],
)
def test_the_oldest_go(industry: Path, keep: int, gone: tuple[str, ...]) -> None:
    removed = retire(industry, keep, industry / "newest")
    assert tuple(path.name for path in removed) == gone
    left = {"newest", "middle", "oldest"} - set(gone)
    assert names(industry) == left


def test_the_version_just_published_stays_whatever_its_age(industry: Path) -> None:
    retire(industry, 1, industry / "oldest")
    assert names(industry) == {"newest", "oldest"}


def test_what_latest_points_to_stays_whatever_its_age(industry: Path) -> None:
    """A run that published before another one, and removes after it, takes nothing from it."""
    (industry / "latest").symlink_to("middle")
    retire(industry, 1, industry / "oldest")
    assert names(industry) == {"newest", "middle", "oldest", "latest"}
    retire(industry, 1, industry / "newest")
    assert names(industry) == {"newest", "middle", "latest"}


def test_what_is_no_version_is_neither_counted_nor_touched(industry: Path) -> None:
    (industry / "notes").mkdir()
    (industry / "notes/mine.txt").write_text("keep me")
    (industry / "broken").mkdir()
    (industry / "broken/manifest.json").write_text("{")
    (industry / "latest").symlink_to("newest")
    (industry / "elsewhere").symlink_to(industry / "oldest")
    assert [path.name for path in retire(industry, 2, industry / "newest")] == ["oldest"]
    assert names(industry) == {
        "newest",
        "middle",
        "notes",
        "broken",
        "latest",
        "elsewhere",
    }


def test_what_a_killed_removal_left_goes_with_the_next_publishing(industry: Path) -> None:
    (industry / "oldest").rename(industry / f"{REMOVED}oldest")
    assert remove_abandoned(industry) == (industry / f"{REMOVED}oldest",)
    assert names(industry) == {"newest", "middle"}


def test_a_folder_that_may_not_be_changed(industry: Path, mounted: Callable[[str], Path]) -> None:
    disk = mounted("size=4m")
    target = disk / "sportswear"
    for name in ("newest", "oldest"):
        (target / name).mkdir(parents=True)
        (target / name / "manifest.json").write_bytes(
            (industry / name / "manifest.json").read_bytes()
        )
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    with pytest.raises(StorageError, match="sportswear"):
        retire(target, 1, target / "newest")
    assert names(target) == {"newest", "oldest"}
