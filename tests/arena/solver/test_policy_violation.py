"""Offers and policies, read: compared with the hidden truth, and in small situations."""

import polars as pl
import pytest

from orgsmith.arena.session import Session
from orgsmith.arena.solver.desk import Desk, Found, Memory
from orgsmith.arena.solver.policy_violation import Limit, first_offer, limits, solve
from orgsmith.arena.solver.speech import Words
from orgsmith.arena.tasks import glossary
from orgsmith.outputs.dataset import Dataset
from tests.arena.solver.books import asked
from tests.arena.solver.stage import Stage, at
from tests.arena.solver.talk import article, case, chat, mail, quoting

TASK = "policy_violation_identification"
REMEDIES = {
    "Gold": ("gold",),
    "Gold bar": ("gold bar", "ingot"),
    "Rebate": ("rebate", "% off"),
    "Song (live)": ("song (live)",),
}
CONTEXT = f"The rule: read.\n{glossary.spelled('Agents say:', REMEDIES)}\nId of the case: x"

POLICY = """Only this:

The remedy "Gold bar" may be offered up to 10 days after the order date.
Agents may grant the remedy "Rebate" until 30 days after the order date, up to 20 percent at most.
There is no time limit from the order date for the remedy "Song (live)". Ask no. 5 after 3 days."""


def test_it_finds_the_hidden_violations(dataset: Dataset, session: Session) -> None:
    remedies = {each.name: each.terms for each in dataset.organisation.industry.remedies}
    context = glossary.spelled("Remedies:", remedies)
    offers = dataset.scan("PolicyViolation").join(
        dataset.scan("Case").filter(Status="Closed").select(CaseId="Id"), on="CaseId"
    )
    memory = Memory()
    answers = set()
    for row in offers.collect().iter_rows(named=True):
        question = asked(TASK, "2031-01-01", context, case=row["CaseId"])
        desk = Desk(session, question.today, memory)
        found = solve(desk, question)
        assert found.answer == (row["KnowledgeId"] or "None"), found.derivation
        assert found.evidence[0] == row["CaseId"]
        assert desk.read
        assert desk.objects == {
            *("Case", "Issue__c", "OrderItem", "Order"),
            *("EmailMessage", "LiveChatTranscript", "Knowledge__kav"),
        }
        answers.add(found.answer)
    assert len(answers) > 5


def test_the_evidence_holds_the_words_of_the_offer(dataset: Dataset, session: Session) -> None:
    offered = (
        dataset.scan("CaseTimeline").filter(move="offer").group_by("CaseId").agg("at").collect()
    )
    (about,) = offered["CaseId"].sort()[:1]
    remedies = {each.name: each.terms for each in dataset.organisation.industry.remedies}
    question = asked(TASK, "2031-01-01", glossary.spelled("Remedies:", remedies), case=about)
    _, message, policy = solve(Desk(session, question.today), question).evidence
    spoken = pl.concat(
        [
            dataset.scan("EmailMessage").select("Id", about="ParentId"),
            dataset.scan("LiveChatTranscript").select("Id", about="CaseId"),
        ]
    ).filter(pl.col("about") == about)
    assert message in spoken.collect()["Id"]
    assert policy in dataset.scan("Knowledge__kav").collect()["Id"]


def solved(stage: Stage, about: str, today: str = "2031-01-01") -> Found:
    """What is found of a case, when it is asked in the stage's own words."""
    question = asked(TASK, today, CONTEXT, case=about)
    return solve(Desk(stage.session, question.today), question)


@pytest.fixture
def broken_glass(stage: Stage) -> tuple[str, str]:
    """A case of the issue Broken Glass, ordered on January 1, and the issue's policy article."""
    article(stage, "Broken Glass Door: Rules", 'The remedy "Gold" is allowed.')
    article(stage, "Broken Glasses", 'The remedy "Gold" is allowed.')
    article(stage, "How Broken Glass is swept up", "Sweep it, and ask for gold.")
    policy = article(stage, "Rules for Broken Glass cases", POLICY)
    stage.issue("Broken Glass Door")
    return case(stage, stage.issue("Broken Glass")), policy


