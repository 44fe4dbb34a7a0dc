"""One client that asks for structured replies: run as a process of its own, so that its processor
time and memory are its alone.

    python -m bench.model_client NAME URL CALLS CONCURRENCY

It prints wall seconds, processor seconds and peak memory of the calls; start-up is left out. Every
client sends the same prompts, of ten records each, and validates the replies.
"""

import asyncio
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from bench.reporting import RESULTS
from orgsmith.flows.sample import drawn
from orgsmith.prompts.model.answers import Answers
from orgsmith.prompts.model.calls import Calls
from orgsmith.prompts.model.providers import Model
from orgsmith.prompts.model.served import Served
from orgsmith.prompts.model.writer import ModelWriter
from orgsmith.prompts.render import ROLE, render
from orgsmith.prompts.replies import reply_model
from orgsmith.prompts.writing import Limits, Writing
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load

RECORDS = 10
CASE = OBJECTS["Case"]
REPLY = reply_model(CASE)

Send = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked: the records, and the same as prompts of ten."""

    organisation: Organisation
    records: pl.DataFrame

    def prompts(self) -> list[str]:
        """The prompts of all calls."""
        starts = range(0, self.records.height, RECORDS)
        return [
            render(self.organisation, CASE, self.records[start : start + RECORDS])
            for start in starts
        ]


def work(calls: int) -> Work:
    """So many calls' records, no two alike."""
    industry = load("sportswear")
    whole = Organisation(industry, seed=7, scale=0.1, as_of=industry.as_of)
    *_, (_, sample) = drawn(whole, 0.1)
    cases = sample.variables(CASE)
    copies = -(-calls * RECORDS // cases.height)
    parts = [
        cases.with_columns(
            Id=pl.format("{}{}", pl.col("Id").str.head(13), pl.lit(f"{copy:05}")),
            symptom=pl.format("{}, for the {}. time", "symptom", pl.lit(copy)),
        )
        for copy in range(copies)
    ]
    return Work(sample.organisation, pl.concat(parts)[: calls * RECORDS])


def orgsmith(url: str, asked: Work, concurrency: int) -> Callable[[], None]:
    """The model writer: prompts rendered, every answer on the disk before it is used."""
    RESULTS.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="answers-", dir=RESULTS))
    calls = Calls(Answers(folder), Limits(folder, concurrency=concurrency), "bench")
    served = Served(calls, Model.of("openai/bench", url), Writing(), lambda name, usage: None)
    writer = ModelWriter(asked.organisation, served, served)
    # Imports, connections and schemas are start-up.
    writer.write(CASE, asked.records[:RECORDS].with_columns(symptom=pl.lit("warm")), 0)

    def run() -> None:
        written = writer.write(CASE, asked.records, 0)
        assert written.height == asked.records.height
        calls.close()
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()

    return run


def looped(send: Send, prompts: list[str], concurrency: int) -> Callable[[], None]:
    """Any client that has a coroutine for a call, so many at a time."""

    def run() -> None:
        async def every() -> None:
            free = asyncio.Semaphore(concurrency)

            async def one(prompt: str) -> None:
                async with free:
                    await send(prompt)

            await asyncio.gather(*map(one, prompts))

        LOOP.run_until_complete(every())

    return run


LOOP = asyncio.new_event_loop()


def messages(prompt: str) -> list[dict[str, str]]:
    """A call's messages."""
    return [{"role": "system", "content": ROLE}, {"role": "user", "content": prompt}]


def instructor_openai(url: str, asked: Work, concurrency: int) -> Callable[[], None]:
    """instructor over the openai client as both come, without a cache."""
    import instructor
    import openai

    client = instructor.from_openai(
        openai.AsyncOpenAI(api_key="none", base_url=url), mode=instructor.Mode.JSON_SCHEMA
    )

    async def send(prompt: str) -> None:
        await client.chat.completions.create(
            model="bench",
            messages=messages(prompt),  # type: ignore[arg-type]
            response_model=REPLY,
            max_retries=2,
        )

    LOOP.run_until_complete(send("warm"))
    return looped(send, asked.prompts(), concurrency)


def openai_aiohttp(url: str, asked: Work, concurrency: int) -> Callable[[], None]:
    """The openai client over aiohttp and pydantic, without instructor and without a cache."""
    import openai

    client = openai.AsyncOpenAI(
        api_key="none", base_url=url, http_client=openai.DefaultAioHttpClient()
    )

    async def send(prompt: str) -> None:
        reply = await client.chat.completions.create(
            model="bench",
            messages=messages(prompt),  # type: ignore[arg-type]
        )
        REPLY.model_validate_json(reply.choices[0].message.content or "")

    LOOP.run_until_complete(send("warm"))
    return looped(send, asked.prompts(), concurrency)


def bare_aiohttp(url: str, asked: Work, concurrency: int) -> Callable[[], None]:
    """aiohttp and pydantic alone: the floor."""
    import aiohttp

    async def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    opened = LOOP.run_until_complete(session())

    async def send(prompt: str) -> None:
        body = {"model": "bench", "messages": messages(prompt)}
        async with opened.post(f"{url}/chat/completions", json=body) as response:
            content = json.loads(await response.read())
        REPLY.model_validate_json(content["choices"][0]["message"]["content"])

    LOOP.run_until_complete(send("warm"))
    return looped(send, asked.prompts(), concurrency)


CLIENTS = {
    "orgsmith": orgsmith,
    "instructor": instructor_openai,
    "openai-aiohttp": openai_aiohttp,
    "bare-aiohttp": bare_aiohttp,
}


def main() -> None:
    """Measure one client."""
    name, url, calls, concurrency = sys.argv[1:]
    run = CLIENTS[name](url, work(int(calls)), int(concurrency))
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    run()
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"wall_s": wall, "cpu_s": cpu, "peak_mib": after.ru_maxrss / 1024}))
    sys.stdout.flush()
    # What clients leave open is not measured.
    os._exit(0)


if __name__ == "__main__":
    main()
