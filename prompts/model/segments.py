"""The files answers are kept in: segments of JSON lines that only grow, one for each process.

Folders of several machines are merged by copying files.
"""

import contextlib
import datetime as dt
import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from orgsmith.schema.errors import StorageError

SUFFIX = ".jsonl"
HEAD = b'{"key": "'
"""How every line begins; the key of 64 hexadecimal digits follows."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a model.

    `key` is the SHA-256 of all that was sent, `at` the time (ISO, UTC), `run` the run that paid
    for it, `object` what it was asked for, `body` the answer as the server sent it. Tokens and
    cost are None where the server, or the price table, does not tell.
    """

    key: str
    at: str
    run: str
    model: str
    object: str
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None
    body: str

    def line(self) -> bytes:
        """The answer as it stands in a segment; its key comes first."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> "Answer | None":
        """The answer in a line; None if the line is damaged."""
        try:
            return cls(**json.loads(line))
        except (ValueError, TypeError):
            return None


class Segment:
    """A file of its own to append to, locked as long as it is open."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._size = 0
        while True:
            stamp = f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}"
            self.path = folder / f"{stamp}-{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
            self._descriptor = os.open(
                self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o666
            )
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            # Who prunes may have taken the empty file away before it was locked.
            if os.fstat(self._descriptor).st_nlink:
                break
            os.close(self._descriptor)
        parent = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(parent)
        finally:
            os.close(parent)

    def append(self, lines: Sequence[bytes]) -> int:
        """Put lines on the disk for good; where the first of them begins.

        Raises:
            OSError: the disk is full; what was written in part is taken back.
        """
        start = self._size
        try:
            self._append(lines)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, start)
            raise
        self._size += sum(map(len, lines))
        return start

    def _append(self, lines: Sequence[bytes]) -> None:
        rest = memoryview(b"".join(lines))
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        os.fsync(self._descriptor)

    def close(self) -> None:
        """End the file, and with it its lock."""
        os.close(self._descriptor)


def segments(folder: Path) -> Sequence[Path]:
    """The segments of a folder, oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def every(folder: Path) -> Iterator[tuple[Answer, int]]:
    """Every answer in a folder with the bytes it takes, an answer that stands twice once.

    Raises:
        StorageError: the folder cannot be read.
    """
    seen: set[str] = set()
    with storage(folder):
        for file in segments(folder):
            for line in lines(file):
                answer = Answer.read(line)
                if answer is not None and answer.key not in seen:
                    seen.add(answer.key)
                    yield answer, len(line)


def lines(file: Path) -> Iterator[bytes]:
    """The whole lines of a segment."""
    with file.open("rb") as content:
        for line in content:
            if line.startswith(HEAD) and line.endswith(b"}\n"):
                yield line


@contextlib.contextmanager
def storage(folder: Path) -> Iterator[None]:
    """The file system's errors in a user's words."""
    try:
        yield
    except OSError as error:
        raise refused(folder, error) from error


def refused(folder: Path, error: OSError) -> StorageError:
    return StorageError(
        f"answers of the model cannot be kept in {folder}: {error.strerror or error}; "
        "free some room, or name another folder with --answers"
    )
