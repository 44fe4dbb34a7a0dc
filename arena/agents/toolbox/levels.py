"""The tools that agents may call, by level.

The reference's set has 27 tools: 25 kinds, two of which (the Ids with an extreme value, and the
agents with an extreme number of cases) come as a pair for most and least. Without its two free
queries, which are `FREE` here, and without `respond`, 24 are left: the level "standard".
"""

from collections.abc import Callable, Mapping, Sequence

from orgsmith.arena.agents.toolbox.agents import (
    compute_mean_handle_time_by_agent,
    compute_transfer_count_by_agent,
    count_managed_cases_by_agent,
    find_agents_managing_more_than,
    find_agents_with_fewest_cases,
    find_agents_with_most_cases,
)
from orgsmith.arena.agents.toolbox.articles import (
    find_answer_in_articles,
    find_policy_article,
    search_articles,
)
from orgsmith.arena.agents.toolbox.case_file import get_chat_of_case, get_emails_of_case
from orgsmith.arena.agents.toolbox.cases import (
    count_cases_by_month,
    get_cases,
    get_cases_without_transfer,
    get_states_of_cases,
)
from orgsmith.arena.agents.toolbox.durations import compute_mean_closing_time_by_state
from orgsmith.arena.agents.toolbox.finding import find_contact, find_product, find_products_bought
from orgsmith.arena.agents.toolbox.free import describe, query, search
from orgsmith.arena.agents.toolbox.issues import count_issues_of_order_items, get_issues
from orgsmith.arena.agents.toolbox.periods import compute_dates_of_period, compute_start_of_period
from orgsmith.arena.agents.toolbox.phrases import resolve_window
from orgsmith.arena.agents.toolbox.products import (
    get_account_of_contact,
    get_order_items_of_product,
    get_purchase_history,
    search_products,
)
from orgsmith.arena.agents.toolbox.rankings import (
    count_cases_by_month_for_product,
    count_issues_of_product,
    rank_agents_by_handle_time,
    rank_agents_by_transfer_count,
    rank_states_by_closing_time,
)
from orgsmith.arena.agents.toolbox.reading import read_case
from orgsmith.arena.agents.toolbox.routing import rank_agents_on_duty
from orgsmith.arena.agents.toolbox.values import (
    find_ids_with_highest_value,
    find_ids_with_lowest_value,
)

JSON = str | int | float | bool | None | Sequence["JSON"] | Mapping[str, "JSON"]
"""What a tool returns."""

Tool = Callable[..., JSON]
"""A function whose first parameter is the desk, and whose docstring is what a model reads."""

FREE: tuple[Tool, ...] = (query, search)
"""Statements of an agent's own."""

LEVELS: Mapping[str, tuple[Tool, ...]] = {
    "basic": (*FREE, describe),
    "standard": (
        compute_start_of_period,
        compute_dates_of_period,
        get_cases,
        get_cases_without_transfer,
        get_states_of_cases,
        count_cases_by_month,
        count_managed_cases_by_agent,
        find_agents_managing_more_than,
        find_agents_with_most_cases,
        find_agents_with_fewest_cases,
        compute_mean_handle_time_by_agent,
        compute_transfer_count_by_agent,
        compute_mean_closing_time_by_state,
        find_ids_with_highest_value,
        find_ids_with_lowest_value,
        get_order_items_of_product,
        get_account_of_contact,
        get_purchase_history,
        search_products,
        get_issues,
        count_issues_of_order_items,
        search_articles,
        get_emails_of_case,
        get_chat_of_case,
    ),
    "composed": (
        resolve_window,
        rank_agents_by_handle_time,
        rank_agents_by_transfer_count,
        rank_states_by_closing_time,
        count_cases_by_month_for_product,
        count_issues_of_product,
        rank_agents_on_duty,
        find_contact,
        find_product,
        find_products_bought,
        read_case,
        find_policy_article,
        find_answer_in_articles,
    ),
}
"""From statements of one's own to a tool for each part of a question."""


def respond(answer: str | int | float | None) -> str:
    """Give the final answer. This ends the work: call it once, with the answer and nothing else.

    Args:
        answer: Only the answer itself, in the form the question asks for, such as an Id, a month, a
            state or a few words; None if nothing answers the question.
    """
    return str(answer)
