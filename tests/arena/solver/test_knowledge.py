"""Questions answered from articles: compared with what articles state, and in small situations."""

import pytest

from orgsmith.arena.record import Record
from orgsmith.arena.session import Session
from orgsmith.arena.solver.desk import Desk, Found, Memory
from orgsmith.arena.solver.knowledge import ranking, solve, statements
from orgsmith.arena.solver.relevance import ranked
from orgsmith.outputs.dataset import Dataset
from orgsmith.schema.industry import Article
from orgsmith.schema.packs import load
from tests.arena.solver.books import asked
from tests.arena.solver.stage import Stage
from tests.arena.solver.talk import article

TASK = "knowledge_qa"

ANSWERED = 0.97
"""Share of all facts found; a few questions share no rare word with their answers."""


def solved(session: Session, question: str, memory: Memory | None = None) -> Found:
    """What is found for a question."""
    about = asked(TASK, "2031-01-01", question=question)
    return solve(Desk(session, about.today, memory), about)


def test_it_finds_what_articles_state(dataset: Dataset, session: Session) -> None:
    facts = dataset.scan("KnowledgeFact").collect().to_dicts()
    memory = Memory()
    right = 0
    for fact in facts:
        found = solved(session, fact["question"], memory)
        as_stated = found.evidence == (fact["KnowledgeId"],) and fact["statement"] in found.answer
        assert as_stated or fact["kind"] != "policy", found.derivation
        right += as_stated
    assert right / len(facts) > ANSWERED


@pytest.mark.parametrize("name", ["sportswear", "banking", "electronics"])
def test_it_finds_what_packs_state(name: str) -> None:
    industry = load(name)
    articles = [*industry.company_articles, *(a for c in industry.categories for a in c.articles)]
    known = statements(map(record, articles))
    right = [
        best.sentence.article == each.title and best.sentence.text == fact.statement
        for each in articles
        for fact in each.facts
        for best in ranked(fact.question, known)[:1]
    ]
    assert len(right) > 100
    assert sum(right) / len(right) > ANSWERED


def record(article: Article) -> Record:
    """An article of a pack as a record, its facts one a line."""
    body = "\n".join(fact.statement for fact in article.facts)
    return {
        "Id": article.title,
        "Title": article.title,
        "Summary": article.summary,
        "FAQ_Answer__c": body,
    }


def test_the_answer_is_the_sentence_as_it_stands(stage: Stage) -> None:
    body = (
        "Everything on zyzzyvas. What a zyzzyva eats and when.\n\n"
        'They call it "the weevil" at times.   A zyzzyva sleeps for 12 hours, from 9 p.m. to '
        "9 a.m. Eastern Time.\nMost zyzzyvas wake at dawn!\n\nAsk us anything."
    )
    made = article(stage, "Zyzzyvas at Night", body, "What a zyzzyva eats and when.")
    article(stage, "Zyzzyvas by Day", "A zyzzyva eats palms.\n\nAsk us anything.")
    found = solved(stage.session, "How long does a zyzzyva sleep?")
    assert found.answer == "A zyzzyva sleeps for 12 hours, from 9 p.m. to 9 a.m. Eastern Time."
    assert found.evidence == (made,)
    assert "ahead of the next" in found.derivation
    best = ranking(Desk(stage.session, stage.session.today), "What does a zyzzyva eat?")
    texts = [each.sentence.text for each in best]
    assert texts[0] == "A zyzzyva eats palms."
    assert "What a zyzzyva eats and when." not in texts
    assert "Ask us anything." not in texts
    assert [each.score for each in best] == sorted((each.score for each in best), reverse=True)


RULE = 'The remedy "{name}" may be offered up to {days} days after the order date.'


@pytest.mark.parametrize(
    ("issue", "remedy", "days"),
    [
        ("Glass", "Gold", 1),
        ("Glass", "Gold bar", 2),
        ("Glass Door", "Gold", 3),
        ("Glass, Old & 'New'", "Gold", 4),
    ],
)
def test_a_policy_question_is_answered_by_the_article_of_its_issue(
    stage: Stage, issue: str, remedy: str, days: int
) -> None:
    bodies = {
        "Glass": (RULE.format(name="Gold", days=1), RULE.format(name="Gold bar", days=2)),
        "Glass Door": (RULE.format(name="Gold", days=3), RULE.format(name="Gold bar", days=9)),
        "Glass, Old & 'New'": (RULE.format(name="Gold", days=4),),
    }
    made = {}
    for name, rules in bodies.items():
        stage.issue(name)
        made[name] = article(stage, f"Rules: {name}", "\n".join((f"Only for {name}.", *rules)))
    found = solved(
        stage.session,
        f"For a case of the issue {issue}, how many days after the order date can {remedy} be "
        "offered?",
    )
    assert found.answer == RULE.format(name=remedy, days=days)
    assert found.evidence == (made[issue],)


@pytest.mark.parametrize("question", ["", "?", "What is it?", "{}[]()\"'\\", "Xyzzyq?", "A b c?"])
def test_nothing_may_answer(session: Session, question: str) -> None:
    found = solved(session, question)
    assert (found.answer, found.evidence) == ("None", ())


def test_any_sign_may_stand_in_a_question(session: Session) -> None:
    found = solved(session, '{(Is "shipping" free & fast?!) OR AND NOT: *~^+-\'\\ | [x]}')
    assert found.answer != "None"


def test_what_was_needed_is_noted(dataset: Dataset, session: Session) -> None:
    (question,) = dataset.scan("KnowledgeFact").filter(kind="care").collect()["question"][:1]
    desk = Desk(session, session.today)
    ranking(desk, question)
    assert desk.objects == {"Knowledge__kav"}
    assert desk.read
