"""The kinds of agents, and how they may behave."""

import json
from dataclasses import asdict, dataclass, replace

from orgsmith.arena.agents.observation import BUDGET, LEAST, MOST
from orgsmith.prompts.agents import ACT as ACT
from orgsmith.prompts.agents import REACT as REACT
from orgsmith.prompts.agents import TOOLS as TOOLS
from orgsmith.schema.errors import UsageError

TOOLS_QUERY = "tools+query"
"""Calls functions, may also query and search freely, and is shown the org's objects."""

SOLVER, CONSTANT, RANDOM = "solver", "constant", "random"
"""Who knows all rules and finds every answer, who always says the most frequent one, and who draws
one of a task's answers."""

MODELLED = (ACT, REACT, TOOLS, TOOLS_QUERY)
"""Agents that a language model speaks for."""

BASELINES = (CONSTANT, RANDOM, SOLVER)
"""Agents without a model, which stand beside every result."""

AGENTS = (*MODELLED, SOLVER, CONSTANT, RANDOM)

BASIC, STANDARD, COMPOSED = "basic", "standard", "composed"
LEVELS = (BASIC, STANDARD, COMPOSED)
"""Of tools: a raw query, the reference set, one for each part of a business question."""


MOST_TURNS = 200
FEWEST_TOKENS, MOST_TOKENS = 16, 200_000
HOTTEST = 2.0


@dataclass(frozen=True, slots=True)
class Manner:
    """How an agent that a model speaks for behaves, whichever it is.

    Args:
        turns: replies that it has for a question.
        temperature: of the model, 0 to 2.
        max_tokens: of one reply.
        observation: characters of what it is shown at a time.
        rules: whether it is told the rules of its task.
    """

    turns: int = 20
    temperature: float = 0.0
    max_tokens: int = 2_048
    observation: int = BUDGET
    rules: bool = True

    def check(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            UsageError: a number is out of its bounds.
        """
        for name, value, least, most in (
            ("turns", self.turns, 1, MOST_TURNS),
            ("temperature", self.temperature, 0, HOTTEST),
            ("max_tokens", self.max_tokens, FEWEST_TOKENS, MOST_TOKENS),
            ("observation", self.observation, LEAST, MOST),
        ):
            if not least <= value <= most:
                raise UsageError(f"{name} {value:g}: must be from {least:g} to {most:g}")


@dataclass(frozen=True, slots=True)
class Contestant:
    """Who is on trial.

    Args:
        agent: one of `AGENTS`.
        model: PROVIDER/MODEL; None for agents that need none.
        tool_level: one of `LEVELS`; None for agents that have no tools to choose from.
        manner: how it behaves; the plain one for agents without a model, which have none.
    """

    agent: str
    model: str | None = None
    tool_level: str | None = None
    manner: Manner = Manner()

    @classmethod
    def of(
        cls, agent: str, model: str | None, tool_level: str | None, manner: Manner
    ) -> "Contestant":
        """A contestant whose parts fit together.

        Raises:
            UsageError: an agent that needs a model has none, or there is something it cannot use.
        """
        if agent not in AGENTS:
            raise UsageError(f"agent {agent!r} is not known; there are {', '.join(AGENTS)}")
        if tool_level is not None and tool_level not in LEVELS:
            raise UsageError(f"tool level {tool_level!r}: must be one of {', '.join(LEVELS)}")
        calls_tools = agent in {TOOLS, TOOLS_QUERY}
        if tool_level is not None and not calls_tools:
            raise UsageError(f"tool level {tool_level}: {agent} has no tools to choose from")
        manner.check()
        if agent in BASELINES and model is not None:
            raise UsageError(f"{agent} asks no model, so that --model {model} means nothing to it")
        if agent in BASELINES:
            return cls(agent)
        if model is None:
            raise UsageError(f"{agent} needs a model: name it with --model PROVIDER/MODEL")
        return cls(agent, model, (tool_level or STANDARD) if calls_tools else None, manner)

    @property
    def settings(self) -> str:
        """How it behaves, as JSON with sorted keys; an agent without a model has no settings."""
        return "{}" if self.model is None else json.dumps(asdict(self.manner), sort_keys=True)

    @property
    def name(self) -> str:
        """What it is called in a line."""
        parts = (self.agent, self.tool_level, self.model)
        return " ".join(part for part in parts if part)

    def baseline(self, agent: str) -> "Contestant":
        """A baseline to stand beside it."""
        return replace(self, agent=agent, model=None, tool_level=None, manner=Manner())
