"""Which model is meant, and where it is served."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from orgsmith.schema.errors import UsageError


@dataclass(frozen=True, slots=True)
class Provider:
    """A server that speaks the OpenAI protocol.

    `base_url` is None where the openai client knows it, `key` the environment variable with the
    secret (None: it asks for none), `prices` the provider's name in the price table.
    """

    base_url: str | None
    key: str | None
    prices: str | None


PROVIDERS: Mapping[str, Provider] = {
    "openai": Provider(None, "OPENAI_API_KEY", "openai"),
    "ollama": Provider("http://localhost:11434/v1", None, None),
    "anthropic": Provider("https://api.anthropic.com/v1", "ANTHROPIC_API_KEY", "anthropic"),
    "anyscale": Provider("https://api.endpoints.anyscale.com/v1", "ANYSCALE_API_KEY", None),
    "cerebras": Provider("https://api.cerebras.ai/v1", "CEREBRAS_API_KEY", "cerebras"),
    "cohere": Provider("https://api.cohere.ai/compatibility/v1", "COHERE_API_KEY", "cohere"),
    "deepseek": Provider("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY", "deepseek"),
    "fireworks": Provider(
        "https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY", "fireworks"
    ),
    "google": Provider(
        "https://generativelanguage.googleapis.com/v1beta/openai", "GOOGLE_API_KEY", "google"
    ),
    "groq": Provider("https://api.groq.com/openai/v1", "GROQ_API_KEY", "groq"),
    "mistral": Provider("https://api.mistral.ai/v1", "MISTRAL_API_KEY", "mistral"),
    "openrouter": Provider("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY", "openrouter"),
    "perplexity": Provider("https://api.perplexity.ai", "PERPLEXITY_API_KEY", "perplexity"),
    "together": Provider("https://api.together.xyz/v1", "TOGETHER_API_KEY", "together"),
    "xai": Provider("https://api.x.ai/v1", "XAI_API_KEY", "x-ai"),
}
"""The providers that instructor knows and that have an address for the OpenAI protocol. Databricks,
Azure, Bedrock and Vertex AI have one for each customer: `openai/NAME` with --base-url."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model and its server; `base_url` None is the openai client's own."""

    provider: str
    name: str
    base_url: str | None

    @classmethod
    def of(cls, text: str, base_url: str | None) -> "Model":
        """The model that PROVIDER/NAME means, at another address if one is given.

        Raises:
            UsageError: there is no such provider.
        """
        provider, _, name = text.partition("/")
        if provider not in PROVIDERS or not name:
            known = ", ".join(PROVIDERS)
            raise UsageError(
                f"writer {text!r} is not known; give phrasebook, or PROVIDER/NAME with a provider "
                f"of {known}; another server that speaks OpenAI's protocol is openai/NAME with "
                "--base-url"
            )
        # What the openai client would read itself: answers are kept by where they came from.
        own = PROVIDERS[provider].base_url or os.environ.get(f"{provider.upper()}_BASE_URL")
        return cls(provider, name, base_url or own or None)

    @property
    def full_name(self) -> str:
        """PROVIDER/NAME."""
        return f"{self.provider}/{self.name}"

    @property
    def own_server(self) -> bool:
        """Whether it is asked at its provider's own address."""
        return self.base_url == PROVIDERS[self.provider].base_url

    def secret(self) -> str:
        """What the server is shown as key, from the environment.

        Raises:
            UsageError: the provider wants one and none is set.
        """
        variable = PROVIDERS[self.provider].key
        value = os.environ.get(variable, "") if variable else ""
        if not value and variable and self.own_server:
            raise UsageError(f"{self.full_name}: {variable} is not set; set it to your key")
        # Servers of one's own ask for no key, the client does.
        return value or "none"