@pytest.mark.parametrize(
    ("text", "sent", "kept"),
    [
        ("I can give you a gold bar.", "2030-01-11 23:59", True),
        ("I can give you a gold bar.", "2030-01-12 00:00", False),
        ("Two INGOTS are yours.", "2030-01-12 00:00", False),
        ("Some gold is yours.", "2030-01-02 00:00", False),
        ("A rebate of 20 percent is yours.", "2030-01-02 00:00", True),
        ("A rebate of 21 percent is yours.", "2030-01-02 00:00", False),
        ("Your interest of 99 percent is noted. I give 15% off.", "2030-01-02 00:00", True),
        ("After 5 percent and 7 %, it's 20.5 % off now.", "2030-01-02 00:00", True),
        ("I'd say 20.5 % off.", "2030-01-02 00:00", False),
        ("A rebate, then. That is 50 percent.", "2030-01-02 00:00", False),
        ("A rebate.", "2030-01-31 00:00", True),
        ("A rebate.", "2030-02-01 00:00", False),
        ("Here is a song (live).", "2030-12-31 00:00", True),
        ("A marigold in a goldsmith's.", "2030-12-31 00:00", True),
    ],
)
def test_an_offer_keeps_or_breaks_the_policy(
    stage: Stage, broken_glass: tuple[str, str], text: str, sent: str, kept: bool
) -> None:
    about, policy = broken_glass
    mail(stage, about, text, sent)
    found = solved(stage, about)
    assert found.answer == ("None" if kept else policy), found.derivation


def test_the_first_offer_of_an_agent_counts(stage: Stage, broken_glass: tuple[str, str]) -> None:
    about, _ = broken_glass
    mail(stage, about, "I want gold!", "2030-01-02 00:00", incoming=True)
    mail(stage, about, quoting("Let me see.", "I want gold!"), "2030-01-02 01:00")
    mail(stage, about, quoting("Gold, I said.", "gold"), "2030-01-02 02:00", incoming=True)
    offer = mail(stage, about, "A gold bar, then? Or gold?", "2030-01-02 03:00")
    mail(stage, about, "Or just gold.", "2030-01-02 04:00")
    found = solved(stage, about)
    assert (found.answer, found.evidence[:2]) == ("None", (about, offer))


def test_an_offer_in_a_chat_is_of_the_day_of_its_line(
    stage: Stage, broken_glass: tuple[str, str]
) -> None:
    about, policy = broken_glass
    lines = [
        "[23:50:00] Agent Bo:Jo: Hello. I'm Bo.",
        "[23:51:00] Ann Gold: gold? Agent Bo: gold",
        "[00:01:00] Agent Bo:Jo: So: a gold bar.",
    ]
    made = chat(stage, about, "2030-01-10 23:50:00", lines)
    found = solved(stage, about)
    assert (found.answer, found.evidence) == ("None", (about, made, policy))
    late = case(stage, issue_of(stage, about))
    chat(stage, late, "2030-01-11 23:50:00", lines)
    assert solved(stage, late).answer == policy


def issue_of(stage: Stage, about: str) -> str:
    """The issue of a case."""
    (row,) = stage.records(f"SELECT IssueId__c FROM Case WHERE Id = '{about}'")
    return str(row["IssueId__c"])


def test_there_may_be_no_offer_issue_or_policy(stage: Stage, broken_glass: tuple[str, str]) -> None:
    about, _ = broken_glass
    assert solved(stage, about).answer == "None"
    mail(stage, about, "Gold tomorrow.", "2030-01-05 00:00")
    assert solved(stage, about, "2030-01-05").answer == "None"
    assert solved(stage, about, "2030-01-06").answer != "None"
    for issue in (None, stage.issue("Never Told")):
        other = case(stage, issue)
        mail(stage, other, "Gold.", "2030-01-05 00:00")
        assert solved(stage, other).answer == "None"
    assert solved(stage, "500000000000000AAA").answer == "None"


def test_an_issue_may_be_called_anything(stage: Stage) -> None:
    name = "A \"B\" (C+D) & 'E'?"
    policy = article(stage, f"{name}: rules", POLICY)
    about = case(stage, stage.issue(name))
    mail(stage, about, "Gold.", "2030-01-05 00:00")
    assert solved(stage, about).answer == policy


def test_limits_are_read_sentence_by_sentence() -> None:
    body = (
        'First 7 days. The remedy "Approx. 5 days. Off" is open for 12 days; 30 % is the most. '
        'Then "B" and "C" go on for 1 day\nwith 40 percent'
    )
    assert limits(body) == {
        "approx. 5 days. off": Limit(12, 30),
        "b": Limit(1, None),
        "c": Limit(1, None),
    }


def test_no_remedies_no_offer() -> None:
    said = [Words("x", True, at("2030-01-01 00:00"), "gold")]
    assert first_offer(said, {}) is None
    assert first_offer(said, {"Silver": ("silver",)}) is None
