"""What was said in cases: mails without their quotes, chats line by line.

Read from the published text alone, by expressions of its own: a second reading of what
`prompts/assemble.py` writes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from orgsmith.validators.outcome import Tables
from orgsmith.validators.records.history import ranges, within

PART = 25_000
"""Cases whose conversations are held at a time."""

QUOTE = r"\n\nOn ([A-Z][a-z]+ \d{1,2}, \d{4}) at (\d{1,2}:\d\d [AP]M) UTC, ([^\n]+) wrote:\n>"
LINE = r"^\[\d\d:\d\d:\d\d\] (?:Agent )?[^:]+: .*$"
AGENT = "Agent "
STAMP = len("00:00:00")
AFTER_STAMP = len("[00:00:00] ")


@dataclass(frozen=True, slots=True)
class Conversations:
    """The conversations of some cases.

    cases: one row for each case: Id, Subject, Description, Status, issue, product, order_date,
        contact (name), address, and what was hidden: remedy, percent, age_days, violated,
        violation, offered_at (when the offer was made), mood.
    mails: one row for each mail in the order of its thread: its fields, `own` (what the sender
        wrote, signature included), `tail` (what is quoted), `place` from 0.
    chats: one row for each chat: its fields, customer and agents' names.
    lines: one row for each line of a chat below the header: Id, CaseId, place, line, stamp, agent
        (whether an agent speaks), name, said.
    said: everything said in mails and chats, in order: Id (of the mail or chat), CaseId, agent
        (whether an agent speaks), day (UTC), text.
    """

    cases: pl.DataFrame
    mails: pl.DataFrame
    chats: pl.DataFrame
    lines: pl.DataFrame
    said: pl.DataFrame


def conversations(tables: Tables) -> Iterator[Conversations]:
    """All conversations, a bounded number of cases at a time."""
    for low, high in ranges(tables, PART):
        mails, chats = _mails(tables, low, high), _chats(tables, low, high)
        lines = _lines(chats)
        said = _said(mails, chats, lines)
        yield Conversations(_cases(tables, low, high), mails, chats, lines, said)


def among(rows: pl.LazyFrame, column: str, ids: pl.Series) -> pl.DataFrame:
    """The rows whose column holds one of some ids; the others are never held in memory."""
    wanted = pl.LazyFrame({column: ids.drop_nulls().unique()}, schema={column: pl.String})
    return rows.join(wanted, on=column, how="semi").collect(engine="streaming")


def _cases(tables: Tables, low: str | None, high: str | None) -> pl.DataFrame:
    """The cases of a range with what their words must agree with."""
    columns = (
        "Id",
        "Subject",
        "Description",
        "Status",
        "ContactId",
        "OrderItemId__c",
        "IssueId__c",
    )
    cases = tables.scan("Case").filter(within("Id", low, high)).select(columns).collect()
    lines = among(
        tables.scan("OrderItem").select("Id", "OrderId", "Product2Id"),
        "Id",
        cases["OrderItemId__c"],
    )
    parents = (
        ("OrderItemId__c", lines),
        ("OrderId", _named(tables, "Order", lines["OrderId"], order_date="EffectiveDate")),
        ("Product2Id", _named(tables, "Product2", lines["Product2Id"], product="Name")),
        ("IssueId__c", _named(tables, "Issue__c", cases["IssueId__c"], issue="Name")),
        (
            "ContactId",
            _named(tables, "Contact", cases["ContactId"], contact="Name", address="Email"),
        ),
    )
    for reference, parent in parents:
        cases = cases.join(parent, left_on=reference, right_on="Id", how="left")
    for facts in _hidden(tables, low, high):
        cases = cases.join(facts.collect(), left_on="Id", right_on="CaseId", how="left")
    return cases.sort("Id")


def _named(tables: Tables, parent: str, ids: pl.Series, **columns: str) -> pl.DataFrame:
    """Some columns of the parents that are referred to, under names of their own."""
    return among(tables.scan(parent).select("Id", **columns), "Id", ids)


def _hidden(tables: Tables, low: str | None, high: str | None) -> Iterator[pl.LazyFrame]:
    """What was hidden of a range of cases: by CaseId the offer, the mood, the offer's time."""
    inside = within("CaseId", low, high)
    facts = ("CaseId", "remedy", "percent", "age_days", "violated", "violation")
    yield tables.scan("PolicyViolation").filter(inside).select(facts)
    yield tables.scan("CustomerMood").filter(inside).select("CaseId", "mood")
    offers = tables.scan("CaseTimeline").filter(inside & (pl.col("move") == "offer"))
    yield offers.group_by("CaseId").agg(offered_at=pl.col("at").min())


