import datetime as dt
import fcntl
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from orgsmith.outputs.versions import (
    check_version,
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
