"""Watches over the calls of a trial: what they cost, and whether the endpoint answers at all."""

import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from inspect_ai.event import ModelEvent
from inspect_ai.log import transcript
from inspect_ai.model import CachePolicy, ChatMessage, ModelOutput, ModelUsage, get_model
from inspect_ai.tool import ToolDef
from inspect_ai.util import LimitExceededError

from orgsmith.arena.trial.conduct import Conduct
from orgsmith.arena.trial.ledger import Ledger
from orgsmith.arena.trial.refusals import (
    HOPELESS,
    REFUSED,
    as_output,
    last_try,
    said_of,
    status_of,
    timed_out,
)
from orgsmith.arena.trial.replies import TooLongError
from orgsmith.prompts.model.prices import Prices
from orgsmith.prompts.model.usage import Budget
from orgsmith.schema.errors import BudgetError, OrgsmithError, StorageError

MOST_FAILURES = 3
"""Calls that fail one after the other, each with all its retries: then no further one is sent."""

MOST_REFUSED = 20
"""The same of calls that the endpoint refuses one by one, and at once."""

FIRST_TOO_LONG = "; the first prompt does not fit beside a reply of --max-tokens into its context"

OVERHEAD = 64
"""Tokens that a message, or a tool, may take beside the bytes of its text."""

Send = Callable[[], Awaitable[ModelOutput]]


class EndpointError(OrgsmithError):
    """The model's endpoint did not answer: says nothing about the agent."""


class ContextFullError(Exception):
    """What was said so far does not fit into the model's context."""


@dataclass
class Guard:
    """Lets calls through while they can be paid for and are answered.

    Only used within one event loop.

    Args:
        name: what the model is called.
        prices: those of the model.
        max_tokens: of one reply.
        budget: the limit on the cost, with what was spent before.
        ledger: where calls are noted that were paid for.
    """

    name: str
    prices: Prices
    max_tokens: int
    budget: Budget
    ledger: Ledger
    stopped: OrgsmithError | None = field(default=None, init=False)
    """Why no further call is sent."""
    _failures: int = field(default=0, init=False)

    async def send(
        self, send: Send, size: int, sample: str, *, first: bool = False
    ) -> tuple[ModelOutput, bool]:
        """Send a call; the reply, and whether it came from the cache.

        Args:
            send: sends it.
            size: bytes of all that is sent: no token is shorter than that.
            sample: which question it is for.
            first: whether the agent has said nothing yet.

        Raises:
            BudgetError: the call could pass the limit on the cost.
            EndpointError: the endpoint did not answer, or is known not to.
            StorageError: it cannot be noted what the call has cost.
        """
        self._refuse()
        most = self.prices.cost(size, self.max_tokens) or 0.0
        try:
            await self.budget.reserve(most)
        except BudgetError as error:
            self.stopped = error
            raise
        cost = 0.0
        try:
            self._refuse()
            output = await self._answer(send, first=first)
            cached = _from_cache()
            if not cached:
                known = cost_of(self.prices, output.usage)
                # A reply that does not tell its tokens counts with the most it may have cost.
                cost = most if known is None else known
                self._paid(sample, tokens_of(output.usage), cost or known)
        except BaseException as error:
            if _was_given_up(error):
                cost = most
                self._paid(sample, (None, None), most)
            raise
        finally:
            self.budget.settle(most, cost)
        return output, cached

    async def _answer(self, send: Send, *, first: bool) -> ModelOutput:
        """The reply; where a refusal is the agent's doing, what stands for it.

        That its first prompt is too long cannot be: the model's context is too small for what it is
        told, or the reply that it may give too long for the model.
        """
        try:
            output = await send()
        except LimitExceededError:
            # A limit that inspect was given: none of the endpoint's doing.
            raise
        except Exception as raised:
            error = last_try(raised)
            stand_in = as_output(error, self.name)
            if stand_in is None:
                raise self._failed(error) from raised
            if first and stand_in.stop_reason == "model_length":
                raise self._failed(error, FIRST_TOO_LONG) from raised
            output = stand_in
        self._failures = 0
        return output

    def _failed(self, error: BaseException, why: str = "") -> EndpointError:
        """The endpoint did not answer: so many times one after the other, or for good?"""
        failed = EndpointError(f"{self.name}: {said_of(error)}{why}")
        status = status_of(error)
        self._failures += 1
        most = MOST_REFUSED if status in REFUSED else MOST_FAILURES
        if self._failures >= most or status in HOPELESS:
            self.stopped = failed
        return failed

    def _paid(self, sample: str, tokens: tuple[int | None, int | None], cost: float | None) -> None:
        try:
            self.ledger.paid(sample, *tokens, cost)
        except StorageError as error:
            # What is not noted would be paid for again, and no limit on the cost would hold.
            self.stopped = error
            raise

    def _refuse(self) -> None:
        if self.stopped is not None:
            raise self.stopped


