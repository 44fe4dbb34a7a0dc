"""Acceptance of one block of an object, record by record, before anything is made from it."""

import polars as pl

from orgsmith.prompts.moves import AGENT, SPEAKERS
from orgsmith.schema.declaration import Object
from orgsmith.schema.industry import Industry
from orgsmith.schema.organisation import Organisation
from orgsmith.validators.records.compliance import REFUSED, faults
from orgsmith.validators.records.custom import told_rules
from orgsmith.validators.records.rules import Rule, broken_rows
from orgsmith.validators.records.uniqueness import keys
from orgsmith.validators.texts.text import (
    PERCENT,
    case_rules,
    finished,
    named_rules,
    no_earlier_day,
    no_remedy_yet,
    offer_rules,
    one_remedy,
    with_told,
)

EARLY_MOVES = ("greet", "ask_detail", "check")
"""What agents say before an offer."""

Told = list[tuple[pl.DataFrame, list[Rule]]]
"""Rows of an object, and what their words must say."""

AGENT_MOVES = tuple(move for move, speaker in SPEAKERS.items() if speaker == AGENT)


def accept_block(
    organisation: Organisation,
    declared: Object,
    frame: pl.DataFrame,
    fresh: pl.Series | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sort the records of a block into those that can be kept and those to be written again.

    Args:
        organisation: whose pack says what texts must name.
        declared: the object.
        frame: fields and variables; texts are own words, before `assemble`.
        fresh: ids of the records that have not been accepted as they are; all if left out.

    Returns:
        The kept rows of the frame, and the refused ones with columns `REFUSED`: one row for each
        broken rule of each record, sorted by Id, rule and reason.
    """
    read = frame if fresh is None else _touched(declared, frame, fresh)
    fields = read.select(field.name for field in declared.fields if field.name in frame.columns)
    wrong = faults(declared, fields)
    refused = [
        wrong.select("Id", "rule", pl.format("{} {}", "field", "reason").alias("reason")),
        _refusals("text", read, finished(declared)),
        *(
            _refusals("facts", rows, rules)
            for rows, rules in _facts(organisation.industry, declared, read)
        ),
        _repeated(declared, frame),
    ]
    rows = pl.concat(refused).unique().sort("Id", "rule", "reason")
    empty = {"duplicate": pl.lit(None), "score": pl.lit(None)}
    kept = frame.join(rows, on="Id", how="anti", maintain_order="left") if rows.height else frame
    return kept, rows.with_columns(**empty).select(list(REFUSED)).cast(REFUSED)


def _touched(declared: Object, frame: pl.DataFrame, fresh: pl.Series) -> pl.DataFrame:
    """The fresh records, and what else their words are read with: the mails of their threads."""
    if fresh.len() == frame.height:
        return frame
    rows = frame.join(fresh.to_frame("Id"), on="Id", how="semi", maintain_order="left")
    if declared.name != "EmailMessage":
        return rows
    return frame.join(rows, on="ParentId", how="semi", maintain_order="left")


def _refusals(rule: str, frame: pl.DataFrame, rules: list[Rule]) -> pl.DataFrame:
    """Broken rules as Id, rule, reason."""
    broken = broken_rows(frame, rules)
    reason = pl.format("{} {}", "field", "reason")
    return broken.select("Id", pl.lit(rule).alias("rule"), reason.alias("reason"))


def _repeated(declared: Object, frame: pl.DataFrame) -> pl.DataFrame:
    """Records that share a key with one of a lower id: the first is kept."""
    parts = [_none()]
    for key in keys(declared):
        values = frame.select(sorted({"Id", *key}))
        if values.select(pl.struct(key).n_unique()).item() == frame.height:
            continue
        later = values.sort("Id").filter(~pl.struct(key).is_first_distinct())
        parts.append(
            later.select(
                "Id",
                pl.lit("unique").alias("rule"),
                pl.lit(f"{'+'.join(key)} is that of an earlier record").alias("reason"),
            )
        )
    return pl.concat(parts)


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys(("Id", "rule", "reason"), pl.String()))


def _facts(industry: Industry, declared: Object, frame: pl.DataFrame) -> Told:
    """What the words of an object's records must say, by the variables they were written from."""
    match declared.name:
        case "Product2":
            return [(frame, told_rules(industry, declared.name))]
        case "Case":
            return [(frame, [*case_rules(industry), *told_rules(industry, declared.name)])]
        case "EmailMessage":
            return _mails(industry, frame)
        case "LiveChatTranscript":
            return _chats(industry, frame)
        case "Knowledge__kav":
            return [_articles(frame)]
        case _:
            return []


def _mails(industry: Industry, frame: pl.DataFrame) -> Told:
    """Mails that make an offer name it; agents name no other remedy, and none before the offer.

    Of what an offer must name, an earlier mail of the thread may have named all but the offer.
    """
    move, field = pl.col("move"), "TextBody"
    mails = _sized(frame.with_columns(said=pl.col(field)))
    agents = ~pl.col("Incoming")
    # The offer leans on what the question has named.
    asked = with_told(mails, move == "ask_detail", "ParentId", "number")
    return [
        (with_told(mails, move == "offer", "ParentId", "number"), offer_rules(industry, field)),
        (asked, named_rules(industry, field)),
        (mails.filter(agents & (move != "offer")), one_remedy(industry, field)),
        (
            mails.filter(move.is_in(EARLY_MOVES)),
            [no_remedy_yet(industry, field, pl.col("said"))],
        ),
        (mails.filter(agents), [no_earlier_day(field, pl.col("said"))]),
    ]


def _chats(industry: Industry, frame: pl.DataFrame) -> Told:
    """Chats have a line for each move; the agent's lines name the offer and no other remedy."""
    moves = pl.col("moves").str.split(" ")
    lines = pl.col("Body").str.split("\n")
    counted = Rule(
        "Body",
        lines.list.len() != moves.list.len(),
        "has another number of lines than moves: {moves}",
    )
    told = (
        frame.select("Id", move=moves, line=lines)
        .filter(pl.col("move").list.len() == pl.col("line").list.len())
        .explode("move", "line")
        .filter(pl.col("move").is_in(AGENT_MOVES))
        .group_by("Id", maintain_order=True)
        .agg(
            said=pl.col("line").str.join("\n"),
            early=pl.col("line").filter(pl.col("move").is_in(EARLY_MOVES)).str.join("\n"),
        )
        .with_columns(told=pl.col("said"))
    )
    rows = _sized(frame.join(told, on="Id", how="left", maintain_order="left"))
    offered = moves.list.contains("offer")
    early = no_remedy_yet(industry, "Body", pl.col("early"))
    return [
        (rows.filter(offered), offer_rules(industry, "Body")),
        (rows.filter(~offered), one_remedy(industry, "Body")),
        (rows, [counted, early, no_earlier_day("Body", pl.col("said"))]),
    ]


def _sized(frame: pl.DataFrame) -> pl.DataFrame:
    """The size of an offer, where its phrase names one."""
    percent = pl.col("offer").str.extract(PERCENT, 1).cast(pl.Int64)
    return frame.with_columns(percent=percent)


def _articles(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Rule]]:
    """Policy articles are titled by their issue and state each rule word for word."""
    unstated = [
        next((fact for fact in facts.split("\n") if fact not in (body or "")), None)
        for facts, body in frame.select("facts", "FAQ_Answer__c").iter_rows()
    ]
    policy = pl.col("kind") == "policy"
    titled = pl.col("Title").str.contains(pl.col("subject"), literal=True)
    return frame.with_columns(pl.Series("unstated", unstated, dtype=pl.String)), [
        Rule("Title", policy & ~titled, "does not name the issue, {subject}"),
        Rule(
            "FAQ_Answer__c",
            policy & pl.col("unstated").is_not_null(),
            "does not state the rule word for word: {unstated}",
        ),
    ]
