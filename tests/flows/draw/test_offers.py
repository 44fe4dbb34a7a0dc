import math
from collections.abc import Mapping

import polars as pl
import pytest

from orgsmith.schema.industry import Industry
from tests.flows.draw.organisations import Drawn, Make, draw_organisation


@pytest.fixture(scope="module")
def offers(at_scale_1: Drawn) -> pl.DataFrame:
    """The offers at scale 1 with their case and what policy says of the remedy, if anything."""
    return told(at_scale_1)


def told(drawn: Drawn) -> pl.DataFrame:
    plan = drawn["CasePlan"].select(
        "CaseId", "IssueId", "status", "order_date", "ProductId", "request_number"
    )
    offered = drawn["CaseTimeline"].filter(move="offer").select("CaseId", "at")
    return (
        drawn["PolicyViolation"]
        .join(plan, on="CaseId")
        .join(offered, on="CaseId")
        .join(drawn["IssueSolution"], on=["IssueId", "remedy"], how="left", coalesce=True)
        .join(
            drawn["IssueSolution"].select("IssueId", "remedy", allowed=pl.lit(True)),
            on=["IssueId", "remedy"],
            how="left",
        )
        .with_columns(pl.col("allowed").fill_null(False))
    )


def test_every_offer_made_has_a_row(any_organisation: Drawn) -> None:
    made = any_organisation["CaseTimeline"].filter(move="offer")["CaseId"]
    assert made.equals(any_organisation["PolicyViolation"]["CaseId"])


def test_age_is_counted_to_the_utc_day_of_the_offer(offers: pl.DataFrame) -> None:
    days = (offers["at"].dt.date() - offers["order_date"]).dt.total_days()
    assert days.equals(offers["age_days"].alias("at"))


def test_quota_of_violations_is_exact_for_each_issue(any_organisation: Drawn) -> None:
    # Quotas are rounded up in each block.
    blocks = any_organisation.organisation.blocks
    closed = told(any_organisation).filter(status="Closed").group_by("IssueId")
    for _, cases in closed:
        least = math.ceil(0.15 * cases.height)
        assert least <= cases["violated"].sum() <= least + blocks - 1


def test_there_are_enough_violations_of_every_issue(offers: pl.DataFrame) -> None:
    assert offers["violated"].sum() >= 120
    assert (offers.group_by("IssueId").agg(pl.col("violated").sum())["violated"] >= 8).all()
    assert (offers.filter("violated")["status"] == "Closed").all()
    assert set(offers["violation"].drop_nulls()) == {"not_allowed", "too_late", "too_much"}


def test_violations_break_policy_in_their_way_only(any_organisation: Drawn) -> None:
    broken = told(any_organisation).filter("violated")
    limit = pl.col("within_days").fill_null(9999)
    most = pl.col("up_to_percent").fill_null(100)
    by_kind = {
        "not_allowed": ~pl.col("allowed"),
        "too_late": pl.col("allowed") & (pl.col("age_days") > limit + 2),
        "too_much": pl.col("allowed")
        & (pl.col("age_days") <= limit - 2)
        & (pl.col("percent") >= most + 10),
    }
    for kind, rule in by_kind.items():
        assert broken.filter(violation=kind).filter(~rule).is_empty(), kind
    late = broken.filter(violation="too_late")
    assert (late["percent"].fill_null(0) <= late["up_to_percent"].fill_null(100)).all()


def test_other_offers_keep_policy(any_organisation: Drawn) -> None:
    kept = told(any_organisation).filter(~pl.col("violated"))
    assert kept["allowed"].all()
    assert (kept["age_days"] <= kept["within_days"].fill_null(9999) - 2).all()
    assert (kept["percent"].fill_null(0) <= kept["up_to_percent"].fill_null(100)).all()
    assert kept["violation"].null_count() == kept["KnowledgeId"].null_count() == kept.height


def test_the_article_is_the_one_of_the_issue(at_scale_1: Drawn, offers: pl.DataFrame) -> None:
    articles = at_scale_1["KnowledgeFact"].filter(kind="policy").select("IssueId", "KnowledgeId")
    broken = offers.filter("violated")
    assert broken.join(articles, on=["IssueId", "KnowledgeId"], how="semi").height == broken.height


def test_offers_name_their_remedy_and_size(offers: pl.DataFrame, industry: Industry) -> None:
    remedies = {remedy.key: remedy for remedy in industry.remedies}
    for row in offers.iter_rows(named=True):
        remedy = remedies[row["remedy"]]
        assert "{" not in row["offer"]
        assert any(term in row["offer"].lower() for term in remedy.terms)
        assert (row["percent"] is not None) == (remedy.measured_in == "percent")
        if row["percent"] is not None:
            assert f"{row['percent']} percent" in row["offer"]
            assert row["percent"] % 5 == 0
            assert 5 <= row["percent"] < 100


def wishes(drawn: Drawn) -> pl.DataFrame:
    """Each request of the pack and each remedy that meets it."""
    issues = dict(drawn["Issue__c"].select("Name", "Id").iter_rows())
    rows = [
        (issues[issue.name], number, remedy, True)
        for issue in drawn.organisation.industry.issues
        for number, request in enumerate(issue.requests)
        for remedy in request.met_by
    ]
    names = ["IssueId", "request_number", "remedy", "met"]
    return pl.DataFrame(rows, schema=names, orient="row")


