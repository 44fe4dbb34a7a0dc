"""Files that appear whole or not at all, and the file system's errors in a user's words."""

import errno
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from orgsmith.schema.errors import StorageError

_MEANINGS = {
    errno.ENOSPC: "no room is left on the device; free some or name another --out",
    errno.EDQUOT: "the disk quota is used up; free some room or name another --out",
    errno.EFBIG: "the file grows past the limit for one file (ulimit -f); raise the limit",
    errno.EACCES: "no permission; name an --out you may write to",
    errno.EPERM: "no permission; name an --out you may write to",
    errno.EROFS: "the device is read-only; name an --out you may write to",
    errno.ENOTDIR: "a part of the path is a file, not a folder; name another --out",
    errno.EEXIST: "there is a file where a folder is needed; name another --out",
    errno.ENAMETOOLONG: "the name is too long; name another --out",
}


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turns the errors of the file system into StorageError, naming the path and the next step.

    Raises:
        StorageError: the block raised an OSError.
    """
    try:
        yield
    except OSError as error:
        meaning = _MEANINGS.get(error.errno or 0, error.strerror or str(error))
        raise StorageError(f"cannot write {path}: {meaning}") from error


class AtomicFile:
    """A file written under a temporary name beside its place, and renamed to it when complete.

    It counts and digests what is written, so that nothing is read again. Use `commit` or
    `abandon` to end it; abandoned, nothing is left.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self.closed = False
        self._digest = hashlib.sha256()
        self._temporary = path.with_name(
            f".{path.name}.{os.getpid()}-{threading.get_native_id()}.tmp"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._temporary.open("wb", buffering=1 << 20)

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of what was written."""
        return self._digest.hexdigest()

    def write(self, piece: bytes | memoryview) -> int:
        """Append; the number of bytes taken is always all of them."""
        self._file.write(piece)
        self._digest.update(piece)
        length = len(piece)
        self.size += length
        return length

    def tell(self) -> int:
        """How many bytes were written."""
        return self.size

    def flush(self) -> None:
        """Hand what is buffered to the operating system."""
        self._file.flush()

    def close(self) -> None:
        """Nothing: a writer that closes its sink has not committed it."""

    def commit(self) -> None:
        """Put the file on the disk for good and into its place."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._temporary.replace(self.path)
        self.closed = True

    def abandon(self) -> None:
        """Forget the file; after `commit` this does nothing."""
        if self.closed:
            return
        self.closed = True
        # Closing flushes, which on a full disk fails once more; the descriptor is closed anyway.
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._temporary.unlink()


def sync_folder(folder: Path) -> None:
    """Put a folder's entries on the disk for good: a rename inside it survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
