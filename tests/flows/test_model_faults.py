"""Whole runs with a model that fails, costs too much, or is interrupted: nothing is half done."""

import hashlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import polars as pl
import polars.selectors as cs
import pytest

from orgsmith.prompts.model.segments import every
from tests.endpoint.model import answer
from tests.endpoint.server import Call, Fault, Record, Server, serving
from tests.flows.conftest import Environment

PRICES = {"ORGSMITH_PROMPT_PRICE": "1", "ORGSMITH_COMPLETION_PRICE": "2"}

CONCURRENCY = 16
"""Calls in flight, unless told otherwise."""

SPOILT = "\x1b[31mowned\u202e"


def spoilt(call: Call) -> Sequence[Record]:
    """A hostile text in the first record, or a reading that finds nothing."""
    first, *others = (dict(record) for record in answer(call))
    for name, value in first.items():
        if name == "reasoning":
            continue
        if isinstance(value, str):
            first[name] = "Neutral" if name == "mood" else f"{SPOILT} {value}"[:250]
            if name == "violated":
                first[name] = value
    return [first, *others]


BROKEN: Sequence[Callable[[Call], Sequence[Record] | Fault]] = (
    lambda call: Fault(status=429, headers={"Retry-After": "0.01"}),
    lambda call: Fault(status=500),
    lambda call: Fault(cut=True),
    lambda call: Fault(hang=60),
    lambda call: Fault(text='{"records": [{"record": 1, "'),
    lambda call: Fault(text="Certainly! Here is what you asked for."),
    lambda call: Fault(refusal="I cannot help with that."),
    lambda call: Fault(text=""),
    lambda call: answer(call)[1:],
    lambda call: [*answer(call), {**answer(call)[0], "record": 77}],
    spoilt,
    spoilt,
    spoilt,
    lambda call: [{**answer(call)[0], "record": record["record"]} for record in call.records],
)

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(orgsmith: str, environment: Environment, api_url: str, tmp_path: Path) -> Start:
    """Starts a small run with a model."""

    def begin(
        server: Server | None, *more: str, env: Mapping[str, str] | None = None
    ) -> "subprocess.Popen[str]":
        address = ("--base-url", server.url) if server else ()
        return subprocess.Popen(
            [
                *(orgsmith, "generate", "--scale", "0.02", "--writer", "openai/scripted"),
                *(*address, "--out", str(tmp_path / "out"), *more),
            ],
            cwd=tmp_path,
            env=environment(PRICES | {"PREFECT_API_URL": api_url} | dict(env or {})),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return begin


def work_folders(out: Path) -> list[Path]:
    """Where a run has left what it had done."""
    return list(out.glob(".work/*/organisation.json"))


def published(out: Path) -> list[Path]:
    """Whatever stands under a final name."""
    return [path for path in out.glob("*/*") if not path.parent.name.startswith(".")]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(status=401), "does not accept the key"),
        (Fault(text="I would rather not."), "did not deliver"),
    ],
)
def test_a_model_that_fails_fails_the_run_in_one_line(
    fault: Fault, said: str, start: Start, tmp_path: Path
) -> None:
    with serving(lambda call: fault) as server:
        process = start(server)
        out, error = process.communicate(timeout=300)
    assert process.returncode == 1
    assert out == ""
    assert error.startswith("orgsmith: ")
    assert error.count("\n") == 1
    assert said in error
    assert published(tmp_path / "out") == []
    assert work_folders(tmp_path / "out")


def test_the_limit_stops_the_run_and_a_higher_one_goes_on(start: Start, tmp_path: Path) -> None:
    with serving(answer) as server:
        process = start(server, "--max-cost", "0.1")
        _, error = process.communicate(timeout=300)
        assert process.returncode == 1
        assert "higher --max-cost" in error
        assert error.count("\n") == 1
        assert published(tmp_path / "out") == []
        paid = len(server.calls)
        assert paid
        process = start(server, "--max-cost", "10", "--json")
        out, error = process.communicate(timeout=300)
        assert process.returncode == 0, error
        manifest = json.loads((Path(json.loads(out)["dataset"]) / "manifest.json").read_text())
        bodies = {json.dumps(call.body) for call in server.calls}
        assert len(bodies) == len(server.calls) == manifest["usage"]["calls"]
        assert manifest["usage"]["cost_usd"] > 0.1


