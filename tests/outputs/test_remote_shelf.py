"""Versions on object storage: whole or not there, and dead uploads do not stay."""

import datetime as dt
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from orgsmith.outputs.dataset import find_dataset
from orgsmith.outputs.lease import Lease
from orgsmith.outputs.manifest import MANIFEST, Manifest
from orgsmith.outputs.remote import Remote
from orgsmith.outputs.remote_shelf import RemoteShelf
from orgsmith.outputs.uploads import UPLOADING
from orgsmith.outputs.versions import LATEST
from orgsmith.schema.errors import DatasetError, StorageError, UsageError
from tests.object_store import ObjectStore

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
STAMP = "20260301T120000Z"


@pytest.fixture
def shelf(store: ObjectStore, tmp_path: Path) -> RemoteShelf:
    """The versions of an industry of which there are none."""
    return RemoteShelf(store.folder(uuid4().hex) / "shop", tmp_path / "scratch")


@pytest.fixture
def fill(published: Path, shelf: RemoteShelf) -> "Fill":
    """Publishes a small dataset."""
    return Fill(published, shelf)


class Fill:
    """A small dataset, with which versions are filled."""

    def __init__(self, published: Path, shelf: RemoteShelf) -> None:
        self.published, self.shelf = published, shelf

    def __call__(self, version: str | None = None, year: int = 2026) -> Remote:
        """Publish it as a version; `year` is when it claims to have been made."""
        with self.shelf.staging() as staged:
            for file in self.published.rglob("*"):
                if file.is_file():
                    target = staged / file.relative_to(self.published)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(file.read_bytes())
            manifest = Manifest.read(staged)
            made = manifest.created_at.replace(year=year)
            manifest.model_copy(update={"created_at": made}).write(staged)
            return self.shelf.release(staged, version, NOON, lambda place: None)


def test_a_version_appears_with_its_manifest_last(
    fill: Fill, shelf: RemoteShelf, store: ObjectStore
) -> None:
    store.asked.clear()
    final = fill()
    sent = [path.partition(f"{final.name}/")[2] for method, path in store.asked if method == "PUT"]
    files = [path for path in sent if path and not path.startswith(".")]
    assert files[-1] == MANIFEST
    assert sent[-1] == ""  # `latest`, and nothing else, comes after it.
    assert final.name == STAMP
    assert shelf.versions() == (STAMP,)
    assert shelf.named_latest() == STAMP
    names = {path.split("/")[0] for path in shelf.folder.files()}
    assert names == {STAMP, LATEST}
    assert not any(path.startswith(".") for path in final.files())
    assert not list((shelf.scratch or Path()).iterdir())


def test_names_are_taken_once(fill: Fill, shelf: RemoteShelf) -> None:
    assert [fill().name for _ in range(2)] == [STAMP, "20260301T120001Z"]
    fill("mine")
    for use in (lambda: fill("mine"), lambda: shelf.check("mine")):
        with pytest.raises(UsageError, match="'mine' is taken"):
            use()
    with pytest.raises(UsageError, match="cannot be used"):
        shelf.check(LATEST)
    (shelf.folder / "notes/mine.txt").write(b"keep me")
    with pytest.raises(UsageError, match="'notes' is taken"):
        fill("notes")
    assert shelf.remove_abandoned() == ()
    assert (shelf.folder / "notes/mine.txt").read_text() == "keep me"


def test_two_that_publish_at_the_same_second_get_different_names(
    fill: Fill, shelf: RemoteShelf
) -> None:
    """The first holds the name while it uploads; the second passes over it, and leaves it alone."""
    lease = Lease.take(shelf.folder / STAMP / UPLOADING)
    assert lease
    with lease.held():
        (shelf.folder / STAMP / "README.md").write(b"half of it")
        assert fill().name == "20260301T120001Z"
        with pytest.raises(UsageError, match="just being"):
            shelf.check(STAMP)
        assert shelf.remove_abandoned() == ()
        assert (shelf.folder / STAMP / "README.md").exists()
        assert shelf.versions() == ("20260301T120001Z",)


