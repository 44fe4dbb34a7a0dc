"""Who writes the texts: the protocol that the phrasebook and the language model fulfil."""

from typing import Protocol

import polars as pl

from orgsmith.schema.declaration import Object


class Writer(Protocol):
    """Composes the written columns of records.

    `kind` is "phrasebook" or "model"; `model` names the model ("provider/name"), None for the
    phrasebook. Both stand in the manifest.
    """

    @property
    def kind(self) -> str:
        """What writes: "phrasebook" or "model"."""
        ...

    @property
    def model(self) -> str | None:
        """The model's name, None for the phrasebook."""
        ...

    def write(self, declared: Object, variables: pl.DataFrame, attempt: int) -> pl.DataFrame:
        """Write the records of `variables`: drawn fields and variables, one row for each record.

        Returns Id and the written columns, in the order of the rows given. The text of a record
        depends on the organisation, the record and `attempt` alone, never on the rows beside it.
        Texts are own words: emails without signature and quoted tail, chats as one line for each
        of the record's `moves`, without stamps and names; `assemble` adds the rest.

        Raises:
            WriterError: names the object, the record and what was wrong.
        """
        ...
