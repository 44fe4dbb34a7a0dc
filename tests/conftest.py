"""What tests of every room need: the tree, a copy of it, and one published dataset."""

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock

from tests.object_store import BUCKET, ObjectStore, object_store

REPO = Path(__file__).resolve().parents[1]

# No test asserts on time: the first example pays for imports.
hypothesis.settings.register_profile("orgsmith", deadline=None, print_blob=True)
hypothesis.settings.load_profile("orgsmith")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The real model takes minutes for its texts: it begins first, so that nobody waits for it."""
    items.sort(key=lambda item: not item.path.is_relative_to(REPO / "tests/model"))


@pytest.fixture(scope="session")
def repo() -> Path:
    """The root of the repository."""
    return REPO


@pytest.fixture(scope="session")
def tracked_files() -> tuple[Path, ...]:
    """Every file git tracks or would track, relative to the root, in sorted order."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPO,
        capture_output=True,
        text=True,
        check=True,
    )
    files = (Path(name) for name in set(listed.stdout.split("\0")) if name)
    return tuple(sorted(file for file in files if (REPO / file).is_file()))


@pytest.fixture(scope="session")
def copy_tree(tracked_files: tuple[Path, ...]) -> Callable[[Path], Path]:
    """Copies what a clone would hold into a folder, so that a test may change or build it."""

    def copy(target: Path) -> Path:
        for file in tracked_files:
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPO / file, target / file)
        return target

    return copy


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for copies of what lies elsewhere; the user's own is left alone."""
    folder = tmp_path_factory.mktemp("cache")
    os.environ["ORGSMITH_CACHE"] = os.fspath(folder)
    return folder


@pytest.fixture(scope="session")
def store() -> Iterator[ObjectStore]:
    """An S3-compatible server with a bucket, found by the environment."""
    import fsspec

    with object_store() as store:
        os.environ.update(store.variables)
        fsspec.filesystem("s3").mkdir(BUCKET)
        yield store


@pytest.fixture(scope="session")
def orgsmith() -> str:
    """The installed console script."""
    return os.fspath(Path(sys.executable).with_name("orgsmith"))


@pytest.fixture(scope="session")
def dataset(orgsmith: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference organisation at scale 1, published once for all workers; only read it.

    It lies where `--out` puts it: `.../datasets/<industry>/<version>`.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    out = shared / "datasets"
    with FileLock(shared / "datasets.lock"):
        if not any(out.glob("*/latest")):
            subprocess.run([orgsmith, "generate", "--out", out], cwd=shared, check=True)
    (latest,) = out.glob("*/latest")
    return latest.resolve()


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts an empty file system in memory, with mount options such as `size=2m`."""
    disks: list[Path] = []

    def mount(options: str) -> Path:
        disk = tmp_path / f"disk{len(disks)}"
        disk.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", os.fspath(disk)]
        if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("only root may mount the small file system this test fills")
        disks.append(disk)
        return disk

    yield mount
    for disk in disks:
        subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.fixture
def small_disk(mounted: Callable[[str], Path]) -> Path:
    """An empty file system of two megabytes."""
    return mounted("size=2m")


@pytest.fixture
def page(tmp_path: Path) -> Callable[[str], str]:
    """What a page holds once its scripts have run, in a real Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        # .ci/run installs it: there, nothing is skipped.
        assert "CI" not in os.environ, "chromium is missing"
        pytest.skip("no chromium on this machine: apt-get install chromium")

    def content(url: str) -> str:
        command = [
            chromium,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={tmp_path / 'chromium'}",
            "--virtual-time-budget=20000",
            "--dump-dom",
            url,
        ]
        return subprocess.run(command, capture_output=True, text=True, timeout=120).stdout

    return content


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the garbage collector need not look at it
    again and again."""
    gc.collect()
    gc.freeze()
