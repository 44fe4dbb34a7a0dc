"""A model as it is asked: its server, the way of asking, its prices, and what went wrong."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel

from orgsmith.prompts.model.calls import TRIES, Calls
from orgsmith.prompts.model.prices import Prices
from orgsmith.prompts.model.providers import Model
from orgsmith.prompts.model.segments import Answer
from orgsmith.prompts.model.shape import Shape, shape_of
from orgsmith.prompts.model.usage import Usage
from orgsmith.prompts.typography import plain_text
from orgsmith.prompts.writing import Writing
from orgsmith.schema.errors import WriterError

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAIError
    from openai.types.chat import ChatCompletion

MOST_TOKENS = 1 << 31
"""No call has so many; a server that says so does not know."""

Told = Callable[[str, Usage], None]
"""Is told of every answer that is used: for which object, and what it used up."""


@dataclass(frozen=True, slots=True)
class Question:
    """One call: for which object, the system's and the user's message, what must be replied.

    `tokens` is the most the reply may have; `attempt` (the round of writing, the try in it) tells a
    repetition from the call before.
    """

    object: str
    role: str
    prompt: str
    reply: type[BaseModel]
    tokens: int
    attempt: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, what it used up, and whether the call was made just now."""

    completion: "ChatCompletion"
    usage: Usage
    fresh: bool


class Served:
    """A model as it is asked: its server, the way of asking, its prices.

    Raises:
        UsageError: a limit on the cost cannot be kept.
    """

    def __init__(self, calls: Calls, model: Model, writing: Writing, told: Told) -> None:
        self.calls, self.model, self._writing, self._told = calls, model, writing, told
        self.prices = Prices.of(model, calls.limits)
        self.mode = writing.mode
        self.prices.check(calls.limits.max_cost)
        self._client: AsyncOpenAI | None = None
        # The providers' own servers know the newer name, all others the older one.
        openai_itself = model.provider == "openai" and model.own_server
        self._limit = "max_completion_tokens" if openai_itself else "max_tokens"

    async def ask(self, question: Question) -> Reply:
        """Ask, or find the answer among those that are kept.

        Raises:
            BudgetError: the call could pass the limit.
            WriterError: the server could not answer.
            StorageError: the answer could not be kept.
        """
        shape = shape_of(self.mode, question.role, question.reply)
        tokens = question.tokens + self._writing.thinking
        key, size = self._key(shape, question, tokens)
        # No token is shorter than a byte.
        most = self.prices.cost(size, tokens) or 0.0

        async def send() -> Answer:
            return await self._send(shape, question, tokens, key)

        fresh = key not in self.calls.answers
        answer = await self.calls.answer(key, most, send)
        ours = answer.run == self.calls.run_name
        usage = Usage(
            calls=int(ours),
            cached_calls=int(not ours),
            prompt_tokens=(answer.prompt_tokens or 0) if ours else 0,
            completion_tokens=(answer.completion_tokens or 0) if ours else 0,
            cost_usd=answer.cost_usd if ours else 0.0,
        )
        self._told(question.object, usage)
        return Reply(_completion(answer.body), usage, fresh)

    def _key(self, shape: Shape, question: Question, tokens: int) -> tuple[str, int]:
        """The SHA-256 of all that is sent, and its size in bytes."""
        told = {
            "model": self.model.full_name,
            "temperature": self._writing.temperature,
            "tokens": tokens,
            "attempt": question.attempt,
            "shape": [shape.mode, list(map(dict, shape.messages)), dict(shape.extra)],
        }
        head = json.dumps(told, sort_keys=True).encode()
        prompt = question.prompt.encode()
        return hashlib.sha256(head + b"\0" + prompt).hexdigest(), len(head) + len(prompt)

    async def _send(self, shape: Shape, question: Question, tokens: int, key: str) -> Answer:
        from httpx2 import Response
        from openai import OpenAIError

        self._client = self._client or self.calls.client(self.model)
        body = {
            "model": self.model.name,
            "messages": shape.filled(question.prompt),
            **shape.extra,
            self._limit: tokens,
        }
        if self._writing.temperature is not None:
            body["temperature"] = self._writing.temperature
        try:
            # Posted as it is: `chat.completions.create` would walk through the schema each time,
            # a third of what a call costs.
            response = await self._client.post("/chat/completions", cast_to=Response, body=body)
            text = response.text
        except OpenAIError as error:
            raise WriterError(f"{question.object}: {self._wrong(error)}") from error
        used = _used(text)
        if used is None:
            shown = " ".join(text.split())[:80]
            raise WriterError(
                f"{question.object}: {self.model.full_name} sent no chat completion but "
                f"{shown!r}; is --base-url the address of an OpenAI-compatible server, with /v1?"
            )
        prompt_tokens, completion_tokens = used
        cost = None
        if prompt_tokens is not None and completion_tokens is not None:
            cost = self.prices.cost(prompt_tokens, completion_tokens)
        return Answer(
            key=key,
            at=f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
            run=self.calls.run_name,
            model=self.model.full_name,
            object=question.object,
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            cost_usd=cost,
            body=text,
        )

    def _wrong(self, error: "OpenAIError") -> str:
        """What went wrong, and the next step."""
        import httpx2
        import openai

        name = self.model.full_name
        where = self.model.base_url or "its provider"
        said = plain_text(str(error))[:200]
        unreachable = isinstance(error.__cause__, httpx2.ConnectTimeout)
        match error:
            case openai.APITimeoutError() if not unreachable:
                return (
                    f"{name} at {where} did not answer within {self.calls.limits.timeout:g} s, "
                    f"{TRIES} times; set ORGSMITH_TIMEOUT higher, or ORGSMITH_CONCURRENCY lower"
                )
            case openai.APIConnectionError():
                reason = plain_text(str(error.__cause__ or error))[:200]
                return f"{name} at {where} cannot be reached ({reason}); check --base-url"
            case openai.RateLimitError():
                return (
                    f"{name} refused the call for a rate limit or a used-up quota ({said}); "
                    "wait, or set ORGSMITH_CONCURRENCY lower, and run the same command again"
                )
            case openai.AuthenticationError() | openai.PermissionDeniedError():
                return f"{name} does not accept the key ({said}); check the provider's variable"
            case openai.NotFoundError():
                return f"{name} is not served at {where} ({said}); check the model's name"
            case openai.InternalServerError():
                return f"{name} failed {TRIES} times ({said}); run the same command again later"
            case _:
                return f"{name} did not take the call ({said}); try another ORGSMITH_MODE or model"


def _used(body: str) -> tuple[int | None, int | None] | None:
    """Prompt and completion tokens of a completion's JSON; None if it is no completion."""
    try:
        content = json.loads(body)
        message = content["choices"][0]["message"]
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    if not isinstance(message, dict):
        return None
    usage = content.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return _count(counts.get("prompt_tokens")), _count(counts.get("completion_tokens"))


def _count(told: object) -> int | None:
    """A number of tokens, if it can be one."""
    return told if isinstance(told, int) and 0 <= told < MOST_TOKENS else None


def _completion(body: str) -> "ChatCompletion":
    from openai.types.chat import ChatCompletion

    # What servers leave out or add beside the text is of no interest.
    return ChatCompletion.construct(**json.loads(body))
