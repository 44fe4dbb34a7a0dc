"""Effects on what agents offer, what articles state, and how customers speak."""

import re

import numpy as np
import polars as pl

from orgsmith.schema.latents import LATENTS
from orgsmith.validators.effects.effect import Effect, Measured, met, support, table, texts
from orgsmith.validators.effects.measures import auc, matching
from orgsmith.validators.outcome import Outcome, Tables, collected, measured

NO_LIMIT_DAYS = 1_000_000
"""Stands for no time limit."""

LEAST_OFFERS = 100
VIOLATIONS_SHOW = 0.05
LEAST_MOODS = 100
MOOD_AUC = 0.7
NEGATIVE, _, POSITIVE = LATENTS["CustomerMood"].field("mood").values
MOODS = (NEGATIVE, POSITIVE)
"""Moods that must show in words: those between may sound like either."""


def chances(tables: Tables) -> pl.DataFrame:
    """For each offer the chance that one made by chance would come too late, and whether it does.

    Chance offers any remedy that is listed for the issue, whatever the order's age; planned
    violations are left out.
    """
    listed = tables.scan("IssueSolution").select("IssueId", "within_days", listed="remedy")
    kept = _offers(tables).filter(~pl.col("violated"))
    late = pl.col("age_days") > pl.col("within_days").fill_null(NO_LIMIT_DAYS)
    return collected(
        kept.join(listed, on="IssueId")
        .group_by("CaseId")
        .agg(chance=late.mean(), late=(late & (pl.col("listed") == pl.col("remedy"))).any())
    )


def time_limits(_tables: Tables, rows: pl.DataFrame) -> Measured:
    """How many of the offers that would come too late by chance agents avoid, as a share.

    Support is the number of late offers that chance would give.
    """
    choices = rows.sort("CaseId")
    expected = float(choices["chance"].sum())
    return int(expected), 1 - float(choices["late"].sum()) / expected if expected else 0.0


def offers_by_issue(tables: Tables) -> pl.DataFrame:
    """How often each remedy is offered for each issue."""
    return met(_offers(tables), "IssueId", "remedy")


def allowed_remedies(tables: Tables, rows: pl.DataFrame) -> Measured:
    """Offers of remedies that the policy for their issue lists."""
    allowed = met(tables.scan("IssueSolution"), "IssueId", "remedy")
    issues, remedies = texts(rows["IssueId"]), texts(rows["remedy"])
    counts = table(rows, "IssueId", "remedy", issues, remedies)
    score = table(allowed, "IssueId", "remedy", issues, remedies)
    return support(rows), matching((counts, np.minimum(score, 1.0)))


def _offers(tables: Tables) -> pl.LazyFrame:
    """Offers of closed cases, with the case's issue."""
    cases = tables.scan("Case").filter("IsClosed").select(CaseId="Id", IssueId="IssueId__c")
    return (
        tables.scan("PolicyViolation")
        .select("CaseId", "remedy", "age_days", "violated")
        .join(cases, on="CaseId")
    )


def no_rows(_tables: Tables) -> pl.DataFrame:
    """What is measured on small tables alone needs nothing of the parts."""
    return pl.DataFrame()


def stated_facts(tables: Tables, _rows: pl.DataFrame) -> Measured:
    """Facts are found in the articles that should state them, by the words of their answers."""
    facts = (
        tables.scan("KnowledgeFact")
        .select("KnowledgeId", "number", "statement", "answer")
        .collect()
    )
    articles = tables.scan("Knowledge__kav").select("Id", "FAQ_Answer__c").sort("Id").collect()
    bodies = [set(_words(body or "")) for body in articles["FAQ_Answer__c"]]
    wanted = [set(_words(f"{s} {a}")) for s, a in facts.select("statement", "answer").iter_rows()]
    score = np.array([[len(fact & body) / len(fact) for body in bodies] for fact in wanted])
    places = {record: place for place, record in enumerate(articles["Id"])}
    counts = np.zeros((len(wanted), len(bodies)))
    for row, article in enumerate(facts["KnowledgeId"]):
        if article in places:
            counts[row, places[article]] = 1.0
    return facts.height, matching((counts, score.reshape(counts.shape)))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.casefold())


def violations_show(read: pl.DataFrame) -> Outcome:
    """The share of offers that break policy, and visibly so.

    `read` is what `policy.read_policy` returns for all cases.
    """
    made = read.filter("offered")
    both = made.filter(pl.col("violated") & pl.col("found").is_not_null())
    return measured(
        "violations in words",
        "PolicyViolation",
        made.height,
        both.height / max(made.height, 1),
        VIOLATIONS_SHOW,
        LEAST_OFFERS,
    )


def moods_show(valences: pl.DataFrame) -> Outcome:
    """Words of customers in a good mood rate higher than those of customers in a bad one.

    `valences` has columns mood and valence, one row for each case. The statistic is the chance
    that a case of the mood Positive rates higher than one of the mood Negative.
    """
    by_mood = {
        mood: valences.filter(pl.col("mood") == mood)["valence"].to_numpy() for mood in MOODS
    }
    n = min(values.size for values in by_mood.values())
    statistic = auc(by_mood[NEGATIVE], by_mood[POSITIVE])
    return measured("mood in words", "CustomerMood", n, statistic, MOOD_AUC, LEAST_MOODS)


POLICY_EFFECTS = (
    Effect("Solution", "offers within time limits", chances, time_limits, 0.6, 8),
    Effect("IssueSolution", "offers by policy", offers_by_issue, allowed_remedies, 0.5, 100),
    Effect("KnowledgeFact", "facts in their articles", no_rows, stated_facts, 2.0, 50),
)
