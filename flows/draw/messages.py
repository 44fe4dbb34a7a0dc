"""What customers and agents write to each other: threads of mails, and chats."""

import numpy as np
import polars as pl

from orgsmith.flows.draw.frames import node_frame
from orgsmith.flows.draw.keys import ids, running_numbers
from orgsmith.flows.draw.parents import Parents
from orgsmith.schema.ids import record_ids
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

VISITOR_PREFIX = "571"
NUMBER_WIDTH = 8
FILED_SECONDS = (1, 6)
"""From a message's time to its filing."""


def draw_email_message(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """One block's mails, of the cases that did not come by chat."""
    rng = stream(organisation.seed, "EmailMessage", block, "columns")
    company = organisation.industry.company
    mails = _messages(parents, chats=False).sort("CaseId", "number")
    before = pl.col("at").shift().over("CaseId")
    incoming = pl.col("incoming")
    last_answer = pl.col("number").filter(~incoming).max().over("CaseId").fill_null(-1)
    state = (
        pl.when(~incoming)
        .then(pl.lit("Sent"))
        .when(pl.col("number") < last_answer)
        .then(pl.lit("Replied"))
        .when(pl.col("Status") == "New")
        .then(pl.lit("New"))
        .otherwise(pl.lit("Read"))
    )
    receiver = pl.when(incoming).then("UserId").otherwise("ContactId")
    support = pl.lit(company.support_address)
    columns = mails.select(
        *_reply_variables("EmailMessage"),
        "move",
        "case_subject",
        ParentId="CaseId",
        FromAddress=pl.when(incoming).then("Email").otherwise(support),
        FromName=pl.when(incoming).then("contact_name").otherwise("agent_name"),
        ToAddress=pl.when(incoming).then(support).otherwise("Email"),
        ToIds=pl.concat_str(pl.lit('["'), receiver, pl.lit('"]')),
        Incoming=incoming,
        Status=state,
        MessageDate="at",
        answers=pl.col("move").shift().over("CaseId"),
        number=pl.int_range(pl.len()).over("CaseId"),
        gap_hours=(pl.col("at") - before).dt.total_seconds() / 3600,
    )
    filed = pl.Series(rng.integers(*FILED_SECONDS, columns.height) * 1_000_000)
    return node_frame(
        "EmailMessage",
        {
            "Id": ids(organisation, "EmailMessage", columns.height, block),
            **{name: columns[name] for name in columns.columns},
            "CreatedDate": columns["MessageDate"] + filed.cast(pl.Duration("us")),
        },
    )


def draw_live_chat_transcript(
    organisation: Organisation, parents: Parents, block: int
) -> pl.DataFrame:
    """One block's chats: one transcript for each case that came by chat."""
    counts = organisation.industry.counts
    lines = _messages(parents, chats=True).sort("CaseId", "number")
    shared = _reply_variables("LiveChatTranscript")
    since = (pl.col("at") - pl.col("at").first()).dt.total_seconds().cast(pl.String)
    last = pl.col("at").last()
    chats = lines.group_by("CaseId", maintain_order=True).agg(
        *(pl.col(name).last() for name in shared if name != "taken_over"),
        pl.col("taken_over").any(),
        pl.col("AccountId", "ContactId").first(),
        OwnerId=pl.col("UserId").last(),
        Status=pl.when(pl.col("Status").first() == "Closed")
        .then(pl.lit("Completed"))
        .otherwise(pl.lit("InProgress")),
        StartTime=pl.col("at").first(),
        EndTime=last + pl.duration(seconds=1),
        CreatedDate=last + pl.duration(seconds=2),
        moves=pl.col("move").str.join(" "),
        times=since.str.join(" "),
    )
    rank = (chats["StartTime"].rank("ordinal").to_numpy() - 1).astype(np.int64)
    serials = (block << 24) + np.arange(chats.height, dtype=np.int64)
    planned = round(counts.Case * counts.chat_share)
    return node_frame(
        "LiveChatTranscript",
        {
            "Id": ids(organisation, "LiveChatTranscript", chats.height, block),
            "Name": running_numbers(organisation, planned, rank, block, NUMBER_WIDTH),
            "LiveChatVisitorId": record_ids(
                VISITOR_PREFIX, serials, organisation.seed, space="LiveChatVisitor"
            ),
            **{name: chats[name] for name in chats.columns},
        },
    )


def _reply_variables(object_name: str) -> list[str]:
    """The variables that mails and chats share: those of the case, the agent and the offer."""
    other = "LiveChatTranscript" if object_name == "EmailMessage" else "EmailMessage"
    theirs = {field.name for field in OBJECTS[other].variables}
    return [f.name for f in OBJECTS[object_name].variables if f.name in theirs]


def _messages(parents: Parents, *, chats: bool) -> pl.DataFrame:
    """The messages of a block, with what is known of their case, people and offer."""
    by_chat = pl.col("Origin") == "Chat"
    cases = (
        parents["Case"]
        .filter(by_chat if chats else ~by_chat)
        .rename({"Id": "CaseId", "CaseNumber": "case_number", "Subject": "case_subject"})
        .rename({"IssueId__c": "issue_id"})
        .drop("CreatedDate", "OwnerId")
    )
    people = parents["Contact"].select("Email", ContactId="Id", contact_name="Name")
    agents = parents["User"].select(
        known="Id",
        agent_name="Name",
        agent_first_name="FirstName",
        agent_last_name="LastName",
    )
    remedies = parents["Solution"].select("remedy", "fulfilment", remedy_name="name")
    offers = parents["PolicyViolation"].select(
        "CaseId", "remedy", "offer", "outcome", "settled", "wish"
    )
    events = parents["CaseTimeline"].join(cases, on="CaseId", how="semi", maintain_order="left")
    first = events.filter(event="assigned").select("CaseId", FirstOwnerId="UserId")
    by_new = ~pl.col("incoming") & (pl.col("UserId") != pl.col("FirstOwnerId"))
    number = pl.col("number")
    # A customer answers the agent who wrote last, whoever has the case by then.
    wrote = pl.when(~pl.col("incoming")).then("UserId").forward_fill().over("CaseId")
    return (
        events.filter(event="message")
        .sort("CaseId", "number")
        .with_columns(known=pl.coalesce(wrote, "UserId"))
        .join(cases, on="CaseId")
        .join(people, on="ContactId")
        .join(agents, on="known")
        .join(first, on="CaseId")
        .join(offers, on="CaseId", how="left")
        .join(remedies, on="remedy", how="left")
        .with_columns(taken_over=by_new & (number == number.filter(by_new).min().over("CaseId")))
        .with_columns(pl.col("taken_over").fill_null(False))
    )
