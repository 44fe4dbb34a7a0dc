import json

import polars as pl
import pytest

from tests.flows.draw.organisations import Drawn


@pytest.fixture(scope="module")
def mails(at_scale_1: Drawn) -> pl.DataFrame:
    """All mails at scale 1, threads in order."""
    return at_scale_1["EmailMessage"].sort("ParentId", "number")


def test_mails_belong_to_mail_and_web_cases_and_chats_to_chats(at_scale_1: Drawn) -> None:
    cases = at_scale_1["Case"]
    chats = cases.filter(Origin="Chat")["Id"]
    assert set(at_scale_1["LiveChatTranscript"]["CaseId"]) == set(chats)
    others = cases.filter(pl.col("Origin") != "Chat")["Id"]
    assert set(at_scale_1["EmailMessage"]["ParentId"]) == set(others)


def test_addresses_and_names(at_scale_1: Drawn, mails: pl.DataFrame) -> None:
    support = at_scale_1.organisation.industry.company.support_address
    cases = at_scale_1["Case"].select("ContactId", ParentId="Id")
    people = at_scale_1["Contact"].select("Email", "Name", ContactId="Id")
    joined = mails.join(cases, on="ParentId").join(people, on="ContactId")
    received = joined.filter("Incoming")
    assert (received["FromAddress"] == received["Email"]).all()
    assert (received["FromName"] == received["Name"]).all()
    assert (received["ToAddress"] == support).all()
    sent = joined.filter(~pl.col("Incoming"))
    assert (sent["FromAddress"] == support).all()
    assert (sent["ToAddress"] == sent["Email"]).all()
    agent = sent["agent_first_name"] + " " + sent["agent_last_name"]
    assert (sent["FromName"] == agent).all()


def test_receivers_are_the_contact_or_an_agent_of_the_case(
    at_scale_1: Drawn, mails: pl.DataFrame
) -> None:
    plan = at_scale_1["CasePlan"].select("ContactId", "FirstOwnerId", "OwnerId", ParentId="CaseId")
    for row in mails.join(plan, on="ParentId").iter_rows(named=True):
        (receiver,) = json.loads(row["ToIds"])
        agents = {row["FirstOwnerId"], row["OwnerId"]}
        assert receiver in (agents if row["Incoming"] else {row["ContactId"]})


def test_threads_are_numbered_and_answer_each_other(mails: pl.DataFrame) -> None:
    first = mails.filter(number=0)
    assert (first["move"] == "report").all()
    assert first["Incoming"].all()
    assert first["answers"].null_count() == first["gap_hours"].null_count() == first.height
    rest = mails.filter(pl.col("number") > 0)
    assert (rest["gap_hours"] > 0).all()
    assert rest["answers"].null_count() == 0
    before = mails.select("ParentId", "move", number=pl.col("number") + 1)
    joined = rest.join(before, on=["ParentId", "number"], suffix="_before")
    assert joined.height == rest.height
    assert (joined["answers"] == joined["move_before"]).all()


def test_states_of_mails(at_scale_1: Drawn, mails: pl.DataFrame) -> None:
    assert (mails.filter(~pl.col("Incoming"))["Status"] == "Sent").all()
    last_answer = pl.col("number").filter(~pl.col("Incoming")).max().over("ParentId").fill_null(-1)
    received = mails.with_columns(last=last_answer).filter("Incoming")
    replied = received["number"] < received["last"]
    assert (received["Status"] == "Replied").equals(replied.alias("Status"))
    unread = received.filter(Status="New")["ParentId"]
    new = at_scale_1["Case"].filter(Status="New", Origin="Email")["Id"]
    assert set(new) <= set(unread)


def test_offers_are_those_of_the_case(at_scale_1: Drawn, mails: pl.DataFrame) -> None:
    made = mails.filter(move="offer")
    offers = at_scale_1["PolicyViolation"].select(
        "remedy", "offer", "outcome", "settled", "wish", ParentId="CaseId"
    )
    joined = made.join(offers, on="ParentId", suffix="_made")
    assert joined.height == made.height
    assert (joined["offer"] == joined["offer_made"]).all()
    assert (joined["outcome"] == joined["outcome_made"]).all()
    assert joined["settled"].equals(joined["settled_made"].alias("settled"), null_equal=True)
    assert (joined["wish"] == joined["wish_made"]).all()
    assert joined["remedy_name"].null_count() == joined["fulfilment"].null_count() == 0
    without = mails.filter(pl.col("offer").is_null())
    assert without["outcome"].null_count() == without["wish"].null_count() == without.height
    assert not without["move"].is_in(["offer", "doubt", "reassure", "accept", "confirm"]).any()


def test_whoever_took_over_says_so(at_scale_1: Drawn, mails: pl.DataFrame) -> None:
    moved = at_scale_1["CasePlan"].filter(pl.col("handed_over").is_not_null())
    taken = mails.filter("taken_over")
    assert set(taken["ParentId"]) <= set(moved["CaseId"])
    assert taken["ParentId"].is_unique().all()
    assert not taken["Incoming"].any()
    # In an open case the new agent may not have written yet.
    plan = moved.select("CaseId", "FirstOwnerId", "OwnerId")
    wrote = (
        at_scale_1["CaseTimeline"]
        .filter(event="message", incoming=False)
        .join(plan, left_on=["CaseId", "UserId"], right_on=["CaseId", "OwnerId"])
    )
    assert set(taken["ParentId"]) == set(mails["ParentId"]) & set(wrote["CaseId"])
    names = ["agent_first_name", "agent_last_name"]
    said = mails.filter(~pl.col("Incoming")).join(
        taken.select("ParentId", *names, since="number"), on=["ParentId", *names]
    )
    assert (said["number"] >= said["since"]).all()
    assert said.height > taken.height


def test_mails_are_filed_within_seconds(mails: pl.DataFrame) -> None:
    seconds = (mails["CreatedDate"] - mails["MessageDate"]).dt.total_seconds()
    assert seconds.is_between(1, 5).all()


def test_chats_name_their_moves_and_times(any_organisation: Drawn) -> None:
    chats = any_organisation["LiveChatTranscript"].join(
        any_organisation["Case"], left_on="CaseId", right_on="Id"
    )
    for row in chats.iter_rows(named=True):
        moves, times = row["moves"].split(), [int(t) for t in row["times"].split()]
        assert len(moves) == len(times)
        assert times[0] == 0
        assert times == sorted(set(times))
        assert (row["EndTime"] - row["StartTime"]).total_seconds() == times[-1] + 1
        assert row["StartTime"] > row["CreatedDate_right"]
        assert row["ClosedDate"] is None or row["EndTime"] < row["ClosedDate"]
        assert (row["Status"] == "Completed") == row["IsClosed"]
        assert row["OwnerId"] == row["OwnerId_right"]


def test_names_of_transcripts_follow_time(at_scale_1: Drawn) -> None:
    assert at_scale_1["LiveChatTranscript"].sort("Name")["StartTime"].is_sorted()


def test_customers_answer_the_agent_who_wrote_last(mails: pl.DataFrame) -> None:
    spoke = mails.select(
        "Incoming",
        "agent_first_name",
        last=pl.when(~pl.col("Incoming")).then("agent_first_name").forward_fill().over("ParentId"),
    )
    answers = spoke.filter(pl.col("Incoming") & pl.col("last").is_not_null())
    assert answers.height > 500
    assert answers.filter(pl.col("agent_first_name") != pl.col("last")).is_empty()
