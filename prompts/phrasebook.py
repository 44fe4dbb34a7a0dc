"""The phrasebook: the writer that needs no language model.

It composes texts from the trade-neutral grammar in `phrasebook/*.yaml` and the words that records
bring along from their industry pack. The symbol `Object.Field` is where a field's text begins.
"""

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polars as pl

from orgsmith.prompts.assemble import day
from orgsmith.prompts.grammar import Grammar, mix, person, seed_of
from orgsmith.prompts.model.usage import NO_USAGE
from orgsmith.prompts.naming import ProductNames
from orgsmith.prompts.vocabulary import Vocabulary
from orgsmith.prompts.writer import NO_NOTES, Notes, Reader
from orgsmith.schema.declaration import Object
from orgsmith.schema.declared import CUSTOM_FACTS
from orgsmith.schema.errors import WriterError
from orgsmith.schema.ids import record_serials
from orgsmith.schema.organisation import Organisation

FOLDER = Path(__file__).with_name("phrasebook")

Values = dict[str, object]

LONG_WAIT_HOURS = 30.0
"""From this gap on, an agent says sorry for the wait."""

SAME_SEASON_DAYS = 200
"""Within this time after the order, customers leave out the year of its date."""

_FAVOR = re.compile(r"(?:[CcWw]ould|[CcWw]an|Will) you\b|Please\b")
_CLAUSE = re.compile(r" (?:that|which|whose) ")
_ARTICLE = re.compile(r"^(?:an?|the|some) ")

VOICED_TENTHS, BODY_TENTHS, RESTATE_TENTHS = 6, 3, 2
"""Tenths of cases: the chat's customer voices a wish; the text, not the subject, names the issue;
the offer states the order in full."""

SORRY_TENTHS, NUMBERED_TENTHS, PASSED_TENTHS = 6, 4, 5
"""Tenths of cases: an agent says sorry to a customer who isn't upset; somebody gives the case's
number; an agent tells what becomes of a wish that no remedy fulfils."""

_MANNERS = ("brief", "plain", "chatty", "brief", "plain", "chatty", "brief", "plain")
_STYLES = ("formal", "warm", "brief", "warm", "formal")


NOTHING = "none"
"""Stands for the move before the first one."""


