"""What tokens cost: the published prices of models, or those that were given."""

from dataclasses import dataclass
from functools import cache

from orgsmith.prompts.model.providers import PROVIDERS, Model
from orgsmith.prompts.writing import Limits
from orgsmith.schema.errors import UsageError

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """The prices of the model `name`, for which `provider` is a name of the table of prices, None
    if it is in none.

    `given` are US dollars for a million prompt and completion tokens; without them the table of
    genai-prices is asked (https://github.com/pydantic/genai-prices), which is part of the
    installation: nothing is fetched.
    """

    name: str
    provider: str | None
    given: tuple[float, float] | None = None

    @classmethod
    def of(cls, model: Model, limits: Limits) -> "Prices":
        """The prices of a model in a run with these limits."""
        prompt, completion = limits.prompt_price, limits.completion_price
        given = None if prompt is None or completion is None else (prompt, completion)
        return cls(model.name, PROVIDERS[model.provider].prices, given)

    def cost(
        self, prompt_tokens: int, completion_tokens: int, read: int = 0, written: int = 0
    ) -> float | None:
        """US dollars for one call; None if the price is not known.

        `read` are the tokens of the prompt that the provider has found in its own cache, `written`
        those that it has put there, at the prices that the table may have for them.
        """
        if self.given is not None:
            prompt, completion = self.given
            return (prompt_tokens * prompt + completion_tokens * completion) / MILLION
        if self.provider is None or not _listed(self.provider, self.name):
            return None
        from genai_prices import Usage, calc_price

        used = Usage(
            input_tokens=prompt_tokens,
            output_tokens=completion_tokens,
            cache_read_tokens=read or None,
            cache_write_tokens=written or None,
        )
        return float(calc_price(used, self.name, provider_id=self.provider).total_price)

    def check(self, max_cost: float | None) -> None:
        """Refuse a limit on the cost that cannot be kept.

        Raises:
            UsageError: there is a limit, and the price is not known.
        """
        if max_cost is not None and not self.known:
            raise UsageError(
                f"--max-cost cannot be kept: the price of {self.name} is not known; set "
                "ORGSMITH_PROMPT_PRICE and ORGSMITH_COMPLETION_PRICE, USD per million tokens"
            )

    @property
    def known(self) -> bool:
        """Whether a call's cost can be told."""
        return self.cost(1, 1) is not None

    @property
    def table(self) -> str | None:
        """Where the prices come from, with its version; None if they are not known."""
        if self.given is not None:
            return f"given: {self.given[0]:g} and {self.given[1]:g} USD per million tokens"
        if not self.known:
            return None
        import genai_prices

        return f"genai-prices {genai_prices.__version__}"


@cache
def _listed(provider: str, name: str) -> bool:
    """Whether the table has a price for a model; it takes its time to say no."""
    from genai_prices import Usage, calc_price

    try:
        calc_price(Usage(input_tokens=1, output_tokens=1), name, provider_id=provider)
    except LookupError:
        return False
    return True
