"""The policy rule, found out a second time: from what agents said and what the articles state.

It reads the words of agents, the articles of Knowledge__kav and the issue each case refers to;
what the pack calls its remedies is the only thing it knows beforehand. It is compared with the
hidden truth, PolicyViolation, afterwards.
"""

import re
from dataclasses import dataclass

import polars as pl

from orgsmith.schema.industry import Industry
from orgsmith.schema.latents import LATENTS
from orgsmith.validators.outcome import FINDINGS_KEPT, Finding, Outcome, Status, Tables, measured
from orgsmith.validators.records.rules import Rule, judge
from orgsmith.validators.texts.conversations import Conversations
from orgsmith.validators.texts.text import DATE, PERCENT, SAID_DATE, words

RECALL = 0.99
"""Least share of violations that the rule must find."""

SUPPORT = 20
"""Violations from which a share of them says anything."""

_SENTENCE = re.compile(r"[^.!?\n]+")
_DAYS = re.compile(r"\b(\d+) days\b")
_PERCENT = re.compile(PERCENT)

NOT_ALLOWED, TOO_LATE, TOO_MUCH = LATENTS["PolicyViolation"].field("violation").values


@dataclass(frozen=True, slots=True)
class Limit:
    """What an article allows: a remedy for an issue, until when, up to how much."""

    issue: str
    remedy: str
    within_days: int | None
    up_to_percent: int | None


def limits(industry: Industry, articles: pl.DataFrame, issues: list[str]) -> pl.DataFrame:
    """What the articles allow, read from their sentences.

    Args:
        industry: whose remedies have names.
        articles: columns Title and FAQ_Answer__c.
        issues: names of the issues; an article whose title names one states its policy.

    Returns:
        Columns issue, remedy (key), within_days and up_to_percent (null: no limit).
    """
    names = {remedy.name.casefold(): remedy.key for remedy in industry.remedies}
    # Longer names first: the name of one remedy may be a part of another one's.
    name = re.compile("|".join(re.escape(n) for n in sorted(names, key=len, reverse=True)))
    rows: dict[tuple[str, str], Limit] = {}
    texts = articles.select(pl.col("Title", "FAQ_Answer__c").fill_null(""))
    for title, body in texts.iter_rows():
        issue = issue_of(title, issues)
        if issue is None:
            continue
        for sentence in _SENTENCE.findall(body.casefold()):
            found = name.search(sentence)
            if found and "order date" in sentence:
                remedy = names[found[0]]
                days, percent = _DAYS.search(sentence), _PERCENT.search(sentence)
                rows[issue, remedy] = Limit(
                    issue,
                    remedy,
                    int(days[1]) if days else None,
                    int(percent[1]) if percent else None,
                )
    return pl.DataFrame(
        [(r.issue, r.remedy, r.within_days, r.up_to_percent) for r in rows.values()],
        schema={
            "issue": pl.String,
            "remedy": pl.String,
            "within_days": pl.Int64,
            "up_to_percent": pl.Int64,
        },
        orient="row",
    )


def read_offers(industry: Industry, said: pl.DataFrame) -> pl.DataFrame:
    """The offer of each case, from the words of its agents.

    Args:
        industry: whose remedies have terms.
        said: columns CaseId, Id, day and text: what agents said, in order.

    Returns:
        Columns CaseId, Id (of the message), remedy, percent, age_days; one row for each case in
        which a remedy is named, by the first message that does. The order's date is the earliest
        that agents have stated by then.
    """
    text = pl.col("text")
    named = text.str.contains(words(term for remedy in industry.remedies for term in remedy.terms))
    hits = [
        pl.when(text.str.contains(words(remedy.terms))).then(pl.lit(remedy.key))
        for remedy in industry.remedies
    ]
    first = (
        said.with_row_index("turn")
        .filter(named)
        .group_by("CaseId", maintain_order=True)
        .first()
        .with_columns(remedy=pl.coalesce(hits))
    )
    # The order comes before everything else that agents may date.
    ordered = (
        said.select("CaseId", text.str.extract_all(DATE).alias("date"))
        .with_row_index("turn")
        .filter(pl.col("date").list.len() > 0)
        .explode("date")
        .with_columns(pl.col("date").str.to_date(SAID_DATE, strict=False))
        .join(first.select("CaseId", upto="turn"), on="CaseId")
        .filter(pl.col("turn") <= pl.col("upto"))
        .group_by("CaseId")
        .agg(ordered=pl.col("date").min())
    )
    return first.join(ordered, on="CaseId", how="left", maintain_order="left").select(
        "CaseId",
        "Id",
        "remedy",
        percent=pl.col("text").str.extract(PERCENT, 1).cast(pl.Int64),
        age_days=(pl.col("day") - pl.col("ordered")).dt.total_days(),
    )


