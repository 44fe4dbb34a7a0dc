"""Whole runs with a model: a real server answers with texts of a second, independent source.

The model errs now and then, so that texts are refused in either phase and written again.
"""

import hashlib
import json
import os
import re
import secrets
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import polars as pl
import pytest
from filelock import FileLock

from orgsmith.arena.benchmark.verify import check_answers
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.questions import read_questions
from orgsmith.prompts.assemble import own_words
from orgsmith.prompts.model.paraphrase import OBJECT
from orgsmith.prompts.model.segments import every
from orgsmith.prompts.phrasings import phrasings
from orgsmith.prompts.reading import READINGS
from orgsmith.schema.objects import OBJECTS
from orgsmith.validators.readings import READ
from tests.endpoint.careless import careless
from tests.endpoint.server import Call, Server, records_in, serving
from tests.flows.conftest import Environment, tables

SCALE = "0.05"
CONCURRENCY = 16
PRICES = {"ORGSMITH_PROMPT_PRICE": "1", "ORGSMITH_COMPLETION_PRICE": "2"}
LATENCY_S = 0.05
KILLS = 3
WRITTEN = {declared.name for declared in OBJECTS.values() if declared.written}

Section: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: its dataset, the calls that the server was sent for it, and the tokens that
    the server reported for each."""

    dataset: Path
    calls: Sequence[Call] = field(repr=False)
    used: Sequence[tuple[int, int]] = field(repr=False)

    def section(self, name: str) -> Section:
        """A section of manifest.json."""
        found: Section = json.loads((self.dataset / "manifest.json").read_text())[name]
        return found

    def write(self, file: Path) -> None:
        """Leave it for other workers."""
        sent = [
            (call.number, call.body, used) for call, used in zip(self.calls, self.used, strict=True)
        ]
        file.write_text(json.dumps([str(self.dataset), sent]))

    @classmethod
    def read(cls, file: Path) -> "Run":
        """What another worker has left."""
        dataset, sent = json.loads(file.read_text())
        calls = [
            Call(number, body, records_in(body["messages"][-1]["content"]))
            for number, body, _ in sent
        ]
        return cls(Path(dataset), calls, [(prompt, said) for _, _, (prompt, said) in sent])

    def table(self, name: str) -> pl.DataFrame:
        """The records of an object."""
        return pl.read_parquet(self.dataset / f"objects/{name}/*.parquet")


@dataclass(frozen=True, slots=True)
class Command:
    """`orgsmith generate` with the scripted model, in a folder of its own."""

    orgsmith: str
    environment: Environment
    api_url: str
    folder: Path

    def start(self, server: Server, *more: str) -> "subprocess.Popen[str]":
        """Start it; a later version has the same answers at hand."""
        settings = {"PREFECT_API_URL": self.api_url, "ORGSMITH_CONCURRENCY": str(CONCURRENCY)}
        return subprocess.Popen(
            [
                *(self.orgsmith, "generate", "--scale", SCALE, "--json"),
                *("--writer", "openai/scripted", "--base-url", server.url),
                *("--out", str(self.folder / "out"), *more),
            ],
            cwd=self.folder,
            env=self.environment(PRICES | settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, server: Server, *more: str) -> Run:
        """Run it to its end, which must be a good one."""
        before = len(server.calls)
        process = self.start(server, *more)
        out, error = process.communicate(timeout=300)
        assert process.returncode == 0, error
        assert error == ""
        calls = server.calls[before:]
        used = [server.used[call.number] for call in calls]
        return Run(Path(json.loads(out)["dataset"]), calls, used)


@pytest.fixture(scope="session")
def command(
    orgsmith: str, environment: Environment, api_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Command:
    """The command in a folder that all workers share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "model-run"
    folder.mkdir(exist_ok=True)
    return Command(orgsmith, environment, api_url, folder)


@pytest.fixture(scope="session")
def first(command: Command) -> Run:
    """A dataset as a model has written it in one go, made once for all workers."""
    done = command.folder / "first.json"
    with FileLock(command.folder / "first.lock"):
        if not done.exists():
            with serving(careless) as server:
                command.run(server, "--dataset-version", "first").write(done)
    return Run.read(done)


