"""PVI: whether an agent's offer broke company policy, and which article says so."""

import datetime as dt
from collections.abc import Iterator

import numpy as np
import polars as pl

from orgsmith.arena.tasks import glossary
from orgsmith.arena.tasks.facts import Facts, sampled
from orgsmith.arena.tasks.question import NONE, Candidate
from orgsmith.arena.tasks.task import SERVICE_AGENT, Task
from orgsmith.arena.tasks.windows import later_day

RULE = (
    "Each issue has one policy article among the articles of Knowledge__kav: its title names the "
    "issue. The article lists the remedies that may be offered for it, each with its limits. "
    "Read what agents wrote in the case's emails or chat (not what they quote). The first remedy "
    "that an agent names there is the offer. It breaks the policy if the article does not list it, "
    "if it was offered later than the article allows, counted in days from the order's "
    "EffectiveDate to the day of the message (UTC), or if it is larger than the article allows. "
    "Answer with the Id of the article whose rule was broken; if the offer keeps the policy, the "
    "answer is None."
)

REMEDIES = "Agents name the remedies by these words:"

ISSUE_ARTICLE = "article of the issue"
"""A guesser who takes every offer for a violation and names the policy of the case's issue."""


def find(facts: Facts, rng: np.random.Generator) -> Iterator[Candidate]:
    """Questions about the offers of closed cases."""
    articles = facts.read("KnowledgeFact", "IssueId", "KnowledgeId", "kind").filter(kind="policy")
    article_of = dict(articles.select("IssueId", "KnowledgeId").iter_rows())
    offers = _offers(facts)
    broken, kept = offers.filter("violated"), offers.filter(~pl.col("violated"))
    looked_at = pl.concat([sampled(broken, rng), sampled(kept, rng)])
    for row in looked_at.iter_rows(named=True):
        organisation = facts.organisation
        closed: dt.date = row["closed"]
        if closed >= organisation.as_of:
            continue
        today = later_day(organisation, closed + dt.timedelta(days=1), rng)
        violated = row["violated"]
        policy = article_of[row["IssueId__c"]]
        message = row["message"]
        yield Candidate(
            today=today,
            shape="broken",
            parameters={"case": row["Id"]},
            slots={"case": row["CaseNumber"]},
            answers=(row["KnowledgeId"] if violated else NONE,),
            evidence=(row["Id"], message, policy),
            fact=row["Id"],
            none_reason=None if violated else _kept(row["within_days"], row["up_to_percent"]),
            labels=(row["violation"],) if violated else (),
            guesses={ISSUE_ARTICLE: policy},
        )


def _kept(within_days: int | None, up_to_percent: int | None) -> str:
    """Which rule the offer keeps."""
    if up_to_percent is not None:
        return "within_size"
    return "always_allowed" if within_days is None else "within_time"


def _offers(facts: Facts) -> pl.DataFrame:
    """The offer of each closed case in which one was made, with the message that holds it."""
    scan = facts.tables.scan
    offered = scan("CaseTimeline").filter(move="offer").group_by("CaseId").agg(pl.col("at").min())
    mails = scan("EmailMessage").select(Id="ParentId", at="MessageDate", mail="Id")
    chats = scan("LiveChatTranscript").select(Id="CaseId", chat="Id")
    return (
        scan("Case")
        .filter(pl.col("ClosedDate").is_not_null())
        .select("Id", "CaseNumber", "IssueId__c", closed=pl.col("ClosedDate").dt.date())
        .join(scan("PolicyViolation"), left_on="Id", right_on="CaseId")
        .join(offered.rename({"CaseId": "Id"}), on="Id")
        .join(mails, on=("Id", "at"), how="left")
        .join(chats, on="Id", how="left")
        .join(
            scan("IssueSolution").rename({"IssueId": "IssueId__c"}),
            on=("IssueId__c", "remedy"),
            how="left",
        )
        .with_columns(message=pl.coalesce("mail", "chat"))
        .filter(pl.col("message").is_not_null())
        .sort("Id")
        .collect()
    )


def about(facts: Facts, candidate: Candidate) -> tuple[str, ...]:
    """The words of the remedies, and the case."""
    remedies = {each.name: each.terms for each in facts.organisation.industry.remedies}
    return (
        glossary.spelled(REMEDIES, remedies),
        f"Id of the case: {candidate.parameters['case']}",
    )


POLICY_VIOLATION = Task(
    key="policy_violation_identification",
    code="PVI",
    persona=SERVICE_AGENT,
    answer_type="id",
    metric="exact",
    find=find,
    rules=(RULE,),
    about=about,
    none=True,
    quotas={"not_allowed": 0.4, "too_late": 0.4, "too_much": 0.4},
)
