"""The model writer: a language model behind any server that speaks the OpenAI protocol."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from orgsmith.prompts.model.asks import ASKS, batches, waves
from orgsmith.prompts.model.batch import MOST_LOST, Asked, ask_records, first_reasons
from orgsmith.prompts.model.reader import ModelReader
from orgsmith.prompts.model.served import Question, Served
from orgsmith.prompts.model.usage import NO_USAGE, Usage
from orgsmith.prompts.render import ROLE, render
from orgsmith.prompts.replies import is_chat, record_model, reply_model
from orgsmith.prompts.typography import PLAIN
from orgsmith.prompts.writer import NO_NOTES, Notes, Refusal
from orgsmith.schema.declaration import Object
from orgsmith.schema.errors import WriterError
from orgsmith.schema.organisation import Organisation

SHOWN = 12
"""Earlier texts that a prompt shows at most."""

Texts = Mapping[str, str]


class ModelWriter:
    """Asks a language model for texts; fulfils `Writer`. One for each task: it counts its usage.

    Args:
        organisation: whose texts are written.
        served: the model.
        checker: the model that reads them again.
    """

    kind = "model"

    def __init__(self, organisation: Organisation, served: Served, checker: Served) -> None:
        self.organisation = organisation
        self.model: str | None = served.model.full_name
        self.reader = ModelReader(organisation, checker)
        self._served = served
        self._used = NO_USAGE
        self.fresh = False
        """Whether the last `write` made a call, rather than finding all answers kept."""

    @property
    def usage(self) -> Usage:
        """What writing and reading have used up so far."""
        return self._used + self.reader.usage

    def waves(self, declared: Object, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """The rows in waves; see `asks.waves`."""
        return waves(declared, rows)

    def write(
        self, declared: Object, variables: pl.DataFrame, attempt: int, notes: Notes = NO_NOTES
    ) -> pl.DataFrame:
        """The written columns of the records, in the order given; see `Writer`.

        Raises:
            BudgetError: the next call could pass the limit on the cost.
            WriterError: the server failed, or records were not delivered in three tries.
        """
        written, failed = self.deliver(declared, variables, attempt, notes)
        if failed:
            raise _given_up(declared, variables.height, failed, self.model)
        rows = [written[record] for record in variables["Id"]]
        return pl.DataFrame(
            {
                "Id": variables["Id"],
                **{
                    field.name: pl.Series([row[field.name] for row in rows], dtype=pl.String)
                    for field in declared.written
                },
            }
        )

    def deliver(
        self, declared: Object, variables: pl.DataFrame, attempt: int, notes: Notes = NO_NOTES
    ) -> tuple[Mapping[str, Texts], Mapping[str, str]]:
        """The texts that could be had, by Id, and why the others could not.

        Raises:
            BudgetError: the next call could pass the limit on the cost.
            WriterError: the server failed, or failed to deliver again and again.
        """
        self.fresh = False
        part = self._served.calls.run(self._all(declared, variables, attempt, notes))
        return part.written, part.failed

    async def _all(
        self, declared: Object, variables: pl.DataFrame, attempt: int, notes: Notes
    ) -> "_Part":
        """All batches at the same time; those that are sent come to their end before an error
        does, since they are paid for."""
        part = _Part(declared, attempt, _Earlier(declared, notes.earlier), notes)
        again = variables["Id"].is_in(list(notes.refused))
        alone = variables.filter(again)
        done = await asyncio.gather(
            *(self._batch(part, batch) for batch in batches(declared, variables.filter(~again))),
            *(self._batch(part, alone[row]) for row in range(alone.height)),
            return_exceptions=True,
        )
        for each in done:
            if isinstance(each, BaseException):
                raise each
        return part

    async def _batch(self, part: "_Part", batch: pl.DataFrame) -> None:
        """Ask for one batch and put its texts with the others."""
        declared, ask = part.declared, ASKS[part.declared.name]
        refusal = part.notes.refused.get(batch["Id"][0])
        around = _around(declared, batch, part.notes) if refusal else ()
        shown = part.earlier.of(batch)

        def question(rows: Sequence[int], tries: int, refused: Refusal | None) -> Question:
            prompt = render(
                self.organisation,
                declared,
                batch[rows],
                earlier=shown,
                refusal=_both(refusal, refused),
                around=around,
            )
            # A reply that was cut off has more room the next time.
            tokens = 100 + len(rows) * ask.tokens * (tries % self._served.calls.limits.tries + 1)
            number = (part.attempt, tries)
            return Question(declared.name, ROLE, prompt, reply_model(declared), tokens, number)

        asked: Asked[Texts] = await ask_records(
            self._served, batch.height, question, _Read(declared, batch)
        )
        self._used += asked.usage
        self.fresh = self.fresh or asked.fresh > 0
        ids = batch["Id"].to_list()
        part.written |= {ids[row]: texts for row, texts in asked.records.items()}
        if asked.failed:
            part.failed |= {ids[row]: reason for row, reason in asked.failed.items()}
            part.lost += 1
            if part.lost == MOST_LOST:
                # The others would only cost money.
                asked_for = len(part.written) + len(part.failed)
                self._served.calls.stop(_given_up(declared, asked_for, part.failed, self.model))


@dataclass(slots=True)
class _Part:
    """The records of one `write`: how they are asked for, what is written, what is not and why.

    `lost` counts the batches that were not delivered whole.
    """

    declared: Object
    attempt: int
    earlier: "_Earlier"
    notes: Notes
    written: dict[str, Texts] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    lost: int = 0


class _Read:
    """Reads one record of a reply; ValueError says what is wrong with it."""

    def __init__(self, declared: Object, batch: pl.DataFrame) -> None:
        self._declared = declared
        self._lines = [
            len(moves.split()) for moves in (batch["moves"] if is_chat(declared) else ())
        ]

    def __call__(self, row: int, raw: Mapping[str, object]) -> Texts:
        written = record_model(self._declared).model_validate(raw).texts()
        texts = {name: text.translate(PLAIN).strip() for name, text in written.items()}
        if self._lines:
            # A line of blanks is none.
            lines = sum(bool(line) for line in texts["Body"].split("\n"))
            if lines != self._lines[row]:
                raise ValueError(f"Body has {lines} lines; {self._lines[row]} moves are given")
        return texts


class _Earlier:
    """Texts accepted in earlier waves, those of like records first at hand."""

    def __init__(self, declared: Object, frame: pl.DataFrame | None) -> None:
        ask, rule = ASKS[declared.name], declared.near_duplicates
        self._alike = ask.alike
        self._texts: dict[tuple[object, ...], list[str]] = defaultdict(list)
        if frame is None or frame.is_empty() or rule is None:
            return
        for row in frame.select(*ask.alike, *rule.text).iter_rows():
            key, text = row[: len(ask.alike)], " ".join(filter(None, row[len(ask.alike) :]))
            self._texts[key].append(" ".join(text.split())[: ask.characters])

    def of(self, batch: pl.DataFrame) -> list[str]:
        """What the prompt of a batch shows: the latest texts of records like its own."""
        if not self._texts:
            return []
        keys = list(dict.fromkeys(batch.select(self._alike).rows())) if self._alike else [()]
        share = max(1, SHOWN // len(keys))
        return [text for key in keys for text in self._texts.get(key, ())[-share:]][:SHOWN]


def _both(refusal: Refusal | None, reply: Refusal | None) -> Refusal | None:
    """Why a record was refused, and why the last reply with it could not be taken."""
    if refusal is None or reply is None:
        return refusal or reply
    return Refusal((*refusal.reasons, *reply.reasons), refusal.text, refusal.like)


def _around(declared: Object, batch: pl.DataFrame, notes: Notes) -> list[str]:
    """The other messages of the conversation of a message that is written again."""
    ask = ASKS[declared.name]
    if ask.together is None or notes.around is None:
        return []
    thread = notes.around.filter(
        (pl.col(ask.together) == batch[ask.together][0]) & (pl.col("Id") != batch["Id"][0])
    )
    return thread.sort(ask.order)[declared.written[-1].name].to_list()


def _given_up(
    declared: Object, count: int, failed: Mapping[str, str], model: str | None
) -> WriterError:
    return WriterError(
        f"{declared.name}: {model} did not deliver {len(failed)} of {count} records "
        f"({first_reasons(failed)}); what is done is kept: try another model, another "
        "ORGSMITH_MODE, or the phrasebook"
    )
