"""Closing times by state: counted row by row, and in small situations."""

from orgsmith.arena.session import Session
from orgsmith.arena.solver.best_region import solve
from orgsmith.arena.solver.desk import Desk, Found, Memory
from orgsmith.arena.tasks.question import Asked
from tests.arena.solver.books import Books, asked, only, windows
from tests.arena.solver.stage import Stage

TASK = "best_region_identification"


def truth(books: Books, question: Asked) -> tuple[str, set[str]]:
    """The state by loops over rows, and its cases."""
    means: dict[str, float] = {}
    cases: dict[str, set[str]] = {}
    created = books.created(question)
    for state in {case.state for case in created if case.state is not None}:
        seconds = {
            case.key: (case.closed - case.created).total_seconds()
            for case in created
            if case.state == state
            and case.closed is not None
            and case.closed_before(question.today)
        }
        if len(seconds) >= 3:
            means[state] = sum(seconds.values()) / len(seconds)
            cases[state] = set(seconds)
    answer = only([state for state, mean in means.items() if mean == min(means.values())])
    return answer, cases.get(answer, set())


def test_it_finds_what_loops_over_the_rows_find(books: Books, session: Session) -> None:
    memory = Memory()
    created = [case.created.date() for case in books.cases]
    answers = set()
    for _, today, start, end in windows(5, 150, min(created), max(created), 60):
        question = asked(TASK, today, start=start, end=end)
        desk = Desk(session, question.today, memory)
        found = solve(desk, question)
        assert (found.answer, set(found.evidence)) == truth(books, question), found.derivation
        assert desk.objects == {"Case", "Account"}
        answers.add(found.answer)
    assert len(answers) > 5


def played(stage: Stage, today: str = "2031-04-01") -> Found:
    """What is found for March 2031."""
    question = asked(TASK, today, start="2031-03-01", end="2031-04-01")
    return solve(Desk(stage.session, question.today), question)


def cases(stage: Stage, state: str | None, hours: int, number: int) -> list[str]:
    """Cases of a state that took so many hours each."""
    agent, account = stage.agent(f"{state}{hours}"), stage.account(state)
    return [
        stage.case(agent, "2031-03-10 00:00", f"2031-03-10 {hours:02d}:00", AccountId=account)
        for _ in range(number)
    ]


def test_the_lowest_mean_wins(stage: Stage) -> None:
    fast = cases(stage, "TX", 2, 2) + cases(stage, "TX", 5, 1)
    cases(stage, "NY", 4, 3)
    found = played(stage)
    assert (found.answer, found.evidence) == ("TX", tuple(sorted(fast)))
    assert "1. TX: 3 h 0 min in the mean of 3 cases" in found.derivation
    assert "2. NY: 4 h 0 min in the mean of 3 cases" in found.derivation


def test_a_state_with_too_few_cases_is_left_out(stage: Stage) -> None:
    cases(stage, "TX", 1, 2)
    cases(stage, "NY", 4, 3)
    found = played(stage)
    assert found.answer == "NY"
    assert "1 state left out with fewer than 3 cases" in found.derivation


def test_a_case_closed_today_does_not_count(stage: Stage) -> None:
    cases(stage, "TX", 1, 2)
    cases(stage, "NY", 23, 3)
    late = stage.case(
        stage.agent("late"),
        "2031-03-31 23:00",
        "2031-04-01 00:00",
        AccountId=stage.account("TX"),
    )
    assert played(stage).answer == "NY"
    tomorrow = played(stage, today="2031-04-02")
    assert tomorrow.answer == "TX"
    assert late in tomorrow.evidence


def test_handed_over_cases_count_too(stage: Stage) -> None:
    (first, *_) = cases(stage, "TX", 1, 3)
    cases(stage, "NY", 2, 3)
    stage.hand_over(first, stage.agent("next"), "2031-03-11 00:00")
    found = played(stage)
    assert found.answer == "TX"
    assert first in found.evidence


def test_the_window_holds_its_start_and_not_its_end(stage: Stage) -> None:
    cases(stage, "NY", 2, 3)
    agent, texas, utah = stage.agent("agent"), stage.account("TX"), stage.account("UT")
    for _ in range(3):
        stage.case(agent, "2031-03-01 00:00", "2031-03-01 01:00", AccountId=texas)
        stage.case(agent, "2031-04-01 00:00", "2031-04-01 00:30", AccountId=utah)
    found = played(stage, today="2031-05-01")
    assert found.answer == "TX"
    assert "UT" not in found.derivation


def test_a_tie_has_no_answer(stage: Stage) -> None:
    cases(stage, "NY", 2, 3)
    cases(stage, "TX", 2, 4)
    found = played(stage)
    assert found.answer == "None"
    assert found.derivation.endswith("a tie: NY, TX")


def test_customers_without_a_state_are_of_none(stage: Stage) -> None:
    cases(stage, None, 1, 3)
    cases(stage, "NY", 2, 3)
    assert played(stage).answer == "NY"
