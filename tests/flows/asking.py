"""A small published dataset for commands that ask it, and the commands themselves."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from tests.validators.published import make, publish_frames


def small_dataset(folder: Path) -> Path:
    """Publish the reference industry at scale 0.1; the folder that `--out` names."""
    industry = load("sportswear")
    organisation = Organisation(industry, seed=7, scale=0.1, as_of=industry.as_of)
    return publish_frames(make(organisation), folder).parents[1]


def quiet() -> dict[str, str]:
    """The environment without anybody's settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ORGSMITH_")}


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox that serves, and what it said of itself."""

    process: "subprocess.Popen[str]"
    facts: dict[str, Any]

    @property
    def url(self) -> str:
        """Its address."""
        return str(self.facts["url"])

    @property
    def host(self) -> str:
        """Name and port."""
        return self.url.partition("://")[2]

    def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """Send it a signal; its exit code, and what it said on stderr."""
        self.process.send_signal(number)
        _, error = self.process.communicate(timeout=300)
        return self.process.returncode, error


@contextmanager
def sandbox(orgsmith: str, *arguments: str | Path, cwd: Path) -> Iterator[Sandbox]:
    """Serve with `--json` on a free port, until the block ends."""
    process = begin(orgsmith, "--json", "--port", "0", *arguments, cwd=cwd)
    try:
        line = _out(process).readline()
        assert line, process.communicate()[1]
        yield Sandbox(process, json.loads(line))
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def begin(orgsmith: str, *arguments: str | Path, cwd: Path) -> "subprocess.Popen[str]":
    """Start `orgsmith sandbox`."""
    return subprocess.Popen(
        [orgsmith, "sandbox", *arguments],
        cwd=cwd,
        env=quiet(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell in the background may have told us to ignore Ctrl-C.
        preexec_fn=_heed,
    )


def _heed() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _out(process: "subprocess.Popen[str]") -> IO[str]:
    assert process.stdout is not None
    return process.stdout