GUARD: ContextVar[Guard | None] = ContextVar("guard", default=None)
"""Who watches over the trial that runs; nobody where inspect runs a task by itself."""


@contextmanager
def watched(guard: Guard | None) -> Iterator[None]:
    """Let a guard watch over the calls of the block; None if there are none."""
    token = GUARD.set(guard)
    try:
        yield
    finally:
        GUARD.reset(token)


async def ask(
    messages: Sequence[ChatMessage], tools: Sequence[ToolDef], conduct: Conduct, sample: str
) -> ModelOutput:
    """Ask the model on trial for its next reply, and note what that took.

    Raises:
        OrgsmithError: as `Guard.send`.
        ContextFullError: what is sent is too long for the model.
    """
    model, guard = get_model(), GUARD.get()
    # By the epoch of the run: inspect-ai counts anew in each log.
    epoch = {"epoch": str(conduct.epoch)}
    cache = CachePolicy(expiry=None, per_epoch=False, scopes=epoch) if conduct.cached else False

    async def send() -> ModelOutput:
        return await model.generate(list(messages), tools=list(tools), cache=cache)

    first = conduct.turns == 0
    if guard is None:
        output, cached, cost = await _unwatched(send, first=first), _from_cache(), None
    else:
        size = size_of(messages, tools)
        output, cached = await guard.send(send, size, sample, first=first)
        cost = cost_of(guard.prices, output.usage)
    conduct.called(tokens_of(output.usage), cost, cached=cached)
    if output.stop_reason == "model_length":
        raise ContextFullError
    return output


async def _unwatched(send: Send, *, first: bool) -> ModelOutput:
    """The reply to a call that nobody watches over."""
    try:
        return await send()
    except TooLongError as error:
        if first:
            raise
        raise ContextFullError from error


def _was_given_up(error: BaseException) -> bool:
    """Whether a call ended without a reply that the model may be working on: time was up, or the
    run is being stopped."""
    if isinstance(error, EndpointError):
        return error.__cause__ is not None and timed_out(last_try(error.__cause__))
    return not isinstance(error, Exception)


def tokens_of(usage: ModelUsage | None) -> tuple[int | None, int | None]:
    """Prompt and completion tokens, the former with those that the provider had cached; None if
    they are not told."""
    if usage is None:
        return None, None
    cached = (usage.input_tokens_cache_read or 0) + (usage.input_tokens_cache_write or 0)
    return usage.input_tokens + cached, usage.output_tokens


def cost_of(prices: Prices, usage: ModelUsage | None) -> float | None:
    """US dollars; None if the price or the tokens are not known."""
    prompt, completion = tokens_of(usage)
    if usage is None or prompt is None or completion is None:
        return None
    read, written = usage.input_tokens_cache_read, usage.input_tokens_cache_write
    return prices.cost(prompt, completion, read or 0, written or 0)


def size_of(messages: Sequence[ChatMessage], tools: Sequence[ToolDef]) -> int:
    """As many tokens as a prompt can have at most: no token is shorter than a byte."""
    size = OVERHEAD * (len(messages) + len(tools))
    size += sum(len(message.model_dump_json().encode()) for message in messages)
    return size + sum(
        len(tool.description.encode()) + len(json.dumps(tool.parameters.model_dump()).encode())
        for tool in tools
    )


def _from_cache() -> bool:
    """Whether the reply of the call made last came from the cache."""
    events = (event for event in reversed(transcript().events) if isinstance(event, ModelEvent))
    last = next(events, None)
    return last is not None and last.cache == "read"
