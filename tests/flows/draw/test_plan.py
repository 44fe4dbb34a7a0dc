import datetime as dt
import re

import numpy as np
import polars as pl
import pytest

from orgsmith.flows.draw.frames import day_number
from orgsmith.flows.draw.hours import shifts_of
from orgsmith.flows.draw.places import time_zones
from orgsmith.flows.draw.rows import rows_in
from orgsmith.schema.industry import Industry
from tests.flows.draw.organisations import Drawn, Make, draw_organisation


def in_shift(drawn: Drawn, agent: str, moment: str, cases: pl.DataFrame) -> np.ndarray:
    """Whether a moment of each case lies in the shift of one of its agents."""
    organisation, tenure = drawn.organisation, drawn["Tenure"]
    shifts = shifts_of(tenure, day_number(organisation.start), organisation.days)
    agents = rows_in(tenure["UserId"], cases[agent])
    return shifts.working(agents, cases[moment].dt.epoch("s").to_numpy())


def test_quotas_are_exact(any_organisation: Drawn) -> None:
    organisation, plan = any_organisation.organisation, any_organisation["CasePlan"]
    counts, scale = organisation.industry.counts, organisation.scale
    assert plan.height == round(counts.Case * scale)
    chats = (plan["channel"] == "Chat").sum()
    assert chats == round(counts.Case * counts.chat_share * scale)
    moved = plan.filter(pl.col("handed_over").is_not_null())
    assert moved.height == round(counts.Case * counts.transfer_share * scale)
    assert (moved["FirstOwnerId"] != moved["OwnerId"]).all()
    others = plan.filter(pl.col("handed_over").is_null())
    assert others["FirstOwnerId"].equals(others["OwnerId"].alias("FirstOwnerId"))
    closed = (plan["status"] == "Closed").sum()
    assert closed == round(counts.Case * counts.closed_share * scale)


@pytest.mark.parametrize("as_of", [None, dt.date(2024, 2, 29), dt.date(2025, 7, 3)])
def test_no_month_is_without_cases(make: Make, as_of: dt.date | None) -> None:
    drawn = make("CasePlan", as_of=as_of)
    organisation = drawn.organisation
    # Nothing can be reported before something is ordered: two days after the start.
    days = pl.date_range(
        organisation.start + dt.timedelta(days=2),
        organisation.as_of,
        "1d",
        closed="left",
        eager=True,
    )
    cases = drawn["CasePlan"].group_by(pl.col("created").dt.strftime("%Y-%m")).len()
    assert set(days.dt.strftime("%Y-%m")) == set(cases["created"])


def test_times_are_in_order_and_inside_the_span(any_organisation: Drawn) -> None:
    organisation, plan = any_organisation.organisation, any_organisation["CasePlan"]
    end = dt.datetime.combine(organisation.as_of, dt.time(), dt.UTC)
    created = plan["created"]
    assert (created.dt.date() >= organisation.start).all()
    for later in ("handed_over", "closed"):
        cases = plan.filter(pl.col(later).is_not_null())
        assert (cases[later] > cases["created"]).all()
        assert (cases[later] < end).all()
    assert (created < end).all()
    both = plan.filter(pl.col("handed_over") >= pl.col("closed"))
    assert both.is_empty()
    assert plan["closed"].is_null().equals((plan["status"] != "Closed").alias("closed"))


def test_orders_come_before_their_cases_and_inside_the_span(any_organisation: Drawn) -> None:
    organisation, plan = any_organisation.organisation, any_organisation["CasePlan"]
    lag = (plan["created"].dt.date() - plan["order_date"]).dt.total_days()
    assert lag.is_between(1, 120).all()
    assert (plan["order_date"] >= organisation.start).all()
    accounts = any_organisation["Account"].select(AccountId="Id", registered="CreatedDate")
    profile = any_organisation["ProductProfile"]
    joined = plan.join(accounts, on="AccountId").join(profile, on="ProductId")
    assert joined.height == plan.height
    assert (joined["registered"].dt.date() < joined["order_date"]).all()
    assert (joined["introduced"] <= joined["order_date"]).all()
    delivered = plan.filter(pl.col("delivery_date").is_not_null())
    assert (delivered["delivery_date"] > delivered["order_date"]).all()
    assert (delivered["delivery_date"] < organisation.as_of).all()


