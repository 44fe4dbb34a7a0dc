"""Threads: mails that answer each other, chats whose lines follow in time."""

from collections.abc import Iterator

import polars as pl

from orgsmith.validators.outcome import Outcome, Tables
from orgsmith.validators.records.history import before
from orgsmith.validators.records.rules import Rule, judge
from orgsmith.validators.texts.conversations import QUOTE, Conversations, among

DAY = "%B %-d, %Y"
CLOCK = "%-I:%M %p"


def threads(tables: Tables, part: Conversations) -> Iterator[Outcome]:
    """The rules of threads on some cases; parts are to be merged."""
    yield judge("threads", "EmailMessage", _mails(tables, part), _mail_rules(tables))
    yield judge("threads", "LiveChatTranscript", part.chats, _chat_rules())
    yield judge("threads", "LiveChatTranscript", _spoken(part), _line_rules())


def _mails(tables: Tables, part: Conversations) -> pl.DataFrame:
    """Mails beside the message before, the customer, and the agent in charge at the time."""
    thread = "ParentId"
    people = part.cases.select("Id", "ContactId", "contact", "address")
    users = tables.scan("User").select("Id", agent="Name", agent_address="Email").collect()
    steps = (
        tables.scan("CaseHistory__c")
        .filter(pl.col("NewValue__c").is_not_null())
        .select(pl.col("CaseId__c").alias(thread), at="CreatedDate", owner="NewValue__c")
    )
    assigned = among(steps, thread, part.cases["Id"]).sort("at", "owner")
    return (
        part.mails.join(people, left_on=thread, right_on="Id", how="left")
        .sort("MessageDate")
        .join_asof(
            assigned,
            left_on="MessageDate",
            right_on="at",
            by=thread,
            check_sortedness=False,
        )
        .join(users, left_on="owner", right_on="Id", how="left")
        .sort(thread, "place")
        .with_columns(
            first=pl.when(pl.col("place") == 0).then("Subject").forward_fill(),
            before=before("TextBody"),
            before_own=before("own"),
            before_at=before("MessageDate"),
            before_name=before("FromName"),
        )
        .with_columns(
            before_shown=pl.col("before_at").dt.strftime(f"{DAY} {CLOCK}"),
            due=pl.format(
                "\n\nOn {}{} wrote:\n>",
                pl.col("before_at").dt.strftime(f"{DAY} at {CLOCK} UTC, "),
                "before_name",
            ),
        )
        .pipe(_unquoted)
    )


def _unquoted(mails: pl.DataFrame) -> pl.DataFrame:
    """Mails with what their tail quotes: when it was sent, by whom, and the words.

    Columns quoted_at and quoted_name from the header; unquoted has one level of quotes less: what
    stood in the message before. `due` is the header that the mail before would get.
    """
    tail = pl.col("tail")
    as_due = tail.str.starts_with(pl.col("due")).fill_null(value=False)
    # Headers are read only where they are not the one that is due; nearly all are.
    odd = pl.when(~as_due).then(tail)
    read = odd.str.extract_groups(QUOTE)
    header = pl.when(as_due).then("due").otherwise(odd.str.extract(f"^({QUOTE})", 1))
    words = tail.cast(pl.Binary).bin.slice(header.str.len_bytes().cast(pl.Int64) - len("\n>"))
    unquoted = words.cast(pl.String).str.replace_all("\n> ?", "\n").str.slice(1)
    return mails.with_columns(
        quoted_at=pl.when(as_due)
        .then("before_shown")
        .otherwise(read.struct.field("1") + " " + read.struct.field("2")),
        quoted_name=pl.when(as_due).then("before_name").otherwise(read.struct.field("3")),
        unquoted=pl.when(tail == "").then(tail).otherwise(unquoted),
    ).drop("due")


