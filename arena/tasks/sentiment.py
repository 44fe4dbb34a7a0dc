"""CSA: what mood a customer was in."""

import datetime as dt
from collections.abc import Iterator

import numpy as np
import polars as pl

from orgsmith.arena.tasks.facts import Facts, sampled
from orgsmith.arena.tasks.question import Candidate
from orgsmith.arena.tasks.rules import MESSAGES
from orgsmith.arena.tasks.task import SERVICE_AGENT, Task
from orgsmith.arena.tasks.windows import later_day

RULE = (
    "Judge the customer's own words in the case's emails or chat, not what an agent wrote or what "
    "is quoted. Negative: the customer is angry or disappointed and says so. Positive: the "
    "customer is warm, glad or full of praise. Neutral: neither; polite thanks alone are neutral. "
    "Answer with one of Negative, Neutral, Positive."
)

PRIORITY = "priority of the case"
"""A guesser who takes the customers of urgent cases for angry and the others for pleased."""

MOODS = {"High": "Negative", "Medium": "Neutral", "Low": "Positive"}


def find(facts: Facts, rng: np.random.Generator) -> Iterator[Candidate]:
    """Questions about the customers of closed cases."""
    scan = facts.tables.scan
    said = (
        scan("CaseTimeline")
        .filter(pl.col("event") == "message", pl.col("incoming"))
        .group_by("CaseId")
        .agg(messages=pl.len())
        .filter(pl.col("messages") >= MESSAGES)
    )
    mails = scan("EmailMessage").filter("Incoming").group_by("ParentId").agg(mails=pl.col("Id"))
    chats = scan("LiveChatTranscript").group_by("CaseId").agg(chats=pl.col("Id"))
    rows = (
        scan("Case")
        .filter(pl.col("ClosedDate").is_not_null())
        .select("Id", "CaseNumber", "Priority", closed=pl.col("ClosedDate").dt.date())
        .join(
            scan("CustomerMood").filter(pl.col("mood") == pl.col("tone")),
            left_on="Id",
            right_on="CaseId",
        )
        .join(said, left_on="Id", right_on="CaseId")
        .join(mails, left_on="Id", right_on="ParentId", how="left")
        .join(chats, left_on="Id", right_on="CaseId", how="left")
        .sort("Id")
        .collect()
    )
    for row in sampled(rows, rng).iter_rows(named=True):
        closed: dt.date = row["closed"]
        if closed >= facts.organisation.as_of:
            continue
        talk = sorted([*(row["mails"] or ()), *(row["chats"] or ())])
        yield Candidate(
            today=later_day(facts.organisation, closed + dt.timedelta(days=1), rng),
            shape="mood",
            parameters={"case": row["Id"]},
            slots={"case": row["CaseNumber"]},
            answers=(row["mood"],),
            evidence=(row["Id"], *talk),
            fact=row["Id"],
            guesses={PRIORITY: MOODS[row["Priority"]]},
        )


def about(facts: Facts, candidate: Candidate) -> tuple[str, ...]:
    """The case."""
    del facts
    return (f"Id of the case: {candidate.parameters['case']}",)


SENTIMENT = Task(
    key="customer_sentiment_analysis",
    code="CSA",
    persona=SERVICE_AGENT,
    answer_type="label",
    metric="exact",
    find=find,
    rules=(RULE,),
    about=about,
    share=0.34,
)
