"""What a model's endpoint sends, looked at before anything else is done with it, or it is kept."""

from collections.abc import Awaitable, Callable
from typing import Any

from inspect_ai.model import ChatMessageAssistant, Model, ModelOutput

Generate = Callable[..., Awaitable[Any]]


class NoReplyError(Exception):
    """What the endpoint sent is no reply of a model."""


class TooLongError(Exception):
    """The endpoint refused a call because of its length; says so in its own words."""

    status_code = 400


def checked(model: Model) -> Model:
    """The model, whose replies are looked at before inspect-ai puts them into its cache: one that
    is none would be found there for ever.

    Some routers tell of a failure behind them by a reply of its own: the reason for its end is one
    that nobody knows, and it holds nothing. Calls that are refused as too long inspect-ai turns
    into replies, where it knows the provider's words: nobody has worked on them, or counted tokens.
    """
    generate: Generate = model.api.generate

    # Handed on as it is: what inspect-ai asks a provider's module for is its own affair.
    async def looked_at(*given: Any, **named: Any) -> Any:  # noqa: ANN401
        result = await generate(*given, **named)
        output = result[0] if isinstance(result, tuple) else result
        if isinstance(output, ModelOutput):
            if not output.choices:
                raise NoReplyError("the endpoint answered without a choice")
            message = output.message
            if output.stop_reason == "model_length" and output.usage is None:
                raise TooLongError(message.text)
            if output.stop_reason == "unknown" and not message.text and not message.tool_calls:
                raise NoReplyError(
                    "the endpoint answered with nothing, for no reason that is known"
                )
            _clean(message)
        return result

    model.api.generate = looked_at  # type: ignore[method-assign]
    return model


def _clean(message: ChatMessageAssistant) -> None:
    """Replace what is half a character, which no log and no further call could hold."""
    if isinstance(message.content, str):
        message.content = whole(message.content)
    for call in message.tool_calls or ():
        call.arguments = whole(call.arguments)


def whole(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """A value of JSON whose texts hold whole characters only."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, dict):
        return {whole(name): whole(each) for name, each in value.items()}
    return [whole(each) for each in value] if isinstance(value, list) else value