def _mail_rules(tables: Tables) -> list[Rule]:
    reply, incoming = pl.col("place") > 0, pl.col("Incoming")
    unquoted = pl.col("unquoted")
    support = tables.organisation.industry.company.support_address
    quotes = unquoted.str.starts_with(pl.col("before_own")) & pl.col("before").str.starts_with(
        unquoted
    )
    receiver = pl.col("ToIds").str.strip_chars('[]"')
    return [
        Rule(
            "Subject",
            ~reply & pl.col("Subject").str.starts_with("Re: "),
            "answers nothing: it opens the thread",
        ),
        Rule(
            "Subject",
            reply & (pl.col("Subject") != "Re: " + pl.col("first")),
            "is not 'Re: {first}'",
        ),
        Rule(
            "MessageDate",
            pl.col("MessageDate") <= pl.col("before_at"),
            "is not after the message before it, {before_at}",
        ),
        Rule("TextBody", ~reply & (pl.col("tail") != ""), "quotes a message, but opens the thread"),
        Rule("TextBody", reply & (pl.col("tail") == ""), "does not quote the message before it"),
        Rule(
            "TextBody",
            reply & (pl.col("quoted_at") != pl.col("before_shown")),
            "quotes a message of {quoted_at}; the one before it is of {before_shown}",
        ),
        Rule(
            "TextBody",
            reply & (pl.col("quoted_name") != pl.col("before_name")),
            "quotes {quoted_name}; the message before it is from {before_name}",
        ),
        Rule("TextBody", reply & ~quotes, "quotes something else than the message before it"),
        Rule(
            "FromName",
            incoming & (pl.col("FromName") != pl.col("contact")),
            "is not the case's contact, {contact}",
        ),
        Rule(
            "FromAddress",
            incoming & (pl.col("FromAddress") != pl.col("address")),
            "is not the contact's address, {address}",
        ),
        Rule(
            "ToAddress",
            incoming & (pl.col("ToAddress") != support),
            f"is not the address of support, {support}",
        ),
        Rule(
            "ToIds",
            ~incoming & (receiver != pl.col("ContactId")),
            "is not the case's contact, {ContactId}",
        ),
        Rule(
            "ToAddress",
            ~incoming & (pl.col("ToAddress") != pl.col("address")),
            "is not the contact's address, {address}",
        ),
        Rule(
            "FromName",
            ~incoming & (pl.col("FromName") != pl.col("agent")),
            "is not the agent in charge at the time, {agent}",
        ),
        Rule(
            "FromAddress",
            ~incoming
            & ~pl.col("FromAddress").is_in([support])
            & (pl.col("FromAddress") != pl.col("agent_address")),
            "is not the agent's address, {agent_address}",
        ),
    ]


def _chat_rules() -> list[Rule]:
    header = pl.col("Body").str.split("\n").list.first()
    due = pl.col("StartTime").dt.strftime(f"Chat started: {DAY}, %H:%M:%S UTC")
    return [
        Rule("Body", header != due, "does not begin with the header of its StartTime, {StartTime}"),
        Rule(
            "Body", ~pl.col("Body").str.contains("\n", literal=True), "has no line below its header"
        ),
    ]


def _spoken(part: Conversations) -> pl.DataFrame:
    """Lines of chats beside the line before and who may speak."""
    start = pl.col("StartTime").dt.strftime("%H:%M:%S")
    end = pl.col("EndTime").dt.strftime("%H:%M:%S")
    chats = part.chats.select(
        "Id",
        "customer",
        "agents",
        start=start,
        end=end,
        overnight=pl.col("StartTime").cast(pl.Date) != pl.col("EndTime").cast(pl.Date),
    )
    return (
        part.lines.join(chats, on="Id", how="left")
        .with_columns(before=pl.col("stamp").shift().over("Id"))
        .with_columns(known=pl.col("name").is_in(pl.col("agents")))
        .rename({"line": "Body"})
        .drop("agents")
    )


def _line_rules() -> list[Rule]:
    stamp, overnight = pl.col("stamp"), pl.col("overnight")
    return [
        Rule("Body", stamp.is_null(), "is a line without time and name", shown="Body"),
        Rule(
            "Body",
            ~overnight & (stamp < pl.col("before")),
            "comes before the line above it, {before}",
        ),
        Rule("Body", ~overnight & (stamp < pl.col("start")), "is earlier than StartTime, {start}"),
        Rule("Body", ~overnight & (stamp > pl.col("end")), "is later than EndTime, {end}"),
        Rule(
            "Body",
            overnight & (stamp < pl.col("start")) & (stamp > pl.col("end")),
            "lies outside of {start} to {end}",
        ),
        Rule(
            "Body",
            ~pl.col("agent") & (pl.col("name") != pl.col("customer")),
            "is said by {name}; the customer is {customer}",
        ),
        Rule(
            "Body",
            pl.col("agent") & ~pl.col("known"),
            "is said by {name}, whom the case was never assigned to",
        ),
    ]
