"""Hand-overs: counted row by row, and in small situations."""

from orgsmith.arena.session import Session
from orgsmith.arena.solver.desk import Desk, Found, Memory
from orgsmith.arena.solver.transfer_count import solve
from orgsmith.arena.tasks.question import Asked
from tests.arena.solver.books import Books, asked, inside, only, windows
from tests.arena.solver.stage import Stage

TASK = "transfer_count"


def truth(books: Books, question: Asked) -> tuple[str, set[str]]:
    """The agent by loops over rows, and the rows of the hand-overs."""
    rows = {
        agent: {
            one.row for one in books.assignments if one.old == agent and inside(one.at, question)
        }
        for agent, cases in books.managed(question).items()
        if len(cases) > question.number("more_than")
    }
    if not rows:
        return "None", set()
    best = (max if question.text("extreme") == "most" else min)(map(len, rows.values()))
    if best == 0 and question.text("extreme") == "most":
        return "None", set()
    answer = only([agent for agent, found in rows.items() if len(found) == best])
    return answer, rows.get(answer, set())


def test_it_finds_what_loops_over_the_rows_find(books: Books, session: Session) -> None:
    memory = Memory()
    created = [case.created.date() for case in books.cases]
    answers = set()
    for drawn, today, start, end in windows(2, 200, min(created), max(created), 20):
        question = asked(
            TASK,
            today,
            start=start,
            end=end,
            more_than=int(drawn.integers(0, 6)),
            extreme=str(drawn.choice(("most", "most", "fewest"))),
        )
        desk = Desk(session, question.today, memory)
        found = solve(desk, question)
        assert (found.answer, set(found.evidence)) == truth(books, question), found.derivation
        assert desk.objects == {"Case", "CaseHistory__c", "User"}
        answers.add(found.answer)
    assert len(answers) > 7


def played(
    stage: Stage, extreme: str = "most", more_than: int = 0, today: str = "2031-04-01"
) -> Found:
    """What is found for March 2031."""
    question = asked(
        TASK, today, start="2031-03-01", end="2031-04-01", more_than=more_than, extreme=extreme
    )
    return solve(Desk(stage.session, question.today), question)


def test_hand_overs_of_any_case_count_for_the_giver(stage: Stage) -> None:
    giver, getter = stage.agent("giver"), stage.agent("getter")
    old = stage.case(getter, "2031-02-01 08:00")
    stage.case(giver, "2031-03-02 08:00")
    stage.case(getter, "2031-03-02 08:00")
    rows = [
        stage.hand_over(old, giver, "2031-02-28 23:59"),
        stage.hand_over(old, getter, "2031-03-05 08:00"),
        stage.hand_over(old, giver, "2031-03-06 08:00"),
        stage.hand_over(old, getter, "2031-03-07 08:00"),
    ]
    found = played(stage)
    assert found.answer == giver
    assert found.evidence == tuple(sorted((rows[1], rows[3])))
    assert f"giver ({giver}): 2 hand-overs, 1 managed" in found.derivation
    assert f"getter ({getter}): 1 hand-over, 1 managed" in found.derivation
    assert played(stage, "fewest").answer == getter


def test_the_window_holds_its_start_and_not_its_end(stage: Stage) -> None:
    one, other = stage.agent("one"), stage.agent("other")
    for agent in (one, other):
        stage.case(agent, "2031-03-10 08:00")
    early = stage.case(one, "2031-01-01 08:00")
    late = stage.case(other, "2031-01-01 08:00")
    at_start = stage.hand_over(early, other, "2031-03-01 00:00")
    stage.hand_over(late, one, "2031-04-01 00:00")
    found = played(stage, today="2031-06-01")
    assert (found.answer, found.evidence) == (one, (at_start,))


def test_most_of_nothing_is_nobody(stage: Stage) -> None:
    stage.case(stage.agent("alone"), "2031-03-10 08:00")
    found = played(stage)
    assert found.answer == "None"
    assert "none of them handed over a case" in found.derivation


def test_fewest_counts_those_without_a_hand_over(stage: Stage) -> None:
    giver, keeper = stage.agent("giver"), stage.agent("keeper")
    case = stage.case(giver, "2031-03-10 08:00")
    stage.case(keeper, "2031-03-10 08:00")
    stage.hand_over(case, keeper, "2031-03-10 09:00")
    found = played(stage, "fewest")
    assert (found.answer, found.evidence) == (keeper, ())
    assert f"keeper ({keeper}): 0 hand-overs, 1 managed" in found.derivation


def test_a_tie_has_no_answer(stage: Stage) -> None:
    agents = [stage.agent("one"), stage.agent("other")]
    for agent in agents:
        case = stage.case(agent, "2031-03-10 08:00")
        stage.hand_over(case, stage.agent(f"next{agent}"[-8:]), "2031-03-10 09:00")
    for extreme in ("most", "fewest"):
        found = played(stage, extreme)
        assert found.answer == "None"
        assert found.derivation.splitlines()[-1].startswith("a tie: ")


def test_only_who_manages_more_is_compared(stage: Stage) -> None:
    giver, busy = stage.agent("giver"), stage.agent("busy")
    given = [stage.case(giver, "2031-03-10 08:00") for _ in range(2)]
    kept = [stage.case(busy, "2031-03-10 08:00") for _ in range(3)]
    for case in given:
        stage.hand_over(case, busy, "2031-03-10 09:00")
    row = stage.hand_over(kept[0], giver, "2031-03-10 09:00")
    assert played(stage, more_than=1).answer == giver
    assert played(stage, more_than=2).answer == busy
    assert played(stage, more_than=2).evidence == (row,)
    nobody = played(stage, more_than=3)
    assert nobody.answer == "None"
    assert "nothing is left to compare" in nobody.derivation


def test_a_case_that_is_assigned_today_is_managed_by_nobody(stage: Stage) -> None:
    agent, other = stage.agent("agent"), stage.agent("other")
    stage.hand_over(stage.case(agent, "2031-02-01 08:00"), other, "2031-03-05 08:00")
    late = stage.case(agent, "2031-03-31 23:59")
    stage.assign_first(late, agent, "2031-04-01 00:01")
    assert played(stage).answer == "None"
    assert played(stage, today="2031-04-02").answer == agent
