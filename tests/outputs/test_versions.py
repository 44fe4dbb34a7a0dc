import datetime as dt
import fcntl
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from orgsmith.outputs.versions import (
    check_version,
    finish_release,
    release,
    remove_abandoned,
    staging,
    versions,
)
from orgsmith.schema.errors import StorageError, UsageError

NOON = dt.datetime(2026, 3, 1, 12, 0, 0, 999_999, tzinfo=dt.UTC)


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(each.name for each in folder.iterdir())


def filled(folder: Path, version: str | None = None, now: dt.datetime = NOON) -> Path:
    """A version with one file in it."""
    with staging(folder) as staged:
        (staged / "sub").mkdir()
        (staged / "sub/file").write_text("x")
        return release(staged, version, now)


def test_a_version_is_named_by_its_second_or_the_next_free_one(tmp_path: Path) -> None:
    made = [filled(tmp_path).name for _ in range(3)]
    assert made == ["20260301T120000Z", "20260301T120001Z", "20260301T120002Z"]
    assert str((tmp_path / "latest").readlink()) == made[-1]
    assert [folder.name for folder in versions(tmp_path)] == made


def test_a_name_taken_by_anything_is_taken(tmp_path: Path) -> None:
    (tmp_path / "20260301T120000Z").mkdir()
    (tmp_path / "20260301T120001Z").touch()
    (tmp_path / "20260301T120002Z").symlink_to("nowhere")
    assert filled(tmp_path).name == "20260301T120003Z"


def test_a_named_version_is_never_replaced(tmp_path: Path) -> None:
    folder = filled(tmp_path, "mine")
    with pytest.raises(UsageError, match="'mine' is taken"):
        filled(tmp_path, "mine")
    assert (folder / "sub/file").read_text() == "x"
    assert names(tmp_path) == ["latest", "mine"]


def test_latest_points_to_the_last_one_published(tmp_path: Path) -> None:
    for name in ("zebra", "ant"):
        filled(tmp_path, name)
    assert str((tmp_path / "latest").readlink()) == "ant"


def test_latest_is_never_missing_while_it_is_swapped(tmp_path: Path) -> None:
    filled(tmp_path, "v0")
    code = (
        "import sys\nfrom pathlib import Path\n"
        "link = Path(sys.argv[1]) / 'latest' / 'sub/file'\n"
        "print('ready', flush=True)\n"
        "while not (link.parents[2] / 'stop').exists():\n"
        "    assert link.read_text() == 'x'\n"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with reader:
        assert reader.stdout
        reader.stdout.readline()
        for number in range(1, 60):
            filled(tmp_path, f"v{number}")
        (tmp_path / "stop").touch()
        _, errors = reader.communicate()
    assert reader.returncode == 0, errors.decode()


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "...",
        ".hidden",
        "a/b",
        "/etc",
        "a\\b",
        "latest",
        "a b",
        "v1.",
        "-x",
        "\xe9",
        "a\n",
        "a\x00b",
        "../up",
        "x" * 101,
    ],
)
def test_a_name_that_cannot_be_a_folder_is_wrong_usage(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=re.escape(repr(name))):
        check_version(tmp_path, "shop", name)


@pytest.mark.parametrize("name", ["v1", "2026-01-01", "a.b_c-d", "1", "x" * 100, None])
def test_other_names_are_fine(tmp_path: Path, name: str | None) -> None:
    check_version(tmp_path, "shop", name)


def test_a_taken_name_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "shop/mine").mkdir(parents=True)
    with pytest.raises(UsageError, match="taken"):
        check_version(tmp_path, "shop", "mine")


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    def interrupted() -> None:
        with staging(tmp_path / "shop") as staged:
            (staged / "file").write_text("x")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_an_error_leaves_older_versions(tmp_path: Path) -> None:
    filled(tmp_path, "old")
    with pytest.raises(FileNotFoundError), staging(tmp_path) as staged:
        (staged / "no folder/file").write_text("x")
    assert names(tmp_path) == ["latest", "old"]