def test_what_is_finished_while_the_place_is_listed_is_left_alone(
    fill: Fill, shelf: RemoteShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    final = fill("mine")
    manifest = (final / MANIFEST).read_bytes()
    (final / MANIFEST).remove()
    lease = Lease.take(final / UPLOADING)
    assert lease
    files = Remote.files

    def listed(remote: Remote) -> dict[str, int]:
        """Its process puts the manifest and lets go after the first look."""
        found = files(remote)
        monkeypatch.undo()
        (final / MANIFEST).write(manifest)
        lease.release()
        return found

    monkeypatch.setattr(Remote, "files", listed)
    assert shelf.remove_abandoned() == ()
    assert shelf.versions() == ("mine",)
    assert {"schema.json", MANIFEST} <= final.files().keys()
    assert not any(path.startswith(".") for path in final.files())


def test_an_upload_that_is_cut_off_leaves_nothing(
    fill: Fill, shelf: RemoteShelf, store: ObjectStore
) -> None:
    def broken(method: str, path: str) -> str | None:
        return "403 Forbidden" if method == "PUT" and "/objects/Case/" in path else None

    with store.failing(broken), pytest.raises(StorageError, match="no permission"):
        fill()
    assert shelf.folder.files() == {}
    assert fill().name == STAMP


# Publishes the dataset in argv[1] to argv[2], and is killed before a file of that name is sent.
KILLED = """
import datetime as dt, os, shutil, signal, sys
from pathlib import Path
from orgsmith.outputs.remote import Remote
from orgsmith.outputs.remote_shelf import RemoteShelf
published, place, name = sys.argv[1:]
shelf = RemoteShelf(Remote(place))
for method in ("send", "write"):
    def killed(remote, content, kept=getattr(Remote, method)):
        if remote.name == name:
            os.kill(os.getpid(), signal.SIGKILL)
        kept(remote, content)
    setattr(Remote, method, killed)
with shelf.staging() as staged:
    shutil.copytree(published, staged, dirs_exist_ok=True)
    shelf.release(staged, "mine", dt.datetime.now(dt.UTC), lambda final: None)
"""


def test_what_a_killed_upload_left_is_removed(
    fill: Fill, shelf: RemoteShelf, published: Path
) -> None:
    arguments = [sys.executable, "-c", KILLED, str(published), str(shelf.folder), MANIFEST]
    subprocess.run(arguments, check=False)
    left = shelf.folder / "mine"
    assert "schema.json" in left.files()
    assert shelf.versions() == ()
    shelf.check("mine")
    assert shelf.remove_abandoned() == (left,)
    assert left.files() == {}
    assert fill("mine") == left


def test_killed_before_latest_is_said_it_is_there_and_finished_later(
    fill: Fill, shelf: RemoteShelf, published: Path
) -> None:
    arguments = [sys.executable, "-c", KILLED, str(published), str(shelf.folder), LATEST]
    subprocess.run(arguments, check=False)
    assert shelf.versions() == ("mine",)
    assert shelf.named_latest() is None
    shelf.finish("mine")
    assert shelf.named_latest() == "mine"
    assert not any(UPLOADING in path for path in shelf.folder.files())
    fill("newer", year=2099)
    shelf.finish("mine")
    assert shelf.named_latest() == "newer"


def test_the_oldest_go(fill: Fill, shelf: RemoteShelf) -> None:
    for age, name in enumerate(("oldest", "middle", "newest")):
        fill(name, year=2020 + age)
    (shelf.folder / "notes/mine.txt").write(b"keep me")
    assert [each.name for each in shelf.retire(2, "newest")] == ["oldest"]
    assert shelf.versions() == ("middle", "newest")
    # What was just published stays, and so does what `latest` names.
    assert shelf.retire(1, "middle") == ()
    assert {path.split("/")[0] for path in shelf.folder.files()} == {
        "middle",
        "newest",
        "notes",
        LATEST,
    }


def test_a_dataset_is_found_by_name_and_by_url(
    fill: Fill, shelf: RemoteShelf, published: Path
) -> None:
    out = shelf.folder.parent
    with pytest.raises(DatasetError, match="no dataset"):
        find_dataset(None, out)
    first, second = fill("b", year=2001), fill("a", year=2002)
    for spec in (None, "shop", "shop/a", "shop/latest", str(shelf.folder), str(second)):
        assert find_dataset(spec, out).manifest.created_at.year == 2002
    found = find_dataset(str(first), Path("outputs/datasets"))
    assert found.manifest.created_at.year == 2001
    assert found.path.parts[-2:] == ("shop", "b")
    assert find_dataset(str(published), out).path == published
    (shelf.folder / LATEST).remove()
    assert find_dataset("shop", out).path.name == "a"
    with pytest.raises(DatasetError, match="no dataset at"):
        find_dataset("shop/c", out)


def test_only_what_is_wanted_is_fetched(fill: Fill, shelf: RemoteShelf, store: ObjectStore) -> None:
    final = fill(year=2050)

    def fetched(*, again: bool = False) -> int:
        store.asked.clear()
        copy = find_dataset(str(final), shelf.folder, again=again).path
        assert (copy / MANIFEST).read_bytes() == (final / MANIFEST).read_bytes()
        return sum("/objects/" in path for method, path in store.asked if method == "GET")

    first = fetched()
    assert first == 16
    assert fetched() == 0
    assert fetched(again=True) == first


def test_a_file_that_is_not_as_it_was_published_is_said(fill: Fill, shelf: RemoteShelf) -> None:
    final = fill(year=2003)
    file = final / "objects/Case/part-00000.parquet"
    content = file.read_bytes()
    file.write(content[:-1] + b"?")
    with pytest.raises(DatasetError, match="not as it was published"):
        find_dataset(str(final), shelf.folder)
    file.remove()
    with pytest.raises(DatasetError, match="is missing"):
        find_dataset(str(final), shelf.folder)
    file.write(content)
    assert find_dataset(str(final), shelf.folder).files("Case")
