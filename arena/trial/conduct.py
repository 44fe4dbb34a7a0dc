"""How an agent behaved on a question: kept in the store of its sample, and so in the log."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from inspect_ai.util import Store

from orgsmith.arena.solver.desk import Desk
from orgsmith.prompts.model.usage import Usage

ANSWERED, TURN_LIMIT, CONTEXT_FULL, FILTERED = "answered", "turn limit", "context full", "filtered"
"""How an agent ends: it answers; its turns are up; what was said fills the model's context; or the
provider's filter withholds the reply."""

KEY = "conduct"
"""By what the store of a sample has it."""

LONGEST, MOST = 2_000, 100
"""Characters of an argument or a statement that are kept, and statements."""


@dataclass
class Conduct:
    """Counts of one sample, and the steps that were taken.

    `stopped` says why the sample could not be brought to its end, by no fault of the agent's, None
    if it was; `stopped_by` says it in words. `epoch` is that of the run, `cached` whether replies
    are kept. `reply` is what the agent answered, None if it never did. `idle` turns held no action
    that could be carried out; format errors are these, and replies with more than one. A step is a
    tool's name with its arguments. `statements` are those that the org was sent by them, `objects`
    what they were about. Tokens and cost are those of all calls, whether or not an earlier run had
    paid for them: `cached_calls` cost nothing this time. They are None where they are not known.
    """

    stopped: str | None = None
    stopped_by: str | None = None
    epoch: int = 1
    cached: bool = False
    reply: str | None = None
    ending: str | None = None
    turns: int = 0
    idle: int = 0
    format_errors: int = 0
    tool_errors: int = 0
    steps: list[dict[str, Any]] = field(default_factory=list)
    calls: int = 0
    cached_calls: int = 0
    prompt_tokens: int | None = 0
    completion_tokens: int | None = 0
    cost_usd: float | None = 0.0
    statements: list[str] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, store: Mapping[str, Any]) -> "Conduct":
        """What the store of a sample in a log has; nothing done, if it has nothing."""
        return cls(**store.get(KEY, {}))

    def keep(self, store: Store) -> None:
        """Put it into the store of its sample."""
        store.set(KEY, asdict(self))

    @property
    def usage(self) -> Usage:
        """What its calls took; those that came from the cache had been paid for before."""
        return Usage(
            self.calls - self.cached_calls,
            self.cached_calls,
            self.prompt_tokens or 0,
            self.completion_tokens or 0,
            self.cost_usd,
        )

    def step(self, tool: str, arguments: dict[str, Any]) -> None:
        """Note that a tool is called."""
        kept = {
            name: value[:LONGEST] if isinstance(value, str) else value
            for name, value in arguments.items()
        }
        self.steps.append({"tool": tool, "arguments": kept})

    def fail(self) -> None:
        """Note that the tool called last came back with an error."""
        self.tool_errors += 1

    def idles(self) -> None:
        """Note that a reply held no action that could be carried out."""
        self.idle += 1
        self.format_errors += 1

    def overdoes(self) -> None:
        """Note that a reply held more than one action."""
        self.format_errors += 1

    def called(
        self, tokens: tuple[int | None, int | None], cost: float | None, *, cached: bool
    ) -> None:
        """Note a turn, and what its call took."""
        self.turns += 1
        self.calls += 1
        self.cached_calls += cached
        prompt, completion = tokens
        self.prompt_tokens = _both(self.prompt_tokens, prompt)
        self.completion_tokens = _both(self.completion_tokens, completion)
        self.cost_usd = (
            None if None in {cost, self.cost_usd} else (self.cost_usd or 0.0) + (cost or 0.0)
        )

    def asked(self, desk: Desk) -> None:
        """Note what the org was asked at a desk."""
        self.statements = [each[:LONGEST] for each in desk.statements[:MOST]]
        self.objects = sorted(desk.objects)

    def end(self, ending: str, reply: str | None = None) -> None:
        """Note how the agent ended."""
        self.ending, self.reply = ending, reply


def _both(one: int | None, other: int | None) -> int | None:
    """The sum; None if either is not known."""
    return None if one is None or other is None else one + other