def judged(offers: pl.DataFrame, allowed: pl.DataFrame) -> pl.DataFrame:
    """Offers with a column `found`: how each breaks the policy, null if it does not.

    `offers` has columns issue, remedy, percent and age_days, `allowed` is what `limits` gives.
    """
    known = allowed.with_columns(listed=pl.lit(value=True))
    late = pl.col("age_days") > pl.col("within_days")
    much = pl.col("percent") > pl.col("up_to_percent")
    return offers.join(known, on=("issue", "remedy"), how="left").with_columns(
        found=pl.when(pl.col("listed").is_null())
        .then(pl.lit(NOT_ALLOWED))
        .when(late)
        .then(pl.lit(TOO_LATE))
        .when(much)
        .then(pl.lit(TOO_MUCH))
    )


def read_policy(tables: Tables, part: Conversations) -> pl.DataFrame:
    """What the rule finds in some cases, beside the truth.

    Columns Id (of the case), message, remedy, percent, age_days, found, and true_remedy,
    true_percent, true_age, violated, violation.
    """
    industry = tables.organisation.industry
    issues = tables.scan("Issue__c").select("Name").collect()["Name"].drop_nulls().to_list()
    articles = tables.scan("Knowledge__kav").select("Title", "FAQ_Answer__c").collect()
    agents = part.said.filter(pl.col("agent"))
    offers = read_offers(industry, agents).rename({"Id": "message"})
    truth = part.cases.select(
        "Id",
        "issue",
        offered=pl.col("offered_at").is_not_null(),
        true_remedy="remedy",
        true_percent="percent",
        true_age="age_days",
        violated=pl.col("violated").fill_null(value=False),
        violation="violation",
    )
    read = truth.join(offers, left_on="Id", right_on="CaseId", how="left")
    allowed = limits(industry, articles, issues)
    said = read.filter(pl.col("remedy").is_not_null())
    return pl.concat(
        [judged(said, allowed), read.filter(pl.col("remedy").is_null())], how="diagonal"
    )


def offers_agree(read: pl.DataFrame) -> Outcome:
    """Whether the offer that is read from the words is the hidden one, in every fact."""
    made = read.filter(pl.col("offered") | pl.col("remedy").is_not_null())
    return judge(
        "offers",
        "PolicyViolation",
        made,
        [
            Rule(
                "remedy",
                pl.col("remedy").is_null(),
                "is what agents' words offer; {true_remedy} is due",
                shown="remedy",
            ),
            Rule(
                "remedy",
                pl.col("remedy") != pl.col("true_remedy"),
                "is read from message {message}; {true_remedy} was offered",
            ),
            Rule(
                "percent",
                pl.col("percent").ne_missing(pl.col("true_percent"))
                & pl.col("true_percent").is_not_null(),
                "is read from message {message}; {true_percent} percent was offered",
            ),
            Rule(
                "age_days",
                pl.col("age_days").ne_missing(pl.col("true_age")) & pl.col("remedy").is_not_null(),
                "is the order's age read from message {message}; it is {true_age}",
            ),
        ],
    )


def violations_found(read: pl.DataFrame) -> Outcome:
    """Recall of the rule; needs columns Id, violated, violation and found."""
    true = read.filter("violated")
    missed = true.filter(pl.col("found").is_null())
    recall = 1 - missed.height / true.height if true.height else 1.0
    outcome = measured("policy recall", "PolicyViolation", true.height, recall, RECALL, SUPPORT)
    if outcome.status is not Status.FAILED:
        return outcome
    findings = tuple(
        Finding(
            outcome.name,
            "PolicyViolation",
            record,
            "violation",
            kind,
            "is not found in the words of the case's agents",
        )
        for record, kind in missed.sort("Id")
        .select("Id", "violation")
        .head(FINDINGS_KEPT)
        .iter_rows()
    )
    return Outcome(
        outcome.name, outcome.object, outcome.status, outcome.n, recall, RECALL, findings
    )


def no_false_flags(read: pl.DataFrame) -> Outcome:
    """What the rule finds where nothing is violated, or what is violated otherwise."""
    flagged = pl.col("found").is_not_null()
    return judge(
        "policy false flags",
        "PolicyViolation",
        read,
        [
            Rule(
                "violated",
                flagged & ~pl.col("violated"),
                "is the truth, but {remedy} in message {message} breaks the policy: {found}",
            ),
            Rule(
                "violation",
                flagged & pl.col("violated") & (pl.col("found") != pl.col("violation")),
                "is the truth, but {remedy} in message {message} is {found}",
            ),
        ],
    )


def issue_of(title: str, issues: list[str]) -> str | None:
    """The issue an article's title names: the longest name that stands there as whole words."""
    for issue in sorted(issues, key=len, reverse=True):
        if re.search(rf"(?<!\w){re.escape(issue.casefold())}(?!\w)", title.casefold()):
            return issue
    return None
