"""What tools are given: Ids, days and windows, and what is said where one is wrong."""

import pytest

from orgsmith.arena.agents.errors import ToolError
from orgsmith.arena.agents.toolbox.agents import count_managed_cases_by_agent
from orgsmith.arena.agents.toolbox.arguments import MOST_IDS, day, record_id, record_ids
from orgsmith.arena.agents.toolbox.articles import search_articles
from orgsmith.arena.agents.toolbox.case_file import get_emails_of_case
from orgsmith.arena.agents.toolbox.cases import MOST_LISTED, get_cases
from orgsmith.arena.agents.toolbox.finding import find_contact
from orgsmith.arena.agents.toolbox.products import (
    get_order_items_of_product,
    get_purchase_history,
)
from orgsmith.arena.agents.toolbox.rankings import (
    rank_agents_by_handle_time,
    rank_agents_by_transfer_count,
)
from orgsmith.schema.ids import suffix
from tests.arena.toolbox.conftest import DeskOn

CASE = "500000000000001"
UNKNOWN = "01t0000000000ZZ"


def test_ids_are_taken_as_they_are_written() -> None:
    full = CASE + suffix(CASE)
    assert record_id(CASE, "Case") == full
    assert record_id(f" {full.lower()} ", "Case") == full
    assert record_ids([CASE, full, CASE], "Case") == [full]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "'' is not an Id: Ids of Case are 15 or 18 letters and digits, beginning with 500"),
        ("00100200", "look the Id up first if you only have a name or a number"),
        ("500' OR Id != '", "is not an Id"),
        ("005000000000001", "begins with 500: it is that of a User"),
        ("zzz000000000001", "it is that of no object of this org"),
        ("x" * 1_000, f"'{'x' * 60}...' is not an Id"),
    ],
)
def test_other_ids_are_refused(text: str, said: str) -> None:
    with pytest.raises(ToolError) as refused:
        record_id(text, "Case")
    assert said in str(refused.value)
    assert len(str(refused.value)) < 300


def test_lists_have_an_end() -> None:
    with pytest.raises(ToolError, match="4,001 Ids are too many"):
        record_ids([CASE] * (MOST_IDS + 1), "Case")


@pytest.mark.parametrize(
    "text", ["", "2023-02-30", "20230201", "2023-W05-1", "2023-2-1", "٢٠٢٣-02-01", "Q1 2023"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ToolError, match=r"start is .*, which is no day: write it as YYYY-MM-DD"):
        day(text, "start")


@pytest.mark.parametrize("end", ["2023-05-01", "2023-04-30", "0001-01-01"])
def test_a_window_has_a_first_day(desk_on: DeskOn, end: str) -> None:
    with pytest.raises(ToolError, match=f"start 2023-05-01 is not before end {end}"):
        count_managed_cases_by_agent(desk_on("2024-01-01"), "2023-05-01", end)


def test_windows_may_be_as_long_as_there_are_days(desk_on: DeskOn) -> None:
    desk = desk_on("2023-01-01")
    ever = count_managed_cases_by_agent(desk, "0001-01-01", "9999-12-31")
    assert ever == count_managed_cases_by_agent(desk, "1900-01-01", "2023-01-01")
    assert ever


def test_numbers_and_limits_have_bounds(desk_on: DeskOn) -> None:
    desk = desk_on("2024-01-01")
    with pytest.raises(ToolError, match="more_than is -1, but must be 0 or more"):
        rank_agents_by_handle_time(desk, "2023-01-01", "2023-02-01", -1, "lowest")
    for limit in (0, 51):
        with pytest.raises(ToolError, match=f"limit is {limit}, but must lie between 1 and 50"):
            search_articles(desk, "anything", limit)


def test_words_are_those_that_are_offered(desk_on: DeskOn) -> None:
    desk, window = desk_on("2024-01-01"), ("2023-01-01", "2023-02-01")
    with pytest.raises(ToolError, match="extreme is 'most': take highest or lowest"):
        rank_agents_by_handle_time(desk, *window, 0, "most")  # type: ignore[arg-type]
    with pytest.raises(ToolError, match="extreme is 'highest': take most or fewest"):
        rank_agents_by_transfer_count(desk, *window, 0, "highest")  # type: ignore[arg-type]
    with pytest.raises(ToolError, match="status is 'New': take open or closed"):
        get_cases(desk, status="New")  # type: ignore[arg-type]


def test_records_that_do_not_exist_are_refused(desk_on: DeskOn) -> None:
    desk = desk_on("2024-01-01")
    with pytest.raises(ToolError, match="there is no Product2 with the Id 01t0000000000ZZ"):
        get_order_items_of_product(desk, UNKNOWN)
    with pytest.raises(ToolError, match="there is no case with the Id 500000000000001"):
        get_emails_of_case(desk, CASE)


def test_an_empty_list_says_nothing(desk_on: DeskOn) -> None:
    desk = desk_on("2024-01-01")
    for name in ("managed_by", "owned_by"):
        with pytest.raises(ToolError, match=f"the list of Ids for {name} is empty: leave it out"):
            get_cases(desk, **{name: []})  # type: ignore[arg-type]
    with pytest.raises(ToolError, match="leave it out if any OrderItem will do"):
        get_cases(desk, order_item_ids=[])
    (account,) = desk.query("SELECT Id FROM Account ORDER BY Id LIMIT 1")
    with pytest.raises(ToolError, match="the list of Ids for product_ids is empty: leave it out"):
        get_purchase_history(desk, account["Id"], product_ids=[])


def test_three_long_lists_fit_into_a_question(desk_on: DeskOn) -> None:
    desk = desk_on("2024-01-01")
    lists = [[f"{prefix}{n:012d}" for n in range(MOST_LISTED)] for prefix in ("500", "802", "a0I")]
    cases, items, issues = lists
    assert get_cases(desk, case_ids=cases, order_item_ids=items, issue_ids=issues) == []
    with pytest.raises(ToolError, match="1,001 Ids are too many"):
        get_cases(desk, case_ids=[*cases, f"500{MOST_LISTED:012d}"])


def test_names_have_an_end(desk_on: DeskOn) -> None:
    with pytest.raises(ToolError, match="name has 1,001 characters, which no name has"):
        find_contact(desk_on("2024-01-01"), "x" * 1_001)
