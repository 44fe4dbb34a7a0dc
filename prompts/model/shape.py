"""How a typed reply is asked for and read: by instructor, prepared once for each reply model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from orgsmith.prompts.typography import plain_text
from orgsmith.schema.errors import WriterError

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

MODES: Mapping[str, str] = {
    "json_schema": "JSON_SCHEMA",
    "tools": "TOOLS",
    "json": "JSON",
    "md_json": "MD_JSON",
}
"""Ways of asking for typed replies, by their names here and in instructor: by JSON schema, as the
arguments of a tool, as any JSON, as JSON in a code block. Not every server knows each."""

_PROMPT = "\0prompt\0"
"""Stands in a prepared request where the prompt goes."""


class ReplyError(WriterError):
    """A reply that cannot be read as what was asked for; the text says why."""


class Loose(BaseModel):
    """A reply whose records are looked at one by one, so that one bad one spoils no other."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    records: list[dict[str, JsonValue]]


@dataclass(frozen=True, slots=True)
class Shape:
    """The part of a request that a reply model decides.

    `messages` holds the prompt's place, `extra` everything else that is sent beside model and
    limits.
    """

    mode: str
    messages: Sequence[Mapping[str, str]]
    extra: Mapping[str, Any]

    def filled(self, prompt: str) -> list[dict[str, str]]:
        """The messages of a request."""
        return [
            {**message, "content": message["content"].replace(_PROMPT, prompt)}
            for message in self.messages
        ]


@cache
def shape_of(mode: str, role: str, reply: type[BaseModel]) -> Shape:
    """The shape instructor gives to a request for a reply; built once.

    Instructor builds the JSON schema anew for each call, half of what it costs.
    """
    # Imported here: it takes seconds to load, and the phrasebook does not need it.
    from instructor.v2 import Mode, Provider, mode_registry

    handlers = mode_registry.get_handlers(Provider.OPENAI, Mode[MODES[mode]])
    asked = {"messages": [_message("system", role), _message("user", _PROMPT)]}
    _, prepared = handlers.request_handler(reply, asked)
    messages = prepared.pop("messages")
    return Shape(mode, messages, prepared)


def parse(mode: str, completion: "ChatCompletion") -> list[dict[str, JsonValue]]:
    """The records of a reply, as instructor reads them, not yet looked at one by one.

    Raises:
        ReplyError: it was cut off, it is a refusal, or it is not what was asked for.
    """
    from instructor.core import IncompleteOutputException
    from instructor.v2 import Mode, Provider, mode_registry

    refusal = completion.choices[0].message.refusal
    if refusal:
        raise ReplyError(f"the model refused: {short(refusal)}")
    handlers = mode_registry.get_handlers(Provider.OPENAI, Mode[MODES[mode]])
    try:
        loose = handlers.response_parser(
            response=completion,
            response_model=Loose,
            validation_context=None,
            strict=False,
            stream=False,
            is_async=False,
        )
    except IncompleteOutputException:
        raise ReplyError("the reply was cut off at the token limit") from None
    except ValidationError as error:
        text = completion.choices[0].message.content or ""
        raise ReplyError(f"{_fault(error)}; it begins {short(text)!r}") from None
    except Exception as error:
        # Instructor has an exception for each way in which a provider's reply can be wrong.
        raise ReplyError(f"the reply cannot be read: {short(error)}") from None
    return list(loose.records)


def _message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def _fault(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(step) for step in first["loc"])
    return f"the reply is not what was asked for: {where + ': ' if where else ''}{first['msg']}"


def short(said: object) -> str:
    """What a server or a model said, as it may stand in a line: whatever it sent, it need not be a
    string."""
    shown = plain_text(str(said)[:1_000])
    return shown if len(shown) <= 80 else shown[:77] + "..."
