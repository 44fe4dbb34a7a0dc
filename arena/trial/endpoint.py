"""Where the model on trial is asked, and what its calls may take."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspect_ai.model import GenerateConfig, Model, get_model
from rich.text import Text

from orgsmith.arena.agents.kinds import Contestant
from orgsmith.arena.trial.replies import checked
from orgsmith.prompts.model.prices import Prices
from orgsmith.prompts.model.providers import PROVIDERS
from orgsmith.schema.errors import UsageError

OPENAI, COMPATIBLE = "openai", "openai-api"
"""How inspect-ai calls OpenAI itself, and whatever else speaks its protocol."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """All about the calls of a trial that answers do not depend on, but `base_url`.

    Args:
        base_url: where the model is served, if not by its provider.
        concurrency: calls in flight.
        timeout: seconds that one try of a call may take.
        retries: further tries of a call that the endpoint does not answer, with longer and longer
            waits between them, from 3 seconds on.
        max_cost: US dollars that calls of a run never pass.
        prompt_price: US dollars per million tokens, where the price table does not know the model.
        completion_price: the same for tokens of replies.
        cache: the folder in which replies are kept, so that no call is paid for twice; None keeps
            none.
    """

    base_url: str | None = None
    concurrency: int = 16
    timeout: float = 120.0
    retries: int = 5
    max_cost: float | None = None
    prompt_price: float | None = None
    completion_price: float | None = None
    cache: Path | None = None

    def prices(self, model: str) -> Prices:
        """The prices of PROVIDER/MODEL.

        Raises:
            UsageError: there is a limit on the cost, and the price is not known; or only one of two
                prices is given.
        """
        provider, _, name = model.partition("/")
        prompt, completion = self.prompt_price, self.completion_price
        if (prompt is None) != (completion is None):
            raise UsageError(
                "ORGSMITH_PROMPT_PRICE and ORGSMITH_COMPLETION_PRICE: set both, or neither"
            )
        given = None if prompt is None or completion is None else (prompt, completion)
        listed = PROVIDERS[provider].prices if provider in PROVIDERS else provider
        prices = Prices(name, listed, given)
        prices.check(self.max_cost)
        return prices

    def model(self, contestant: Contestant) -> Model:
        """The model as inspect-ai asks it.

        Raises:
            UsageError: there is no such provider, or something is missing that it needs.
        """
        name = contestant.model or ""
        provider, _, rest = name.partition("/")
        if not rest:
            raise UsageError(f"model {name!r}: must be PROVIDER/MODEL such as openai/gpt-4o-mini")
        told: dict[str, Any] = {}
        if self.base_url is not None:
            key = PROVIDERS[provider].key if provider in PROVIDERS else None
            # Servers of one's own ask for no key, the client does.
            told["api_key"] = os.environ.get(key or "", "") or "none"
        asked = name
        if provider in {OPENAI, COMPATIBLE}:
            # The client has retries of its own, which would come on top.
            told["max_retries"] = 0
        if provider == OPENAI and self.base_url is not None:
            # For OpenAI's own, a name that is not known is taken for that of its newest model.
            asked = f"{COMPATIBLE}/{name}"
        config = GenerateConfig(
            max_connections=self.concurrency,
            max_retries=self.retries,
            attempt_timeout=max(1, round(self.timeout)),
        )
        try:
            model = get_model(asked, base_url=self.base_url, config=config, memoize=False, **told)
        except Exception as error:
            # Whatever the provider's module raises: a package or a key that is missing, mostly.
            said = " ".join(Text.from_markup(str(error)).plain.split())
            raise UsageError(f"model {name}: {said}") from error
        return checked(model)
