"""Routing: counted row by row, and in small situations that each level decides."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from orgsmith.arena.session import Session
from orgsmith.arena.solver.case_routing import Product, issues_named, longest_named, solve
from orgsmith.arena.solver.desk import Desk, Found, Memory
from orgsmith.arena.tasks.glossary import spelled
from orgsmith.outputs.dataset import Dataset
from orgsmith.schema.streams import stream
from tests.arena.solver.books import Books, Case, asked, midnight
from tests.arena.solver.stage import Stage

TASK = "case_routing"
MOST_OF_A_LEVEL = 60
"""Questions that are solved of those that a level decides."""

HEADING = "The issue is the one whose words stand in the new case:"


def issues_of(dataset: Dataset) -> str:
    """The list of issues that an agent is told."""
    issues = dataset.organisation.industry.issues
    return spelled(HEADING, {issue.name: issue.terms for issue in issues})


def truth(books: Books, day: dt.date, new: Case) -> tuple[str, str]:
    """The agent, and the level that decided, by loops over rows."""
    first = midnight(day) - dt.timedelta(days=365)
    closed = [
        case
        for case in books.cases
        if case.closed is not None and case.closed_before(day) and case.closed >= first
    ]
    owners = {one.case: one.new for one in books.before(day)}
    levels: tuple[tuple[str, list[str], Callable[[Sequence[int]], int]], ...] = (
        ("issue", [case.owner for case in closed if case.issue == new.issue], max),
        ("product", [case.owner for case in closed if case.product == new.product], max),
        (
            "open",
            [
                owners[case.key]
                for case in books.cases
                if case.created < midnight(day) and not case.closed_before(day)
            ],
            min,
        ),
    )
    left = [
        str(agent["Id"])
        for agent in books.agents
        if str(agent["DutyStart__c"]) <= str(day)
        and (agent["DutyEnd__c"] is None or str(agent["DutyEnd__c"]) > str(day))
    ]
    for level, owned, best in levels:
        counts = Counter(owned)
        wanted = best([counts[agent] for agent in left])
        left = [agent for agent in left if counts[agent] == wanted]
        if len(left) == 1:
            return left[0], f"decided by {level}"
    return "None", "not decided"


def test_it_finds_what_loops_over_the_rows_find(
    books: Books, session: Session, dataset: Dataset
) -> None:
    memory, drawn, context = Memory(), stream(6, "any", 0, "routing"), issues_of(dataset)
    days = [case.created.date() for case in books.cases]
    solved: Counter[str] = Counter()
    ambiguous = 0
    for day, place in drawn.integers(0, len(days), (3_000, 2)).tolist():
        # The day after something came in, more cases are open than on most days.
        today, case = days[day] + dt.timedelta(days=1), books.cases[place]
        answer, how = truth(books, today, case)
        if solved[how] == MOST_OF_A_LEVEL:
            continue
        question = asked(
            TASK, str(today), context, subject=case.subject, description=case.description
        )
        found = solve(Desk(session, today, memory), question)
        if found.derivation.startswith("the issue is ambiguous"):
            ambiguous += 1
            continue
        assert (found.answer, found.derivation.split("\n")[0]) == (answer, how), found.derivation
        solved[how] += 1
    assert ambiguous < 30
    assert len(solved) == 4
    assert min(solved.values()) >= 5, solved


@dataclass
class Floor:
    """A service desk with two products, two issues and agents of its own, on 1 April 2031."""

    stage: Stage
    item: str
    other_item: str
    torn: str
    late: str

    @classmethod
    def of(cls, stage: Stage) -> "Floor":
        """Nobody is on duty yet."""
        stage.send_everyone_home("2030-12-31")
        return cls(
            stage,
            stage.item(stage.product("Gadget")),
            stage.item(stage.product("Widget")),
            stage.issue("Torn Thing"),
            stage.issue("Late Thing"),
        )

    def closed(
        self,
        agent: str,
        when: str = "2031-03-01 00:00",
        *,
        issue: str | None = None,
        item: str | None = None,
    ) -> str:
        """A case that was closed, of the new case's issue unless another is told."""
        values = {"IssueId__c": issue or self.torn, "OrderItemId__c": item or self.other_item}
        return self.stage.case(agent, "2030-02-01 00:00", when, **values)

    def route(
        self,
        subject: str = "It is torn",
        description: str = "My Gadget.",
        today: str = "2031-04-01",
    ) -> Found:
        """Who should take a new case."""
        context = spelled(HEADING, {"Torn Thing": ("torn", "rip"), "Late Thing": ("late",)})
        question = asked(TASK, today, context, subject=subject, description=description)
        desk = Desk(self.stage.session, question.today)
        found = solve(desk, question)
        assert desk.read
        return found


