"""Loops compiled to machine code; only what is worth numba's start imports this module."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
from numba.core.caching import FunctionCache

P = ParamSpec("P")
R = TypeVar("R")

FILES = ("compiled.py", "distance.py", "profiles.py", "sweep.py", "vectors.py")
"""What compiled code is made of."""

SOURCES = hashlib.sha256(
    b"".join((Path(__file__).parent / name).read_bytes() for name in FILES)
).hexdigest()

# Compiled functions run without Python's lock, so that threads run beside each other. They make no
# arrays, so that references need no counting: in inner loops that takes as long as the work.
_OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False}


class Kept(FunctionCache):
    """Machine code on the disk, valid for as long as none of the files it is made of changes.

    By itself numba looks at the file of a function only, not at those of its parts.
    """

    def _index_key(self, sig: object, codegen: object) -> tuple[object, object, tuple[str, str]]:
        """What machine code is kept by."""
        kind, machine, code = super()._index_key(sig, codegen)  # type: ignore[no-untyped-call]
        return (kind, SOURCES), machine, code


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function, compiled when it is first called, and kept on the disk if that is possible."""
    made: Callable[P, R] = numba.njit(**_OPTIONS)(function)
    # Where neither the package's folder nor the user's can be written to, nothing is kept.
    with suppress(RuntimeError):
        made._cache = Kept(function)  # type: ignore[attr-defined, no-untyped-call]
    return made


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """A part of compiled functions, compiled with each of them."""
    made: Callable[P, R] = numba.njit(forceinline=True, **_OPTIONS)(function)
    return made
