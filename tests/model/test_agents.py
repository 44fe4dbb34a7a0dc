"""A small real model on trial, over HTTP: what it scores is reported as it is."""

from pathlib import Path

import polars as pl
import pytest

from orgsmith.arena.agents.causes import Cause
from orgsmith.arena.agents.kinds import ACT, COMPOSED, TOOLS, Contestant, Manner
from orgsmith.arena.agents.world import World
from orgsmith.arena.results.columns import SCORED
from orgsmith.arena.results.leaderboard import boards
from orgsmith.arena.results.page import render
from orgsmith.arena.trial.endpoint import Endpoint
from orgsmith.arena.trial.parts import Asked
from orgsmith.arena.trial.run import folder_of, run
from orgsmith.outputs.dataset import find_dataset
from tests.flows.questioned import questioned

MODEL = "openai/smollm2"
TURNS = 2
QUESTIONS = 2


@pytest.mark.parametrize(("agent", "level"), [(ACT, None), (TOOLS, COMPOSED)])
def test_a_real_model_is_scored_as_it_is(
    small_model: str, tmp_path: Path, agent: str, level: str | None
) -> None:
    who = Contestant.of(agent, MODEL, level, Manner(turns=TURNS, max_tokens=64, observation=1_000))
    with World.open(find_dataset(None, questioned(tmp_path))) as world:
        asked = Asked(world.exam.chosen(("customer_sentiment_analysis",), QUESTIONS))
        endpoint = Endpoint(base_url=small_model, concurrency=1, timeout=300.0, retries=1)
        ran = run(world, who, asked, endpoint, folder_of(tmp_path, world, who, small_model))
    assert ran.stopped is None
    samples = ran.samples
    assert samples["status"].to_list() == [SCORED] * QUESTIONS
    # It answered, whatever it answered: tokens were counted by the server, turns by us.
    assert samples.filter((pl.col("turns") < 1) | (pl.col("turns") > TURNS)).is_empty()
    assert samples.filter(pl.col("prompt_tokens") < 200).is_empty()
    assert samples.filter(pl.col("completion_tokens") < 1).is_empty()
    assert samples["cost_usd"].to_list() == [None] * QUESTIONS
    for row in samples.iter_rows(named=True):
        assert row["success"] == (row["score"] == 1.0)
        assert (row["cause"] is None) == row["success"]
        assert row["success"] or row["cause"] in set(Cause)
    (board,) = boards(samples)
    assert "smollm2" in render([board])
