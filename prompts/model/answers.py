"""Every answer a model gave, kept for good: no call whose answer is here is ever made again.

An answer counts once its line is on the disk; many lines are put there by one fsync.
"""

import contextlib
import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue

from orgsmith.prompts.model.segments import HEAD, Answer, Segment, refused, segments, storage

_KEY = slice(len(HEAD), len(HEAD) + 64)

Place = tuple[int, int, int]
"""Where an answer lies: number of the segment, first byte, length."""

Waiting = tuple[bytes, "Future[None]"]
"""A line, and what ends when it is on the disk."""


class Answers:
    """The answers in a folder. Any thread may use it.

    Raises:
        StorageError: the folder cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index: dict[bytes, Place] = {}
        self._segments: list[int] = []
        """Descriptors of the segments, for reading."""
        self._read: dict[str, int] = {}
        """How far each segment, by name, has been read."""
        self._numbers: dict[str, int] = {}
        self._lock = threading.Lock()
        self._queue: SimpleQueue[Waiting | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self.refresh()

    def __len__(self) -> int:
        return len(self._index)

    def __contains__(self, key: str) -> bool:
        return bytes.fromhex(key) in self._index

    def refresh(self) -> None:
        """Take in what other processes have added."""
        with self._lock, storage(self.folder):
            for file in segments(self.folder):
                size = file.stat().st_size
                if size > self._read.get(file.name, 0):
                    self._take_in(file)

    def get(self, key: str) -> Answer | None:
        """The answer to what was sent with this key; None if there is none."""
        place = self._index.get(bytes.fromhex(key))
        if place is None:
            return None
        with storage(self.folder):
            return self._at(place)

    def put(self, answer: Answer) -> "Future[None]":
        """Keep an answer; the future ends when it is on the disk for good."""
        done: Future[None] = Future()
        # Under way: who gives up waiting does not keep it from being kept.
        done.set_running_or_notify_cancel()
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="answers", daemon=True)
                self._thread.start()
        self._queue.put((answer.line(), done))
        return done

    def close(self) -> None:
        """Put what is waiting on the disk, and end."""
        thread = self._thread
        if thread is not None:
            self._queue.put(None)
            thread.join()
            self._thread = None
        for descriptor in self._segments:
            os.close(descriptor)
        self._segments, self._index, self._read, self._numbers = [], {}, {}, {}

    def _at(self, place: Place) -> Answer | None:
        number, start, length = place
        return Answer.read(os.pread(self._segments[number], length, start))

    def _take_in(self, file: Path) -> None:
        """Index the whole lines of a segment that are not known yet."""
        number = self._number(file)
        start = self._read.get(file.name, 0)
        with file.open("rb") as lines:
            lines.seek(start)
            for line in lines:
                # A line without an end is still being written, or its writer was killed.
                if not line.endswith(b"}\n"):
                    break
                if line.startswith(HEAD):
                    with contextlib.suppress(ValueError):
                        key = bytes.fromhex(line[_KEY].decode("ascii", "replace"))
                        # The first answer stays, unless its line is damaged.
                        if key not in self._index or self._at(self._index[key]) is None:
                            self._index[key] = (number, start, len(line))
                start += len(line)
        self._read[file.name] = start

    def _add(self, segment: Segment, start: int, lines: Sequence[bytes]) -> None:
        """Index lines just written, without looking at the disk: every system call gives up the
        interpreter's lock, and a busy event loop keeps it for milliseconds."""
        with self._lock:
            number = self._number(segment.path)
            for line in lines:
                self._index[bytes.fromhex(line[_KEY].decode())] = (number, start, len(line))
                start += len(line)
            self._read[segment.path.name] = start

    def _number(self, file: Path) -> int:
        """The number of a segment, opened for reading."""
        if file.name not in self._numbers:
            self._numbers[file.name] = len(self._segments)
            self._segments.append(os.open(file, os.O_RDONLY))
        return self._numbers[file.name]

    def _write(self) -> None:
        """The thread that appends: all that waits, then one fsync for it."""
        segment: Segment | None = None
        while True:
            waiting = _drain(self._queue)
            lines = [each for each in waiting if each is not None]
            try:
                if lines:
                    segment = segment or Segment(self.folder)
                    start = segment.append([line for line, _ in lines])
                    self._add(segment, start, [line for line, _ in lines])
            except OSError as error:
                # Go on in another segment, should there be room again.
                _close(segment)
                segment = None
                for _, done in lines:
                    done.set_exception(refused(self.folder, error))
            else:
                for _, done in lines:
                    done.set_result(None)
            if len(lines) < len(waiting):
                _close(segment)
                return


def _drain(
    queue: "SimpleQueue[Waiting | None]",
) -> list[Waiting | None]:
    """Wait for something, then take all there is."""
    taken = [queue.get()]
    while taken[-1] is not None:
        try:
            taken.append(queue.get_nowait())
        except Empty:
            break
    return taken


def _close(segment: Segment | None) -> None:
    if segment is not None:
        segment.close()
