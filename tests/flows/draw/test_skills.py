import datetime as dt

import numpy as np
import polars as pl
import pytest

from orgsmith.flows.draw.agents import on_duty
from orgsmith.flows.draw.frames import day_numbers
from orgsmith.schema.industry import Industry
from tests.flows.draw.organisations import Drawn, Make, draw_organisation


def test_every_agent_has_three_issues_one_of_them_the_main_one(shop: Drawn) -> None:
    skills = shop["Skill"].group_by("UserId").agg(pl.col("weight").sort(descending=True))
    assert {tuple(weights) for weights in skills["weight"]} == {(1.0, 0.25, 0.12)}
    assert skills.height == shop.organisation.agents


def test_two_or_three_specialists_of_each_issue_are_on_duty(shop: Drawn) -> None:
    main = shop["Skill"].filter(pl.col("weight") == 1).join(shop["Tenure"], on="UserId")
    for year in range(shop.organisation.start.year, shop.organisation.as_of.year):
        for month in (1, 4, 7, 10):
            day = np.array([(dt.date(year, month, 15) - dt.date(1970, 1, 1)).days])
            there = main.filter(pl.Series(on_duty(main, day)[0]))["IssueId"].value_counts()
            assert there.height == shop["Issue__c"].height
            assert set(there["count"]) <= {1, 2, 3, 4}
            assert there["count"].is_between(2, 3).sum() >= 7


def test_speed_varies_and_can_be_switched_off(shop: Drawn, industry: Industry) -> None:
    logs = np.log(shop["ResponseTime"]["factor"].to_numpy())
    assert logs.std() == pytest.approx(0.35, abs=0.08)
    same = industry.latents.ResponseTime.model_copy(update={"agent_sigma": 0.0})
    latents = industry.latents.model_copy(update={"ResponseTime": same})
    flat = draw_organisation(industry.model_copy(update={"latents": latents}), "ResponseTime")
    assert set(flat["ResponseTime"]["factor"]) == {1.0}


def test_misrouting_episodes_follow_one_another_with_different_agents(shop: Drawn) -> None:
    episodes = shop["Misrouting"].sort("start")
    assert episodes.height == 40
    assert episodes["UserId"].is_unique().all()
    assert episodes["start"][0] == shop.organisation.start
    assert episodes["end"][-1] == shop.organisation.as_of
    assert episodes["start"][1:].equals(episodes["end"][:-1])


def test_misrouted_cases_go_to_agents_on_duty(shop: Drawn) -> None:
    joined = shop["Misrouting"].join(shop["Tenure"], on="UserId", suffix="_duty")
    assert (joined["start"] >= joined["start_duty"]).all()
    assert (joined["end"] <= joined["end_duty"].fill_null(shop.organisation.as_of)).all()


def test_more_episodes_run_side_by_side_at_greater_scale(make: Make) -> None:
    episodes = make("Misrouting", scale=10)["Misrouting"]
    assert episodes.height == 96
    start = day_numbers(episodes["start"])
    length = day_numbers(episodes["end"]) - start
    assert length.min() >= 36
    for day in np.unique(start):
        running = episodes.filter(
            (pl.col("start") <= pl.lit(day).cast(pl.Int32).cast(pl.Date))
            & (pl.col("end") > pl.lit(day).cast(pl.Int32).cast(pl.Date))
        )
        assert running.height == 3
        assert running["UserId"].is_unique().all()


def test_a_pack_without_episodes_has_none(industry: Industry) -> None:
    none = industry.latents.Misrouting.model_copy(update={"episodes": 0})
    latents = industry.latents.model_copy(update={"Misrouting": none})
    drawn = draw_organisation(industry.model_copy(update={"latents": latents}), "Misrouting")
    assert drawn["Misrouting"].is_empty()
