"""Settings of an evaluation: those of every run, and who is on trial, on what, and how."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from orgsmith.arena.agents.kinds import (
    AGENTS,
    FEWEST_TOKENS,
    LEVELS,
    MOST_TOKENS,
    MOST_TURNS,
    REACT,
    SOLVER,
    Contestant,
    Manner,
)
from orgsmith.arena.agents.observation import LEAST, MOST
from orgsmith.flows.setting_sources import load
from orgsmith.flows.settings import KNOWN, NEEDS, ModelName, Name, Settings, Temperature
from orgsmith.outputs.questions import TASK_KEYS

PLAIN = Manner()
RUNS = Path("outputs/runs")
MOST_EPOCHS = 100
MOST_RETRIES = 20

Agent = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(AGENTS).replace('+', '[+]')})$")]
Level = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(LEVELS)})$")]
Keys = Annotated[
    str, StringConstraints(pattern=rf"^({'|'.join(TASK_KEYS)})(,({'|'.join(TASK_KEYS)}))*$")
]
Questions = Annotated[int, Field(ge=1, le=1_000)]
Epochs = Annotated[int, Field(ge=1, le=MOST_EPOCHS)]
Turns = Annotated[int, Field(ge=1, le=MOST_TURNS)]
Tokens = Annotated[int, Field(ge=FEWEST_TOKENS, le=MOST_TOKENS)]
Characters = Annotated[int, Field(ge=LEAST, le=MOST)]
Retries = Annotated[int, Field(ge=0, le=MOST_RETRIES)]

NEEDS_OF_TRIALS = {
    **NEEDS,
    "dataset": "must be a dataset's folder, INDUSTRY or INDUSTRY/VERSION",
    "agent": f"must be one of {', '.join(AGENTS)}",
    "model": "must be PROVIDER/MODEL such as openai/gpt-4o-mini",
    "tool_level": f"must be one of {', '.join(LEVELS)}",
    "tasks": f"must be tasks with commas between them, of {', '.join(TASK_KEYS)}",
    "limit": "must be a whole number of questions from 1 to 1000",
    "epochs": f"must be a whole number from 1 to {MOST_EPOCHS}",
    "turns": f"must be a whole number from 1 to {MOST_TURNS}",
    "max_tokens": f"must be a whole number of tokens from {FEWEST_TOKENS} to {MOST_TOKENS}",
    "observation": f"must be a whole number of characters from {LEAST} to {MOST}",
    "rules": "must be true or false",
    "retries": f"must be a whole number from 0 to {MOST_RETRIES}",
    "cache_replies": "must be true or false",
    "runs": "must be a folder",
}
"""What each setting must be: the second half of its error message, and its help."""


class TrialSettings(Settings):
    """All settings of an evaluation; those that it shares with the making of datasets mean the
    calls of the model on trial."""

    dataset: Name | None = None
    """The newest dataset unless set."""
    agent: Agent | None = None
    """ReAct where a model is named, the solver where none is."""
    model: ModelName | None = None
    tool_level: Level | None = None
    tasks: Keys | None = None
    limit: Questions | None = None
    """Questions of each task; all of them unless set."""
    epochs: Epochs = 1
    turns: Turns = PLAIN.turns
    temperature: Temperature | None = PLAIN.temperature
    max_tokens: Tokens = PLAIN.max_tokens
    observation: Characters = PLAIN.observation
    rules: bool = True
    retries: Retries = 5
    cache_replies: bool = True
    """Whether replies of the model are kept and used again."""
    runs: Path = RUNS

    @property
    def contestant(self) -> Contestant:
        """Who is on trial.

        Raises:
            UsageError: settings that do not fit together.
        """
        manner = Manner(
            turns=self.turns,
            temperature=self.temperature or PLAIN.temperature,
            max_tokens=self.max_tokens,
            observation=self.observation,
            rules=self.rules,
        )
        agent = self.agent or (REACT if self.model else SOLVER)
        return Contestant.of(agent, self.model, self.tool_level, manner)

    @property
    def address(self) -> str | None:
        """Where the model is served, if not by its provider: named here, or by a variable that
        inspect-ai reads itself. What a run is known by has to tell it."""
        if self.model is None or self.base_url is not None:
            return self.base_url
        provider = self.model.removeprefix("openai-api/").partition("/")[0]
        own = f"{provider.upper().replace('-', '_')}_BASE_URL"
        return os.environ.get(own) or os.environ.get("INSPECT_EVAL_MODEL_BASE_URL") or None

    @property
    def asked_tasks(self) -> tuple[str, ...]:
        """The tasks that are asked; all of them if there are none."""
        return tuple(dict.fromkeys(self.tasks.split(","))) if self.tasks else ()


def load_trial_settings(**given: object) -> TrialSettings:
    """The settings of an evaluation, `given` ones (from the command line) first; None is not given.

    Raises:
        UsageError: a value cannot be meant; one line that says where it was set.
    """
    return load(TrialSettings, NEEDS_OF_TRIALS, KNOWN, given)
