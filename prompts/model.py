"""The model writer: a language model behind any server that speaks the OpenAI protocol."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import polars as pl

from orgsmith.prompts.render import render
from orgsmith.prompts.replies import Reply, reply_model
from orgsmith.schema.declaration import Object
from orgsmith.schema.errors import UsageError, WriterError
from orgsmith.schema.organisation import Organisation

if TYPE_CHECKING:
    from instructor import Instructor

BATCH = 10
"""Records in one call."""

CALLS_IN_FLIGHT = 8

ROUNDS = 3
"""How often records that a reply left out are asked for, the first time included."""

RETRIES = 2
"""How often instructor repeats a call whose reply does not fit the reply model."""

TIMEOUT_SECONDS = 120.0

ROLE = "You write the texts of an invented company's customer service records."

SERVERS: Mapping[str, str | None] = {"openai": None, "ollama": "http://localhost:11434/v1"}
"""Providers and where their servers are; None: where the openai client looks."""

Texts = dict[str, dict[str, str]]


class ModelWriter:
    """Asks a language model for texts; fulfils `Writer`.

    Args:
        organisation: whose texts are written.
        model: provider and name, "openai/gpt-4o-mini".
        base_url: another server than the provider's own; any that speaks its protocol.
    """

    kind = "model"

    def __init__(
        self, organisation: Organisation, model: str, *, base_url: str | None = None
    ) -> None:
        provider, _, name = model.partition("/")
        if provider not in SERVERS or not name:
            known = " or ".join(f"{each}/NAME" for each in SERVERS)
            raise UsageError(f"writer {model!r} is not known; give phrasebook or {known}")
        self.organisation = organisation
        self.model: str | None = model
        self._name = name
        self._base_url = base_url or SERVERS[provider]

    def write(self, declared: Object, variables: pl.DataFrame, attempt: int) -> pl.DataFrame:
        """The written columns of the records, in the order given; see `Writer`.

        Raises:
            WriterError: the server failed, or left a record out again and again.
        """
        del attempt  # A fresh call answers differently by itself.
        client = self._client()
        batches = [variables.slice(start, BATCH) for start in range(0, variables.height, BATCH)]
        with ThreadPoolExecutor(CALLS_IN_FLIGHT) as pool:
            written: Texts = {}
            for texts in pool.map(lambda batch: self._batch(client, declared, batch), batches):
                written |= texts
        rows = [written[record] for record in variables["Id"]]
        return pl.DataFrame(
            {
                name: pl.Series([row[name] for row in rows], dtype=pl.String)
                for name in ("Id", *(f.name for f in declared.written))
            }
        )

    def _batch(self, client: "Instructor", declared: Object, batch: pl.DataFrame) -> Texts:
        """The texts of one batch; what a reply leaves out is asked for again."""
        written: Texts = {}
        wanted = batch
        for _ in range(ROUNDS):
            reply = self._ask(client, declared, wanted)
            written |= _usable(reply, wanted)
            wanted = batch.filter(~pl.col("Id").is_in(list(written)))
            if wanted.is_empty():
                return written
        raise WriterError(
            f"{declared.name} {wanted['Id'][0]}: {self.model} left the record out or unfinished "
            f"{ROUNDS} times; try another model, or the phrasebook"
        )

    def _ask(self, client: "Instructor", declared: Object, batch: pl.DataFrame) -> Reply:
        from instructor.core import InstructorError
        from openai import OpenAIError

        try:
            return client.chat.completions.create(
                model=self._name,
                response_model=reply_model(declared),
                max_retries=RETRIES,
                messages=[
                    {"role": "system", "content": ROLE},
                    {"role": "user", "content": render(self.organisation, declared, batch)},
                ],
            )
        except (InstructorError, OpenAIError) as error:
            reason = " ".join(str(error).split())[:300]
            raise WriterError(
                f"{declared.name} {batch['Id'][0]}: {self.model} did not deliver ({reason}); "
                "check the server, --base-url and the model's name, or write with the phrasebook"
            ) from error

    def _client(self) -> "Instructor":
        # Imported here: both take seconds to load, and the phrasebook needs neither.
        import instructor
        import openai

        # Servers of one's own ask for no key, the client does.
        key = os.environ.get("OPENAI_API_KEY", "none")
        plain = openai.OpenAI(api_key=key, base_url=self._base_url, timeout=TIMEOUT_SECONDS)
        return instructor.from_openai(plain, mode=instructor.Mode.JSON_SCHEMA)


def _usable(reply: Reply, wanted: pl.DataFrame) -> Texts:
    """The records of a reply that were asked for; a chat needs one line for each of its moves."""
    lines: dict[str, int] = {}
    if "moves" in wanted.columns:
        lines = {i: len(moves.split()) for i, moves in wanted.select("Id", "moves").iter_rows()}
    known = set(wanted["Id"])
    usable: Texts = {}
    for record in reply.records:
        texts = record.texts()
        said = texts.get("Body", "").strip().split("\n")
        if record.Id in known and (not lines or len(said) == lines[record.Id]):
            usable[record.Id] = texts
    return usable
