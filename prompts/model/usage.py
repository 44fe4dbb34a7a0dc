"""What calls used up, and the limit on what they may cost."""

import asyncio
from dataclasses import dataclass

from orgsmith.schema.errors import BudgetError


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls, their tokens and their cost.

    `calls` were paid for this dataset, retries included; `cached_calls` had been paid before, for
    another one, and cost nothing. `cost_usd` is None where a price is not known.
    """

    calls: int = 0
    cached_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        known = self.cost_usd is not None and other.cost_usd is not None
        return Usage(
            self.calls + other.calls,
            self.cached_calls + other.cached_calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            (self.cost_usd or 0.0) + (other.cost_usd or 0.0) if known else None,
        )


NO_USAGE = Usage()


class Budget:
    """A limit that is kept by setting aside, before a call, the most it may cost.

    Only used within one event loop.
    """

    def __init__(self, limit: float | None) -> None:
        self.limit = limit
        self.spent = 0.0
        self.reserved = 0.0
        self._settled = asyncio.Event()

    async def reserve(self, most: float) -> None:
        """Set aside the most a call may cost; waits while calls in flight hold what it needs.

        Raises:
            BudgetError: it could pass the limit, whatever the calls in flight turn out to cost.
        """
        if self.limit is not None:
            while self.spent + self.reserved + most > self.limit:
                if not self.reserved:
                    raise BudgetError(
                        f"the next call may cost up to {most:.4f} USD, and {self.spent:.4f} of "
                        f"{self.limit:g} USD are spent; what is done is kept: give a higher "
                        "--max-cost to go on from there"
                    )
                self._settled.clear()
                await self._settled.wait()
        self.reserved += most

    def settle(self, most: float, cost: float) -> None:
        """A call is over and cost so much of what was set aside."""
        self.reserved = max(0.0, self.reserved - most)
        if self.reserved < 1e-12:
            # What is left of sums and differences of floats would keep others waiting.
            self.reserved = 0.0
        self.spent += cost
        self._settled.set()
