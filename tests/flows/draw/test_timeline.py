import datetime as dt

import numpy as np
import polars as pl
import pytest

from orgsmith.flows.draw.frames import day_number
from orgsmith.flows.draw.hours import shifts_of
from orgsmith.flows.draw.rows import rows_in
from orgsmith.flows.draw.threads import MOVES, draw_threads
from orgsmith.schema.graph import NODES
from orgsmith.schema.industry import Industry
from orgsmith.schema.streams import stream
from tests.flows.draw.organisations import Drawn, Make, draw_organisation


def conversations(drawn: Drawn) -> pl.DataFrame:
    """The messages of each case in order, with its channel and status."""
    plan = drawn["CasePlan"].select("CaseId", "channel", "status", "handed_over", "OwnerId")
    messages = drawn["CaseTimeline"].filter(event="message").sort("CaseId", "number")
    return messages.join(plan, on="CaseId", maintain_order="left")


def test_moves_are_those_declared() -> None:
    (declared,) = (f for f in NODES["CaseTimeline"].fields if f.name == "move")
    assert set(MOVES) == set(declared.values)


def test_times_increase_strictly_and_end_before_the_as_of_date(any_organisation: Drawn) -> None:
    timeline = any_organisation["CaseTimeline"].sort("CaseId", "number")
    steps = timeline.select(step=pl.col("at").diff().over("CaseId")).drop_nulls()["step"]
    assert (steps > dt.timedelta(0)).all()
    assert (timeline["at"].dt.date() < any_organisation.organisation.as_of).all()
    numbers = timeline.group_by("CaseId").agg(pl.col("number").max() + 1 == pl.len())
    assert numbers["number"].all()


def test_events_are_those_of_the_plan(any_organisation: Drawn) -> None:
    plan, timeline = any_organisation["CasePlan"], any_organisation["CaseTimeline"]
    for event, moment in (
        ("created", "created"),
        ("transferred", "handed_over"),
        ("closed", "closed"),
    ):
        events = timeline.filter(event=event).select("CaseId", "at").sort("CaseId")
        planned = plan.select("CaseId", at=moment).drop_nulls()
        assert events.equals(planned.sort("CaseId")), event
    assigned = timeline.filter(event="assigned").select("CaseId", FirstOwnerId="UserId")
    assert assigned.sort("CaseId").equals(plan.select("CaseId", "FirstOwnerId").sort("CaseId"))
    moved = timeline.filter(event="transferred").select("CaseId", "UserId", "FromUserId")
    joined = moved.join(plan, on="CaseId")
    assert (joined["UserId"] == joined["OwnerId"]).all()
    assert (joined["FromUserId"] == joined["FirstOwnerId"]).all()
    waited = timeline.filter(event="assigned").join(plan, on="CaseId")
    seconds = (waited["at"] - waited["created"]).dt.total_seconds()
    assert seconds.is_between(1, 300).all()


def test_closed_threads_and_chats_follow_the_grammar(any_organisation: Drawn) -> None:
    talks = (
        conversations(any_organisation)
        .group_by("CaseId", "channel", "status")
        .agg(pl.col("move").str.join(" "))
        .with_columns(chat=pl.col("channel") == "Chat")
    )
    assert talks.height == any_organisation["CasePlan"].height
    closed = talks.filter(status="Closed")
    doubt = "(doubt reassure )?"
    mail = f"^report (ask_detail give_detail )?offer {doubt}accept confirm( thank)?$"
    chat = f"^greet report ask_detail give_detail check offer {doubt}accept confirm thank close$"
    assert closed.filter(~pl.col("chat"))["move"].str.contains(mail).all()
    assert closed.filter("chat")["move"].str.contains(chat).all()
    waiting = talks.filter(pl.col("status") != "Closed")
    assert not waiting["move"].str.contains("accept|confirm|close").any()
    assert (waiting.filter(status="New")["move"] == "report").all()
    assert (waiting.filter(pl.col("status") != "New")["move"].str.count_matches(" ") >= 1).all()


@pytest.mark.parametrize("length", [4.0, 5.6, 7.0])
def test_threads_are_as_long_as_asked(length: float) -> None:
    rng = stream(7, "test", 0, "threads")
    threads = draw_threads(np.full(2000, 3), np.zeros(2000, dtype=np.bool_), length, rng)
    assert threads.lengths.mean() == pytest.approx(length, abs=0.01)


