"""Runs that go on where an earlier one ended: what is finished is never asked again."""

from pathlib import Path

import polars as pl

from orgsmith.arena.agents.kinds import ACT, CONSTANT, RANDOM, SOLVER, Contestant
from orgsmith.arena.agents.world import World
from orgsmith.arena.results.columns import SAMPLES
from orgsmith.arena.results.files import NAME as SAMPLES_FILE
from orgsmith.arena.trial.endpoint import Endpoint
from orgsmith.arena.trial.rescore import rescore
from orgsmith.arena.trial.run import LOGS, folder_of
from tests.arena.trial.trials import contestant, endpoint_at, tried
from tests.endpoint.server import Server


def test_more_questions_and_epochs_pay_for_what_is_new(
    world: World, endpoint: Server, tmp_path: Path
) -> None:
    who, at = contestant(ACT, "perfect"), endpoint_at(endpoint)
    items = world.exam.chosen((), 1)
    assert tried(world, who, items[:3], at, tmp_path).samples.height == 3
    assert len(endpoint.calls) == 6
    more = tried(world, who, items[2:6], at, tmp_path)
    assert more.samples["task_id"].to_list() == sorted(item.task_id for item in items[2:6])
    assert len(endpoint.calls) == 12
    # Fewer than before: what else was answered is kept.
    fewer = tried(world, who, items[:1], at, tmp_path)
    assert fewer.samples.height == 1
    assert pl.read_parquet(fewer.folder / SAMPLES_FILE).height == 6
    assert len(endpoint.calls) == 12
    twice = tried(world, who, items[:1], at, tmp_path, epochs=2)
    assert twice.samples["epoch"].to_list() == [1, 2]
    assert twice.samples.schema == SAMPLES
    # The second epoch of that one alone, and no other.
    assert len(endpoint.calls) == 14
    thrice = tried(world, who, items[:2], at, tmp_path, epochs=3)
    assert thrice.samples["epoch"].to_list() == [1, 2, 3] * 2
    assert len(endpoint.calls) == 14 + 2 * 3


def test_a_table_that_a_kill_came_before_is_written(
    world: World, endpoint: Server, tmp_path: Path
) -> None:
    who, items = contestant(ACT, "perfect"), world.exam.chosen((), 1)[:3]
    ran = tried(world, who, items, endpoint_at(endpoint), tmp_path)
    table = ran.folder / SAMPLES_FILE
    for content in (b"", b"PAR1", None):
        if content is None:
            pl.read_parquet(table).head(1).write_parquet(table)
        else:
            table.write_bytes(content)
        again = tried(world, who, items, endpoint_at(endpoint), tmp_path)
        assert again.samples.equals(ran.samples)
        assert pl.read_parquet(table).equals(ran.samples)
    assert len(endpoint.calls) == 6


def test_settings_that_answers_do_not_depend_on_change_nothing(
    world: World, endpoint: Server, tmp_path: Path
) -> None:
    who, items = contestant(ACT, "perfect"), world.exam.chosen(("handle_time",), 1)
    tried(world, who, items, endpoint_at(endpoint), tmp_path)
    for at in (
        endpoint_at(endpoint, concurrency=2),
        endpoint_at(endpoint, timeout=30.0),
        endpoint_at(endpoint, retries=2),
        endpoint_at(endpoint, max_cost=5.0),
    ):
        tried(world, who, items, at, tmp_path)
    tried(world, who, items, endpoint_at(endpoint, tmp_path / "cache"), tmp_path)
    assert len(endpoint.calls) == 2


def test_every_way_of_answering_has_a_folder_of_its_own(world: World, tmp_path: Path) -> None:
    ways = [
        Contestant(SOLVER),
        Contestant(CONSTANT),
        Contestant(RANDOM),
        contestant(ACT, "perfect"),
        contestant(ACT, "wrong"),
        contestant(ACT, "perfect", rules=False),
        contestant(ACT, "perfect", temperature=1.0),
        contestant(ACT, "perfect", observation=500),
        contestant("tools", "perfect"),
        contestant("tools", "perfect", "basic"),
    ]
    folders = {folder_of(tmp_path, world, who, None) for who in ways}
    assert len(folders) == len(ways)
    assert folder_of(tmp_path, world, ways[3], "http://127.0.0.1:1/v1") not in folders


def test_the_baselines_go_through_the_same_tools_and_scorer(world: World, tmp_path: Path) -> None:
    items = world.exam.chosen()
    solver = tried(world, Contestant(SOLVER), items, Endpoint(), tmp_path)
    assert solver.samples["score"].to_list() == [1.0] * len(items)
    assert solver.samples["tool_calls"].min() == 1
    constant = tried(world, Contestant(CONSTANT), items, Endpoint(), tmp_path)
    assert constant.samples["tool_calls"].max() == 0
    exact = constant.samples.filter(pl.col("task") != "knowledge_qa")
    by_task = exact.group_by("task").agg(pl.col("score").mean())
    for key, score in by_task.iter_rows():
        told = world.dataset.manifest.tasks[key].constant_baseline
        assert abs(score - told) < 1e-4, key
    # Scored anew by the same scorer, nothing changes.
    before = pl.read_parquet(constant.folder / SAMPLES_FILE)
    (log,) = (constant.folder / LOGS).glob("*.eval")
    assert rescore(log).changed == 0
    assert pl.read_parquet(constant.folder / SAMPLES_FILE).equals(before)
