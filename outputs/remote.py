"""Object storage and other places that a URL names, with the names of `pathlib`."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, TypeVar, cast

from orgsmith.outputs.remote_errors import remote_errors, says_taken
from orgsmith.outputs.storage import AtomicFile, storage_errors
from orgsmith.schema.errors import UsageError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

T = TypeVar("T")

URL = re.compile(r"[a-z][a-z0-9+.-]*://\S*", re.IGNORECASE)
MEANT_AS_URL = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)
"""What begins so and is no URL is a mistake; a single letter may be that of a disk."""

AT_A_TIME = 8
"""Files sent or fetched at a time."""

PIECE = 8 << 20
"""Bytes of a file that are fetched at a time."""


@dataclass(frozen=True, slots=True, order=True)
class Remote:
    """A file or folder that a URL names; nothing is asked of it before a method is called.

    Every method but those of `pathlib.PurePath` raises StorageError, in one line, if the place
    cannot be reached or does not let us; FileNotFoundError only where its docstring says so.
    """

    url: str

    def __str__(self) -> str:
        return self.url

    def __truediv__(self, below: str) -> "Remote":
        return Remote(f"{self.url}/{below}")

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.url.rpartition("/")[2]

    @property
    def parent(self) -> "Remote":
        """The folder it lies in."""
        return Remote(self.url.rpartition("/")[0])

    def absolute(self) -> "Remote":
        """Itself: a URL does not depend on the working directory."""
        return self

    def read_bytes(self) -> bytes:
        """What the file holds.

        Raises:
            FileNotFoundError: it does not exist.
        """
        with remote_errors(self.url, missing=True):
            return cast("bytes", self._fs.cat_file(self._path))

    def read_text(self) -> str:
        """What the file holds, as text.

        Raises:
            FileNotFoundError: it does not exist.
        """
        return self.read_bytes().decode()

    def exists(self) -> bool:
        """Whether there is such a file."""
        try:
            with remote_errors(self.url, missing=True):
                return bool(self._fs.info(self._path)["type"] == "file")
        except FileNotFoundError:
            return False

    def modified(self) -> dt.datetime:
        """When the file was last written, by the clock of the place where it lies.

        Raises:
            FileNotFoundError: it does not exist.
        """
        with remote_errors(self.url, missing=True):
            moment: dt.datetime = self._fs.modified(self._path)
            return moment

    def write(self, content: bytes) -> None:
        """Write the file, whole or not at all, whether it is there or not."""
        with remote_errors(self.url):
            self._fs.pipe_file(self._path, content)

    def create(self, content: bytes) -> bool:
        """Write the file only if it is not there; whether it is there now with this very content.

        Of several that try at once, one is told True, where the place can do that: S3 and Google's
        storage can (a conditional put), as do folders and memory.
        """
        refused: OSError | None = None
        with remote_errors(self.url):
            try:
                self._put_new(content)
            except OSError as error:
                if isinstance(error, PermissionError | FileNotFoundError | ConnectionError):
                    raise
                refused = error
            try:
                # A store that does not know the condition has replaced it; and of a request that
                # was repeated since its answer was lost, the second finds the file of the first.
                return self.read_bytes() == content
            except FileNotFoundError:
                if refused is not None and not says_taken(refused):
                    raise refused from None
                return False

    def send(self, file: Path) -> None:
        """Upload a local file as this one, whole or not at all."""
        with storage_errors(file), file.open("rb"):
            pass
        with remote_errors(self.url):
            self._fs.put_file(str(file), self._path)

    def fetch(self, file: Path, sha256: str) -> bool:
        """Download the file to a local one, whole or not at all.

        Returns:
            Whether its bytes have this digest; if not, nothing is written.

        Raises:
            FileNotFoundError: it does not exist.
            StorageError: the disk is full, or the local file may not be written.
        """
        with remote_errors(self.url, missing=True):
            opened = self._fs.open(self._path, "rb", cache_type="none")
        source = cast("IO[bytes]", opened)
        with source:
            with storage_errors(file):
                local = AtomicFile(file)
            try:
                while piece := self._piece(source):
                    with storage_errors(file):
                        local.write(piece)
                if local.sha256 != sha256:
                    return False
                with storage_errors(file):
                    local.commit()
            finally:
                local.abandon()
        return True

    def remove(self) -> None:
        """Remove the file; that it is not there is no error."""
        with suppress(FileNotFoundError), remote_errors(self.url, missing=True):
            self._fs.rm_file(self._path)

    def names(self) -> tuple[str, ...]:
        """The names of what lies right in the folder, sorted; none if it does not exist."""
        try:
            with remote_errors(self.url, missing=True):
                inside: list[str] = self._fs.ls(self._path, detail=False)
        except FileNotFoundError:
            return ()
        names = {each.rstrip("/").rpartition("/")[2] for each in inside if each != self._path}
        return tuple(sorted(name for name in names if name))

    def check(self) -> None:
        """Make sure that the folder can be listed, or made: that its bucket exists.

        Raises:
            StorageError: it cannot be reached, is not for us, or there is no such bucket.
        """
        with remote_errors(self.url):
            try:
                self._fs.ls(self._path, detail=False)
            except FileNotFoundError:
                bucket = self._path.strip("/").partition("/")[0]
                # Whoever may use the folder need not be allowed to list all of the bucket.
                with suppress(PermissionError):
                    self._fs.ls(bucket, detail=False)

    def files(self) -> dict[str, int]:
        """The bytes of every file in the folder, however deep, by its path below; sorted."""
        try:
            with remote_errors(self.url, missing=True):
                listed = self._fs.find(self._path, detail=True)
        except FileNotFoundError:
            return {}
        found = cast("dict[str, dict[str, int]]", listed)
        start = len(self._path) + 1
        return {path[start:]: found[path]["size"] for path in sorted(found)}

    def remove_files(self, names: Iterable[str]) -> None:
        """Remove files by their paths below the folder."""
        at_once(lambda name: (self / name).remove(), names)

    def send_all(self, files: Mapping[str, Path]) -> None:
        """Upload local files, several at a time, by their paths below the folder."""
        at_once(lambda name: (self / name).send(files[name]), files)

    def read_all(self, names: Iterable[str]) -> dict[str, bytes]:
        """What files hold, by their paths below the folder; what is gone is left out."""
        found: dict[str, bytes] = {}

        def read(name: str) -> None:
            with suppress(FileNotFoundError):
                found[name] = (self / name).read_bytes()

        at_once(read, names)
        return found

    def _piece(self, source: IO[bytes]) -> bytes:
        with remote_errors(self.url, missing=True):
            return source.read(PIECE)

    def _put_new(self, content: bytes) -> None:
        from fsspec.asyn import AsyncFileSystem

        if isinstance(self._fs, AsyncFileSystem):
            self._fs.pipe_file(self._path, content, mode="create")
            return
        with cast("IO[bytes]", self._fs.open(self._path, "xb")) as file:
            file.write(content)

    @property
    def _fs(self) -> "AbstractFileSystem":
        return _opened(self.url.partition("://")[0])

    @property
    def _path(self) -> str:
        return str(self._fs._strip_protocol(self.url))


Place = Path | Remote
"""Where something lies: in a folder, or where a URL says."""


def place_of(text: str | Path | Remote) -> Place:
    """The place that a user names.

    Raises:
        UsageError: it is no URL but looks like one, holds a password, or no place below its host.
    """
    if not isinstance(text, str):
        return text
    if not URL.fullmatch(text):
        if MEANT_AS_URL.match(text):
            raise UsageError(f"{text}: must be a folder, or a URL such as s3://bucket/folder")
        return Path(text)
    protocol, _, rest = text.partition("://")
    if protocol.lower() == "file":
        return Path("/" + rest.lstrip("/"))
    host = rest.partition("/")[0]
    if "@" in host:
        raise UsageError(
            f"{protocol}://...@{host.rpartition('@')[2]}: a URL must not hold credentials; put "
            "them into the environment"
        )
    if not host or ".." in PurePosixPath(rest).parts or set(rest) & set("?#*[]"):
        raise UsageError(f"{text}: must be a URL such as s3://bucket/folder")
    return Remote(f"{protocol.lower()}://{rest.strip('/')}")


def at_once(do: Callable[[T], object], things: Iterable[T]) -> None:
    """Do something with everything, several at a time; the first error ends it."""
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        futures = [pool.submit(do, each) for each in things]
        try:
            for future in futures:
                future.result()
        finally:
            for future in futures:
                future.cancel()


def _opened(protocol: str) -> "AbstractFileSystem":
    """fsspec's view of a kind of place; it keeps one for each itself.

    Raises:
        UsageError: there is no such protocol.
        ImportError: its package is not installed.
    """
    import fsspec

    if protocol not in fsspec.available_protocols():
        raise UsageError(f"{protocol}://...: there is no such protocol; correct the URL")
    # What others write must be seen: a listing that is remembered hides it.
    return fsspec.filesystem(protocol, use_listings_cache=False)
