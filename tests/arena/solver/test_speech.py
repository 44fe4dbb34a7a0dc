"""Who said what and when: own words of mails, lines of chats, nothing of today and later."""

import datetime as dt

import polars as pl
import pytest

from orgsmith.arena.session import Session
from orgsmith.arena.solver.desk import Desk
from orgsmith.arena.solver.speech import Words, chat_lines, own_words, speech
from orgsmith.outputs.dataset import Dataset
from orgsmith.validators.texts.conversations import conversations
from tests.arena.solver.stage import Stage, at
from tests.arena.solver.talk import case, chat, mail, quoting

TODAY = dt.date(2031, 1, 1)


def said(stage: Stage, about: str, today: dt.date = TODAY) -> list[Words]:
    """Everything that was said in a case."""
    return speech(Desk(stage.session, today), about)


def test_it_reads_what_the_validators_read(dataset: Dataset, session: Session) -> None:
    truth: dict[str, list[tuple[object, ...]]] = {}
    for part in conversations(dataset):
        rows = part.said.select("CaseId", "Id", "agent", "day", pl.col("text").str.strip_chars())
        for about, *words in rows.iter_rows():
            truth.setdefault(about, []).append(tuple(words))
    for about, expected in truth.items():
        desk = Desk(session, TODAY)
        heard = [
            (words.record, words.by_agent, words.at.date(), words.text.strip())
            for words in speech(desk, about)
        ]
        assert heard == expected
        assert desk.read
        assert desk.objects == {"EmailMessage", "LiveChatTranscript"}
    assert len(truth) > 90


def test_mails_come_in_order_of_time_without_what_they_quote(stage: Stage) -> None:
    about = case(stage)
    later = mail(stage, about, quoting("It's fine.", "I offer gold."), "2030-01-07 10:00")
    first = mail(stage, about, "Where is it?", "2030-01-06 09:05", incoming=True)
    assert said(stage, about) == [
        Words(first, False, at("2030-01-06 09:05"), "Where is it?"),
        Words(later, True, at("2030-01-07 10:00"), "It's fine."),
    ]


def test_what_was_said_today_is_not_known_yet(stage: Stage) -> None:
    about = case(stage)
    mail(stage, about, "yesterday", "2030-01-06 23:59")
    mail(stage, about, "today", "2030-01-07 00:00")
    chat(
        stage,
        about,
        "2030-01-06 23:59:50",
        ["[23:59:55] Ann Day: before", "[00:00:05] Ann Day: today"],
    )
    heard = said(stage, about, dt.date(2030, 1, 7))
    assert [words.text for words in heard] == ["yesterday", "before"]


def test_a_chat_passes_midnight_where_the_clock_goes_back() -> None:
    start = at("2030-01-06 23:50").replace(microsecond=500_000)
    body = "Chat started: January 6, 2030, 23:50:00 UTC\n" + "\n".join(
        f"[{clock}] {name}: {text}"
        for clock, name, text in (
            ("23:50:00", "Agent Bo", "a"),
            ("23:59:59", "Ann Day", "b"),
            ("00:00:00", "Agent Bo", "c"),
            ("00:10:00", "Ann Day", "d"),
        )
    )
    heard = [(words.text, words.by_agent, words.at) for words in chat_lines("x", body, start)]
    assert heard == [
        ("a", True, at("2030-01-06 23:50")),
        ("b", False, at("2030-01-06 23:59").replace(second=59)),
        ("c", True, at("2030-01-07 00:00")),
        ("d", False, at("2030-01-07 00:10")),
    ]


@pytest.mark.parametrize(
    ("line", "by_agent", "text"),
    [
        ("[10:00:00] Agent Bo:Jo: hello: you", True, "hello: you"),
        ("[10:00:00] Ann Day: Agent Bo: no", False, "Agent Bo: no"),
        ("[10:00:00] Agente Rossi: hi", False, "hi"),
        ("[10:00:00] Ann [x] Day: [10:00:01] Agent Bo: hi", False, "[10:00:01] Agent Bo: hi"),
        ("[10:00:00] Agent Bo: one\ntwo: [x]\n", True, "one\ntwo: [x]\n"),
    ],
)
def test_a_line_belongs_to_who_is_named_before_it(line: str, by_agent: bool, text: str) -> None:
    body = f"before the first line\n{line}"
    (words,) = chat_lines("x", body, at("2030-01-06 09:00"))
    assert (words.by_agent, words.text) == (by_agent, text)


@pytest.mark.parametrize(
    "text",
    [
        "On Monday, my brother wrote: no.\n> he said",
        "On January 6, 2030 at 9:05 AM UTC, Someone Else wrote: nothing",
        "> On January 6, 2030 at 9:05 AM UTC, Someone Else wrote:\n> x",
        "",
    ],
)
def test_what_only_looks_like_a_quote_is_kept(text: str) -> None:
    assert own_words(text) == text


def test_a_mail_may_hold_nothing_but_a_quote() -> None:
    assert own_words(quoting("", "x").lstrip()) == ""
    assert own_words(quoting("Fine.", quoting("x", "y"))) == "Fine."
