"""Tells whether a file is opened, by whatever code and language, as the kernel sees it."""

import ctypes
import os
from pathlib import Path
from types import TracebackType
from typing import Self

IN_OPEN = 0x20
ROOM = 65_536


class Watch:
    """Counts how often the files of a folder are opened while it is entered; Linux only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor = -1

    def __enter__(self) -> Self:
        libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = libc.inotify_init1(os.O_NONBLOCK)
        watched = libc.inotify_add_watch(self._descriptor, os.fsencode(self._folder), IN_OPEN)
        if self._descriptor < 0 or watched < 0:
            raise OSError(ctypes.get_errno(), "inotify")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)

    def opened(self) -> bool:
        """Whether any has been opened since it was asked last."""
        try:
            return bool(os.read(self._descriptor, ROOM))
        except BlockingIOError:
            return False
