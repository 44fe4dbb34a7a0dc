"""Rankings: what comes first by the rules, with numbers and ties told."""

import datetime as dt

import pytest

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.toolbox.rankings import (
    count_cases_by_month_for_product,
    count_issues_of_product,
    rank_agents_by_handle_time,
    rank_agents_by_transfer_count,
    rank_states_by_closing_time,
)
from orgsmith.arena.agents.toolbox.routing import rank_agents_on_duty
from orgsmith.arena.solver.desk import Desk
from tests.arena.solver.stage import Stage

WINDOW = ("2031-03-01", "2031-04-01")


def desk(stage: Stage, today: str = "2031-04-01") -> Desk:
    return Desk(stage.session, dt.date.fromisoformat(today))


def test_handle_times_take_two_cases(stage: Stage) -> None:
    quick, slow, once = stage.agent("quick"), stage.agent("slow"), stage.agent("once")
    for agent, hours, times in ((quick, 2, 2), (slow, 5, 2), (once, 1, 1)):
        for _ in range(times):
            stage.case(agent, "2031-03-05 10:00", f"2031-03-05 {10 + hours}:00")
    lowest = rank_agents_by_handle_time(desk(stage), *WINDOW, 0, "lowest")
    assert lowest["answer"] == quick
    assert list(lowest) == ["answer", "ranking"]
    assert f"1. quick ({quick}): 2 h 0 min in the mean of 2 closed, 2 managed" in lowest["ranking"]
    assert any("once (1)" in line for line in lowest["ranking"])
    assert rank_agents_by_handle_time(desk(stage), *WINDOW, 0, "highest")["answer"] == slow
    none = rank_agents_by_handle_time(desk(stage), *WINDOW, 2, "highest")
    assert none["answer"] == "None"
    assert none["ranking"][-1] == "nothing is left to compare"


def test_ties_are_told(stage: Stage) -> None:
    agents = [stage.agent("one"), stage.agent("other")]
    for agent in agents:
        stage.case(agent, "2031-03-05 10:00")
    found = rank_agents_by_transfer_count(desk(stage), *WINDOW, 0, "fewest")
    assert found["answer"] == "None"
    assert found["ranking"][-1].startswith("a tie: ")
    assert all(agent in found["ranking"][-1] for agent in agents)
    most = rank_agents_by_transfer_count(desk(stage), *WINDOW, 0, "most")
    assert most["ranking"][-1] == "none of them handed over a case"
    assert stage.hand_over(stage.case(agents[0], "2031-03-06 10:00"), agents[1], "2031-03-07 10:00")
    assert rank_agents_by_transfer_count(desk(stage), *WINDOW, 0, "most")["answer"] == agents[0]
    assert rank_agents_by_transfer_count(desk(stage), *WINDOW, 0, "fewest")["answer"] == agents[1]


def test_states_take_three_cases(stage: Stage) -> None:
    agent = stage.agent("agent")
    for state, hours, times in (("TX", 3, 3), ("CA", 5, 3), ("NY", 1, 2)):
        account = stage.account(state)
        for _ in range(times):
            closed = f"2031-03-05 {10 + hours}:00"
            stage.case(agent, "2031-03-05 10:00", closed, AccountId=account)
    found = rank_states_by_closing_time(desk(stage), *WINDOW)
    assert found["answer"] == "TX"
    assert "2. CA: 5 h 0 min in the mean of 3 cases" in found["ranking"]
    assert rank_states_by_closing_time(desk(stage), "2029-01-01", "2029-02-01")["answer"] == "None"


def test_months_and_issues_of_a_product_are_counted(stage: Stage) -> None:
    product = stage.product("Lantern")
    item, agent = stage.item(product), stage.agent("agent")
    often, seldom = stage.issue("Often"), stage.issue("Seldom")
    for day, issue in (("05", often), ("06", often), ("07", seldom)):
        stage.case(agent, f"2031-03-{day} 10:00", OrderItemId__c=item, IssueId__c=issue)
    stage.case(agent, "2031-02-07 10:00", OrderItemId__c=item, IssueId__c=seldom)
    months = count_cases_by_month_for_product(desk(stage), product, "2031-01-01", "2031-04-01")
    assert months["answer"] == "2031-03"
    assert "3. 2031-01: 0 cases" in months["ranking"]
    issues = count_issues_of_product(desk(stage), product, *WINDOW)
    assert issues["answer"] == often
    assert f"2. Seldom ({seldom}): 1 case" in issues["ranking"]
    tie = count_issues_of_product(desk(stage), product, "2031-02-01", "2031-04-01")
    assert tie["answer"] == "None"
    assert (
        count_issues_of_product(desk(stage), product, "2030-01-01", "2030-02-01")["answer"]
        == "None"
    )
    # Three cases stand out before today; before the seventh there were two.
    early = desk(stage, "2031-03-07")
    assert count_cases_by_month_for_product(early, product, *WINDOW)["answer"] == "None"
    with pytest.raises(ToolError, match="is not the Id of a Product2"):
        count_issues_of_product(desk(stage), often, *WINDOW)


def test_routing_goes_level_by_level(stage: Stage) -> None:
    stage.send_everyone_home("2031-01-01")
    one, other, gone = (
        stage.agent("one"),
        stage.agent("other"),
        stage.agent("gone", end="2031-03-01"),
    )
    issue, product = stage.issue('Quote " Trouble'), stage.product("Lantern's \\ Light")
    item = stage.item(product)
    for agent in (one, other, gone, gone):
        stage.case(agent, "2031-02-01 10:00", "2031-02-02 10:00", IssueId__c=issue)
    stage.case(other, "2031-02-01 10:00", "2031-02-02 10:00", OrderItemId__c=item)
    names = ('quote " trouble', "lantern's \\ light")
    by_product = rank_agents_on_duty(desk(stage), *names)
    assert by_product["answer"] == other
    assert by_product["ranking"][0] == "decided by product"
    assert rank_agents_on_duty(desk(stage), issue, product) == by_product
    tied = rank_agents_on_duty(desk(stage), issue)
    assert tied["answer"] == "None"
    assert tied["ranking"][-1].startswith("a tie: ")
    stage.case(other, "2031-02-03 10:00")
    by_open = rank_agents_on_duty(desk(stage), issue)
    assert by_open["answer"] == one
    assert by_open["ranking"][0] == "decided by open"
    with pytest.raises(ToolError, match="no product is called 'Lamp'"):
        rank_agents_on_duty(desk(stage), issue, "Lamp")
