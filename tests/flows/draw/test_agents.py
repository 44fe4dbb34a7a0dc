import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from orgsmith.flows.draw.agents import on_duty
from orgsmith.flows.draw.frames import day_number
from orgsmith.schema.industry import Industry
from tests.flows.draw.organisations import Drawn, draw_organisation


def life(drawn: Drawn) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    first = day_number(drawn.organisation.start)
    return np.arange(first, first + drawn.organisation.days)


def test_every_seat_is_taken_by_one_agent_on_every_day(any_shop: Drawn) -> None:
    tenure = any_shop["Tenure"]
    duty = on_duty(tenure, life(any_shop))
    seats = tenure["seat"].to_numpy()
    for seat in range(any_shop.organisation.seats):
        assert (duty[:, seats == seat].sum(axis=1) == 1).all()


def test_agents_stay_a_year_on_average_and_three_months_at_least(shop: Drawn) -> None:
    organisation = shop.organisation
    inside = shop["Tenure"].select(
        start=pl.col("start").clip(organisation.start, None),
        end=pl.col("end").fill_null(organisation.as_of),
    )
    months = (inside["end"] - inside["start"]).dt.total_days() / (365.25 / 12)
    assert months.to_numpy().mean() == pytest.approx(11.5, abs=0.1)
    assert months.to_numpy().min() >= 3
    assert months.to_numpy().std() > 3


def test_agents_change_on_mondays(shop: Drawn) -> None:
    assert set(shop["Tenure"]["end"].drop_nulls().dt.weekday()) == {1}


def test_without_turnover_everyone_is_on_duty(industry: Industry) -> None:
    tenure = industry.latents.Tenure.model_copy(update={"turnover": False})
    latents = industry.latents.model_copy(update={"Tenure": tenure})
    drawn = draw_organisation(industry.model_copy(update={"latents": latents}), "User")
    assert on_duty(drawn["Tenure"], life(drawn)).all()
    assert drawn["User"]["IsActive"].all()


def test_shifts_cover_customers_hours_from_coast_to_coast(shop: Drawn) -> None:
    shifts = shop["Tenure"].filter(pl.col("end").is_null())

    def staffed(zone: str, minute: int) -> bool:
        day = dt.datetime(2025, 6, 11, tzinfo=ZoneInfo(zone))
        local = [
            (day + dt.timedelta(minutes=minute)).astimezone(ZoneInfo(there))
            for there in shifts["time_zone"]
        ]
        clock = pl.Series([at.hour + at.minute / 60 for at in local])
        start = shifts["shift_start"]
        return clock.is_between(start, start + shifts["shift_hours"], closed="left").any()

    for zone in ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"):
        assert all(staffed(zone, minute) for minute in range(7 * 60, 22 * 60, 15)), zone


def test_agents_live_in_several_time_zones_from_east_to_west(shop: Drawn) -> None:
    seats = shop["Tenure"].unique("seat").sort("seat")["time_zone"]
    assert seats.rle().struct.field("value").to_list() == [
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Los_Angeles",
    ]


def test_weekends_are_staffed_thinner_but_staffed(any_shop: Drawn) -> None:
    masks = any_shop["Tenure"].unique("seat")["days_off"].to_numpy()
    assert {bin(mask).count("1") for mask in masks} == {2}
    on = [int(((masks >> weekday) & 1 == 0).sum()) for weekday in range(7)]
    assert max(on[5:]) < min(on[:5])
    assert min(on[5:]) >= 1


def test_users_are_the_agents_of_tenure(shop: Drawn) -> None:
    users = shop["User"].join(shop["Tenure"], left_on="Id", right_on="UserId", validate="1:1")
    assert users["DutyStart__c"].equals(users["start"], null_equal=True)
    assert users["DutyEnd__c"].equals(users["end"], null_equal=True)
    assert users["IsActive"].equals(users["end"].is_null())
    assert users["TimeZoneSidKey"].equals(users["time_zone"])
    assert users["IsActive"].sum() == shop.organisation.seats
    assert (users["CreatedDate"].dt.date() < users["DutyStart__c"]).all()
    assert users["Name"].is_unique().all()
