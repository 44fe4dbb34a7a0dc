"""Moods, heard: compared with the hidden ones, and in small situations."""

from collections.abc import Sequence

import polars as pl
import pytest

from orgsmith.arena.session import Session
from orgsmith.arena.solver.desk import Desk, Found, Memory
from orgsmith.arena.solver.mood_words import Mood
from orgsmith.arena.solver.sentiment import Heard, judged, solve
from orgsmith.outputs.dataset import Dataset
from tests.arena.solver.books import asked
from tests.arena.solver.stage import Stage
from tests.arena.solver.talk import case, chat, mail, quoting

TASK = "customer_sentiment_analysis"


def test_it_hears_the_hidden_moods(dataset: Dataset, session: Session) -> None:
    closed = dataset.scan("Case").filter(Status="Closed").select(CaseId="Id")
    moods = (
        dataset.scan("CustomerMood")
        .join(closed, on="CaseId")
        .filter(pl.col("mood") == pl.col("tone"))
    )
    memory = Memory()
    answers = set()
    for row in moods.collect().iter_rows(named=True):
        question = asked(TASK, "2031-01-01", case=row["CaseId"])
        desk = Desk(session, question.today, memory)
        found = solve(desk, question)
        assert found.answer == row["mood"], found.derivation
        assert found.evidence[0] == row["CaseId"]
        assert desk.read
        assert desk.objects == {"EmailMessage", "LiveChatTranscript"}
        answers.add(found.answer)
    assert answers == {mood.value for mood in Mood}


def solved(stage: Stage, about: str, today: str = "2031-01-01") -> Found:
    """What is found of a case."""
    question = asked(TASK, today, case=about)
    return solve(Desk(stage.session, question.today), question)


@pytest.mark.parametrize(
    ("texts", "mood"),
    [
        (["I'm angry.", "What a mess."], "Negative"),
        (["I'm angry and upset, what a mess.", "The box is blue.", "Yes."], "Neutral"),
        (["I'm angry.", "The box is blue.", "This is awful."], "Negative"),
        (["The box is blue.", "Thank you for your help."], "Neutral"),
        (["Great!", "I'm so happy."], "Positive"),
        (["Great!", "I'm so happy.", "The case is a disaster."], "Positive"),
        (["Great!", "I'm so happy.", "I'm angry.", "What a mess, what a nightmare."], "Negative"),
        (["Great!", "I'm so happy.", "I'm angry.", "What a mess."], "Neutral"),
        (["Awful."], "Negative"),
        (["Hello."], "Neutral"),
        ([], "Neutral"),
    ],
)
def test_a_mood_must_show_in_two_messages(stage: Stage, texts: Sequence[str], mood: str) -> None:
    about = case(stage)
    written = [
        mail(stage, about, text, f"2030-01-06 09:{minute:02}", incoming=True)
        for minute, text in enumerate(texts)
    ]
    found = solved(stage, about)
    assert found.answer == mood, found.derivation
    assert found.evidence == (about, *written)


def test_agents_and_quotes_are_not_heard(stage: Stage) -> None:
    about = case(stage)
    mail(stage, about, "Is it blue?", "2030-01-06 09:00", incoming=True)
    for minute in (5, 7):
        mail(stage, about, "Great, wonderful, I'm so happy!", f"2030-01-06 09:{minute:02}")
        tail = quoting("Yes.", "Great, wonderful, I'm so happy!")
        mail(stage, about, tail, f"2030-01-06 09:{minute + 1:02}", incoming=True)
    assert solved(stage, about).answer == "Neutral"


def test_a_chat_is_heard_line_by_line(stage: Stage) -> None:
    about = case(stage)
    lines = [
        "[09:00:00] Agent Bo: Great! Wonderful! Awesome!",
        "[09:01:00] Ann Day: so annoyed",
        "[09:02:00] Agent Bo: I'm happy you came!",
        "[09:03:00] Ann Day: Agent Bo: great. but ok",
        "[09:04:00] Ann Day: what a waste of my time",
    ]
    made = chat(stage, about, "2030-01-06 09:00:00", lines)
    found = solved(stage, about)
    assert (found.answer, found.evidence) == ("Negative", (about, made))
    assert "3 messages" in found.derivation
    assert '"annoyed"' in found.derivation


def test_what_is_written_later_is_not_heard_yet(stage: Stage) -> None:
    about = case(stage)
    mail(stage, about, "Hello.", "2030-01-06 09:00", incoming=True)
    mail(stage, about, "I'm angry.", "2030-01-07 09:00", incoming=True)
    mail(stage, about, "I'm angry.", "2030-01-07 10:00", incoming=True)
    assert solved(stage, about, "2030-01-07").answer == "Neutral"
    assert solved(stage, about, "2030-01-08").answer == "Negative"


def test_the_greater_share_decides() -> None:
    one, more, two = Heard(1, ("a",)), Heard(1, ("a", "b")), Heard(2, ("a", "b"))
    assert judged(two, more, 3) is Mood.NEGATIVE
    assert judged(more, two, 3) is Mood.POSITIVE
    assert judged(one, more, 1) is Mood.POSITIVE
    assert judged(one, more, 2) is Mood.NEUTRAL
    assert judged(two, two, 2) is Mood.NEUTRAL