ANSWERED = 6


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_though_calls_are_in_flight(
    number: signal.Signals, start: Start, tmp_path: Path
) -> None:
    def script(call: Call) -> Sequence[Record] | Fault:
        return answer(call) if call.number < ANSWERED else Fault(hang=600)

    def kept() -> int:
        return sum(1 for _ in every(tmp_path / "out/.answers"))

    with serving(script) as server:
        process = start(server)
        while len(server.calls) <= ANSWERED or kept() < ANSWERED:
            assert process.poll() is None
            time.sleep(0.05)
        os.kill(process.pid, number)
        _, error = process.communicate(timeout=180)
    assert process.returncode == (130 if number == signal.SIGINT else 143)
    assert error.count("\n") <= 1
    assert "Traceback" not in error
    assert published(tmp_path / "out") == []
    assert work_folders(tmp_path / "out")
    # What was answered is kept.
    assert kept() == ANSWERED


def test_a_disk_that_is_full_of_answers_fails_the_run_in_one_line(
    start: Start, small_disk: Path, tmp_path: Path
) -> None:
    room = 2 * 1024 * 1024
    (small_disk / "other").write_bytes(b"x" * (room - 60_000))
    folder = small_disk / "answers"
    with serving(answer) as server:
        process = start(server, env={"ORGSMITH_ANSWERS": str(folder)})
        _, error = process.communicate(timeout=300)
        assert process.returncode == 1
        assert str(folder) in error
        assert "free some room, or name another folder with --answers" in error
        assert error.count("\n") == 1
        assert published(tmp_path / "out") == []
        kept = sum(1 for _ in every(folder))
        # What did not fit is what was in flight at most.
        assert 0 < len(server.calls) - kept <= CONCURRENCY


def test_a_model_that_does_everything_wrong_at_times_is_put_right(
    start: Start, orgsmith: str, tmp_path: Path
) -> None:
    """A third of what is asked for the first time meets a fault of the server, a reply that cannot
    be read, a hostile text, a text that exists already, or a reader that has not read."""
    seen: set[str] = set()
    lock = threading.Lock()

    def script(call: Call) -> Sequence[Record] | Fault:
        records = {json.dumps({**record, "record": 0}, sort_keys=True) for record in call.records}
        with lock:
            again = bool(records & seen)
            seen.update(records)
        place = int(hashlib.sha256(call.prompt.encode()).hexdigest()[:8], 16) % (3 * len(BROKEN))
        return answer(call) if again or place >= len(BROKEN) else BROKEN[place](call)

    with serving(script) as server:
        process = start(server, "--json", env={"ORGSMITH_TIMEOUT": "4"})
        out, error = process.communicate(timeout=300)
        assert process.returncode == 0, error
        bodies = [json.dumps(call.body) for call in server.calls]
    dataset = Path(json.loads(out)["dataset"])
    done = subprocess.run([orgsmith, "verify", dataset], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    manifest = json.loads((dataset / "manifest.json").read_text())
    assert manifest["usage"]["calls"] == sum(1 for _ in every(tmp_path / "out/.answers"))
    # What the server did wrong was sent again and is no answer; the rest was asked for once.
    assert manifest["usage"]["calls"] == len(set(bodies))
    rules = pl.concat(
        pl.read_parquet(file, columns=["rule"]) for file in dataset.glob("rejects/*.parquet")
    )
    assert {"text", "reading"} <= set(rules["rule"])
    for file in dataset.glob("objects/*/*.parquet"):
        for column in pl.read_parquet(file).select(cs.string()):
            assert not column.str.contains(SPOILT, literal=True).any(), file


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--max-cost", "much"), "--max-cost"),
        (("--max-cost", "-1"), "--max-cost"),
        (("--writer", "nowhere/model"), "PROVIDER/NAME"),
        (("--checker", "nowhere/model"), "PROVIDER/NAME"),
        (("--checker", "model"), "--checker"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(
    more: tuple[str, ...], said: str, start: Start
) -> None:
    with serving(answer) as server:
        process = start(server, *more)
        _, error = process.communicate(timeout=300)
        assert process.returncode == 2
        assert said in error
        assert error.count("\n") == 1
        assert server.calls == []


def test_a_limit_without_a_price_is_wrong_usage(start: Start) -> None:
    with serving(answer) as server:
        none = {"ORGSMITH_PROMPT_PRICE": "", "ORGSMITH_COMPLETION_PRICE": ""}
        process = start(server, "--max-cost", "5", env=none)
        _, error = process.communicate(timeout=300)
    assert process.returncode == 2
    assert "price" in error.lower()
