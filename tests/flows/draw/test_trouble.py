import polars as pl

from tests.flows.draw.organisations import Drawn, Make


def test_bursts_are_dealt_evenly_to_issues_and_months(shop: Drawn) -> None:
    trouble = shop["ProductTrouble"]
    assert trouble.height == 80
    assert trouble["IssueId"].value_counts()["count"].to_list() == [8] * 10
    assert set(trouble["month"].value_counts()["count"]) <= {1, 2}


def test_products_of_bursts_sell_well_and_have_been_on_sale(shop: Drawn) -> None:
    profile = shop["ProductProfile"]
    trouble = shop["ProductTrouble"].join(profile, on="ProductId")
    usual = profile["popularity"].to_numpy().mean()
    assert trouble["popularity"].to_numpy().mean() > 1.3 * usual
    waited = (trouble["month"] - trouble["introduced"]).dt.total_days()
    assert (waited >= 60).all()


def test_bursts_have_three_cases_of_their_issue_in_their_peak_month(
    any_organisation: Drawn,
) -> None:
    cases = any_organisation["CasePlan"].join(
        any_organisation["ProductTrouble"], on="burst", suffix="_of_burst"
    )
    in_month = pl.col("created").dt.date().dt.truncate("1mo") == pl.col("month")
    same_issue = pl.col("IssueId") == pl.col("IssueId_of_burst")
    bursts = cases.group_by("burst").agg(
        pl.len(),
        planted=(in_month & same_issue).sum(),
        product=(pl.col("ProductId") == pl.col("ProductId_of_burst")).all(),
    )
    assert bursts.height == any_organisation["ProductTrouble"].height
    assert (bursts["len"] == 5).all()
    assert (bursts["planted"] >= 3).all()
    assert bursts["product"].all()


def test_shares_of_bursts(make: Make) -> None:
    drawn = make("CasePlan", scale=12, blocks=1)
    cases = drawn["CasePlan"].join(drawn["ProductTrouble"], on="burst", suffix="_of_burst")
    month = (cases["created"].dt.date().dt.truncate("1mo") == cases["month"]).mean()
    issue = (cases["IssueId"] == cases["IssueId_of_burst"]).mean()
    assert isinstance(month, float)
    assert isinstance(issue, float)
    assert 0.78 < month < 0.83
    # Two in five cases are drawn freely, and some of them hit the burst's issue by chance.
    assert 0.74 < issue < 0.81
    assert 0.39 < cases.height / drawn["CasePlan"].height < 0.43
