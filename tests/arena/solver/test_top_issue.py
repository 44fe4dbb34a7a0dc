"""Issues of a product: counted row by row, and in small situations."""

from collections import Counter

from orgsmith.arena.session import Session
from orgsmith.arena.solver.desk import Desk, Found, Memory
from orgsmith.arena.solver.top_issue import solve
from orgsmith.arena.tasks.question import Asked
from tests.arena.solver.books import Books, asked, only, windows
from tests.arena.solver.stage import Stage

TASK = "top_issue_identification"


def truth(books: Books, question: Asked) -> tuple[str, set[str]]:
    """The issue by loops over rows, and its cases."""
    cases = [case for case in books.created(question) if case.product == question.text("product")]
    counts = Counter(case.issue for case in cases)
    leaders = [issue for issue, found in counts.items() if found == max(counts.values())]
    answer = only(leaders)
    return answer, {case.key for case in cases if case.issue == answer}


def test_it_finds_what_loops_over_the_rows_find(books: Books, session: Session) -> None:
    memory = Memory()
    created = [case.created.date() for case in books.cases]
    products = [case.product for case in books.cases]
    answers = set()
    for drawn, today, start, end in windows(3, 200, min(created), max(created), 100):
        question = asked(TASK, today, start=start, end=end, product=str(drawn.choice(products)))
        desk = Desk(session, question.today, memory)
        found = solve(desk, question)
        assert (found.answer, set(found.evidence)) == truth(books, question), found.derivation
        assert desk.objects == {"Case", "OrderItem", "Issue__c"}
        answers.add(found.answer)
    assert len(answers) > 5


def played(stage: Stage, product: str) -> Found:
    """What is found for March 2031."""
    question = asked(TASK, "2031-04-01", start="2031-03-01", end="2031-04-01", product=product)
    return solve(Desk(stage.session, question.today), question)


def test_the_most_frequent_issue_of_the_product_wins(stage: Stage) -> None:
    agent, product, other = stage.agent("agent"), stage.product("this"), stage.product("that")
    here, there = stage.item(product), stage.item(other)
    top, next_top = stage.issue("Top"), stage.issue("Next")

    def case(item: str, issue: str, created: str) -> str:
        return stage.case(agent, created, OrderItemId__c=item, IssueId__c=issue)

    cases = [case(here, top, "2031-03-01 00:00"), case(here, top, "2031-03-31 23:59")]
    case(here, next_top, "2031-03-05 00:00")
    case(here, next_top, "2031-02-28 23:59")
    case(here, next_top, "2031-04-01 00:00")
    for _ in range(3):
        case(there, next_top, "2031-03-05 00:00")
    found = played(stage, product)
    assert (found.answer, found.evidence) == (top, tuple(sorted(cases)))
    assert f"1. Top ({top}): 2 cases\n2. Next ({next_top}): 1 case" in found.derivation


def test_a_tie_has_no_answer(stage: Stage) -> None:
    agent, product = stage.agent("agent"), stage.product("this")
    item = stage.item(product)
    for name in ("One", "Other"):
        issue = stage.issue(name)
        stage.case(agent, "2031-03-05 00:00", OrderItemId__c=item, IssueId__c=issue)
    found = played(stage, product)
    assert found.answer == "None"
    assert "a tie" in found.derivation


def test_without_a_case_there_is_no_issue(stage: Stage) -> None:
    found = played(stage, stage.product("unsold"))
    assert found.answer == "None"
    assert "issues of 0 cases" in found.derivation


def test_a_case_without_an_issue_reports_none(stage: Stage) -> None:
    agent, product = stage.agent("agent"), stage.product("this")
    item, issue = stage.item(product), stage.issue("Rare")
    for _ in range(2):
        stage.case(agent, "2031-03-05 00:00", OrderItemId__c=item)
    stage.case(agent, "2031-03-05 00:00", OrderItemId__c=item, IssueId__c=issue)
    assert played(stage, product).answer == issue
