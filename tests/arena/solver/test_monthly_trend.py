"""Months that stand out: counted row by row, and in small situations."""

import datetime as dt
from collections import Counter

import pytest

from orgsmith.arena.session import Session
from orgsmith.arena.solver.desk import Desk, Found, Memory
from orgsmith.arena.solver.monthly_trend import solve
from orgsmith.arena.tasks.question import Asked
from orgsmith.outputs.dataset import Dataset
from orgsmith.schema.streams import stream
from tests.arena.solver.books import Books, asked
from tests.arena.solver.stage import Stage

TASK = "monthly_trend_analysis"


def truth(books: Books, question: Asked) -> tuple[str, set[str]]:
    """The month by loops over rows, and its cases."""
    cases = [case for case in books.created(question) if case.product == question.text("product")]
    counts = Counter(f"{case.created:%Y-%m}" for case in cases)
    for month, most in counts.items():
        others = [found for other, found in counts.items() if other != month]
        if most >= 3 and all(most >= 2 * other for other in others):
            return month, {case.key for case in cases if f"{case.created:%Y-%m}" == month}
    return "None", set()


def test_it_finds_what_loops_over_the_rows_find(books: Books, session: Session) -> None:
    memory, drawn = Memory(), stream(4, "any", 0, "months")
    products = [case.product for case in books.cases]
    answers = set()
    for _ in range(250):
        first = int(drawn.integers(0, 37))
        last = first + int(drawn.integers(3, 12))
        start, end = (dt.date(2022 + m // 12, 1 + m % 12, 1) for m in (first, last))
        question = asked(
            TASK, str(end), start=str(start), end=str(end), product=str(drawn.choice(products))
        )
        desk = Desk(session, question.today, memory)
        found = solve(desk, question)
        assert (found.answer, set(found.evidence)) == truth(books, question), found.derivation
        assert desk.objects == {"Case", "OrderItem"}
        answers.add(found.answer)
    assert len(answers) > 4


def played(stage: Stage, counts: dict[str, int]) -> Found:
    """What is found from January to June 2031, with so many cases at moments."""
    agent, product = stage.agent("agent"), stage.product("this")
    item = stage.item(product)
    for created, number in counts.items():
        for _ in range(number):
            stage.case(agent, created, OrderItemId__c=item)
    question = asked(TASK, "2031-07-01", start="2031-01-01", end="2031-07-01", product=product)
    return solve(Desk(stage.session, question.today), question)


@pytest.mark.parametrize(
    ("counts", "answer"),
    [
        ({"2031-02-28 23:59": 3}, "2031-02"),
        ({"2031-02-28 23:59": 2}, "None"),
        ({"2031-02-10 00:00": 4, "2031-03-01 00:00": 2}, "2031-02"),
        ({"2031-02-10 00:00": 4, "2031-03-01 00:00": 3}, "None"),
        ({"2031-02-10 00:00": 5, "2031-03-01 00:00": 3}, "None"),
        ({"2031-02-10 00:00": 3, "2031-03-01 00:00": 3}, "None"),
        ({"2031-01-01 00:00": 3, "2030-12-31 23:59": 9, "2031-07-01 00:00": 9}, "2031-01"),
        ({"2031-06-30 23:59": 3, "2031-01-01 00:00": 1}, "2031-06"),
        ({}, "None"),
    ],
)
def test_a_month_stands_out_by_floor_and_factor(
    stage: Stage, counts: dict[str, int], answer: str
) -> None:
    found = played(stage, counts)
    assert found.answer == answer
    assert (found.evidence == ()) == (answer == "None")


def test_the_derivation_says_how_many_cases_the_next_month_has(stage: Stage) -> None:
    found = played(stage, {"2031-02-10 00:00": 4, "2031-05-01 00:00": 1})
    assert "1. 2031-02: 4 cases\n2. 2031-05: 1 case\n3. 2031-01: 0 cases" in found.derivation
    assert len(found.evidence) == 4


def test_why_no_month_stands_out_is_said(stage: Stage) -> None:
    assert played(stage, {}).derivation.endswith("no month has 3 cases")


def test_that_another_month_is_too_near_is_said(stage: Stage) -> None:
    found = played(stage, {"2031-02-10 00:00": 4, "2031-05-01 00:00": 3})
    assert found.derivation.endswith("no month has 2 times as many as another")


def test_every_month_of_a_window_is_one_of_the_calendar(dataset: Dataset, session: Session) -> None:
    product = dataset.scan("Product2").collect()["Id"][0]
    question = asked(TASK, "2024-03-01", start="2023-04-01", end="2024-03-01", product=product)
    derivation = solve(Desk(session, question.today), question).derivation
    assert "and 6 more" in derivation
