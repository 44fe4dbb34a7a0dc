"""A question beside the truth: everything that a candidate says of its answer is told again."""

from fractions import Fraction

import pytest

from orgsmith.arena.tasks import transfer_count
from orgsmith.arena.tasks.facts import Facts
from orgsmith.arena.tasks.question import Candidate
from orgsmith.arena.tasks.task import Task
from tests.arena.tasks import naive, reading, spoken
from tests.arena.tasks.naive import Span, Truth, midnight
from tests.arena.tasks.rows import Rows


def truth(rows: Rows, facts: Facts, task: Task, candidate: Candidate) -> None:
    """Assert that a candidate's answer, runner-up, margin and evidence are what the rows say."""
    check = CHECKS[task.code]
    check(rows, candidate, task.context(facts, candidate))


def of_agents(rows: Rows, candidate: Candidate, context: str) -> None:
    """Handle time and hand-overs."""
    given = candidate.parameters
    span = _window(candidate)
    more_than, extreme = spoken.more_than(candidate.slots["agents"]), candidate.shape
    assert (more_than, extreme) == (given["more_than"], given["extreme"])
    if extreme in ("highest", "lowest"):
        found = naive.handle_time(rows, span, more_than, extreme)
        _equal(candidate, found, hours=True)
        assert found.answer == naive.NONE or 20 * found.margin >= _mean(rows, found)
    else:
        assert extreme in ("most", "fewest")
        found = naive.transfer_count(rows, span, more_than, extreme)
        _equal(candidate, found)
        single = extreme == "most" and len(found.evidence) == 1
        assert (transfer_count.SINGLE in candidate.labels) == single


def _mean(rows: Rows, found: Truth) -> Fraction:
    cases = [rows.one("Case", case) for case in found.evidence]
    return sum(map(naive.took, cases), Fraction()) / len(cases)


def of_issues(rows: Rows, candidate: Candidate, context: str) -> None:
    """The issue of a product."""
    product = _product(rows, candidate)
    _equal(candidate, naive.top_issue(rows, _window(candidate), product))


def of_months(rows: Rows, candidate: Candidate, context: str) -> None:
    """The month of a product."""
    product = _product(rows, candidate)
    days = spoken.month_span(candidate.slots["window"], candidate.today)
    _asked_of(candidate, days)
    _equal(candidate, naive.monthly_trend(rows, Span.of(*days, candidate.today), product))


def of_states(rows: Rows, candidate: Candidate, context: str) -> None:
    """The state with the shortest cases."""
    found = naive.best_region(rows, _window(candidate))
    _equal(candidate, found, hours=True)
    assert 20 * found.margin >= _mean(rows, found)


def of_new_cases(rows: Rows, candidate: Candidate, context: str) -> None:
    """Who takes a new case."""
    subject, text = candidate.parameters["subject"], candidate.parameters["description"]
    name = reading.issue_of(context, f"{subject}\n{text}")
    (issue,) = (row["Id"] for row in rows["Issue__c"] if row["Name"] == name)
    (case,) = (
        row for row in rows["Case"] if (row["Subject"], row["Description"]) == (subject, text)
    )
    assert case["CreatedDate"].date() == candidate.today
    routed = naive.case_routing(rows, candidate.today, issue, reading.product_of(rows, str(text)))
    found = routed.truth
    level = {1: "decided by issue", 2: "decided by product", 3: "decided by open cases"}
    assert level[routed.rule] in candidate.labels
    proof = found.evidence | {case["Id"]}
    _equal(candidate, Truth(found.answer, found.second, found.margin, proof))


def of_phrases(rows: Rows, candidate: Candidate, context: str) -> None:
    """Which product a customer means."""
    given = candidate.parameters
    contact = rows.one("Contact", str(given["contact"]))
    assert contact["Name"] == candidate.slots["contact"]
    day = spoken.day_ago(candidate.slots["ago"], candidate.today)
    assert day.isoformat() == given["ordered_on"]
    clue = str(given["clue"])
    assert candidate.slots["clue"].endswith(clue)
    assert candidate.answers == (reading.meant(rows, contact["Id"], day, clue),)
    orders = {
        order["Id"]
        for order in rows["Order"]
        if order["AccountId"] == contact["AccountId"] and order["EffectiveDate"] == day
    }
    proof = {contact["Id"], *orders, candidate.answer} - {naive.NONE}
    assert frozenset(candidate.evidence) == proof
    if candidate.none_reason is None:
        assert candidate.runner_up not in (None, candidate.answer)


def of_offers(rows: Rows, candidate: Candidate, context: str) -> None:
    """Which policy an offer breaks."""
    case = str(candidate.parameters["case"])
    assert rows.one("Case", case)["CaseNumber"] == candidate.slots["case"]
    assert naive.closed(rows.one("Case", case), midnight(candidate.today))
    found = reading.ruling(rows, case, candidate.today, context)
    assert candidate.answers == (found.answer,)
    assert frozenset(candidate.evidence) == found.evidence


def of_moods(rows: Rows, candidate: Candidate, context: str) -> None:
    """What mood a customer is in."""
    case = str(candidate.parameters["case"])
    assert rows.one("Case", case)["CaseNumber"] == candidate.slots["case"]
    assert naive.closed(rows.one("Case", case), midnight(candidate.today))
    (latent,) = (row for row in rows["CustomerMood"] if row["CaseId"] == case)
    # A mood that the words do not show is nobody's to tell.
    assert candidate.answers == (latent["mood"],) == (latent["tone"],)
    own = [
        said for said in reading.talk(rows, case, midnight(candidate.today)) if not said.by_agent
    ]
    assert len(own) >= 2
    assert frozenset(candidate.evidence) == {case, *(said.record for said in own)}


def of_articles(rows: Rows, candidate: Candidate, context: str) -> None:
    """What an article states."""
    answer, statement = candidate.answers
    (article,) = candidate.evidence
    assert statement in rows.one("Knowledge__kav", article)["FAQ_Answer__c"]
    assert answer.casefold() in statement.casefold()


CHECKS = {
    "NCR": of_new_cases,
    "HTU": of_agents,
    "TCU": of_agents,
    "NED": of_phrases,
    "PVI": of_offers,
    "KQA": of_articles,
    "TII": of_issues,
    "MTA": of_months,
    "BRI": of_states,
    "CSA": of_moods,
}


def _window(candidate: Candidate) -> Span:
    days = spoken.span(candidate.slots["window"], candidate.today)
    _asked_of(candidate, days)
    return Span.of(*days, candidate.today)


def _asked_of(candidate: Candidate, days: spoken.Span) -> None:
    start, end = days
    given = candidate.parameters
    assert (start.isoformat(), end.isoformat()) == (given["start"], given["end"])
    assert start < end <= candidate.today


def _product(rows: Rows, candidate: Candidate) -> str:
    product = str(candidate.parameters["product"])
    assert rows.one("Product2", product)["Name"] == candidate.slots["product"]
    return product


def _equal(candidate: Candidate, found: Truth, *, hours: bool = False) -> None:
    assert candidate.answers == (found.answer,)
    assert frozenset(candidate.evidence) == found.evidence
    if found.answer == naive.NONE:
        assert candidate.none_reason is not None
        return
    assert candidate.none_reason is None
    assert candidate.runner_up in (found.second or {None})
    margin = found.margin * naive.HOURS if hours else found.margin
    assert candidate.margin == pytest.approx(float(margin), abs=1e-6)