def test_lags_follow_the_issue(make: Make, industry: Industry) -> None:
    drawn = make("CasePlan", scale=4)
    issues = drawn["Issue__c"].select(IssueId="Id", name="Name")
    plan = drawn["CasePlan"].join(issues, on="IssueId")
    medians = {}
    for issue in industry.issues:
        cases = plan.filter(name=issue.name)
        lag = (cases["created"].dt.date() - cases["order_date"]).dt.total_days()
        median = lag.median()
        assert isinstance(median, float)
        medians[issue.key] = median
        if issue.lag.after == "delivery":
            assert (cases["delivery_date"] < cases["created"].dt.date()).all()
        else:
            assert median == pytest.approx(issue.lag.median_days, rel=0.35, abs=1)
        # What cannot fit is drawn again: no heap at the end.
        assert (lag == 120).sum() < 0.06 * len(lag)
    assert max(medians.values()) > 60
    assert min(medians.values()) < 4


def test_customers_have_a_contact_and_differ_within_a_burst(any_organisation: Drawn) -> None:
    plan, contact = any_organisation["CasePlan"], any_organisation["Contact"]
    pairs = contact.select(ContactId="Id", account="AccountId")
    owned = plan.join(pairs, on="ContactId").filter(pl.col("account") == pl.col("AccountId"))
    assert owned.height == plan.height
    bursts = plan.filter(pl.col("burst").is_not_null()).group_by("burst")
    customers = bursts.agg(pl.col("AccountId").n_unique())["AccountId"]
    assert customers.min() in ({5} if contact.height > 100 else {1, 2, 3, 4, 5})


def test_customers_complain_by_habit(make: Make) -> None:
    drawn = make("CasePlan", scale=4)
    cases = drawn["CasePlan"].join(drawn["ComplaintHabit"], on="AccountId", suffix="_of_habit")
    usual = (cases["IssueId"] == cases["IssueId_of_habit"]).mean()
    shelf = (cases["ProductCategoryId"] == cases["ProductCategoryId_of_habit"]).mean()
    counts = drawn["CasePlan"].group_by("AccountId").len()
    rates = counts.join(drawn["ComplaintHabit"], on="AccountId")
    assert isinstance(usual, float)
    assert isinstance(shelf, float)
    assert usual > 0.3
    assert shelf > 0.3
    assert rates.select(pl.corr("len", "rate")).item() > 0.5


def test_trouble_is_concentrated(shop: Drawn) -> None:
    cases = shop["CasePlan"]["ProductId"].value_counts(sort=True)["count"]
    assert 255 <= len(cases) <= 320
    assert 0.42 <= cases.to_numpy()[:50].sum() / cases.to_numpy().sum() <= 0.58


def test_agents_are_on_duty_and_skilled(any_organisation: Drawn) -> None:
    plan, tenure = any_organisation["CasePlan"], any_organisation["Tenure"]
    until = pl.col("end").fill_null(dt.date(2999, 1, 1))
    for owner, moment in (("FirstOwnerId", "created"), ("OwnerId", "closed")):
        cases = plan.filter(pl.col(moment).is_not_null())
        joined = cases.join(tenure, left_on=owner, right_on="UserId")
        day = joined[moment].dt.date()
        assert (day >= joined["start"]).all()
        assert (day < joined.select(until).to_series()).all()
    skills = any_organisation["Skill"].select("IssueId", OwnerId="UserId")
    skilled = plan.join(skills, on=["OwnerId", "IssueId"], how="semi").height
    first = skills.rename({"OwnerId": "FirstOwnerId"})
    right = plan.join(first, on=["FirstOwnerId", "IssueId"], how="semi")
    if any_organisation.organisation.scale >= 1:
        assert skilled / plan.height > 0.98
    # Whoever is misrouted lands with someone who cannot solve the issue.
    assert right["handed_over"].is_null().all()


def test_every_agent_has_a_case(shop: Drawn) -> None:
    assert shop["CasePlan"]["FirstOwnerId"].n_unique() == shop.organisation.agents


def test_routing_can_be_switched_off(industry: Industry) -> None:
    even = industry.latents.Skill.model_copy(update={"routing_strength": 0.0})
    latents = industry.latents.model_copy(update={"Skill": even})
    drawn = draw_organisation(industry.model_copy(update={"latents": latents}), "CasePlan")
    plan = drawn["CasePlan"]
    skills = drawn["Skill"].select("IssueId", FirstOwnerId="UserId")
    skilled = plan.join(skills, on=["FirstOwnerId", "IssueId"], how="semi").height
    assert skilled / plan.height < 0.4


