"""Who writes, and how: what a run is told about its writer."""

from dataclasses import dataclass
from pathlib import Path

PHRASEBOOK = "phrasebook"


@dataclass(frozen=True, slots=True)
class Writing:
    """All about a writer that its texts depend on; a part of a work folder's key.

    `writer` is "phrasebook" or "provider/model", `base_url` another server than the provider's
    own, `checker` the model that reads texts without their variables (the writer itself if None),
    `mode` how instructor asks for typed replies, `temperature` the model's own if None, `thinking`
    the tokens a call may use up before its reply.
    """

    writer: str = PHRASEBOOK
    base_url: str | None = None
    checker: str | None = None
    mode: str = "json_schema"
    temperature: float | None = None
    thinking: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """All about a writer that its texts do not depend on: another run may have others.

    `answers` is the folder of answers, `max_cost` in US dollars, `timeout` in seconds for a call,
    prices in US dollars for a million tokens, None: as published. `tries` is how often a reply that
    cannot be used is asked for again, the first time included.
    """

    answers: Path
    max_cost: float | None = None
    concurrency: int = 16
    timeout: float = 120.0
    prompt_price: float | None = None
    completion_price: float | None = None
    tries: int = 3
