"""What follows for the phrasebook from the variables of a case, a mail or a chat: who speaks, and
what may be said."""

import re
from collections.abc import Iterator

import polars as pl

from orgsmith.prompts.columns import mapped
from orgsmith.prompts.days import days
from orgsmith.prompts.hashes import persons_of, seeds_of

NOTHING = "none"
"""Stands for the move before the first one."""

LONG_WAIT_HOURS = 30.0
"""From this gap on, an agent says sorry for the wait."""

SAME_SEASON_DAYS = 200
"""Within this time after the order, customers leave out the year of its date."""

VOICED_TENTHS, BODY_TENTHS, RESTATE_TENTHS = 6, 3, 2
"""Tenths of cases: the chat's customer voices a wish; the text, not the subject, names the issue;
the offer states the order in full."""

SORRY_TENTHS, NUMBERED_TENTHS, PASSED_TENTHS = 6, 4, 5
"""Tenths of cases: an agent says sorry to a customer who isn't upset; somebody gives the case's
number; an agent tells what becomes of a wish that no remedy fulfils."""

_FAVOR = r"^(?:(?:[CcWw]ould|[CcWw]an|Will) you\b|Please\b)"
_CLAUSE = re.compile(r" (?:that|which|whose) ")
_ARTICLE = re.compile(r"^(?:an?|the|some) ")

_MANNERS = ("brief", "plain", "chatty", "brief", "plain", "chatty", "brief", "plain")
_STYLES = ("formal", "warm", "brief", "warm", "formal")

_CASE = ("ParentId", "CaseId", "Id")
_MOMENT = ("MessageDate", "StartTime", "CreatedDate")
_AGENT = ("agent_first_name", "agent_last_name")

_SOMETIMES = {
    "answers": pl.String,
    "settled": pl.String,
    "wish": pl.String,
    "gap_hours": pl.Float64,
}
"""Variables that not all of these records have."""


def with_bearings(rows: pl.DataFrame) -> pl.DataFrame:
    """The variables of cases, mails or chats, with what follows from them.

    customer, agent: 64 bits that stand for each of them; manner, style: how they write. waited:
    whether the message answered is old. answers: the move that is answered. mended: whether what
    became of the case can be told. label: the issue as a heading. order_day: the order's date as
    the customer says it. favor: whether the question for a detail asks a favor.

    What is settled for a case as a whole is the same in all of its texts and attempts. named:
    whether its subject or its body names the issue. voiced: whether the customer of a chat says
    what the customer wants. heard: what the offer means for a wish, where it is spoken of.
    named_before: whether an agent's mail has identified the order before this one. restate:
    whether the offer states product and date though a question could or did. sorry_due: whether an
    agent says sorry. numbered: whether the case's number is given.
    """
    lacking = {name: kind for name, kind in _SOMETIMES.items() if name not in rows.columns}
    rows = rows.with_columns(pl.lit(None, kind).alias(name) for name, kind in lacking.items())
    return rows.with_columns(
        *_speakers(rows),
        mapped(rows["mention"], _label).alias("label"),
        _order_days(rows).alias("order_day"),
        *_choices(rows),
        waited=(pl.col("gap_hours") > LONG_WAIT_HOURS).fill_null(value=False),
        answers=pl.when(pl.col("answers") == "").then(None).otherwise("answers").fill_null(NOTHING),
        mended=pl.col("settled").is_not_null(),
        named_before=pl.col("answers").eq_missing(pl.lit("give_detail")),
        favor=pl.col("detail_ask").str.contains(_FAVOR),
    )


def _speakers(rows: pl.DataFrame) -> Iterator[pl.Series]:
    """The persons of a record, and how they write."""
    speakers: dict[str, tuple[str, tuple[str, ...], tuple[str, str]]] = {
        "customer": ("manner", _MANNERS, ("first_name", "last_name"))
    }
    if set(_AGENT) <= set(rows.columns):
        speakers["agent"] = ("style", _STYLES, _AGENT)
    for who, (how, ways, parts) in speakers.items():
        names = rows.select(pl.concat_str(parts, separator=" ")).to_series()
        persons = persons_of(names)
        yield pl.Series(who, persons)
        yield pl.Series(how, ways, dtype=pl.String)[persons % len(ways)]


def _choices(rows: pl.DataFrame) -> Iterator[pl.Expr]:
    """What is settled for a case as a whole: see `with_bearings`."""
    case = next(name for name in _CASE if name in rows.columns)
    drawn = pl.lit(pl.Series(seeds_of(rows[case], "choices {}")))

    def tenths(digit: int) -> pl.Expr:
        return drawn.floordiv(10**digit).mod(10)

    wish = pl.col("wish")
    voiced = tenths(0) < VOICED_TENTHS
    unheard = wish.eq_missing(pl.lit("apart")) & (tenths(5) >= PASSED_TENTHS)
    if "moves" in rows.columns:
        unheard |= ~voiced
    body = tenths(1) < BODY_TENTHS
    yield pl.when(body).then(pl.lit("body")).otherwise(pl.lit("subject")).alias("named")
    yield voiced.alias("voiced")
    heard = wish.is_not_null() & (wish != "") & ~unheard
    yield pl.when(heard).then(wish).otherwise(pl.lit("nothing")).alias("heard")
    yield (tenths(2) < RESTATE_TENTHS).alias("restate")
    upset = pl.col("tone") == "Negative"
    yield (upset | (tenths(3) < SORRY_TENTHS)).alias("sorry_due")
    yield (tenths(4) < NUMBERED_TENTHS).alias("numbered")


def _order_days(rows: pl.DataFrame) -> pl.Series:
    """The order's date as the customer says it: without the year if it was not long ago."""
    moments = [name for name in _MOMENT if name in rows.columns]
    whole = days(rows["order_date"])
    age = pl.coalesce(moments).dt.date() - pl.col("order_date")
    return rows.select(
        pl.when(age < pl.duration(days=SAME_SEASON_DAYS))
        .then(mapped(whole, lambda written: written.partition(",")[0]))
        .otherwise(whole)
    ).to_series()


def _label(mention: str) -> str:
    """The issue as a heading: without its article, unless a clause follows that needs it."""
    return mention if _CLAUSE.search(mention) else _ARTICLE.sub("", mention)
