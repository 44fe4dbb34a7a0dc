"""The second phase for a model's texts: what a blind reader must find in them again.

A text that questions hinge on is read without the variables it was written from. What the reader
understood is compared with the variables; a record of which something else was understood is
refused, with the reader's reasoning.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from pydantic import JsonValue

from orgsmith.prompts.days import day
from orgsmith.prompts.moves import SPEAKERS
from orgsmith.prompts.reading import Passage, Reading
from orgsmith.schema.declaration import Object

PURCHASES = 30
"""Purchases that are shown beside a case: the latest before it."""

POLICY = "policy"
MOVE = "offer"

READ = pl.Schema(
    {
        "Id": pl.String(),
        "round": pl.Int64(),
        "question": pl.String(),
        "expected": pl.String(),
        "found": pl.String(),
        "passed": pl.Boolean(),
        "reasoning": pl.String(),
    }
)
"""Columns of readings: of which record, in which round of writing, what was asked, what the
variables say, what the reader found, whether they agree, and how the reader came to it."""

_WORD = re.compile(r"[^\W_]+(?:[.,'-][^\W_]+)*")
_FILLERS = frozenset(("a", "an", "the"))

Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Examined:
    """A record to be read: what is shown, and what must be found, by question."""

    passage: Passage
    expected: Mapping[str, str]


def shared(declared: Object, parents: Frames) -> Mapping[str, object]:
    """What the reader of an object's texts may know of the company; the same for all records."""
    match declared.name:
        case "Case":
            issues = parents["Issue__c"].sort("Name").select("Name", "Description__c")
            told = [json.dumps({"name": n, "description": text}) for n, text in issues.iter_rows()]
            return {"issues": told}
        case "EmailMessage" | "LiveChatTranscript":
            articles = [
                json.dumps({"number": place, "title": title, "text": body})
                for place, (_, title, body) in enumerate(_policies(parents).iter_rows(), start=1)
            ]
            return {"remedies": parents["Solution"]["name"].to_list(), "articles": articles}
        case _:
            return {}


def examined(declared: Object, frame: pl.DataFrame, parents: Frames) -> list[Examined]:
    """The records of a frame that are to be read; none for objects no question hinges on.

    Args:
        declared: the object.
        frame: its fields and variables; texts are own words, before `assemble`. Of mail threads
            it holds all messages.
        parents: the frames of its parents, by name.
    """
    match declared.name:
        case "Case":
            return list(_cases(frame, parents))
        case "EmailMessage":
            return list(_offers(_threads(frame), parents))
        case "LiveChatTranscript":
            return list(_offers(_chats(frame), parents))
        case "Knowledge__kav":
            return list(_articles(frame, parents))
        case _:
            return []


def compared(
    examined: Sequence[Examined], readings: Mapping[str, Reading], attempt: int
) -> pl.DataFrame:
    """What was found against what is so: columns of `READ`, a row for each question."""
    rows = []
    for each in examined:
        reading = readings[each.passage.id]
        for question, expected in each.expected.items():
            found = reading.answers.get(question, "")
            agree = _agree(question, expected, found)
            rows.append(
                (each.passage.id, attempt, question, expected, found, agree, reading.reasoning)
            )
    return pl.DataFrame(rows, schema=READ, orient="row").sort("Id", "question")


def misread(read: pl.DataFrame) -> pl.DataFrame:
    """The records of which something else was found: columns Id, rule, reason."""
    wrong = read.filter(~pl.col("passed"))
    return wrong.select(
        "Id",
        pl.lit("reading").alias("rule"),
        pl.format(
            "a reader who knows the text alone finds as {}: {}; it should be {} ({})",
            "question",
            pl.col("found").replace("", "nothing"),
            "expected",
            "reasoning",
        ).alias("reason"),
    )


def _agree(question: str, expected: str, found: str) -> bool:
    """Whether an answer says what is expected; answers from articles in other words too."""
    if not question.startswith("answer"):
        return found.strip().casefold() == expected.strip().casefold()
    wanted, told = _words(expected), _words(found)
    return bool(wanted) and wanted <= told


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold())) - _FILLERS


def _cases(frame: pl.DataFrame, parents: Frames) -> Iterator[Examined]:
    bought = _purchases(frame, parents)
    columns = ("Id", "Subject", "Description", "product", "issue", "tone")
    for record, subject, text, product, issue, tone in frame.select(columns).iter_rows():
        purchases = bought[record]
        names = [name for name, _ in purchases]
        shown: dict[str, JsonValue] = {
            "subject": subject,
            "description": text,
            "purchases": [
                {"number": place, "product": name, "ordered": ordered}
                for place, (name, ordered) in enumerate(purchases, start=1)
            ],
        }
        expected = {
            "product": str(names.index(product) + 1),
            "issue": issue,
            "mood": tone,
        }
        yield Examined(Passage(record, shown), expected)


