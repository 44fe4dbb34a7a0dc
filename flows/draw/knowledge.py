"""What the company knows: issues, remedies, the policy that joins them, and the articles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from orgsmith.flows.draw.frames import day_number, node_frame
from orgsmith.flows.draw.keys import ids
from orgsmith.flows.draw.moments import office_moments
from orgsmith.flows.draw.parents import Parents
from orgsmith.prompts.policy import policy_statement
from orgsmith.schema.industry import Allowed, Fact, Issue
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

SET_UP = (200, 900)
"""Days before the organisation's first day on which issues and articles were first saved."""

FIRST_ARTICLE = 1001

NO_LIMIT = ("no time limit", "without a time limit")
"""How a policy statement says that there is none."""


@dataclass(frozen=True, slots=True)
class Written:
    """An article to be: its kind, what it belongs to, and its facts with the remedy each is on."""

    kind: str
    title: str
    summary: str
    facts: tuple[tuple[Fact, str | None], ...]
    issue_id: str | None = None
    category_id: str | None = None


def draw_issue(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """The issues, as the pack lists them."""
    del parents, block
    issues = organisation.industry.issues
    rng = stream(organisation.seed, "Issue__c", 0, "created")
    day = day_number(organisation.start) - rng.integers(*SET_UP, len(issues))
    return node_frame(
        "Issue__c",
        {
            "Id": ids(organisation, "Issue__c", len(issues)),
            "Name": pl.Series([issue.name for issue in issues]),
            "CreatedDate": office_moments(rng, day),
            "summary": pl.Series([issue.summary for issue in issues]),
        },
    )


def draw_solution(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """The remedies, as the pack lists them."""
    del parents, block
    remedies = organisation.industry.remedies
    return node_frame(
        "Solution",
        {
            "remedy": pl.Series([remedy.key for remedy in remedies]),
            "name": pl.Series([remedy.name for remedy in remedies]),
            "measured_in": pl.Series([remedy.measured_in for remedy in remedies]),
            "fulfilment": pl.Series([remedy.fulfilment for remedy in remedies]),
        },
    )


def draw_issue_solution(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """Which remedies the pack allows for which issue."""
    del parents, block
    issues = organisation.industry.issues
    issue_ids = ids(organisation, "Issue__c", len(issues))
    rows = [
        (issue_id, allowed.remedy, allowed.within_days, allowed.up_to_percent)
        for issue, issue_id in zip(issues, issue_ids, strict=True)
        for allowed in issue.remedies
    ]
    issue_of, remedy, days, percent = zip(*rows, strict=True)
    return node_frame(
        "IssueSolution",
        {
            "IssueId": pl.Series(issue_of),
            "remedy": pl.Series(remedy),
            "within_days": pl.Series(days, dtype=pl.Int64),
            "up_to_percent": pl.Series(percent, dtype=pl.Int64),
        },
    )


def draw_knowledge_fact(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """What each article states: policy from IssueSolution, the rest from the pack."""
    del parents, block
    articles = list(_articles(organisation))
    article_ids = ids(organisation, "Knowledge__kav", len(articles))
    rows = [
        {
            "KnowledgeId": article_id,
            "number": number,
            "kind": article.kind,
            "IssueId": article.issue_id,
            "ProductCategoryId": article.category_id,
            "remedy": remedy,
            "title": article.title,
            "summary": article.summary,
            "question": fact.question,
            "answer": fact.answer,
            "statement": fact.statement,
        }
        for article, article_id in zip(articles, article_ids, strict=True)
        for number, (fact, remedy) in enumerate(article.facts)
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return node_frame("KnowledgeFact", {name: frame[name] for name in frame.columns})


def _articles(organisation: Organisation) -> Iterator[Written]:
    """Every article: one for each issue, those of the categories, those of the company."""
    industry = organisation.industry
    issue_ids = ids(organisation, "Issue__c", len(industry.issues))
    for issue, issue_id in zip(industry.issues, issue_ids, strict=True):
        yield _policy(organisation, issue, issue_id)
    category_ids = ids(organisation, "ProductCategory", len(industry.categories))
    for category, category_id in zip(industry.categories, category_ids, strict=True):
        for article in category.articles:
            facts = tuple((fact, None) for fact in article.facts)
            yield Written("care", article.title, article.summary, facts, None, category_id)
    for article in industry.company_articles:
        facts = tuple((fact, None) for fact in article.facts)
        yield Written("company", article.title, article.summary, facts)


def _policy(organisation: Organisation, issue: Issue, issue_id: str) -> Written:
    """The policy article of an issue: a fact for each remedy it allows."""
    names = {remedy.key: remedy.name for remedy in organisation.industry.remedies}
    facts = tuple(
        (_policy_fact(issue.name, names[allowed.remedy], allowed, number), allowed.remedy)
        for number, allowed in enumerate(issue.remedies)
    )
    summary = (
        f"What an agent may offer in a case of the issue {issue.name}, until when, and how much."
    )
    return Written("policy", issue.name, summary, facts, issue_id=issue_id)


def _policy_fact(issue: str, remedy: str, allowed: Allowed, number: int) -> Fact:
    statement = policy_statement(remedy, allowed.within_days, allowed.up_to_percent, number)
    about = f"For a case of the issue {issue},"
    if allowed.within_days is not None:
        question = f"{about} how many days after the order date can {remedy} be offered?"
        answer = f"{allowed.within_days} days"
    elif allowed.up_to_percent is not None:
        question = f"{about} how large can {remedy} be at most?"
        answer = f"{allowed.up_to_percent} percent"
    else:
        question = f"{about} is there a time limit for offering {remedy}?"
        answer = next(words for words in NO_LIMIT if words in statement)
    return Fact(question=question, answer=answer, statement=statement)


def draw_knowledge(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """The articles, before they have words; facts stand one a line."""
    del block
    articles = (
        parents["KnowledgeFact"]
        .sort("KnowledgeId", "number")
        .group_by("KnowledgeId", maintain_order=True)
        .agg(
            pl.first("kind", "title", "summary"),
            pl.col("statement").str.join("\n").alias("facts"),
        )
    )
    count = articles.height
    rng = stream(organisation.seed, "Knowledge__kav", 0, "dates")
    day = day_number(organisation.start) - rng.integers(*SET_UP, count)
    created = office_moments(rng, day)
    numbers = FIRST_ARTICLE + created.rank("ordinal").cast(pl.Int64)
    # What articles state holds from the first day on: a later publication changed the wording only.
    age = (day_number(organisation.as_of) - 8 - day) * rng.random(count)
    published = office_moments(rng, day + age.astype(np.int64))
    return node_frame(
        "Knowledge__kav",
        {
            "Id": articles["KnowledgeId"],
            "UrlName": pl.Series(
                [
                    f"{slug(title)}-{number}"
                    for title, number in zip(articles["title"], numbers, strict=True)
                ]
            ),
            "ArticleNumber": numbers.cast(pl.String).str.zfill(9),
            "PublishStatus": "Online",
            "Language": "en_US",
            "CreatedDate": created,
            "LastPublishedDate": pl.select(pl.max_horizontal(created, published)).to_series(),
            "kind": articles["kind"],
            "subject": articles["title"],
            "gist": articles["summary"],
            "facts": articles["facts"],
        },
    )


def slug(text: str) -> str:
    """Text as it stands in an address: small letters and digits joined by hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))
