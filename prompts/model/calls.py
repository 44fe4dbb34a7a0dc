"""Calls of language models: what is not answered yet is sent, a bounded number at a time."""

import asyncio
import concurrent.futures
import contextlib
import gc
import threading
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from orgsmith.prompts.model.answers import Answers
from orgsmith.prompts.model.providers import Model
from orgsmith.prompts.model.segments import Answer
from orgsmith.prompts.model.usage import Budget
from orgsmith.prompts.writing import Limits
from orgsmith.schema.errors import OrgsmithError, WriterError

if TYPE_CHECKING:
    from openai import AsyncOpenAI

TRIES = 6
"""How often the openai client sends a call that meets a rate limit, a fault of the server, a
time-out or a broken connection; it waits as the server says, or half a second to eight."""

INTERRUPTED = "calls of the model were interrupted; what is done is kept"

T = TypeVar("T")


class Calls:
    """Sends the calls of a run, from any thread, over one event loop of its own.

    Args:
        answers: where answers are kept; closed with this.
        limits: how many at a time, how long, how dear.
        run: the run that pays.
    """

    def __init__(self, answers: Answers, limits: Limits, run: str) -> None:
        self.answers, self.limits, self.run_name = answers, limits, run
        self.budget = Budget(limits.max_cost)
        self.lanes = asyncio.Semaphore(2 * limits.concurrency)
        """Held from the making of a prompt on: as many wait with theirs as calls are in flight, so
        that thousands are not made before the first is sent."""
        self._free = asyncio.Semaphore(limits.concurrency)
        self._stopped: OrgsmithError | None = None
        self._ended = False
        self._ending = threading.Lock()
        """Held while work is handed to the loop, so that none comes after its end."""
        self._sending: dict[str, asyncio.Future[Answer]] = {}
        self._clients: list[AsyncOpenAI] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="calls", daemon=True)
        self._thread.start()
        # What is imported by now stays: without this the collector walks through all of it, a
        # quarter of a second in which no call is sent, each time calls have made garbage enough.
        gc.freeze()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop and wait for it.

        Raises:
            WriterError: the calls were ended meanwhile, or what the coroutine raises.
        """
        with self._ending:
            if self._ended:
                work.close()
                raise WriterError(INTERRUPTED)
            running = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return running.result()
        except concurrent.futures.CancelledError:
            raise WriterError(INTERRUPTED) from None

    def client(self, model: Model) -> "AsyncOpenAI":
        """A client for a model's server."""
        # Imported here: it takes seconds to load, and the phrasebook does not need it.
        import httpx2
        import openai

        # A second more: the client's own time-out, which starts anew with every byte, tells a
        # server that cannot be reached from one that is slow.
        limit = self.limits.timeout + 1.0

        class Client(openai.DefaultAioHttpClient):
            """Gives up a server that sends something now and then, but never a whole answer."""

            # The options are httpx's own, handed on as they are.
            async def send(self, request: httpx2.Request, **how: Any) -> httpx2.Response:  # noqa: ANN401
                try:
                    async with asyncio.timeout(limit):
                        return await super().send(request, **how)
                except TimeoutError as error:
                    raise httpx2.ReadTimeout("no whole answer in time") from error

        client = openai.AsyncOpenAI(
            api_key=model.secret(),
            base_url=model.base_url,
            timeout=self.limits.timeout,
            max_retries=TRIES - 1,
            http_client=Client(),
        )
        self._clients.append(client)
        return client

    async def answer(
        self, key: str, most: float, ask: Callable[[], Coroutine[Any, Any, Answer]]
    ) -> Answer:
        """The answer to a call: the one that is kept, or a fresh one, which is kept first.

        Raises:
            BudgetError: the call could pass the limit.
            WriterError: the server could not answer.
            StorageError: the answer could not be kept.
        """
        kept = self.answers.get(key)
        if kept is not None:
            return kept
        if key in self._sending:
            return await asyncio.shield(self._sending[key])
        future = self._sending[key] = self._loop.create_future()
        try:
            answer = await self._fresh(most, ask)
        except BaseException as error:
            future.set_exception(error)
            # Nobody may be waiting for it.
            future.exception()
            raise
        else:
            future.set_result(answer)
            return answer
        finally:
            del self._sending[key]

    async def _fresh(self, most: float, ask: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        async with self._free:
            self._refuse()
            try:
                await self.budget.reserve(most)
            except OrgsmithError as error:
                self.stop(error)
                raise
            cost = 0.0
            try:
                self._refuse()
                answer = await ask()
                cost = most if answer.cost_usd is None else answer.cost_usd
                await asyncio.wrap_future(self.answers.put(answer))
            except OrgsmithError as error:
                # One call says that the next would fail alike; those in flight come to their end.
                self.stop(error)
                raise
            finally:
                self.budget.settle(most, cost)
            return answer

    def stop(self, error: OrgsmithError) -> None:
        """Send nothing more; what is in flight comes to its end, the rest raises the error."""
        self._stopped = self._stopped or error

    def _refuse(self) -> None:
        if self._stopped is not None:
            raise self._stopped

    def close(self) -> None:
        """Give up what is in flight, and end."""
        with self._ending:
            if self._ended:
                return
            self._ended = True

        async def end() -> None:
            mine = asyncio.current_task()
            running = [task for task in asyncio.all_tasks() if task is not mine]
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            for client in self._clients:
                with contextlib.suppress(Exception):
                    await client.close()

        asyncio.run_coroutine_threadsafe(end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self.answers.close()
