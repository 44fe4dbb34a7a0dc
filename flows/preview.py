"""A few records of each object, written and read by a model and shown; nothing is published."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from orgsmith.flows.progress import Progress
from orgsmith.flows.sample import Sample, drawn
from orgsmith.flows.writers import check_writer, models, open_calls
from orgsmith.prompts.model.asks import ASKS
from orgsmith.prompts.model.calls import Calls
from orgsmith.prompts.model.providers import Model
from orgsmith.prompts.model.served import Question, Reply, Served
from orgsmith.prompts.model.usage import Usage
from orgsmith.prompts.model.writer import ModelWriter
from orgsmith.prompts.writing import Limits, Writing
from orgsmith.schema.declaration import Object
from orgsmith.schema.declared import nodes_of
from orgsmith.schema.organisation import SMALLEST_SCALE, Organisation
from orgsmith.validators.checks import accept_block
from orgsmith.validators.readings import compared, examined, misread, shared

ROWS = 3
"""Records of each object that are written: enough to see, few enough to pay for."""

OFFER = "offer"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call: its prompt, the reply's text, whether texts were read, whether it was kept."""

    prompt: str
    reply: str
    reading: bool
    fresh: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a record: its texts, why it is refused (None: it is not), what was read.

    A record without texts was not delivered. `readings` has columns of `validators.readings.READ`;
    `read_of` says whose text was read: the model's, or the phrasebook's that stands in for one that
    does not comply, so that the reader is tried as well.
    """

    id: str
    texts: Mapping[str, str]
    refused: str | None
    readings: pl.DataFrame
    read_of: str


@dataclass(frozen=True, slots=True)
class Preview:
    """An object's few records: the calls, the verdicts, and what it used up."""

    object: str
    exchanges: tuple[Exchange, ...]
    verdicts: tuple[Verdict, ...]
    usage: Usage


class _Watched(Served):
    """A model whose calls are kept to be shown."""

    def __init__(
        self, calls: Calls, model: Model, writing: Writing, *, reading: bool, seen: list[Exchange]
    ) -> None:
        super().__init__(calls, model, writing, lambda name, usage: None)
        self._reading, self._seen = reading, seen

    async def ask(self, question: Question) -> Reply:
        """Ask, and keep what was said."""
        reply = await super().ask(question)
        message = reply.completion.choices[0].message
        said = message.content or message.refusal or ""
        self._seen.append(Exchange(question.prompt, said, self._reading, reply.fresh))
        return reply


def previews(
    organisation: Organisation, writing: Writing, limits: Limits, progress: Progress
) -> Iterator[Preview]:
    """Write a few records of every object of a small organisation.

    Records are made the whole way: in the order of their dependencies, both phases judge them, and
    a text that is accepted stands in the prompts of the records below it. Nothing is written
    again: the phrasebook's text stands in for what is refused.

    Raises:
        UsageError: the writer cannot be used.
        WriterError: the server could not answer, or the limit on the cost is reached.
    """
    check_writer(writing, limits)
    # One try: what comes of it is what the preview is for.
    calls = open_calls(replace(limits, tries=1), f"preview {secrets.token_hex(8)}")
    try:
        for name, sample in drawn(organisation, SMALLEST_SCALE):
            declared = nodes_of(organisation.industry)[name]
            if isinstance(declared, Object) and declared.written:
                preview = _preview(sample, declared, writing, calls)
                progress.spend(name, preview.usage)
                yield preview
    finally:
        calls.close()


def _preview(sample: Sample, declared: Object, writing: Writing, calls: Calls) -> Preview:
    seen: list[Exchange] = []
    model, other = models(writing)
    writer = ModelWriter(
        sample.organisation,
        _Watched(calls, model, writing, reading=False, seen=seen),
        _Watched(calls, other, writing, reading=True, seen=seen),
    )
    parents, names = sample.parents(declared.name), [field.name for field in declared.written]
    by_phrasebook = sample.frames[declared.name]
    ids = _chosen(declared, by_phrasebook)
    variables = sample.variables(declared).filter(pl.col("Id").is_in(ids))
    texts, reasons = writer.deliver(declared, variables, 0)
    frame = _replaced(by_phrasebook, names, texts)
    broken = accept_block(sample.organisation, declared, frame)[1]
    reasons = dict(reasons)
    for record, reason in broken.select("Id", "reason").iter_rows():
        _add(reasons, record, reason)
    complying = {record: text for record, text in texts.items() if record not in reasons}
    standing = _replaced(by_phrasebook, names, complying)
    asked = [each for each in examined(declared, standing, parents) if each.passage.id in ids]
    read, unread = (
        writer.reader.understand(
            declared, shared(declared, parents), [each.passage for each in asked], 0
        )
        if asked
        else ({}, {})
    )
    found = compared([each for each in asked if each.passage.id in read], read, 0)
    wrong = [*misread(found).select("Id", "reason").iter_rows()]
    wrong += [(record, f"could not be read: {reason}") for record, reason in unread.items()]
    for record, reason in wrong:
        if record in complying:
            _add(reasons, record, reason)
    accepted = {record: text for record, text in texts.items() if record not in reasons}
    sample.frames[declared.name] = _replaced(by_phrasebook, names, accepted)
    verdicts = (
        Verdict(
            record,
            texts.get(record, {}),
            reasons.get(record),
            found.filter(Id=record),
            "model" if record in complying else "phrasebook",
        )
        for record in ids
    )
    return Preview(declared.name, tuple(seen), tuple(verdicts), writer.usage)


def _add(reasons: dict[str, str], record: str, reason: str) -> None:
    """One more reason why a record is refused."""
    reasons[record] = f"{reasons[record]}; {reason}" if record in reasons else reason


def _chosen(declared: Object, frame: pl.DataFrame) -> list[str]:
    """The records that are written: the first ones, or those of a conversation up to an offer."""
    ask = ASKS[declared.name]
    if ask.together is None:
        return frame.sort("Id")["Id"].head(ROWS).to_list()
    ordered = frame.sort(ask.together, ask.order)
    early = ordered.filter((pl.col("move") == OFFER) & (pl.col(ask.order) < ROWS))
    thread = (early if early.height else ordered)[ask.together][0]
    return ordered.filter(pl.col(ask.together) == thread)["Id"].head(ROWS).to_list()


def _replaced(
    frame: pl.DataFrame, names: Sequence[str], texts: Mapping[str, Mapping[str, str]]
) -> pl.DataFrame:
    """The frame with other texts for some of its records."""
    columns = {"Id": list(texts)} | {n: [text[n] for text in texts.values()] for n in names}
    schema = dict.fromkeys(("Id", *names), pl.String())
    return frame.update(pl.DataFrame(columns, schema=schema), on="Id")
