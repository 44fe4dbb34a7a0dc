"""`orgsmith evaluate`, `leaderboard` and `rescore`, as processes of their own."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import polars as pl
import pytest
from inspect_ai.log import read_eval_log, write_eval_log

from orgsmith.arena.agents.exam import Exam
from orgsmith.arena.results.columns import SAMPLES
from orgsmith.arena.trial.logs import finished_in, log_files
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.public import export
from tests.arena.trial.players import Stage
from tests.endpoint.server import Fault, Server, serving
from tests.flows.asking import quiet
from tests.flows.questioned import questioned

LATENCY_S = 0.1
TASKS = "monthly_trend_analysis,best_region_identification,customer_sentiment_analysis"
ASKED = 12
"""Questions of those tasks."""

Begin = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the dataset is published; only read it."""
    return questioned(tmp_path_factory.mktemp("evaluate"))


@pytest.fixture(scope="module")
def dataset(out: Path) -> Dataset:
    """The dataset whose questions are asked."""
    return Dataset.open(out / "sportswear/latest")


@pytest.fixture
def begin(orgsmith: str, tmp_path: Path, out: Path) -> Iterator[Begin]:
    """Starts `orgsmith evaluate` on the dataset, its runs in `runs`; what still runs is ended."""
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str | Path, command: str = "evaluate") -> "subprocess.Popen[str]":
        placed = ("--out", out, "--runs", "runs") if command == "evaluate" else ()
        process = subprocess.Popen(
            [orgsmith, command, *arguments, *placed],
            cwd=tmp_path,
            env={**quiet(), "ORGSMITH_CONCURRENCY": "2", "ORGSMITH_RETRIES": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Its exit code, output and errors."""
    told, complained = process.communicate(timeout=300)
    return process.returncode, told, complained


def done(process: "subprocess.Popen[str]") -> str:
    """What a process printed that ended well, and without a word on stderr."""
    code, told, complained = ended(process)
    assert (code, complained) == (0, "")
    return told


def refused(process: "subprocess.Popen[str]", code: int = 1) -> str:
    """The one line that a process complained with."""
    found, _, complained = ended(process)
    assert found == code
    assert complained.count("\n") == 1
    assert complained.startswith("orgsmith: ")
    return complained


def as_player(server: Server, player: str = "perfect") -> Sequence[str]:
    """The options that put a player on trial, nothing kept but what is finished."""
    return (
        *("--agent", "act", "--model", f"openai/{player}", "--base-url", server.url),
        *("--tasks", TASKS, "--no-cache"),
    )


def overall(told: str) -> dict[str, dict[str, object]]:
    """The row of each agent over all questions, of what `--json` printed."""
    rows = json.loads(told)["results"]
    return {row["agent"]: row for row in rows if row["scope"] == "all"}


def test_the_baselines_need_no_model(begin: Begin, dataset: Dataset, tmp_path: Path) -> None:
    told = done(begin("--json"))
    rows = overall(told)
    assert list(rows) == ["solver", "constant", "random"]
    assert rows["solver"]["score"] == 1.0
    assert rows["solver"]["scored"] == sum(each.rows for each in dataset.manifest.tasks.values())
    for guesser in ("constant", "random"):
        score = rows[guesser]["score"]
        assert isinstance(score, float)
        assert score < 0.7
    by_task = [row for row in json.loads(told)["results"] if row["scope"] == "task"]
    for row in by_task:
        if row["agent"] == "constant" and row["name"] != "knowledge_qa":
            expected = dataset.manifest.tasks[row["name"]].constant_baseline
            assert row["score"] == pytest.approx(expected, abs=1e-4)
    run = tmp_path / json.loads(told)["run"]
    samples = pl.read_parquet(run / "samples.parquet")
    assert samples.schema == SAMPLES
    page = (tmp_path / json.loads(told)["page"]).read_text()
    assert "solver" in page
    # Once more: nothing is answered again.
    done(begin("--json"))
    assert pl.read_parquet(run / "samples.parquet").equals(samples)


def test_killed_and_run_again_nothing_finished_is_paid_again(
    begin: Begin, dataset: Dataset, tmp_path: Path
) -> None:
    stage = Stage(Exam.of(dataset))
    with serving(stage, LATENCY_S) as server:
        process = begin(*as_player(server))
        while len(server.answered) < ASKED:
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        (logs,) = (each / "logs" for each in tmp_path.glob("runs/*/act-*") if each.is_dir())
        finished = {key for file in log_files(logs) for key, _ in finished_in(file)}
        assert 0 < len(finished) < ASKED
        rows = overall(done(begin(*as_player(server), "--json")))
        assert rows["act"]["scored"] == ASKED
        assert rows["act"]["score"] == 1.0
        calls = Counter(stage.turn(call).item.task_id for call in server.calls)
    assert {calls[key] for key in finished} == {2}
    # Of the others at most two were at work, with two calls each.
    assert sum(calls.values()) <= 2 * ASKED + 4


def test_interrupted_and_run_again(begin: Begin, dataset: Dataset) -> None:
    with serving(Stage(Exam.of(dataset)), latency=60.0) as server:
        # Before anything is answered: there is no table yet, which is nobody else's trouble.
        process = begin(*as_player(server))
        while not server.calls:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert "run the same command again" in refused(process, 130)
        server.latency = LATENCY_S
        process = begin(*as_player(server))
        while len(server.answered) < ASKED // 2:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert "run the same command again" in refused(process, 130)
        assert overall(done(begin(*as_player(server), "--json")))["act"]["score"] == 1.0
        assert len(server.calls) <= 2 * ASKED + 6


def test_two_at_the_same_time_do_the_work_once(begin: Begin, dataset: Dataset) -> None:
    with serving(Stage(Exam.of(dataset)), LATENCY_S) as server:
        both = [begin(*as_player(server), "--json") for _ in range(2)]
        for process in both:
            assert overall(done(process))["act"]["score"] == 1.0
        assert len(server.calls) == 2 * ASKED


def test_an_outage_is_told(begin: Begin, dataset: Dataset) -> None:
    with serving(Stage(Exam.of(dataset), lambda call: Fault(status=503))) as server:
        code, told, complained = ended(begin(*as_player(server)))
    assert code == 1
    assert "not scored" in told
    assert f"{ASKED} of {ASKED} answers are missing and count neither way" in complained
    assert complained.count("\n") == 1
    assert "run the same command again" in complained


def test_what_is_printed_merged_and_scored_anew(begin: Begin, tmp_path: Path) -> None:
    told = done(begin("--agent", "solver", "--limit", "1"))
    assert "Score % by task" in told
    assert "Handle time" in told
    assert (tmp_path / told.rpartition("leaderboard: ")[2].strip()).is_file()
    (board,) = (tmp_path / "runs").glob("sportswear-*")
    assert "cannot be compared" not in done(begin("runs", command="leaderboard"))
    # The same samples as those of another organisation.
    for file in list(board.glob("*/samples.parquet")):
        other = pl.read_parquet(file).with_columns(fingerprint=pl.lit("f" * 64))
        target = tmp_path / "runs/other" / file.parent.name / file.name
        target.parent.mkdir(parents=True)
        other.write_parquet(target)
    told = done(begin("runs", command="leaderboard"))
    assert "2 organisations: scores of different ones cannot be compared" in told
    rows = pl.read_parquet(tmp_path / "runs/results.parquet").filter(scope="all")
    assert rows["fingerprint"].n_unique() == 2
    assert rows.group_by("agent").len()["len"].to_list() == [2, 2, 2]
    # A log whose scores another scorer gave.
    (log,) = board.glob("solver-*/logs/*.eval")
    samples = pl.read_parquet(log.parents[1] / "samples.parquet")
    read = read_eval_log(str(log))
    assert read.samples
    for sample in read.samples[:3]:
        assert sample.scores
        sample.scores["verdict"].value = 0.0
    write_eval_log(read, str(log))
    (told_of,) = json.loads(done(begin(log, "--json", command="rescore")))
    assert (told_of["answers"], told_of["changed"]) == (samples.height, 3)
    assert pl.read_parquet(log.parents[1] / "samples.parquet").equals(samples)
    # What cannot be read comes first, and keeps none of the others from it.
    write_eval_log(read, str(log))
    (board / "a.eval").write_bytes(b"PK")
    process = begin(board, "--json", command="rescore")
    printed, error = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "a.eval cannot be read" in error
    changed = {each["log"]: each["changed"] for each in json.loads(printed)}
    assert len(changed) == 3
    assert changed[str(log)] == 3


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--agent", "oracle"), 2, "--agent oracle: must be one of act, react"),
        (("--agent", "react"), 2, "react needs a model"),
        (("--agent", "solver", "--tool-level", "basic"), 2, "solver has no tools to choose from"),
        (("--agent", "solver", "--model", "openai/x"), 2, "solver asks no model"),
        (("--model", "gpt-4o"), 2, "--model gpt-4o: must be PROVIDER/MODEL"),
        (("--model", "nobody/knows"), 2, "model nobody/knows"),
        (("--model", "openai/gpt-4o"), 2, "OPENAI_API_KEY"),
        (("--tasks", "guessing"), 2, "--tasks guessing: must be tasks"),
        (("--limit", "0"), 2, "--limit 0: must be a whole number of questions"),
        (("--epochs", "many"), 2, "--epochs many: must be a whole number"),
        (("--observation", "10"), 2, "--observation 10"),
        (("nowhere",), 1, "nowhere"),
        (("a", "b"), 2, "see orgsmith evaluate --help"),
        (
            ("--model", "vllm/mine", "--base-url", "http://127.0.0.1:9/v1", "--max-cost", "1"),
            2,
            "--max-cost cannot be kept",
        ),
    ],
)
def test_wrong_input(begin: Begin, arguments: Sequence[str], code: int, told: str) -> None:
    assert told in refused(begin(*arguments), code)


def test_a_public_copy_has_no_answers(begin: Begin, dataset: Dataset, tmp_path: Path) -> None:
    export(dataset, tmp_path / "public")
    assert "public copy" in refused(begin(str(tmp_path / "public")))


def test_wrong_folders(begin: Begin, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    assert "no samples.parquet below x" in refused(begin("x", command="leaderboard"))
    assert "holds no log" in refused(begin("x", command="rescore"))
    for name in ("samples.parquet", "broken.eval"):
        (tmp_path / "x" / name).write_bytes(b"PAR1")
    assert "samples.parquet cannot be read" in refused(begin("x", command="leaderboard"))
    assert "cannot be read as a log" in refused(begin("x/broken.eval", command="rescore"))


def test_without_what_only_evaluations_need(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['inspect_ai'] = None; from orgsmith.flows.cli import run; "
        "sys.exit(run(['evaluate', '--agent', 'solver']))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=quiet(), capture_output=True, text=True
    )
    assert found.returncode == 2
    assert "pip install 'orgsmith[agents]'" in found.stderr
    assert list(tmp_path.iterdir()) == []
