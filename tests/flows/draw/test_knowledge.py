import re

import polars as pl

from orgsmith.flows.draw.knowledge import slug
from orgsmith.schema.industry import Industry
from tests.flows.draw.organisations import Drawn


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", text.lower()))


def test_forty_five_articles_at_every_scale(any_shop: Drawn) -> None:
    kinds = any_shop["Knowledge__kav"]["kind"].value_counts()
    assert dict(kinds.iter_rows()) == {"policy": 10, "care": 28, "company": 7}


def test_one_policy_article_for_each_issue_with_a_fact_for_each_remedy(shop: Drawn) -> None:
    facts = shop["KnowledgeFact"].filter(pl.col("kind") == "policy")
    stated = facts.select("IssueId", "remedy").sort("IssueId", "remedy")
    allowed = shop["IssueSolution"].select("IssueId", "remedy").sort("IssueId", "remedy")
    assert stated.equals(allowed)
    assert facts.group_by("IssueId").agg(pl.col("KnowledgeId").n_unique())["KnowledgeId"].max() == 1


def test_policy_facts_state_the_limits(shop: Drawn) -> None:
    facts = shop["KnowledgeFact"].join(shop["IssueSolution"], on=["IssueId", "remedy"])
    for row in facts.iter_rows(named=True):
        days, percent = row["within_days"], row["up_to_percent"]
        assert (f"{days} days" in row["statement"]) if days else ("time limit" in row["statement"])
        assert percent is None or f"{percent} percent" in row["statement"]


def test_every_word_of_an_answer_stands_in_the_statement(shop: Drawn) -> None:
    for answer, statement in shop["KnowledgeFact"].select("answer", "statement").iter_rows():
        assert words(answer) <= words(statement), (answer, statement)


def test_policy_subjects_are_the_names_of_issues(shop: Drawn) -> None:
    subjects = shop["Knowledge__kav"].filter(pl.col("kind") == "policy")["subject"]
    assert set(subjects) == set(shop["Issue__c"]["Name"])


def test_facts_stand_in_the_variables_one_a_line(shop: Drawn, industry: Industry) -> None:
    company = shop["Knowledge__kav"].filter(pl.col("kind") == "company")
    given = {
        article.title: [f.statement for f in article.facts] for article in industry.company_articles
    }
    for subject, facts in company.select("subject", "facts").iter_rows():
        assert facts.split("\n") == given[subject]


def test_articles_are_numbered_by_their_first_day(shop: Drawn) -> None:
    articles = shop["Knowledge__kav"].sort("CreatedDate")
    assert articles["ArticleNumber"].equals(articles["ArticleNumber"].sort())
    assert (articles["LastPublishedDate"] >= articles["CreatedDate"]).all()


def test_care_articles_belong_to_a_category(shop: Drawn) -> None:
    care = shop["KnowledgeFact"].filter(pl.col("kind") == "care")
    assert set(care["ProductCategoryId"]) == set(shop["ProductCategory"]["Id"])


def test_slug() -> None:
    assert slug("How to Reach Us: 3 Ways") == "how-to-reach-us-3-ways"