def test_wish_says_whether_the_remedy_meets_the_request(at_scale_1: Drawn) -> None:
    by_request = ["IssueId", "request_number"]
    meeting = wishes(at_scale_1)
    some = meeting.select(by_request).unique().with_columns(possible=True)
    offers = (
        told(at_scale_1)
        .join(meeting, on=[*by_request, "remedy"], how="left")
        .join(some, on=by_request, how="left")
    )
    expected = (
        pl.when("met").then(pl.lit("granted")).when("possible").then(pl.lit("other"))
    ).otherwise(pl.lit("apart"))
    assert offers.select(pl.col("wish") == expected)["wish"].all()
    assert set(offers["wish"]) == {"granted", "other", "apart"}


def test_agents_please_customers_four_times_in_five_where_they_can(make: Make) -> None:
    drawn = make("PolicyViolation", scale=4)
    keys = ["IssueId", "request_number", "remedy"]
    by_case = (
        told(drawn).filter(~pl.col("violated")).select("CaseId", "age_days", "wish", *keys[:2])
    )
    pool = (
        by_case.join(drawn["IssueSolution"], on="IssueId")
        .filter(pl.col("age_days") <= pl.col("within_days").fill_null(9999) - 2)
        .join(wishes(drawn), on=keys, how="left")
        .group_by("CaseId", "wish")
        .agg(some=pl.col("met").any(), every=pl.col("met").fill_null(False).all())
    )
    choice = pool.filter(pl.col("some") & ~pl.col("every"))
    assert choice.height > 500
    assert (choice["wish"] == "granted").to_numpy().mean() == pytest.approx(0.8, abs=0.04)


@pytest.mark.parametrize("kind", ["not_allowed", "too_late", "too_much"])
def test_agents_break_policy_to_please(make: Make, kind: str) -> None:
    offers = told(make("PolicyViolation", scale=4)).filter(violation=kind)
    assert offers.filter(wish="granted").height > 0.28 * offers.height


def test_kinds_of_violations_come_about_as_often(offers: pl.DataFrame) -> None:
    counts = dict(offers["violation"].drop_nulls().value_counts().iter_rows())
    assert counts["too_late"] >= 0.28 * sum(counts.values())
    assert min(counts.values()) >= 0.2 * sum(counts.values())


def test_outcomes_are_of_the_remedy_offered(offers: pl.DataFrame, industry: Industry) -> None:
    remedies = {remedy.key: remedy for remedy in industry.remedies}
    spoken = [noun.said for category in industry.categories for noun in category.nouns]
    known = {
        key: {text.replace("{noun}", noun) for text in remedy.outcomes for noun in spoken}
        for key, remedy in remedies.items()
    }
    for key, outcome in offers.select("remedy", "outcome").iter_rows():
        assert outcome in known[key]
    for (key,), rows in offers.group_by("remedy"):
        used = {outcome.split(",")[0] for outcome in rows["outcome"]}
        assert len(used) >= min(5, rows.height), key


@pytest.mark.parametrize(
    ("latent", "update", "broken"),
    [
        ("Solution", {"limit_strength": 0.0}, "late"),
        ("IssueSolution", {"policy_strength": 0.0}, "not allowed"),
    ],
)
def test_agents_can_be_freed_of_policy_without_a_mark(
    industry: Industry, latent: str, update: Mapping[str, float], broken: str
) -> None:
    part = getattr(industry.latents, latent).model_copy(update=update)
    latents = industry.latents.model_copy(update={latent: part})
    drawn = draw_organisation(industry.model_copy(update={"latents": latents}), "PolicyViolation")
    free = told(drawn).filter(~pl.col("violated"))
    late = free.filter(pl.col("allowed") & (pl.col("age_days") > pl.col("within_days")))
    counts = {"late": late.height, "not allowed": free.filter(~pl.col("allowed")).height}
    assert counts[broken] > 10


def test_no_violations_where_the_share_is_nought(industry: Industry, make: Make) -> None:
    part = industry.latents.PolicyViolation.model_copy(update={"share": 0.0})
    latents = industry.latents.model_copy(update={"PolicyViolation": part})
    drawn = draw_organisation(industry.model_copy(update={"latents": latents}), "PolicyViolation")
    assert not drawn["PolicyViolation"]["violated"].any()


def test_trouble_is_settled_where_the_pack_says_how(at_scale_1: Drawn, industry: Industry) -> None:
    names = dict(at_scale_1["Issue__c"].select("Id", "Name").iter_rows())
    spoken = [noun.said for category in industry.categories for noun in category.nouns]
    known = {
        issue.name: {text.replace("{noun}", noun) for text in issue.settled for noun in spoken}
        for issue in industry.issues
    }
    said = told(at_scale_1).select("IssueId", "settled").rows()
    assert all((text in known[names[i]]) if known[names[i]] else text is None for i, text in said)
    assert len({text for _, text in said}) > sum(map(bool, known.values()))


def test_what_is_absurd_is_never_offered(any_organisation: Drawn) -> None:
    never = {issue.name: issue.never for issue in any_organisation.organisation.industry.issues}
    names = dict(any_organisation["Issue__c"].select("Id", "Name").iter_rows())
    made = told(any_organisation).select("IssueId", "remedy").rows()
    assert [remedy for i, remedy in made if remedy in never[names[i]]] == []
