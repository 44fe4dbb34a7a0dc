"""The standard tools suffice: every question is answered by calling nothing but them."""

import datetime as dt
from collections.abc import Callable

import pytest

from orgsmith.arena.agents.toolbox.agents import (
    compute_mean_handle_time_by_agent,
    compute_transfer_count_by_agent,
    find_agents_managing_more_than,
    find_agents_with_fewest_cases,
    find_agents_with_most_cases,
)
from orgsmith.arena.agents.toolbox.articles import search_articles
from orgsmith.arena.agents.toolbox.case_file import get_chat_of_case, get_emails_of_case
from orgsmith.arena.agents.toolbox.cases import (
    count_cases_by_month,
    get_cases,
    get_cases_without_transfer,
)
from orgsmith.arena.agents.toolbox.durations import compute_mean_closing_time_by_state
from orgsmith.arena.agents.toolbox.issues import count_issues_of_order_items, get_issues
from orgsmith.arena.agents.toolbox.periods import compute_start_of_period
from orgsmith.arena.agents.toolbox.products import (
    get_account_of_contact,
    get_order_items_of_product,
    get_purchase_history,
    search_products,
)
from orgsmith.arena.agents.toolbox.values import (
    find_ids_with_highest_value,
    find_ids_with_lowest_value,
)
from orgsmith.arena.record import Record
from orgsmith.arena.solver.case_routing import issues_named
from orgsmith.arena.solver.desk import Desk
from orgsmith.arena.solver.mood_words import Mood, marks
from orgsmith.arena.solver.named_entity import compared
from orgsmith.arena.solver.policy_violation import breach, first_offer, limits
from orgsmith.arena.solver.sentiment import Heard, judged
from orgsmith.arena.solver.speech import Words, own_words
from orgsmith.arena.tasks import glossary
from tests.arena.toolbox.conftest import DeskOn
from tests.arena.toolbox.questions import Question

Questions = Callable[[str], list[Question]]


def only(found: list[str]) -> str:
    return found[0] if len(found) == 1 else "None"


def handle_time(desk: Desk, asked: Question) -> str:
    start, end = asked.text("start"), asked.text("end")
    agents = find_agents_managing_more_than(desk, start, end, asked.number("more_than"))
    if not agents:
        return "None"
    cases = get_cases(desk, created_start=start, created_end=end, managed_by=agents)
    never_handed_over = get_cases_without_transfer(desk, cases)
    means = compute_mean_handle_time_by_agent(desk, never_handed_over)
    fit = [each for each in means if each["cases"] >= 2]
    find = {"highest": find_ids_with_highest_value, "lowest": find_ids_with_lowest_value}
    ids, values = [each["agent"] for each in fit], [each["mean_hours"] for each in fit]
    return only(find[asked.text("extreme")](desk, ids, values))


def transfer_count(desk: Desk, asked: Question) -> str:
    start, end = asked.text("start"), asked.text("end")
    agents = find_agents_managing_more_than(desk, start, end, asked.number("more_than"))
    numbers = compute_transfer_count_by_agent(desk, start, end, agents)
    ids, values = list(numbers), [float(each) for each in numbers.values()]
    if asked.text("extreme") == "fewest":
        return only(find_ids_with_lowest_value(desk, ids, values))
    return only(find_ids_with_highest_value(desk, ids, values)) if any(values) else "None"


def best_region(desk: Desk, asked: Question) -> str:
    cases = get_cases(desk, created_start=asked.text("start"), created_end=asked.text("end"))
    means = compute_mean_closing_time_by_state(desk, cases)
    fit = [each for each in means if each["cases"] >= 3]
    ids, values = [each["state"] for each in fit], [each["mean_hours"] for each in fit]
    return only(find_ids_with_lowest_value(desk, ids, values))


def product_named(desk: Desk, name: str) -> str:
    (product,) = (each for each in search_products(desk, name) if each["Name"] == name)
    return str(product["Id"])


def monthly_trend(desk: Desk, asked: Question) -> str:
    items = get_order_items_of_product(desk, product_named(desk, asked.slots["product"]))
    start, end = asked.text("start"), asked.text("end")
    cases = get_cases(desk, created_start=start, created_end=end, order_item_ids=items)
    months = count_cases_by_month(desk, cases)
    numbers = sorted(months.values(), reverse=True)
    assert numbers[0] >= 3
    assert len(numbers) == 1 or numbers[0] >= 2 * numbers[1]
    values = [float(each) for each in months.values()]
    return only(find_ids_with_highest_value(desk, list(months), values))