def _mails(tables: Tables, low: str | None, high: str | None) -> pl.DataFrame:
    """The mails of a range of cases, thread by thread."""
    text = pl.col("TextBody")
    whole, quote = text.cast(pl.Binary), pl.col("quote")
    rows = (
        tables.scan("EmailMessage")
        .filter(within("ParentId", low, high))
        .drop("CreatedDate")
        .with_columns(quote=text.str.find(QUOTE).fill_null(text.str.len_bytes()).cast(pl.Int64))
        .collect()
    )
    # Places are counted in bytes.
    own, tail = whole.bin.head(quote).cast(pl.String), whole.bin.slice(quote).cast(pl.String)
    return (
        rows.with_columns(own=own, tail=tail)
        .drop("quote")
        .sort("ParentId", "MessageDate", "Id")
        .with_columns(place=pl.int_range(pl.len()).over("ParentId"))
    )


def _chats(tables: Tables, low: str | None, high: str | None) -> pl.DataFrame:
    """The chats of a range of cases, with the names that may stand in them."""
    agents = tables.scan("User").select("Id", agent="FirstName")
    received = (
        tables.scan("CaseHistory__c")
        .filter(within("CaseId__c", low, high))
        .select("CaseId__c", "NewValue__c")
        .join(agents, left_on="NewValue__c", right_on="Id")
        .group_by("CaseId__c")
        .agg(agents=pl.col("agent").unique().sort())
        .collect()
    )
    chats = (
        tables.scan("LiveChatTranscript")
        .filter(within("CaseId", low, high))
        .select("Id", "CaseId", "ContactId", "OwnerId", "Body", "StartTime", "EndTime")
        .collect()
    )
    customers = _named(tables, "Contact", chats["ContactId"], customer="Name")
    return (
        chats.join(customers, left_on="ContactId", right_on="Id", how="left")
        .join(received, left_on="CaseId", right_on="CaseId__c", how="left")
        .sort("Id")
    )


def _lines(chats: pl.DataFrame) -> pl.DataFrame:
    """The lines of chats, each with its stamp, speaker and words; null where it has none."""
    line = pl.col("line")
    # A line that matches is taken apart by its separators, many times faster than by groups.
    spoken, words, agent = pl.col("spoken"), pl.col("words"), pl.col("agent")
    halves = pl.when(agent).then(words.str.strip_prefix(AGENT)).otherwise(words).str.splitn(": ", 2)
    return (
        chats.select("Id", "CaseId", line=pl.col("Body").str.split("\n"))
        .explode("line")
        .with_columns(place=pl.int_range(pl.len()).over("Id"))
        .filter(pl.col("place") > 0)
        .with_columns(spoken=pl.when(line.str.contains(LINE)).then(line))
        .with_columns(stamp=spoken.str.slice(1, STAMP), words=spoken.str.slice(AFTER_STAMP))
        .with_columns(agent=words.str.contains(f"^{AGENT}[^:]").fill_null(value=False))
        .with_columns(halves=halves.struct.rename_fields(["name", "said"]))
        .drop("spoken", "words")
        .unnest("halves")
    )


def _said(mails: pl.DataFrame, chats: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Everything said in mails and chats; see `Conversations`."""
    of_mails = mails.select(
        "Id",
        CaseId="ParentId",
        agent=~pl.col("Incoming"),
        day=pl.col("MessageDate").cast(pl.Date),
        text="own",
        place="place",
    )
    # A chat may pass midnight: the day changes where the clock goes back.
    same = pl.col("Id") == pl.col("Id").shift()
    passed = same & (pl.col("stamp") < pl.col("stamp").shift())
    nights = passed.fill_null(value=False).cast(pl.Int64).cum_sum().over("Id")
    of_chats = (
        lines.filter(pl.col("said").is_not_null())
        .with_columns(nights=nights)
        .join(chats.select("Id", "StartTime"), on="Id", how="left")
        .select(
            "Id",
            "CaseId",
            "agent",
            day=pl.col("StartTime").cast(pl.Date) + pl.duration(days="nights"),
            text="said",
            place="place",
        )
    )
    return pl.concat([of_mails, of_chats], how="vertical_relaxed").sort(
        "CaseId", "day", "place", "Id"
    )