def test_episodes_misroute_most_transfers_to_one_agent(make: Make) -> None:
    drawn = make("CasePlan", scale=2)
    moved = drawn["CasePlan"].filter(pl.col("handed_over").is_not_null())
    of_episode = moved.filter(pl.col("misrouting").is_not_null()).join(
        drawn["Misrouting"], left_on="misrouting", right_on="episode"
    )
    assert of_episode.height == round(0.9 * moved.height)
    assert (of_episode["FirstOwnerId"] == of_episode["UserId"]).all()
    day = of_episode["created"].dt.date()
    assert day.is_between(of_episode["start"], of_episode["end"], closed="left").all()
    winners = moved["FirstOwnerId"].value_counts()["count"]
    assert (winners >= 2).sum() > 0.6 * len(winners)
    right = drawn["CasePlan"].filter(pl.col("handed_over").is_null())
    assert right["misrouting"].null_count() == right.height


def test_hours_look_worked(make: Make) -> None:
    drawn = make("CasePlan", scale=4)
    plan = drawn["CasePlan"]
    accounts = drawn["Account"].select(AccountId="Id", code="ShippingPostalCode")
    cases = plan.join(accounts, on="AccountId", maintain_order="left")
    cases = cases.with_columns(zone=time_zones(drawn.organisation, cases["code"]))
    hours = np.concatenate(
        [
            part["created"].dt.convert_time_zone(str(zone)).dt.hour().to_numpy()
            for (zone,), part in cases.group_by("zone", maintain_order=True)
        ]
    )
    by_hour = np.bincount(hours, minlength=24)
    assert by_hour[:6].sum() < 0.06 * plan.height
    assert by_hour[9:17].sum() > 0.5 * plan.height
    assert (by_hour > 0).all()
    weekday = np.bincount(plan["created"].dt.weekday().to_numpy(), minlength=8)[1:]
    assert max(weekday[5:]) < 0.8 * min(weekday[:5])
    clock = plan["created"].dt
    assert ((clock.minute() % 15 == 0) & (clock.second() == 0)).sum() == 0
    assert len(set(clock.second())) == 60


def test_agents_work_in_their_shifts(make: Make) -> None:
    drawn = make("CasePlan", scale=4)
    closed = drawn["CasePlan"].filter(pl.col("closed").is_not_null())
    chats, mails = (
        closed.filter(f) for f in (pl.col("channel") == "Chat", pl.col("channel") != "Chat")
    )
    assert in_shift(drawn, "OwnerId", "closed", mails).mean() > 0.9
    assert in_shift(drawn, "OwnerId", "closed", chats).mean() > 0.99
    assert in_shift(drawn, "FirstOwnerId", "created", chats).mean() > 0.99
    night = mails.filter(~pl.Series(in_shift(drawn, "FirstOwnerId", "created", mails)))
    assert night.height > 0.2 * mails.height


def test_handle_times_have_two_modes_and_follow_speed_and_state(make: Make) -> None:
    drawn = make("CasePlan", scale=4)
    minutes = (pl.col("closed") - pl.col("created")).dt.total_seconds() / 60
    plan = drawn["CasePlan"].filter(pl.col("closed").is_not_null(), pl.col("handed_over").is_null())
    plan = plan.with_columns(minutes=minutes)
    chats, mails = (
        plan.filter(f) for f in (pl.col("channel") == "Chat", pl.col("channel") != "Chat")
    )
    medians = chats["minutes"].median(), mails["minutes"].median()
    assert medians[0] == pytest.approx(18, abs=5)
    assert medians[1] == pytest.approx(7 * 60, abs=150)
    speed = chats.join(drawn["ResponseTime"], left_on="OwnerId", right_on="UserId")
    logs = speed.select(pl.corr(pl.col("minutes").log(), pl.col("factor").log())).item()
    assert logs > 0.5


def test_open_cases_are_mostly_recent(make: Make) -> None:
    drawn = make("CasePlan", scale=4)
    age = (pl.lit(drawn.organisation.as_of) - pl.col("created").dt.date()).dt.total_days()
    waiting = drawn["CasePlan"].filter(pl.col("status") != "Closed").with_columns(age=age)
    assert set(waiting["status"]) == {"New", "Working", "Escalated"}
    median = waiting["age"].median()
    assert isinstance(median, float)
    assert median < 200
    assert waiting.filter(pl.col("age") > 365).height > 0
    assert (waiting.filter(status="New")["age"] <= 14).all()
    assert waiting.filter(pl.col("status") == "New", pl.col("channel") == "Chat").is_empty()


