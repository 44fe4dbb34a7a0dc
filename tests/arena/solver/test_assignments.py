"""Who had a case when: first owners, hand-overs, owners on a day."""

from orgsmith.arena.session import Session
from orgsmith.arena.solver.assignments import (
    agent_names,
    hand_overs,
    managed_cases,
    managers,
    open_cases,
)
from orgsmith.arena.solver.desk import Desk
from tests.arena.solver.books import Books, asked, inside, midnight, windows
from tests.arena.solver.stage import Stage


def test_first_owners_are_counted_alike_in_both_ways(books: Books, session: Session) -> None:
    created = [case.created.date() for case in books.cases]
    seen = 0
    for drawn, today, start, end in windows(7, 60, min(created), max(created), 10):
        question = asked("any", today, start=start, end=end)
        more_than = int(drawn.integers(0, 5))
        desk = Desk(session, question.today)
        truth = {agent: len(cases) for agent, cases in books.managed(question).items()}
        managed: dict[str, int] = dict.fromkeys(truth, 0)
        for case in managed_cases(desk, question):
            managed[case.agent] += 1
        assert managed == truth
        many = {agent: cases for agent, cases in truth.items() if cases > more_than}
        assert managers(desk, question, more_than) == many
        seen += len(many)
    assert seen > 100


def test_hand_overs_and_owners_are_those_of_the_rows(books: Books, session: Session) -> None:
    created = [case.created.date() for case in books.cases]
    seen = [0, 0]
    for _, today, start, end in windows(8, 60, min(created), max(created), 10):
        question = asked("any", today, start=start, end=end)
        desk = Desk(session, question.today)
        given = {
            (one.row, one.old)
            for one in books.assignments
            if one.old is not None and inside(one.at, question)
        }
        assert {(one.row, one.agent) for one in hand_overs(desk, question)} == given
        owners = {one.case: one.new for one in books.before(question.today)}
        owned = {
            case.key: owners[case.key]
            for case in books.cases
            if case.created < midnight(question.today)
            and not case.closed_before(question.today)
            and case.key in owners
        }
        assert open_cases(desk, question) == owned
        seen = [seen[0] + len(given), seen[1] + len(owned)]
    assert min(seen) > 20


def test_what_is_managed_is_told_as_of_the_day(stage: Stage) -> None:
    agent, other = stage.agent("agent"), stage.agent("other")
    closed = stage.case(agent, "2031-03-01 00:00", "2031-03-31 23:59")
    closed_today = stage.case(agent, "2031-03-02 00:00", "2031-04-01 00:00")
    given = stage.case(agent, "2031-03-03 00:00")
    stage.hand_over(given, other, "2031-03-31 23:59")
    given_today = stage.case(agent, "2031-03-04 00:00")
    stage.hand_over(given_today, other, "2031-04-01 00:00")
    question = asked("any", "2031-04-01", start="2031-03-01", end="2031-04-01")
    found = {
        case.case: case for case in managed_cases(Desk(stage.session, question.today), question)
    }
    assert {case.agent for case in found.values()} == {agent}
    assert {key: case.closed is not None for key, case in found.items()} == {
        closed: True,
        closed_today: False,
        given: False,
        given_today: False,
    }
    assert [key for key, case in found.items() if case.handed_over] == [given]


def test_every_agent_has_a_name(books: Books, session: Session) -> None:
    names = agent_names(Desk(session, session.today))
    assert names == {str(agent["Id"]): str(agent["Name"]) for agent in books.agents}