def test_what_a_killed_process_left_is_removed_and_what_lives_is_not(tmp_path: Path) -> None:
    filled(tmp_path, "old")
    left = tmp_path / ".staging-20250101T000000Z-1"
    left.mkdir()
    (left / "file").write_text("x")
    (tmp_path / ".latest.1.tmp").symlink_to("old")
    with staging(tmp_path) as living:
        assert remove_abandoned(tmp_path) == (left,)
        assert living.is_dir()
    assert names(tmp_path) == ["latest", "old"]


def test_a_folder_called_latest_is_an_error_before_anything_appears(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()
    with pytest.raises(StorageError, match="latest is a folder, not a link"):
        filled(tmp_path, "mine")
    assert names(tmp_path) == ["latest"]


def test_the_folder_is_held_against_other_processes(tmp_path: Path) -> None:
    filled(tmp_path, "old")
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from orgsmith.outputs.versions import remove_abandoned\n"
        "print('ready', flush=True)\nremove_abandoned(Path(sys.argv[1]))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE
    ) as waiting:
        assert waiting.stdout
        waiting.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(0.5)
        os.close(descriptor)
        assert waiting.wait(60) == 0


def test_a_version_whose_link_cannot_be_swapped_goes_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path, "old")
    seen = []
    replace = Path.replace

    def full(link: Path, target: Path) -> Path:
        seen.append(names(tmp_path))
        if target.name == "latest":
            raise OSError(28, "No space left on device")
        return replace(link, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(StorageError, match="no room"):
            filled(tmp_path, "mine")
    assert "mine" in seen[0], "the link was swapped before the version had its name"
    assert names(tmp_path) == ["latest", "old"]
    assert str((tmp_path / "latest").readlink()) == "old"


def test_the_link_is_made_before_the_version_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Making a link takes room, and may fail; nothing is renamed then."""
    monkeypatch.setattr(Path, "rename", lambda *_: pytest.fail("renamed too early"))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "symlink_to", full)
    with pytest.raises(StorageError, match="no room"):
        filled(tmp_path, "mine")
    assert not tmp_path.exists() or names(tmp_path) == []


def test_the_final_path_is_announced_before_it_appears(tmp_path: Path) -> None:
    filled(tmp_path)
    said: list[tuple[Path, bool]] = []
    with staging(tmp_path) as staged:
        final = release(staged, None, NOON, lambda path: said.append((path, path.exists())))
    assert said == [(final, False)]


@pytest.mark.parametrize(("other", "latest"), [(4, "mine"), (6, "other"), (None, "mine")])
def test_a_killed_release_is_finished_unless_a_later_version_is_there(
    published: Path, tmp_path: Path, other: int | None, latest: str
) -> None:
    for name, day in (("mine", 5), ("other", other)):
        if day is not None:
            (tmp_path / name).mkdir()
            content = json.loads((published / "manifest.json").read_text())
            content["created_at"] = dt.datetime(2026, 1, day, tzinfo=dt.UTC).isoformat()
            (tmp_path / name / "manifest.json").write_text(json.dumps(content))
    (tmp_path / "latest").symlink_to("other")
    finish_release(tmp_path / "mine")
    assert str((tmp_path / "latest").readlink()) == latest


def test_a_folder_that_is_taken_away_meanwhile_is_made_again(tmp_path: Path) -> None:
    """A run that ends without a version removes the empty folder of its industry."""
    folder = tmp_path / "shop"
    folder.mkdir()
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    published: list[Path] = []
    waiting = threading.Thread(target=lambda: published.append(filled(folder, "mine")))
    waiting.start()
    waiting.join(0.5)
    folder.rmdir()
    os.close(descriptor)
    waiting.join(60)
    assert [each.name for each in published] == ["mine"]


def test_only_folders_with_our_names_are_removed(tmp_path: Path) -> None:
    (tmp_path / ".staging-area").mkdir()
    (tmp_path / ".staging-20250101T000000Z-x").mkdir()
    assert remove_abandoned(tmp_path) == ()
    assert len(names(tmp_path)) == 2
