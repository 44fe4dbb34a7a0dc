"""Fifty kills of the writing stage: nothing is paid twice, and the bytes are those of one go."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psutil
import pytest

from orgsmith.prompts.model.segments import every
from orgsmith.schema.objects import OBJECTS
from tests.endpoint.model import answer
from tests.endpoint.server import Call, Server, serving
from tests.prompts.model.writing_stage import CONCURRENCY, NAMES, USAGE
from tests.prompts.world import World

KILLS = 50
LATENCY = 0.02
ROWS = 140


@dataclass(frozen=True, slots=True)
class Stage:
    """The script that runs the writing stage in children of its own."""

    process: "subprocess.Popen[str]"

    def start(self, folder: Path, url: str) -> int:
        """Start a child; its process id."""
        asked = {"answers": str(folder / "answers"), "url": url, "out": str(folder)}
        self._tell(json.dumps(asked))
        return self._number()

    def ended(self) -> int:
        """Wait for the child; 0 if it came to its end."""
        self._tell("")
        return self._number()

    def _tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def _number(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())


@pytest.fixture
def stage(small: World, tmp_path: Path, repo: Path) -> Iterator[Stage]:
    for name in NAMES:
        small.variables(OBJECTS[name]).head(ROWS).write_parquet(tmp_path / f"{name}.parquet")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.prompts.model.writing_stage", tmp_path],
        cwd=repo,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield Stage(process)
    process.communicate()


def test_what_was_answered_is_never_asked_again(stage: Stage, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    with serving(answer, LATENCY) as server:
        stage.start(alone, server.url)
        assert stage.ended() == 0
        needed = len({_reply(call) for call in server.calls})
        assert needed == len(server.calls)
    kills = repeated = 0
    for campaign in count():
        done = _campaign(stage, tmp_path / f"killed-{campaign}", needed)
        for name in (*(f"{name}.parquet" for name in NAMES), USAGE):
            assert (done.folder / name).read_bytes() == (alone / name).read_bytes()
        kills += done.kills
        repeated += done.repeated
        if kills >= KILLS:
            break
    # Some calls were in flight.
    assert repeated


@dataclass(frozen=True, slots=True)
class Campaign:
    """A folder in which a run came to its end after so many kills and repeated calls."""

    folder: Path
    kills: int
    repeated: int


def _campaign(stage: Stage, folder: Path, needed: int) -> Campaign:
    """Kill and start again until a run comes to its end."""
    folder.mkdir()
    runs: list[Sequence[Call]] = []
    ended = -1
    while ended != 0:
        kept = _kept(folder)
        # A server for each run: what was on its way to it at the kill belongs to that run.
        with serving(answer, LATENCY) as server:
            child = stage.start(folder, server.url)
            _wait(server, child)
            os.kill(child, signal.SIGKILL)
            ended = stage.ended()
        runs.append(server.calls)
        # What was durable when the run before was killed was not sent again.
        assert not kept & {_reply(call) for call in runs[-1]}
    last = {_body(call): number for number, run in enumerate(runs) for call in run}
    assert len(last) == needed
    # Of what a run had sent when it was killed, no more is repeated than was in flight.
    repeated = [sum(last[_body(call)] > n for call in run) for n, run in enumerate(runs)]
    assert max(repeated) <= CONCURRENCY
    return Campaign(folder, len(runs) - 1, sum(repeated))


def _wait(server: Server, child: int) -> None:
    """Let a run send some calls, and then wait a moment that nobody chooses."""
    wanted = secrets.randbelow(CONCURRENCY + 1)
    while len(server.calls) < wanted and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.001)
    time.sleep(LATENCY * 2 * secrets.randbelow(1000) / 1000)


def _body(call: Call) -> str:
    return json.dumps(call.body, sort_keys=True)


def _kept(folder: Path) -> set[str]:
    """The replies that are on the disk."""
    found = (json.loads(each.body) for each, _ in every(folder / "answers"))
    return {each["choices"][0]["message"]["content"] for each in found}


def _reply(call: Call) -> str:
    """What the server replies to a call; no two calls have the same."""
    return json.dumps({"records": list(answer(call))})
