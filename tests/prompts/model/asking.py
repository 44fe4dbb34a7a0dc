"""What the tests of model calls share: a writer for a server, and its folder of answers."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from orgsmith.prompts.model.answers import Answers
from orgsmith.prompts.model.calls import Calls
from orgsmith.prompts.model.providers import Model
from orgsmith.prompts.model.served import Question, Served
from orgsmith.prompts.model.usage import NO_USAGE, Usage
from orgsmith.prompts.model.writer import ModelWriter
from orgsmith.prompts.replies import reply_model
from orgsmith.prompts.writing import Limits, Writing
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from tests.endpoint.server import Call, Record, Server

TOKENS = 500
QUESTION = Question(
    "Case", "You write.", 'What?\n{"record": 1}', reply_model(OBJECTS["Case"]), TOKENS
)


@dataclass(slots=True)
class Asking:
    """A writer, the calls it makes, and what it was told of their use."""

    calls: Calls
    served: Served
    writer: ModelWriter
    told: dict[str, Usage]


@contextmanager
def asking(
    server: Server,
    folder: Path,
    organisation: Organisation,
    *,
    run: str = "run",
    mode: str = "json_schema",
    max_cost: float | None = None,
    concurrency: int = 8,
    timeout: float = 60.0,
    priced: bool = True,
) -> Iterator[Asking]:
    """A model writer for a server; 1 and 2 dollars for a million tokens, if priced."""
    limits = Limits(
        folder,
        max_cost=max_cost,
        concurrency=concurrency,
        timeout=timeout,
        prompt_price=1.0 if priced else None,
        completion_price=2.0 if priced else None,
    )
    told: dict[str, Usage] = {}

    def tell(name: str, usage: Usage) -> None:
        told[name] = told.get(name, NO_USAGE) + usage

    calls = Calls(Answers(folder), limits, run)
    try:
        served = Served(calls, Model.of("openai/scripted", server.url), Writing(mode=mode), tell)
        yield Asking(calls, served, ModelWriter(organisation, served, served), told)
    finally:
        calls.close()


def questions(count: int) -> list[Question]:
    """Questions that differ: the first line of the prompt is a number."""
    return [replace(QUESTION, prompt=f'{n}\n{{"record": 1}}') for n in range(count)]


def ask(asked: Asking, *several: Question) -> list[str | None]:
    """The texts of the replies, asked for at the same time."""

    async def all_of_them() -> list[str | None]:
        replies = await asyncio.gather(*map(asked.served.ask, several))
        return [reply.completion.choices[0].message.content for reply in replies]

    return asked.calls.run(all_of_them())


def fitting(call: Call) -> list[Record]:
    """A reply to such a question."""
    return [
        {"record": record["record"], "Subject": "A line", "Description": "A text"}
        for record in call.records
    ]