@pytest.fixture
def floor(stage: Stage) -> Floor:
    """A service desk of one's own."""
    return Floor.of(stage)


def test_most_closed_cases_of_the_issue_decide(floor: Floor) -> None:
    best, other = floor.stage.agent("best"), floor.stage.agent("other")
    cases = [floor.closed(best), floor.closed(best)]
    floor.closed(other)
    for _ in range(4):
        floor.closed(other, issue=floor.late, item=floor.item)
    found = floor.route()
    assert (found.answer, found.evidence) == (best, tuple(sorted(cases)))
    assert found.derivation.splitlines()[0] == "decided by issue"
    assert f"1. best ({best}): 2 cases\n2. other ({other}): 1 case" in found.derivation


def test_equal_ones_are_told_apart_by_the_product_of_any_issue(floor: Floor) -> None:
    stage = floor.stage
    best, other, third = (stage.agent(name) for name in ("best", "other", "third"))
    cases = [
        floor.closed(best),
        floor.closed(best, issue=floor.late, item=floor.item),
        floor.closed(best, issue=floor.late, item=floor.item),
    ]
    floor.closed(other, item=floor.item)
    for _ in range(5):
        floor.closed(third, issue=floor.late, item=floor.item)
    found = floor.route()
    assert found.answer == best
    assert found.evidence == tuple(sorted(cases))
    assert found.derivation.splitlines()[0] == "decided by product"


def test_still_equal_ones_are_told_apart_by_open_cases(floor: Floor) -> None:
    busy, free = floor.stage.agent("busy"), floor.stage.agent("free")
    floor.stage.case(busy, "2031-03-01 00:00")
    found = floor.route()
    assert (found.answer, found.evidence) == (free, ())
    assert found.derivation.splitlines()[0] == "decided by open"
    assert f"1. free ({free}): 0 cases\n2. busy ({busy}): 1 case" in found.derivation


def test_only_the_equal_ones_go_on_to_the_next_level(floor: Floor) -> None:
    stage = floor.stage
    one, other, idle = (stage.agent(name) for name in ("one", "other", "idle"))
    for agent in (one, other):
        floor.closed(agent)
    stage.case(other, "2031-03-01 00:00")
    found = floor.route()
    assert found.answer == one
    assert f"idle ({idle})" not in found.derivation.split("fewest open cases:")[1]


def test_those_who_are_equal_to_the_end_leave_no_answer(floor: Floor) -> None:
    agents = {floor.stage.agent("one"), floor.stage.agent("other")}
    found = floor.route()
    assert found.answer == "None"
    lines = found.derivation.splitlines()
    assert lines[0] == "not decided"
    assert set(lines[-1].removeprefix("a tie: ").split(", ")) == agents


def test_only_agents_on_duty_are_chosen(floor: Floor) -> None:
    stage = floor.stage
    for name, start, end in (
        ("left", "2030-01-01", "2031-04-01"),
        ("new", "2031-04-02", None),
    ):
        agent = stage.agent(name, start, end)
        for _ in range(3):
            floor.closed(agent)
    first_day = stage.agent("first", "2031-04-01", None)
    last_day = stage.agent("last", "2030-01-01", "2031-04-02")
    for number, agent in enumerate((first_day, last_day), 1):
        for _ in range(number):
            floor.closed(agent)
    found = floor.route()
    assert found.answer == last_day
    assert "2 agents on duty" in found.derivation
    assert floor.route(today="2031-04-02").answer != last_day


def test_nobody_on_duty_is_nobody(floor: Floor) -> None:
    found = floor.route()
    assert found.answer == "None"
    assert "nobody is on duty" in found.derivation


