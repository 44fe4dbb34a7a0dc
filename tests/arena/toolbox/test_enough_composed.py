"""The composed tools suffice: every question is answered by calling nothing but them."""

import datetime as dt
from collections.abc import Callable
from typing import Literal

import pytest

from orgsmith.arena.agents.toolbox.articles import find_answer_in_articles, find_policy_article
from orgsmith.arena.agents.toolbox.finding import find_contact, find_product, find_products_bought
from orgsmith.arena.agents.toolbox.phrases import resolve_window
from orgsmith.arena.agents.toolbox.rankings import (
    count_cases_by_month_for_product,
    count_issues_of_product,
    rank_agents_by_handle_time,
    rank_agents_by_transfer_count,
    rank_states_by_closing_time,
)
from orgsmith.arena.agents.toolbox.reading import read_case
from orgsmith.arena.agents.toolbox.routing import rank_agents_on_duty
from orgsmith.arena.solver.case_routing import issues_named
from orgsmith.arena.solver.desk import Desk
from orgsmith.arena.solver.mood_words import Mood, marks
from orgsmith.arena.solver.policy_violation import Limit, breach, first_offer
from orgsmith.arena.solver.sentiment import Heard, judged
from orgsmith.arena.solver.speech import Words
from orgsmith.arena.tasks import glossary
from tests.arena.toolbox.conftest import DeskOn
from tests.arena.toolbox.questions import Question

Questions = Callable[[str], list[Question]]

MEANS: dict[str, Literal["highest", "lowest"]] = {"highest": "highest", "lowest": "lowest"}
NUMBERS: dict[str, Literal["most", "fewest"]] = {"most": "most", "fewest": "fewest"}


def days(desk: Desk, asked: Question, *, whole_months: bool = False) -> tuple[str, str]:
    found = resolve_window(desk, asked.slots["window"], whole_months)
    return found["start"], found["end"]


def handle_time(desk: Desk, asked: Question) -> str:
    chosen = MEANS[asked.text("extreme")]
    more_than = asked.number("more_than")
    return str(rank_agents_by_handle_time(desk, *days(desk, asked), more_than, chosen)["answer"])


def transfer_count(desk: Desk, asked: Question) -> str:
    chosen = NUMBERS[asked.text("extreme")]
    more_than = asked.number("more_than")
    return str(rank_agents_by_transfer_count(desk, *days(desk, asked), more_than, chosen)["answer"])


def best_region(desk: Desk, asked: Question) -> str:
    return str(rank_states_by_closing_time(desk, *days(desk, asked))["answer"])


def product(desk: Desk, asked: Question) -> str:
    (found,) = find_product(desk, asked.slots["product"])
    assert found["exact"]
    return str(found["Id"])


def monthly_trend(desk: Desk, asked: Question) -> str:
    window = days(desk, asked, whole_months=True)
    return str(count_cases_by_month_for_product(desk, product(desk, asked), *window)["answer"])


def top_issue(desk: Desk, asked: Question) -> str:
    found = count_issues_of_product(desk, product(desk, asked), *days(desk, asked))
    return str(found["answer"])


def named_entity(desk: Desk, asked: Question) -> str:
    ordered = resolve_window(desk, asked.slots["ago"])["start"]
    contacts = [each["Id"] for each in find_contact(desk, asked.slots["contact"])]
    assert asked.text("contact") in contacts
    found = find_products_bought(desk, asked.text("contact"), ordered, asked.slots["clue"])
    return str(found["answer"])


def case_routing(desk: Desk, asked: Question) -> str:
    description = asked.text("description")
    (issue,) = issues_named(asked.context, f"{asked.text('subject')}\n{description}")
    # Names stand in capitals; a reader finds the product's among them.
    names = (str(each["Name"]) for each in find_product(desk, description))
    named = [name for name in names if name in description]
    return str(rank_agents_on_duty(desk, issue, max(named, key=len, default=None))["answer"])


def said(desk: Desk, case: str) -> list[Words]:
    return [
        Words("", each["by"] == "agent", dt.datetime.fromisoformat(each["sent"]), each["text"])
        for each in read_case(desk, case)["messages"]
    ]


def policy_violation(desk: Desk, asked: Question) -> str:
    case = read_case(desk, asked.slots["case"])
    assert case["case_id"] == asked.text("case")
    offer = first_offer(said(desk, case["case_id"]), glossary.read(asked.context))
    if offer is None:
        return "None"
    article = find_policy_article(desk, case["issue"])
    allowed = {
        each["remedy"]: Limit(each["within_days"], each["up_to_percent"])
        for each in article["remedies"]
    }
    age = (offer.words.at.date() - dt.date.fromisoformat(case["ordered_on"])).days
    broken = breach(offer, age, allowed.get(offer.remedy.casefold()))
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


def test_the_sentence_that_answers_is_found(desk_on: DeskOn, questions: Questions) -> None:
    asked = questions("knowledge_qa")
    found = 0
    for each in asked:
        best = find_answer_in_articles(desk_on(str(each.today)), each.text("question"), 3)
        sentences = [(one["article_id"], one["sentence"]) for one in best]
        found += (each.evidence[0], each.answers[-1]) in sentences
    assert found >= 0.9 * len(asked)