def top_issue(desk: Desk, asked: Question) -> str:
    items = get_order_items_of_product(desk, asked.text("product"))
    counted = count_issues_of_order_items(desk, items, asked.text("start"), asked.text("end"))
    ids, values = [each["issue_id"] for each in counted], [float(each["cases"]) for each in counted]
    return only(find_ids_with_highest_value(desk, ids, values))


def named_entity(desk: Desk, asked: Question) -> str:
    account = get_account_of_contact(desk, asked.text("contact"))["account_id"]
    bought = get_purchase_history(desk, account, asked.text("ordered_on"))
    saying = {
        each["product_id"]
        for each in bought
        if each["status"] == "Activated"
        and compared(asked.text("clue"), "", each["product"], each["description"]).share == 1
    }
    return only(list(saying))


def case_routing(desk: Desk, asked: Question) -> str:
    subject, description = asked.text("subject"), asked.text("description")
    (name,) = issues_named(asked.context, f"{subject}\n{description}")
    (issue,) = (each["id"] for each in get_issues(desk) if each["name"] == name)
    today = desk.today.isoformat()
    since = compute_start_of_period(desk, today, "day", 365)
    cases = get_cases(desk, closed_start=since, closed_end=today, issue_ids=[issue])
    left = find_agents_with_most_cases(desk, cases, on_duty_only=True)["agents"]
    if len(left) > 1:
        named = [
            each for each in search_products(desk, description, 50) if each["Name"] in description
        ]
        product = max(named, key=lambda each: len(each["Name"]))["Id"]
        items = get_order_items_of_product(desk, product)
        cases = get_cases(desk, closed_start=since, closed_end=today, order_item_ids=items)
        left = find_agents_with_most_cases(desk, cases, left)["agents"]
    if len(left) > 1:
        open_cases = get_cases(desk, status="open")
        left = find_agents_with_fewest_cases(desk, open_cases, left)["agents"]
    return only(left)


def said(desk: Desk, case: str) -> list[Words]:
    """What was said in a case, read as an agent may read it."""
    written: list[Record] = [
        {**each, "text": own_words(each["text"])}
        for each in get_emails_of_case(desk, case)["emails"]
    ]
    written += get_chat_of_case(desk, case)["lines"]
    words = [
        Words("", each["by"] == "agent", dt.datetime.fromisoformat(each["sent"]), each["text"])
        for each in written
    ]
    return sorted(words, key=lambda each: each.at)


def policy_violation(desk: Desk, asked: Question) -> str:
    case = get_emails_of_case(desk, asked.text("case"))
    offer = first_offer(said(desk, case["case_id"]), glossary.read(asked.context))
    if offer is None:
        return "None"
    articles = search_articles(desk, case["issue"])
    article = next(
        each for each in articles if case["issue"].casefold() in each["title"].casefold()
    )
    age = (offer.words.at.date() - dt.date.fromisoformat(case["ordered_on"])).days
    broken = breach(offer, age, limits(article["text"]).get(offer.remedy.casefold()))
    return str(article["article_id"]) if broken else "None"


def sentiment(desk: Desk, asked: Question) -> str:
    own = [each.text for each in said(desk, asked.text("case")) if not each.by_agent]
    shown = [marks(text) for text in own]
    negative, positive = (Heard.of(mood, shown) for mood in (Mood.NEGATIVE, Mood.POSITIVE))
    return judged(negative, positive, len(own)).value


CHAINS = {
    "handle_time": handle_time,
    "transfer_count": transfer_count,
    "best_region_identification": best_region,
    "monthly_trend_analysis": monthly_trend,
    "top_issue_identification": top_issue,
    "named_entity_disambiguation": named_entity,
    "case_routing": case_routing,
    "policy_violation_identification": policy_violation,
    "customer_sentiment_analysis": sentiment,
}


@pytest.mark.parametrize("key", CHAINS)
def test_every_question_is_answered(desk_on: DeskOn, questions: Questions, key: str) -> None:
    asked = questions(key)
    found = [CHAINS[key](desk_on(str(each.today)), each) for each in asked]
    assert found == [each.answer for each in asked]
    assert len(set(found)) > 2


def test_the_article_that_answers_is_found(desk_on: DeskOn, questions: Questions) -> None:
    asked = questions("knowledge_qa")
    found = 0
    for each in asked:
        articles = search_articles(desk_on(str(each.today)), each.text("question"), 10)
        texts = {article["article_id"]: article["text"] for article in articles}
        found += each.answers[-1] in texts.get(each.evidence[0], "")
    assert found >= 0.9 * len(asked)
