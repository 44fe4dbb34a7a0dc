"""Files behind URLs: on a real S3-compatible server, and in memory."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import polars as pl
import pytest

from orgsmith.outputs.remote import PIECE, Remote, place_of
from orgsmith.schema.errors import StorageError, UsageError
from tests.object_store import ObjectStore


@pytest.fixture(params=["s3", "memory"])
def place(request: pytest.FixtureRequest, store: ObjectStore) -> Remote:
    """An empty folder of each kind."""
    name = uuid4().hex
    return store.folder(name) if request.param == "s3" else Remote(f"memory://{name}")


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_what_is_written_is_read(place: Remote) -> None:
    file = place / "a/b.txt"
    with pytest.raises(FileNotFoundError):
        file.read_bytes()
    assert not file.exists()
    file.write(b"one")
    file.write(b"two")
    assert file.read_text() == "two"
    assert file.exists()
    assert not file.parent.exists()
    (place / "c").write(b"")
    assert place.names() == ("a", "c")
    assert place.files() == {"a/b.txt": 3, "c": 0}
    assert place.read_all(["a/b.txt", "gone"]) == {"a/b.txt": b"two"}
    place.remove_files(["c", "gone", "a/b.txt"])
    assert place.files() == {}
    assert place.names() == ()


def test_what_others_write_is_seen_at_once(place: Remote) -> None:
    for count in range(3):
        (place / f"{count}").write(b"x")
        assert len(place.names()) == len(place.files()) == count + 1


def test_of_several_that_create_a_file_one_does(place: Remote) -> None:
    file = place / "claim"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(file.create, [str(word).encode() for word in range(8)]))
    assert made.count(True) == 1
    assert file.read_text() == str(made.index(True))
    # A request that was repeated since its answer was lost.
    assert file.create(file.read_bytes())


def test_large_files_go_there_and_back(place: Remote, tmp_path: Path) -> None:
    content = bytes(range(256)) * (PIECE // 256 + 1)
    (tmp_path / "here").write_bytes(content)
    place.send_all({"x/large": tmp_path / "here"})
    back = tmp_path / "new/back"
    assert (place / "x/large").fetch(back, digest(content))
    assert back.read_bytes() == content
    assert not (place / "x/large").fetch(tmp_path / "other", digest(b""))
    with pytest.raises(FileNotFoundError):
        (place / "gone").fetch(tmp_path / "other", digest(b""))
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["here", "back"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("s3://bucket/a/b/", Remote("s3://bucket/a/b")),
        ("S3://bucket", Remote("s3://bucket")),
        ("file:///srv/orgs", Path("/srv/orgs")),
        ("outputs/datasets", Path("outputs/datasets")),
    ],
)
def test_places(text: str, place: Path | Remote) -> None:
    assert place_of(text) == place


@pytest.mark.parametrize(
    "text",
    [
        *("s3:///x", "s3://b/../c", "s3://b/*", "s3://b/a?versionId=1"),
        *("s3://bucket/my folder", "s3:/bucket/x", "S3:/bucket"),
    ],
)
def test_what_is_no_place(text: str) -> None:
    with pytest.raises(UsageError, match="a URL such as s3://bucket/folder"):
        place_of(text)


def test_credentials_in_a_url_are_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError, match="environment") as refused:
        place_of("ftp://me:hunter2@host/folder")
    assert "hunter2" not in str(refused.value)


def test_a_bucket_that_is_not_there_is_said(store: ObjectStore) -> None:
    for use in (Remote("s3://nowhere/x").check, lambda: Remote("s3://nowhere/x").write(b"")):
        with pytest.raises(StorageError, match="no such bucket"):
            use()
    store.folder("nothing-yet").check()


@pytest.mark.parametrize(
    ("status", "said"),
    [("403 Forbidden", "no permission"), ("400 Bad Request", "does not answer as it should")],
)
def test_what_a_store_refuses_is_said_in_a_line(
    store: ObjectStore, status: str, said: str, tmp_path: Path
) -> None:
    file = store.folder(uuid4().hex) / "x"
    (tmp_path / "x").touch()
    with store.failing(lambda method, path: status):
        for use in (file.read_bytes, lambda: file.send(tmp_path / "x"), file.parent.files):
            with pytest.raises(StorageError, match=said) as refused:
                use()
            assert "\n" not in str(refused.value)
            assert "the-secret-key" not in str(refused.value)


def test_a_store_that_knows_no_conditional_put_is_no_other_holder(store: ObjectStore) -> None:
    file = store.folder(uuid4().hex) / "claim"

    def refused(method: str, path: str) -> str | None:
        return "501 Not Implemented" if method == "PUT" else None

    with store.failing(refused), pytest.raises(StorageError, match="does not answer as it should"):
        file.create(b"mine")
    assert file.create(b"mine")


def test_whoever_has_just_let_go_was_another_holder(store: ObjectStore) -> None:
    file = store.folder(uuid4().hex) / "claim"
    with store.failing(lambda method, path: "409 Conflict" if method == "PUT" else None):
        assert not file.create(b"mine")


@pytest.mark.parametrize("use", [Remote.exists, Remote.check, Remote.files, Remote.names])
@pytest.mark.parametrize(
    ("url", "said"),
    [("gs://bucket/x", "pip install gcsfs"), ("foo://bucket/x", "there is no such protocol")],
)
def test_packages_that_are_missing_are_named(
    use: Callable[[Remote], object], url: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        use(Remote(url))


def test_polars_reads_what_was_sent(store: ObjectStore, tmp_path: Path) -> None:
    frame = pl.DataFrame({"Id": ["a", "b"]})
    frame.write_parquet(tmp_path / "x.parquet")
    file = store.folder(uuid4().hex) / "x.parquet"
    file.send(tmp_path / "x.parquet")
    options = {
        "aws_endpoint_url": store.url,
        "aws_access_key_id": "the-key-id",
        "aws_secret_access_key": "the-secret-key",
        "aws_region": "us-east-1",
        "aws_allow_http": "true",
    }
    assert pl.scan_parquet(str(file), storage_options=options).collect().equals(frame)
