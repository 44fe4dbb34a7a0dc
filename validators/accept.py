"""Acceptance of one block of an object, record by record, before anything is made from it."""

import polars as pl

from orgsmith.prompts.moves import AGENT, SPEAKERS
from orgsmith.schema.declaration import Object
from orgsmith.schema.industry import Industry
from orgsmith.schema.organisation import Organisation
from orgsmith.validators.compliance import REFUSED, faults
from orgsmith.validators.custom import told_rules
from orgsmith.validators.rules import Rule, broken_rows
from orgsmith.validators.text import (
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
from orgsmith.validators.uniqueness import keys

EARLY_MOVES = ("greet", "ask_detail", "check")
"""What agents say before an offer."""

AGENT_MOVES = tuple(move for move, speaker in SPEAKERS.items() if speaker == AGENT)


def accept_block(
    organisation: Organisation, declared: Object, frame: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sort the records of a block into those that can be kept and those to be written again.

    Args:
        organisation: whose pack says what texts must name.
        declared: the object.
        frame: fields and variables; texts are own words, before `assemble`.

    Returns:
        The kept rows of the frame, and the refused ones with columns `REFUSED`: one row for each
        broken rule of each record, sorted by Id, rule and reason.
    """
    fields = frame.select(field.name for field in declared.fields if field.name in frame.columns)
    wrong = faults(declared, fields)
    refused = [
        wrong.select("Id", "rule", pl.format("{} {}", "field", "reason").alias("reason")),
        _refusals("text", frame, finished(declared)),
        _refusals("facts", *_facts(organisation.industry, declared, frame)),
        _repeated(declared, frame),
    ]
    rows = pl.concat(refused).unique().sort("Id", "rule", "reason")
    empty = {"duplicate": pl.lit(None), "score": pl.lit(None)}
    kept = frame.filter(~pl.col("Id").is_in(rows["Id"].unique().to_list()))
    return kept, rows.with_columns(**empty).select(list(REFUSED)).cast(REFUSED)


def _refusals(rule: str, frame: pl.DataFrame, rules: list[Rule]) -> pl.DataFrame:
    """Broken rules as Id, rule, reason."""
    if not rules:
        return _none()
    broken = broken_rows(frame, rules)
    reason = pl.format("{} {}", "field", "reason")
    return broken.select("Id", pl.lit(rule).alias("rule"), reason.alias("reason"))


def _repeated(declared: Object, frame: pl.DataFrame) -> pl.DataFrame:
    """Records that share a key with one of a lower id: the first is kept."""
    parts = [_none()]
    ordered = frame.sort("Id")
    for key in keys(declared):
        later = ordered.filter(~pl.struct(key).is_first_distinct())
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


def _facts(
    industry: Industry, declared: Object, frame: pl.DataFrame
) -> tuple[pl.DataFrame, list[Rule]]:
    """What the words of an object's records must say, by the variables they were written from."""
    match declared.name:
        case "Product2":
            return frame, told_rules(industry, declared.name)
        case "Case":
            return frame, [*case_rules(industry), *told_rules(industry, declared.name)]
        case "EmailMessage":
            return _mails(industry, frame)
        case "LiveChatTranscript":
            return _chats(industry, frame)
        case "Knowledge__kav":
            return _articles(frame)
        case _:
            return frame, []


def _mails(industry: Industry, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Rule]]:
    """Mails that make an offer name it; agents name no other remedy, and none before the offer.

    Of what an offer must name, an earlier mail of the thread may have named all but the offer.
    """
    is_offer = pl.col("move") == "offer"
    said = frame.with_columns(said=pl.col("TextBody"))
    rows = _sized(with_told(said, "ParentId", "number"))
    rules = [
        Rule(rule.field, is_offer & rule.broken, rule.reason, rule.shown)
        for rule in offer_rules(industry, "TextBody")
    ]
    agents = ~pl.col("Incoming") & ~is_offer
    rules += [
        Rule(rule.field, agents & rule.broken, rule.reason, rule.shown)
        for rule in one_remedy(industry, "TextBody")
    ]
    of_agents = pl.when(~pl.col("Incoming")).then("said")
    early = pl.when(pl.col("move").is_in(EARLY_MOVES)).then("said")
    rules += [
        # The offer leans on what the question has named.
        *(
            Rule(
                rule.field, (pl.col("move") == "ask_detail") & rule.broken, rule.reason, rule.shown
            )
            for rule in named_rules(industry, "TextBody")
        ),
        no_remedy_yet(industry, "TextBody", early),
        no_earlier_day("TextBody", of_agents),
    ]
    return rows, rules


def _chats(industry: Industry, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Rule]]:
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
    rules = [
        Rule(rule.field, offered & rule.broken, rule.reason, rule.shown)
        for rule in offer_rules(industry, "Body")
    ]
    without = [
        Rule(rule.field, ~offered & rule.broken, rule.reason, rule.shown)
        for rule in one_remedy(industry, "Body")
    ]
    told_early = [
        no_remedy_yet(industry, "Body", pl.col("early")),
        no_earlier_day("Body", pl.col("said")),
    ]
    return rows, [counted, *rules, *without, *told_early]


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