def test_it_is_published_and_every_check_passes(first: Run, orgsmith: str) -> None:
    assert first.section("writer") == {
        "kind": "model",
        "model": "openai/scripted",
        "checker": "openai/scripted",
    }
    checks = first.section("checks")
    assert len(checks) > 250
    assert {check["status"] for check in checks} == {"passed", "too_few"}  # type: ignore[index]
    done = subprocess.run([orgsmith, "verify", first.dataset], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_text_is_the_models(first: Run) -> None:
    written: dict[frozenset[str], set[tuple[str, ...]]] = defaultdict(set)
    for call in first.calls:
        for record in careless(call):
            texts = {
                name: "\n".join(text) if isinstance(text, list) else str(text)
                for name, text in record.items()
                if name != "record"
            }
            written[frozenset(texts)].add(tuple(texts[name] for name in sorted(texts)))
    for name in sorted(WRITTEN):
        fields = sorted(field.name for field in OBJECTS[name].written)
        published = own_words(OBJECTS[name], first.table(name)).select(fields).rows()
        assert set(published) <= written[frozenset(fields)], name


def test_what_was_refused_in_either_phase_was_written_again(first: Run) -> None:
    rules: dict[str, set[str]] = {}
    for name in sorted(WRITTEN):
        rejects = pl.read_parquet(first.dataset / f"rejects/{name}.parquet")
        rules[name] = set(rejects["rule"])
        again = [call for call in first.calls if _tells(call, rejects)]
        assert len(again) >= rejects["Id"].n_unique()
    assert {"text", "facts", "reading", "duplicate"} <= set().union(*rules.values())
    duplicates = first.section("duplicates")
    assert sum(each["removed"] for each in duplicates.values()) > 0  # type: ignore[index]


def _tells(call: Call, rejects: pl.DataFrame) -> bool:
    """Whether a call has one of some refused records written again, and says why."""
    refused = re.search(r"^- Refused: (.*)$", call.prompt, re.MULTILINE)
    if refused is None:
        return False
    text = json.loads(refused[1])
    return any(
        text.items() <= json.loads(record).items() and reason.split("\n")[0][:40] in call.prompt
        for record, reason in rejects.select("record", "reason").iter_rows()
    )


def test_usage_is_what_the_server_counted(first: Run) -> None:
    usage = first.section("usage")
    assert usage["calls"] == len(first.calls) == len({_digest(call) for call in first.calls})
    assert usage["cached_calls"] == 0
    prompt, completion = (sum(counts) for counts in zip(*first.used, strict=True))
    assert usage["prompt_tokens"] == prompt
    assert usage["completion_tokens"] == completion
    assert usage["cost_usd"] == pytest.approx((prompt + 2 * completion) / 1e6)
    assert "given" in str(usage["price_table"])
    objects = usage["objects"]
    assert isinstance(objects, Mapping)
    assert set(objects) == {*WRITTEN, OBJECT}
    for key in ("calls", "cached_calls", "prompt_tokens", "completion_tokens"):
        assert sum(each[key] for each in objects.values()) == usage[key]
    assert sum(each["cost_usd"] for each in objects.values()) == pytest.approx(usage["cost_usd"])


def test_questions_are_said_by_the_model_and_answered_by_its_reader(first: Run) -> None:
    dataset = Dataset.open(first.dataset)
    tasks = dataset.manifest.tasks
    assert sum(task.rows for task in tasks.values()) > 50
    assert all(task.dropped == 0 for task in tasks.values())
    for key in tasks:
        said = read_questions(dataset, key)["question"].to_list()
        parts = [part for shape in phrasings(key).values() for part in shape.open]
        # What a question begins with is no longer what it was composed of.
        assert sum(any(part in text for part in parts) for text in said) <= len(said) / 2
    outcomes = list(check_answers(dataset))
    assert [outcome for outcome in outcomes if outcome.failed] == []
    assert sum(outcome.n for outcome in outcomes if outcome.name == "solved again") > 50


def test_what_was_read_again_is_published(first: Run) -> None:
    readings = first.section("readings")
    assert set(readings) == set(READINGS)
    for name, counts in readings.items():
        assert isinstance(counts, Mapping)
        frame = pl.read_parquet(first.dataset / f"readings/{name}.parquet")
        assert frame.schema == READ
        texts = frame.group_by("Id", "round").agg(pl.col("passed").all())
        assert counts["checked"] == texts.height == counts["passed"] + counts["refused"]
        assert counts["passed"] == texts["passed"].sum()
        assert counts["refused"] > 0
        # What is published was read, and found right in the end.
        last = frame.filter(pl.col("round") == pl.col("round").max().over("Id"))
        assert last["passed"].all()
    for name in ("Case", "Knowledge__kav"):
        frame = pl.read_parquet(first.dataset / f"readings/{name}.parquet")
        assert set(frame["Id"]) == set(first.table(name)["Id"])


def test_the_manifest_names_the_prompts(first: Run) -> None:
    prompts = first.section("prompts")
    assert set(prompts) == {*WRITTEN, OBJECT}
    hashes = [value for each in prompts.values() for value in each.values() if value]  # type: ignore[attr-defined]
    assert all(re.fullmatch(r"[0-9a-f]{64}", each) for each in hashes)
    read = {name for name, each in prompts.items() if each["reading_prompt"]}  # type: ignore[index]
    assert read == set(READINGS)


def test_another_version_is_paid_for_by_nobody(first: Run, command: Command) -> None:
    with serving(careless) as server:
        again = command.run(server, "--dataset-version", "again")
        assert server.calls == []
    usage = again.section("usage")
    assert usage["calls"] == 0
    assert usage["cached_calls"] == first.section("usage")["calls"]
    assert usage["cost_usd"] == 0
    assert tables(again.dataset) == tables(first.dataset)


@pytest.mark.parametrize("third", range(KILLS))
def test_a_killed_run_goes_on_without_paying_twice(
    third: int, first: Run, command: Command, tmp_path: Path
) -> None:
    mine = Command(command.orgsmith, command.environment, command.api_url, tmp_path)
    # In each third of the calls, at a moment that nobody chooses.
    share = len(first.calls) // KILLS
    calls, wait = third * share + 1 + secrets.randbelow(share - 1), secrets.randbelow(50) / 1_000
    with serving(careless, latency=LATENCY_S) as server:
        process = mine.start(server)
        while len(server.calls) < calls and process.poll() is None:
            time.sleep(0.005)
        time.sleep(wait)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        kept = {_number(each.body) for each, _ in every(tmp_path / "out/.answers")}
        done = mine.run(server)
        sent: dict[str, list[int]] = defaultdict(list)
        for call in server.calls:
            sent[_digest(call)].append(call.number)
    when = f"killed {wait} s after call {calls}"
    assert process.returncode == -signal.SIGKILL, when
    assert tables(done.dataset) == tables(first.dataset), when
    assert set(sent) == {_digest(call) for call in first.calls}, when
    # Lost are at most the calls that were under way: what was on the disk is never paid again.
    repeated = [numbers for numbers in sent.values() if len(numbers) > 1]
    assert len(repeated) <= CONCURRENCY, when
    assert all(len(numbers) == 2 for numbers in repeated), when
    assert not kept & {number for numbers in repeated for number in numbers}, when
    usage, whole = done.section("usage"), first.section("usage")
    assert usage["calls"] == whole["calls"], when
    assert usage["cost_usd"] == pytest.approx(whole["cost_usd"]), when


def _digest(call: Call) -> str:
    """What tells one request from another."""
    return hashlib.sha256(json.dumps(call.body, sort_keys=True).encode()).hexdigest()


def _number(body: str) -> int:
    """The number of the call that was answered so: it stands in the completion's id."""
    return int(json.loads(body)["id"].rsplit("-", 1)[1])
