"""Keeps inspect-ai from the terminal: what there is to say, the commands say themselves."""

import contextlib
import io
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

CACHE = "INSPECT_CACHE_DIR"
"""The variable by which inspect-ai is told where replies are kept."""


@contextlib.contextmanager
def quiet(cache: Path | None = None) -> Iterator[None]:
    """Nothing of what the block prints is seen; replies of models are kept in `cache`."""
    before = os.environ.get(CACHE)
    if cache is not None:
        os.environ[CACHE] = str(cache.absolute())
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if before is None:
            os.environ.pop(CACHE, None)
        else:
            os.environ[CACHE] = before
