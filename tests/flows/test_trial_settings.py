"""Settings of evaluations."""

from pathlib import Path

import pytest

from orgsmith.arena.agents.kinds import REACT, SOLVER, STANDARD, TOOLS
from orgsmith.flows.setting_sources import OF_TRIALS
from orgsmith.flows.settings import Settings, load_settings
from orgsmith.flows.trial_settings import NEEDS_OF_TRIALS, TrialSettings, load_trial_settings
from orgsmith.schema.errors import UsageError


def test_every_setting_is_known_and_says_what_it_must_be() -> None:
    assert set(OF_TRIALS) == set(TrialSettings.model_fields) - set(Settings.model_fields)
    assert set(NEEDS_OF_TRIALS) == set(TrialSettings.model_fields) - {"dataset_version"}


def test_who_is_on_trial_unless_it_is_said() -> None:
    assert load_trial_settings().contestant.agent == SOLVER
    assert load_trial_settings(model="openai/x").contestant.agent == REACT


@pytest.mark.parametrize(
    ("model", "variable"),
    [
        ("openai/x", "OPENAI_BASE_URL"),
        ("openai-api/my-own/x", "MY_OWN_BASE_URL"),
        ("vllm/x", "INSPECT_EVAL_MODEL_BASE_URL"),
    ],
)
def test_an_address_that_inspect_ai_would_read_is_known(
    monkeypatch: pytest.MonkeyPatch, model: str, variable: str
) -> None:
    """Else replies of one server would be kept, and scored, as those of another."""
    assert load_trial_settings(model=model).address is None
    monkeypatch.setenv(variable, "http://127.0.0.1:9/v1")
    assert load_trial_settings(model=model).address == "http://127.0.0.1:9/v1"
    assert load_trial_settings(model="grok/x").address == (
        "http://127.0.0.1:9/v1" if variable.startswith("INSPECT") else None
    )
    assert load_trial_settings().address is None
    named = load_trial_settings(model=model, base_url="http://127.0.0.1:8/v1")
    assert named.address == "http://127.0.0.1:8/v1"
    assert load_trial_settings(model="openai/x", agent=TOOLS).contestant.tool_level == STANDARD


def test_both_kinds_of_commands_share_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    table = '[tool.orgsmith]\nscale = 0.5\nturns = 7\nagent = "react"\nmodel = "openai/x"\n'
    (tmp_path / "pyproject.toml").write_text(table)
    assert load_settings().scale == 0.5
    assert load_trial_settings().contestant.manner.turns == 7
    monkeypatch.setenv("ORGSMITH_TURNS", "0")
    with pytest.raises(UsageError, match=r"^ORGSMITH_TURNS 0: must be a whole number from 1 to"):
        load_trial_settings()
    (tmp_path / "pyproject.toml").write_text("[tool.orgsmith]\nturn = 7\n")
    with pytest.raises(UsageError, match=r"turn: unknown; known are industry, .*, turns"):
        load_trial_settings()
