"""Handle times: counted row by row, and in small situations."""

from orgsmith.arena.session import Session
from orgsmith.arena.solver.desk import Desk, Found, Memory
from orgsmith.arena.solver.handle_time import solve
from orgsmith.arena.tasks.question import Asked
from tests.arena.solver.books import Books, asked, only, windows
from tests.arena.solver.stage import Stage

TASK = "handle_time"


def truth(books: Books, question: Asked) -> tuple[str, set[str]]:
    """The agent by loops over rows, and the cases the mean is over."""
    handed_over = {one.case for one in books.before(question.today) if one.old is not None}
    means: dict[str, float] = {}
    cases: dict[str, set[str]] = {}
    for agent, managed in books.managed(question).items():
        if len(managed) <= question.number("more_than"):
            continue
        hours = {
            case.key: (case.closed - case.created).total_seconds()
            for case in managed
            if case.closed is not None
            and case.closed_before(question.today)
            and case.key not in handed_over
        }
        if len(hours) >= 2:
            means[agent] = sum(hours.values()) / len(hours)
            cases[agent] = set(hours)
    best = max if question.text("extreme") == "highest" else min
    leaders = [agent for agent, mean in means.items() if mean == best(means.values())]
    answer = only(leaders)
    return answer, cases.get(answer, set())


def test_it_finds_what_loops_over_the_rows_find(books: Books, session: Session) -> None:
    memory = Memory()
    created = [case.created.date() for case in books.cases]
    answers = set()
    for drawn, today, start, end in windows(1, 150, min(created), max(created), 30):
        question = asked(
            TASK,
            today,
            start=start,
            end=end,
            more_than=int(drawn.integers(0, 6)),
            extreme=str(drawn.choice(("highest", "lowest"))),
        )
        desk = Desk(session, question.today, memory)
        found = solve(desk, question)
        assert (found.answer, set(found.evidence)) == truth(books, question), found.derivation
        assert desk.objects == {"Case", "CaseHistory__c", "User"}
        answers.add(found.answer)
    assert len(answers) > 10


def played(
    stage: Stage, more_than: int = 0, extreme: str = "highest", today: str = "2031-04-01"
) -> Found:
    """What is found for March 2031."""
    question = asked(
        TASK, today, start="2031-03-01", end="2031-04-01", more_than=more_than, extreme=extreme
    )
    return solve(Desk(stage.session, question.today), question)


def two_cases(stage: Stage, agent: str, hours: int) -> list[str]:
    """Two closed cases that took so many hours in the mean."""
    return [
        stage.case(agent, "2031-03-10 08:00", f"2031-03-10 {8 + hours - 1:02d}:00"),
        stage.case(agent, "2031-03-11 08:00", f"2031-03-11 {8 + hours + 1:02d}:00"),
    ]


def test_the_highest_and_the_lowest_mean_win(stage: Stage) -> None:
    slow, fast = stage.agent("slow"), stage.agent("fast")
    of_slow, of_fast = two_cases(stage, slow, 7), two_cases(stage, fast, 2)
    highest = played(stage)
    assert highest.answer == slow
    assert highest.evidence == tuple(sorted(of_slow))
    first, second = highest.derivation.splitlines()[1:]
    assert f"slow ({slow}): 7 h 0 min in the mean of 2 closed, 2 managed" in first
    assert f"fast ({fast}): 2 h 0 min" in second
    lowest = played(stage, extreme="lowest")
    assert (lowest.answer, lowest.evidence) == (fast, tuple(sorted(of_fast)))


def test_a_tie_has_no_answer(stage: Stage) -> None:
    for name in ("one", "other"):
        two_cases(stage, stage.agent(name), 3)
    found = played(stage)
    assert found.answer == "None"
    assert "a tie" in found.derivation
    assert found.evidence == ()


def test_who_has_a_single_closed_case_is_left_out(stage: Stage) -> None:
    alone, fit = stage.agent("alone"), stage.agent("fit")
    stage.case(alone, "2031-03-10 08:00", "2031-03-20 08:00")
    stage.case(alone, "2031-03-10 08:00")
    two_cases(stage, fit, 2)
    found = played(stage)
    assert found.answer == fit
    assert "alone (1)" in found.derivation


def test_open_and_handed_over_cases_are_managed_without_a_handle_time(stage: Stage) -> None:
    busy, other = stage.agent("busy"), stage.agent("other")
    cases = two_cases(stage, busy, 2)
    two_cases(stage, other, 9)
    stage.case(busy, "2031-03-12 08:00")
    given = stage.case(busy, "2031-03-13 08:00")
    stage.hand_over(given, other, "2031-03-13 09:00")
    stage.close(given, "2031-03-30 09:00")
    found = played(stage, more_than=3)
    assert found.answer == busy
    assert found.evidence == tuple(sorted(cases))
    assert "2 h 0 min in the mean of 2 closed, 4 managed" in found.derivation
    assert played(stage, more_than=4).answer == "None"


def test_a_case_closed_today_is_open(stage: Stage) -> None:
    late, other = stage.agent("late"), stage.agent("other")
    two_cases(stage, late, 2)
    two_cases(stage, other, 3)
    stage.case(late, "2031-03-01 00:00", "2031-04-01 00:00")
    assert played(stage).answer == other
    assert played(stage, today="2031-04-02").answer == late


def test_a_hand_over_of_today_has_not_happened(stage: Stage) -> None:
    giver, other = stage.agent("giver"), stage.agent("other")
    first, _ = two_cases(stage, giver, 5)
    two_cases(stage, other, 3)
    stage.hand_over(first, other, "2031-04-01 00:00")
    assert played(stage).answer == giver
    assert played(stage, today="2031-04-02").answer == other


def test_the_window_holds_its_start_and_not_its_end(stage: Stage) -> None:
    early, late, fit = stage.agent("early"), stage.agent("late"), stage.agent("fit")
    two_cases(stage, fit, 2)
    for agent, moment in ((early, "2031-03-01 00:00"), (late, "2031-04-01 00:00")):
        for _ in range(2):
            stage.case(agent, moment, "2031-04-09 00:00")
    assert played(stage, today="2031-05-01").answer == early
    assert late not in played(stage, today="2031-05-01").derivation


def test_a_case_that_is_assigned_today_is_managed_by_nobody(stage: Stage) -> None:
    agent, other = stage.agent("agent"), stage.agent("other")
    two_cases(stage, agent, 2)
    two_cases(stage, other, 1)
    case = stage.case(agent, "2031-03-31 23:59")
    stage.assign_first(case, agent, "2031-04-01 00:01")
    assert "2 managed" in played(stage, more_than=1).derivation
    assert played(stage, more_than=2).answer == "None"
    assert played(stage, more_than=2, today="2031-04-02").answer == agent


def test_nobody_is_left_in_an_empty_window(stage: Stage) -> None:
    found = played(stage)
    assert found.answer == "None"
    assert "nothing is left to compare" in found.derivation
