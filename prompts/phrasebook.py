"""The phrasebook: the writer that needs no language model.

It composes texts from the trade-neutral grammar in `phrasebook/*.yaml` and the words that records
bring along from their industry pack. The symbol `Object.Field` is where a field's text begins.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from orgsmith.prompts.bearings import NOTHING, with_bearings
from orgsmith.prompts.columns import joined, mapped
from orgsmith.prompts.days import days
from orgsmith.prompts.grammar import Grammar, capital
from orgsmith.prompts.hashes import Bits, mix, seeds_of
from orgsmith.prompts.model.usage import NO_USAGE
from orgsmith.prompts.naming import ProductNames
from orgsmith.prompts.program import Program
from orgsmith.prompts.records import Records
from orgsmith.prompts.telling import told
from orgsmith.prompts.vocabulary import Vocabulary
from orgsmith.prompts.writer import NO_NOTES, Notes, Reader
from orgsmith.schema.declaration import Field, Object
from orgsmith.schema.declared import CUSTOM_FACTS
from orgsmith.schema.ids import record_serials
from orgsmith.schema.organisation import Organisation

FOLDER = Path(__file__).with_name("phrasebook")


@cache
def grammar() -> Grammar:
    """The phrasebook's grammar, read once in a process."""
    return Grammar.read(FOLDER)


@cache
def program(symbol: str) -> Program:
    """A symbol of the phrasebook, laid out once in a process."""
    return Program.of(grammar(), symbol)


class PhrasebookWriter:
    """Writes any object's text columns from grammar and pack; fulfils `Writer`."""

    kind = "phrasebook"
    model: str | None = None
    reader: Reader | None = None
    """Nobody: its words follow from the variables."""
    usage = NO_USAGE
    fresh = True

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        company, words = organisation.industry.company, organisation.industry.words
        self._company: dict[str, str] = {
            "company": company.name,
            "support_name": company.support_name,
            **words.model_dump(),
        }
        self._vocabulary = Vocabulary(organisation.industry)
        self._names = ProductNames(
            organisation.seed, organisation.industry.lines, organisation.products
        )

    def waves(self, declared: Object, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """All rows at once: no text depends on another."""
        del declared
        yield rows

    def write(
        self, declared: Object, variables: pl.DataFrame, attempt: int, notes: Notes = NO_NOTES
    ) -> pl.DataFrame:
        """The written columns of the records, in the order given; see `Writer`."""
        del notes
        case = next(
            (f.name for f in declared.fields if f.reference and f.reference.parent == "Case"), "Id"
        )
        keys = mix(self._seeds(variables[case], f"{{}}/{attempt}"))
        values = self.values(declared, variables, attempt)
        write = _lines if "moves" in values.columns else _texts
        texts = write(declared, values, keys)
        return variables.select("Id").with_columns(
            text.alias(field.name) for text, field in zip(texts, declared.written, strict=True)
        )

    def values(self, declared: Object, variables: pl.DataFrame, attempt: int) -> pl.DataFrame:
        """The variables with what follows from them, dates as they are written."""
        rows = variables.with_columns(
            pl.lit(value).alias(name)
            for name, value in self._company.items()
            if name not in variables.columns
        ).with_columns(_sentences(variables).alias("custom_told"))
        if declared.name == "Product2":
            rows = self._products(rows, attempt)
        elif "issue" in variables.columns:
            rows = with_bearings(rows)
        return rows.with_columns(days(rows[name]) for name in rows.select(pl.col(pl.Date)).columns)

    def _products(self, rows: pl.DataFrame, attempt: int) -> pl.DataFrame:
        """Products with their names, and the words their descriptions are made of."""
        keys = mix(self._seeds(rows["Id"], f"{{}}/{attempt}/words"))
        serials = record_serials(rows["Id"], self.organisation.seed, "Product2").tolist()
        names = [
            self._names.name(self._vocabulary.attributes(category), noun, serial, attempt)
            for category, noun, serial in zip(rows["category"], rows["noun"], serials, strict=True)
        ]
        return rows.with_columns(
            *self._vocabulary.products(rows, keys), pl.Series("name", names, dtype=pl.String)
        )

    def _seeds(self, ids: pl.Series, form: str) -> Bits:
        return seeds_of(ids, f"{self.organisation.seed}/{form}")


def _texts(declared: Object, values: pl.DataFrame, keys: Bits) -> list[pl.Series]:
    """The texts of each field of records; a mail's `number` is its turn in its thread."""
    turns = np.zeros(values.height, dtype=np.uint64)
    if "number" in values.columns:
        turns = (values["number"].to_numpy() + 1).astype(np.uint64)
    records = Records(declared.name, values, keys, turns, grammar().wanted)
    return [_told(declared, field, records) for field in declared.written]


def _lines(declared: Object, values: pl.DataFrame, keys: Bits) -> list[pl.Series]:
    """The texts of each field of chats: one line for each of their moves."""
    moves = values["moves"].str.extract_all(r"\S+")
    sizes = moves.list.len().to_numpy().astype(np.int64)
    starts = np.append(0, np.cumsum(sizes))
    chat = np.repeat(np.arange(sizes.size), sizes)
    place = np.arange(chat.size) - starts[chat]
    first = pl.Series(place == 0)
    move = moves.explode().drop_nulls()
    own = pl.DataFrame({"move": move, "answers": move.shift()}).with_columns(
        answers=pl.when(first).then(pl.lit(NOTHING)).otherwise("answers")
    )
    turns = (place + 1).astype(np.uint64)
    records = Records(declared.name, values, keys, turns, grammar().wanted, chat, own)
    texts: list[pl.Series] = []
    for field in declared.written:
        lines = _told(declared, field, records).str.replace_all("\n", " ", literal=True)
        texts.append(joined(lines.zip_with(first, "\n" + lines), starts))
    return texts


def _told(declared: Object, field: Field, records: Records) -> pl.Series:
    return told(program(f"{declared.name}.{field.name}"), records)


def _sentences(rows: pl.DataFrame) -> pl.Series:
    """What texts must tell of custom fields, as sentences; nothing where there is nothing."""
    if CUSTOM_FACTS.name not in rows.columns:
        return pl.Series([""]).new_from_index(0, rows.height)

    def sentences(facts: str) -> str:
        return " ".join(f"{capital(clause)}." for clause in facts.splitlines())

    return mapped(rows[CUSTOM_FACTS.name].fill_null(""), sentences)
