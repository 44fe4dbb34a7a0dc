"""Who can be on trial, and how they may behave."""

import json

import pytest

from orgsmith.arena.agents.kinds import (
    ACT,
    BASELINES,
    COMPOSED,
    SOLVER,
    STANDARD,
    TOOLS,
    Contestant,
    Manner,
)
from orgsmith.schema.errors import UsageError

MODEL = "openai/x"
PLAIN = Manner()


@pytest.mark.parametrize(
    ("agent", "model", "level", "manner", "told"),
    [
        ("oracle", MODEL, None, PLAIN, "'oracle' is not known; there are act, react"),
        (ACT, None, None, PLAIN, "act needs a model"),
        (ACT, MODEL, STANDARD, PLAIN, "act has no tools to choose from"),
        (TOOLS, MODEL, "advanced", PLAIN, "must be one of basic, standard, composed"),
        (SOLVER, MODEL, None, PLAIN, "solver asks no model"),
        (ACT, MODEL, None, Manner(turns=0), "turns 0: must be from 1 to 200"),
        (ACT, MODEL, None, Manner(temperature=2.5), "temperature 2.5: must be from 0 to 2"),
        (ACT, MODEL, None, Manner(max_tokens=1), "max_tokens 1: must be from 16"),
        (ACT, MODEL, None, Manner(observation=1), "observation 1: must be from 500"),
    ],
)
def test_what_does_not_fit_together(
    agent: str, model: str | None, level: str | None, manner: Manner, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        Contestant.of(agent, model, level, manner)


def test_what_is_not_said() -> None:
    assert Contestant.of(TOOLS, MODEL, None, PLAIN).tool_level == STANDARD
    assert Contestant.of(TOOLS, MODEL, COMPOSED, PLAIN).tool_level == COMPOSED
    assert Contestant.of(ACT, MODEL, None, PLAIN).tool_level is None


def test_a_baseline_has_neither_model_nor_settings() -> None:
    who = Contestant.of(TOOLS, MODEL, None, Manner(turns=3))
    assert json.loads(who.settings)["turns"] == 3
    for agent in BASELINES:
        beside = who.baseline(agent)
        assert (beside.model, beside.tool_level, beside.settings) == (None, None, "{}")
        assert beside == Contestant.of(agent, None, None, PLAIN)