@cache
def grammar() -> Grammar:
    """The phrasebook's grammar, read once in a process."""
    return Grammar.read(FOLDER)


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
        self._grammar = grammar()
        company, words = organisation.industry.company, organisation.industry.words
        self._company: Values = {
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
        fields = [f.name for f in declared.written]
        columns: dict[str, list[str]] = {name: [] for name in fields}
        case = next(
            (f.name for f in declared.fields if f.reference and f.reference.parent == "Case"), "Id"
        )
        for values in self.values(declared, variables, attempt):
            key = mix(seed_of(f"{self.organisation.seed}/{values[case]}/{attempt}"))
            try:
                for name in fields:
                    text = self._text(f"{declared.name}.{name}", values, key)
                    columns[name].append(text)
            except WriterError as error:
                raise WriterError(f"{declared.name} {values['Id']}: {error}") from error
        return variables.select("Id").with_columns(
            pl.Series(name, texts, dtype=pl.String) for name, texts in columns.items()
        )

    def _text(self, symbol: str, values: Values, key: int) -> str:
        """One field's text; a chat is one line for each of its moves."""
        if "moves" not in values:
            number = values.get("number")
            turn = number + 1 if isinstance(number, int) else 0
            return self._grammar.text(symbol, values, key, turn)
        lines: list[str] = []
        before = NOTHING
        for turn, move in enumerate(str(values["moves"]).split(), start=1):
            line = self._grammar.text(symbol, values | {"move": move, "answers": before}, key, turn)
            lines.append(line.replace("\n", " "))
            before = move
        return "\n".join(lines)

    def values(self, declared: Object, variables: pl.DataFrame, attempt: int) -> Iterator[Values]:
        """Each record's values, with what follows from them."""
        days = [n for n, t in variables.schema.items() if t == pl.Date]
        sold = declared.name == "Product2"
        serials = (
            record_serials(variables["Id"], self.organisation.seed, declared.name).tolist()
            if sold
            else [0] * variables.height
        )
        for serial, row in zip(serials, variables.iter_rows(named=True), strict=True):
            values: Values = self._company | row | {"custom_told": _sentences(row)}
            for name in days:
                date = values[name]
                values[name] = day(date) if isinstance(date, dt.date) else None
            if sold:
                values |= self._product(row, serial, attempt)
            elif "issue" in row:
                values |= self._conversation(row)
            yield values

    def _product(self, row: Values, serial: int, attempt: int) -> Values:
        """A product's name and the words its description is made of."""
        key = mix(seed_of(f"{self.organisation.seed}/{row['Id']}/{attempt}/words"))
        words = self._vocabulary.product(str(row["category"]), str(row["noun"]), key)
        attributes = self._vocabulary.attributes(str(row["category"]))
        name = self._names.name(attributes, str(row["noun"]), serial, attempt)
        return {**words, "name": name}

    def _conversation(self, row: Values) -> Values:
        """What the persons of a case bring along: manners, and what the record allows to say."""
        customer = f"{row['first_name']} {row['last_name']}"
        agent = f"{row.get('agent_first_name')} {row.get('agent_last_name')}"
        gap = row.get("gap_hours")
        return {
            "customer": customer,
            "agent": agent,
            "manner": _MANNERS[person(customer) % len(_MANNERS)],
            "style": _STYLES[person(agent) % len(_STYLES)],
            "waited": isinstance(gap, float) and gap > LONG_WAIT_HOURS,
            "answers": row.get("answers") or NOTHING,
            "mended": row.get("settled") is not None,
            "label": _label(str(row["mention"])),
            "order_day": _order_day(row),
            "favor": _FAVOR.match(str(row["detail_ask"])) is not None,
            **_choices(row),
        }


def _choices(row: Values) -> Values:
    """What is settled for a case as a whole, the same in all of its texts and attempts.

    named: whether its subject or its body names the issue. voiced: whether the customer of a chat
    says what the customer wants. heard: what the offer means for a wish, where it is spoken of.
    named_before: whether an agent's mail has identified the order before this one. restate:
    whether the offer states product and date though a question could or did. sorry_due: whether an
    agent says sorry. numbered: whether the case's number is given.
    """
    case = str(row.get("ParentId") or row.get("CaseId") or row["Id"])
    drawn = seed_of(f"choices {case}")
    voiced = drawn % 10 < VOICED_TENTHS
    passed = drawn // 100000 % 10 < PASSED_TENTHS
    wish = row.get("wish")
    unheard = ("moves" in row and not voiced) or (wish == "apart" and not passed)
    return {
        "named": "body" if drawn // 10 % 10 < BODY_TENTHS else "subject",
        "voiced": voiced,
        "heard": wish if wish and not unheard else "nothing",
        "restate": drawn // 100 % 10 < RESTATE_TENTHS,
        "named_before": row.get("answers") == "give_detail",
        "sorry_due": row["tone"] == "Negative" or drawn // 1000 % 10 < SORRY_TENTHS,
        "numbered": drawn // 10000 % 10 < NUMBERED_TENTHS,
    }


def _sentences(row: Values) -> str:
    """What the text must tell of custom fields, as sentences; nothing where there is nothing."""
    told = str(row.get(CUSTOM_FACTS.name) or "")
    return " ".join(f"{clause[:1].upper()}{clause[1:]}." for clause in told.splitlines())


def _label(mention: str) -> str:
    """The issue as a heading: without its article, unless a clause follows that needs it."""
    return mention if _CLAUSE.search(mention) else _ARTICLE.sub("", mention)


def _order_day(row: Values) -> str | None:
    """The order's date as the customer says it: without the year if it was not long ago."""
    date = row["order_date"]
    if not isinstance(date, dt.date):
        return None
    moment = row.get("MessageDate") or row.get("StartTime") or row.get("CreatedDate")
    written = day(date)
    if isinstance(moment, dt.datetime) and (moment.date() - date).days < SAME_SEASON_DAYS:
        return written.partition(",")[0]
    return written