def test_phrases_have_no_slots_left_and_are_spread(shop: Drawn, industry: Industry) -> None:
    plan = shop["CasePlan"]
    for name in ("symptom", "request", "detail_ask", "detail_give", "mention"):
        assert not plan[name].str.contains(r"[{}]").any()
    issues = {issue.name: issue for issue in industry.issues}
    named = plan.join(shop["Issue__c"].select(IssueId="Id", name="Name"), on="IssueId")
    for (name,), cases in named.group_by("name"):
        issue = issues[str(name)]
        assert set(cases["mention"]) <= set(issue.mentions)
        counts = cases["detail_ask"].value_counts()["count"]
        # Dealt by category, so that none comes more than a few times as often as another.
        assert len(counts) == len(issue.details)
    repeats = plan.group_by("ProductId", "IssueId").agg(
        pl.len(), distinct=pl.col("symptom").n_unique()
    )
    assert (
        repeats.filter(pl.col("len") <= 8)["distinct"]
        >= repeats.filter(pl.col("len") <= 8)["len"] - 1
    ).all()


def test_requests_can_be_found_again(shop: Drawn, industry: Industry) -> None:
    issues = {issue.name: issue for issue in industry.issues}
    profile = shop["ProductProfile"].select("ProductId", "spoken")
    named = (
        shop["CasePlan"]
        .join(shop["Issue__c"].select(IssueId="Id", name="Name"), on="IssueId")
        .join(profile, on="ProductId")
    )
    for row in named.iter_rows(named=True):
        request = issues[row["name"]].requests[row["request_number"]]
        assert row["request"] == request.say.replace("{noun}", row["spoken"])


def test_details_are_answered_with_values_of_their_own(shop: Drawn, industry: Industry) -> None:
    answers: dict[str, list[str]] = {}
    for issue in industry.issues:
        for detail in issue.details:
            gives = [re.sub(r"\\\{\w+\\\}", ".+", re.escape(give)) for give in detail.give]
            answers.setdefault(detail.ask, []).extend(gives)
    plan = shop["CasePlan"]
    for ask, give in plan.select("detail_ask", "detail_give").iter_rows():
        assert any(re.fullmatch(pattern, give) for pattern in answers[ask]), give
    codes = plan["detail_give"].str.extract(r"\b([A-Z]{2}\d{10})\b").drop_nulls()
    digits = plan["detail_give"].str.extract(r"\b([1-9]\d{3})\b").drop_nulls()
    assert len(codes) > 40
    assert codes.is_unique().all()
    assert digits.n_unique() > 0.9 * len(digits) > 40


def test_pairs_are_spoken_of_as_pairs(shop: Drawn, industry: Industry) -> None:
    said = {noun.name: noun.said for c in industry.categories for noun in c.nouns}
    profile = shop["ProductProfile"]
    assert profile["spoken"].to_list() == [said[noun] for noun in profile["noun"]]
    assert (profile["spoken"] != profile["noun"]).any()
    told = shop["CasePlan"].join(profile, on="ProductId").filter(pl.col("spoken") != pl.col("noun"))
    for row in told.select("symptom", "request", "noun", "spoken").iter_rows(named=True):
        for text in (row["symptom"], row["request"]):
            assert row["noun"] not in text.replace(row["spoken"], ""), text


def test_blocks_do_not_depend_on_each_other(make: Make) -> None:
    first = make("CasePlan", scale=12, blocks=1)["CasePlan"]
    both = make("CasePlan", scale=12)["CasePlan"]
    assert both.head(first.height).equals(first)


def test_the_same_seed_plans_the_same(make: Make, shop: Drawn) -> None:
    again = make("CasePlan")
    assert again["CasePlan"].equals(shop["CasePlan"])
    assert not make("CasePlan", seed=8)["CasePlan"]["created"].equals(shop["CasePlan"]["created"])


def test_late_deliveries_take_a_week_at_least(shop: Drawn, industry: Industry) -> None:
    late = [issue.name for issue in industry.issues if issue.late_delivery]
    ids = shop["Issue__c"].filter(pl.col("Name").is_in(late))["Id"].to_list()
    cases = shop["CasePlan"].filter(pl.col("IssueId").is_in(ids))
    days = (cases["delivery_date"] - cases["order_date"]).dt.total_days().to_numpy()
    # Where a product came out only days before, no order can be older.
    assert (days < 7).sum() <= 0.01 * days.size
