"""Who writes the texts: the protocol that the phrasebook and the language model fulfil."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from orgsmith.prompts.model.usage import Usage
from orgsmith.prompts.reading import Passage, Reading
from orgsmith.schema.declaration import Object


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record is written again: the reasons, the text refused, and texts it was too like."""

    reasons: tuple[str, ...]
    text: Mapping[str, str]
    like: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notes:
    """What is known of other texts when records are written.

    `earlier` are the records of earlier waves as they were accepted, `refused` says of a record,
    by its Id, why it is written again, `around` are the records of the block as they are by now.
    """

    earlier: pl.DataFrame | None = None
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    around: pl.DataFrame | None = None


NO_NOTES = Notes()


class Reader(Protocol):
    """Reads texts without the variables they were written from."""

    def read(
        self,
        declared: Object,
        shared: Mapping[str, object],
        passages: Sequence[Passage],
        attempt: int,
    ) -> Mapping[str, Reading]:
        """What was understood of each passage, by the Id of its record.

        Raises:
            WriterError: the reader could not deliver.
        """
        ...


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

    @property
    def reader(self) -> Reader | None:
        """Who reads the texts again; None where the words follow from the variables."""
        ...

    @property
    def usage(self) -> Usage:
        """What writing and reading have used up so far."""
        ...

    @property
    def fresh(self) -> bool:
        """Whether the last `write` made anything anew, rather than finding all of it among kept
        answers; what was found cost nothing and does not count as a round."""
        ...

    def waves(self, declared: Object, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """The rows in the parts in which they are written: each after the one before it was
        accepted."""
        ...

    def write(
        self, declared: Object, variables: pl.DataFrame, attempt: int, notes: Notes = NO_NOTES
    ) -> pl.DataFrame:
        """Write the records of `variables`: drawn fields and variables, one row for each record.

        Returns Id and the written columns, in the order of the rows given. The phrasebook's text
        of a record depends on the organisation, the record and `attempt` alone, never on the rows
        beside it; a model sees the notes and the other records of a call as well.
        Texts are own words: emails without signature and quoted tail, chats as one line for each
        of the record's `moves`, without stamps and names; `assemble` adds the rest.

        Raises:
            WriterError: names the object, the record and what was wrong.
        """
        ...