def test_messages_are_as_many_as_in_the_reference(at_scale_1: Drawn) -> None:
    talks = conversations(at_scale_1)
    assert talks.filter(pl.col("channel") != "Chat").height == pytest.approx(3_234, rel=0.1)


def test_agents_write_in_their_shifts(make: Make) -> None:
    drawn = make("CaseTimeline", scale=4)
    organisation, tenure = drawn.organisation, drawn["Tenure"]
    shifts = shifts_of(tenure, day_number(organisation.start), organisation.days)
    sent = conversations(drawn).filter(~pl.col("incoming"))
    agents = rows_in(tenure["UserId"], sent["UserId"])
    works = pl.Series(shifts.working(agents, sent["at"].dt.epoch("s").to_numpy()))
    chat = sent["channel"] == "Chat"
    assert works.filter(chat).to_numpy().mean() > 0.98
    assert works.filter(~chat).to_numpy().mean() > 0.88


def test_the_new_owner_writes_after_a_hand_over(at_scale_1: Drawn) -> None:
    moved = conversations(at_scale_1).filter(pl.col("handed_over").is_not_null())
    sent = moved.filter(~pl.col("incoming"))
    after = sent.filter(pl.col("at") > pl.col("handed_over"))
    assert (after["UserId"] == after["OwnerId"]).all()
    before = sent.filter(pl.col("at") < pl.col("handed_over"))
    assert set(before["move"]) == {"ask_detail"}
    assert (before["UserId"] != before["OwnerId"]).all()
    assert before.height < 0.2 * after.height


def test_chats_are_quick_and_threads_take_hours(at_scale_1: Drawn) -> None:
    talks = conversations(at_scale_1).with_columns(
        gap=pl.col("at").diff().over("CaseId").dt.total_seconds()
    )
    chat = pl.col("channel") == "Chat"
    gaps = talks.filter(chat & (pl.col("move") != "offer"))["gap"].drop_nulls()
    assert gaps.min() in range(2, 60)
    assert (gaps <= 240).all()
    # Nobody stays in a chat that is silent for longer, however long the case takes.
    assert talks.filter(chat)["gap"].drop_nulls().to_numpy().max() <= 300
    whole = talks.filter(chat).group_by("CaseId").agg(pl.col("at").max() - pl.col("at").min())
    assert (whole["at"] > dt.timedelta(minutes=20)).sum() > 30
    replies = talks.filter(~chat & (pl.col("move") == "ask_detail"))["gap"]
    assert replies.median() in range(1800, 6 * 3600)
    customers = talks.filter(~chat & (pl.col("move") == "accept"))["gap"]
    assert customers.min() in range(60, 1800)


def test_customers_who_hear_nothing_ask_again_days_later(make: Make) -> None:
    talks = conversations(make("CaseTimeline", scale=4)).with_columns(
        gap=pl.col("at").diff().over("CaseId")
    )
    chases = talks.filter(move="chase")
    assert chases.height > 5
    assert chases["incoming"].all()
    assert (chases["status"] != "Closed").all()
    assert (chases["gap"] > dt.timedelta(hours=12)).sum() > 0.9 * chases.height


def test_moods_come_in_exact_shares(any_organisation: Drawn) -> None:
    moods = any_organisation["CustomerMood"]
    parameters = any_organisation.organisation.industry.latents.CustomerMood
    for mood, share in (
        ("Negative", parameters.negative),
        ("Neutral", parameters.neutral),
        ("Positive", parameters.positive),
    ):
        blocks = any_organisation.organisation.blocks
        assert (moods["mood"] == mood).sum() == pytest.approx(share * moods.height, abs=blocks)
    assert (moods["mood"] == moods["tone"]).all()


def test_the_tone_can_be_cut_loose_from_the_mood(industry: Industry) -> None:
    loose = industry.latents.CustomerMood.model_copy(update={"tone_strength": 0.0})
    latents = industry.latents.model_copy(update={"CustomerMood": loose})
    pack = industry.model_copy(update={"latents": latents})
    moods = draw_organisation(pack, "CustomerMood")["CustomerMood"]
    assert (moods["mood"] == moods["tone"]).sum() < 0.45 * moods.height
