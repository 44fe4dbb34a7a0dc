"""Our tasks as inspect-ai runs them by itself, from its own command line."""

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from inspect_ai.log import EvalLog, read_eval_log

from orgsmith.arena.agents.kinds import REACT, SOLVER
from orgsmith.arena.agents.world import World
from orgsmith.arena.trial.logs import conduct_of
from orgsmith.arena.trial.registry import TASKS
from orgsmith.arena.trial.rescore import rescore, run_of
from orgsmith.outputs.questions import TASK_KEYS
from tests.endpoint.server import Server

INSPECT = Path(sys.executable).with_name("inspect")


def evaluated(folder: Path, *arguments: str, **variables: str) -> EvalLog:
    """The log of `inspect eval`."""
    done = subprocess.run(
        [INSPECT, "eval", *arguments, "--display", "none", "--log-dir", folder / "logs"],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (log,) = (folder / "logs").glob("*.eval")
    return read_eval_log(str(log))


def test_a_task_without_a_model(world: World, tmp_path: Path) -> None:
    log = evaluated(
        tmp_path,
        "orgsmith/handle_time",
        *("-T", f"dataset={world.dataset.path}", "-T", f"agent={SOLVER}"),
        *("--model", "none/none"),
    )
    assert log.status == "success"
    assert log.eval.task == "orgsmith/handle_time"
    assert log.samples
    assert {str(sample.id) for sample in log.samples} == {
        item.task_id for item in world.exam.items["handle_time"]
    }
    assert log.results
    scores = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert scores["all"] == scores["handle_time"] == 1.0
    assert scores["stderr"] == pytest.approx(0.0)


def test_all_tasks_with_a_model(world: World, endpoint: Server, tmp_path: Path) -> None:
    log = evaluated(
        tmp_path,
        "orgsmith/all",
        *("-T", f"dataset={world.dataset.path}", "-T", f"agent={REACT}", "-T", "limit=1"),
        *("--model", "openai-api/mine/perfect"),
        MINE_BASE_URL=endpoint.url,
        MINE_API_KEY="none",
    )
    assert log.status == "success"
    assert log.samples
    assert sorted(sample.metadata["task"] for sample in log.samples) == sorted(TASK_KEYS)
    for sample in log.samples:
        assert conduct_of(sample).turns == 2
        assert sample.scores
        assert sample.scores["verdict"].value == 1.0
    assert len(endpoint.calls) == 2 * len(TASK_KEYS)


def test_a_parameter_that_cannot_be_meant(world: World, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(INSPECT, "eval", "orgsmith/handle_time", "--model", "none/none"),
            *("-T", f"dataset={world.dataset.path}", "-T", "turns=0", "-T", f"agent={REACT}"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "turns 0: must be from 1 to 200" in done.stderr + done.stdout


def test_what_inspect_wrote_is_scored_anew_where_it_lies(world: World, tmp_path: Path) -> None:
    evaluated(
        tmp_path,
        "orgsmith/monthly_trend_analysis",
        *("-T", f"dataset={world.dataset.path}", "-T", f"agent={SOLVER}"),
        *("--model", "none/none"),
    )
    (log,) = (tmp_path / "logs").glob("*.eval")
    assert run_of(log) is None
    assert rescore(log).changed == 0
    assert [file.name for file in tmp_path.iterdir()] == ["logs"]


def test_every_task_is_listed() -> None:
    (found,) = entry_points(group="inspect_ai", name="orgsmith")
    assert found.load().TASKS == TASKS
    assert list(TASKS) == ["all", *TASK_KEYS]