def _purchases(frame: pl.DataFrame, parents: Frames) -> Mapping[str, list[tuple[str, str]]]:
    """What the customer of each case had bought by then: names with days, each name once."""
    items = (
        parents["OrderItem"]
        .select("OrderId", "Product2Id")
        .join(parents["Order"].select("AccountId", "EffectiveDate", OrderId="Id"), on="OrderId")
        .join(parents["Product2"].select("Name", Product2Id="Id"), on="Product2Id")
    )
    bought = (
        frame.select("Id", "AccountId", "CreatedDate", "product")
        .join(items, on="AccountId")
        .filter(pl.col("EffectiveDate") <= pl.col("CreatedDate").dt.date())
        .sort("Id", "EffectiveDate", "Name")
        .unique(["Id", "Name"], keep="last", maintain_order=True)
        # The case's own product stays, however long ago it was bought.
        .with_columns(own=pl.col("Name") == pl.col("product"))
        .filter(pl.col("own") | (pl.int_range(pl.len(), 0, -1).over("Id") <= PURCHASES))
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for record, name, ordered in bought.select("Id", "Name", "EffectiveDate").iter_rows():
        found.setdefault(record, []).append((name, day(ordered)))
    return found


def _policies(parents: Frames) -> pl.DataFrame:
    """The policy articles: Id, Title, body, in order of their titles."""
    articles = parents["Knowledge__kav"].filter(kind=POLICY)
    return articles.select("Id", "Title", "FAQ_Answer__c").sort("Title")


def _threads(frame: pl.DataFrame) -> pl.DataFrame:
    """Mails that make an offer: Id, CaseId, at, and what was said up to them."""
    offers = frame.filter(move=MOVE).select("Id", "ParentId", "MessageDate", last="number")
    said = (
        frame.select(
            "ParentId",
            "number",
            who=pl.when("Incoming").then(pl.lit("Customer")).otherwise(pl.lit("Agent")),
            text="TextBody",
        )
        .join(offers, on="ParentId")
        .filter(pl.col("number") <= pl.col("last"))
        .sort("Id", "number")
        .group_by("Id", "ParentId", "MessageDate", maintain_order=True)
        .agg("who", "text")
    )
    return said.rename({"ParentId": "CaseId", "MessageDate": "at"})


def _chats(frame: pl.DataFrame) -> pl.DataFrame:
    """Chats in which an offer is made: Id, CaseId, at, and what was said up to it."""
    rows = []
    columns = ("Id", "CaseId", "StartTime", "Body", "moves", "times")
    for record, case, start, body, moves, times in frame.select(columns).iter_rows():
        made = moves.split()
        if MOVE not in made:
            continue
        end = made.index(MOVE) + 1
        at = float(times.split()[end - 1])
        who = [SPEAKERS[move].title() for move in made[:end]]
        rows.append((record, case, start, at, who, body.split("\n")[:end]))
    schema = pl.Schema(
        {
            "Id": pl.String(),
            "CaseId": pl.String(),
            "start": pl.Datetime("us", "UTC"),
            "seconds": pl.Float64(),
            "who": pl.List(pl.String()),
            "text": pl.List(pl.String()),
        }
    )
    chats = pl.DataFrame(rows, schema=schema, orient="row")
    return chats.with_columns(at=pl.col("start") + pl.duration(seconds="seconds"))


def _offers(conversations: pl.DataFrame, parents: Frames) -> Iterator[Examined]:
    """Conversations with an offer, and what hides behind it."""
    numbers = {article: place for place, article in enumerate(_policies(parents)["Id"], start=1)}
    truth = (
        parents["PolicyViolation"]
        .select("CaseId", "remedy", "violated", "KnowledgeId")
        .join(parents["Solution"].select("remedy", "name"), on="remedy")
    )
    columns = ("Id", "at", "who", "text", "name", "violated", "KnowledgeId")
    rows = conversations.join(truth, on="CaseId").sort("Id").select(columns)
    for record, at, who, text, name, violated, article in rows.iter_rows():
        shown: dict[str, JsonValue] = {
            "offered_on": day(at.date()),
            "conversation": [f"{by}: {said}" for by, said in zip(who, text, strict=True)],
        }
        expected = {
            "remedy": name,
            "violated": "yes" if violated else "no",
            "article": str(numbers[article] if violated else 0),
        }
        yield Examined(Passage(record, shown), expected)


def _articles(frame: pl.DataFrame, parents: Frames) -> Iterator[Examined]:
    facts = parents["KnowledgeFact"].sort("KnowledgeId", "number")
    asked = facts.group_by("KnowledgeId", maintain_order=True).agg("question", "answer")
    rows = frame.select("Id", "Title", "FAQ_Answer__c").join(
        asked, left_on="Id", right_on="KnowledgeId"
    )
    for record, title, body, questions, answers in rows.sort("Id").iter_rows():
        shown: dict[str, JsonValue] = {"title": title, "text": body, "questions": questions}
        expected = {f"answer {place}": text for place, text in enumerate(answers, start=1)}
        yield Examined(Passage(record, shown), expected)