def test_cases_closed_a_year_before_today_count_and_those_closed_today_do_not(
    floor: Floor,
) -> None:
    old, middle, late = (floor.stage.agent(name) for name in ("old", "middle", "late"))
    for agent, when in (
        (old, "2030-03-31 23:59"),
        (middle, "2030-04-01 00:00"),
        (late, "2031-04-01 00:00"),
    ):
        floor.closed(agent, when)
    found = floor.route()
    assert found.answer == middle
    assert found.derivation.count(": 1 case") == 1


def test_a_closed_case_counts_for_its_owner(floor: Floor) -> None:
    giver, owner = floor.stage.agent("giver"), floor.stage.agent("owner")
    values = {"IssueId__c": floor.torn, "OrderItemId__c": floor.item}
    case = floor.stage.case(giver, "2031-02-01 00:00", **values)
    floor.stage.hand_over(case, owner, "2031-02-02 00:00")
    floor.stage.close(case, "2031-02-03 00:00")
    found = floor.route()
    assert (found.answer, found.evidence) == (owner, (case,))


def test_open_cases_are_those_of_the_first_moment_of_today(floor: Floor) -> None:
    stage = floor.stage
    agents = [stage.agent(name) for name in ("closed", "given", "got", "new", "queued")]
    closed_today, given_today, got_before, got_today, unassigned = agents
    stage.case(closed_today, "2031-03-01 00:00", "2031-04-01 00:00")
    stage.hand_over(stage.case(given_today, "2031-03-01 00:00"), got_today, "2031-04-01 00:00")
    stage.hand_over(stage.case(got_today, "2031-03-01 00:00"), got_before, "2031-03-31 23:59")
    stage.case(got_today, "2031-04-01 00:00")
    stage.case(unassigned, "2031-02-01 00:00", "2031-03-31 23:59")
    waiting = stage.case(unassigned, "2031-03-31 23:59")
    stage.assign_first(waiting, unassigned, "2031-04-01 00:01")
    found = floor.route()
    assert found.answer == "None"
    assert found.derivation.endswith(f"a tie: {', '.join(sorted((got_today, unassigned)))}")
    assert found.derivation.count(": 1 case") == 3


def test_a_case_without_an_issue_s_words_goes_to_nobody(floor: Floor) -> None:
    floor.stage.agent("agent")
    found = floor.route(subject="It is broken")
    assert (found.answer, found.derivation) == ("None", "the case names no issue")


def test_a_case_about_two_issues_goes_to_nobody(floor: Floor) -> None:
    floor.stage.agent("agent")
    found = floor.route(subject="Late and torn")
    assert found.answer == "None"
    assert found.derivation == "the issue is ambiguous: Torn Thing, Late Thing"


def test_two_products_of_equal_name_length_leave_no_answer(floor: Floor) -> None:
    for name in ("one", "other"):
        floor.stage.agent(name)
    found = floor.route(description="A Gadget, or a Widget.")
    assert found.answer == "None"
    assert "nobody can tell" in found.derivation


def test_without_a_product_the_open_cases_decide(floor: Floor) -> None:
    busy, free = floor.stage.agent("busy"), floor.stage.agent("free")
    floor.stage.case(busy, "2031-03-01 00:00")
    found = floor.route(description="That one.")
    assert found.answer == free
    assert "no product" in found.derivation


def test_the_issue_is_the_one_whose_words_stand_most_often() -> None:
    context = spelled(HEADING, {"Torn": ("torn", "rip"), "Late": ("late", "took too long")})
    assert issues_named(context, "Late, and RIPS where it was torn") == ["Torn"]
    assert issues_named(context, "It was late and torn") == ["Torn", "Late"]
    assert issues_named(context, "Latest translation of stripes") == []
    assert issues_named(context, "it took too long") == ["Late"]
    assert issues_named("", "late") == []


def test_the_product_is_the_one_with_the_longest_name() -> None:
    products = [Product(name, name) for name in ("Lamp", "Lamp Two", "Desk")]
    assert longest_named(products, "the LAMP TWO on my Desk") == [products[1]]
    assert longest_named(products, "a chair") == []
    assert longest_named(products, "lamp or desk") == [products[0], products[2]]
