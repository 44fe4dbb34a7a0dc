"""What surrounds the words, and the way back to them."""

import datetime as dt
import re

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.prompts.assemble import assemble, own_words
from orgsmith.prompts.mails import QUOTED_MESSAGES
from orgsmith.prompts.moves import AGENT, SPEAKERS
from orgsmith.schema.objects import OBJECTS
from tests.prompts.plain_assembly import spoken
from tests.prompts.world import World, organisation

ORGANISATION = organisation(scale=0.1)
SENT = dt.datetime(2025, 3, 5, 9, 4, 30, tzinfo=dt.UTC)

line = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1).map(str.strip)
said = line.filter(bool)
bodies = st.lists(said, min_size=1, max_size=4).map("\n".join)
names = st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=126), min_size=2, max_size=9)


@given(
    texts=st.lists(st.tuples(bodies, st.booleans()), min_size=1, max_size=8),
    first=names,
    last=names,
    agent=names,
)
def test_own_words_of_mails_are_what_was_written(
    texts: list[tuple[str, bool]], first: str, last: str, agent: str
) -> None:
    declared = OBJECTS["EmailMessage"]
    frame = pl.DataFrame(
        {
            "Id": [f"{i}" for i in range(len(texts))],
            "ParentId": "case",
            "MessageDate": [SENT + dt.timedelta(hours=i) for i in range(len(texts))],
            "Subject": "Thread",
            "TextBody": [text for text, _ in texts],
            "Incoming": [incoming for _, incoming in texts],
            "FromName": [f"{first} {last}" if i else f"{agent} Surname" for _, i in texts],
            "first_name": first,
            "agent_first_name": agent,
        }
    )
    published = assemble(declared, frame, ORGANISATION)
    fields = {field.name for field in declared.fields}
    back = own_words(declared, published.select(c for c in frame.columns if c in fields))
    assert back["TextBody"].to_list() == frame["TextBody"].to_list()
    assert back["Subject"].to_list() == frame["Subject"].to_list()


@given(lines=st.lists(st.tuples(said, st.sampled_from(sorted(SPEAKERS))), min_size=1, max_size=12))
def test_own_words_of_chats_are_what_was_said(lines: list[tuple[str, str]]) -> None:
    declared = OBJECTS["LiveChatTranscript"]
    frame = pl.DataFrame(
        {
            "Id": ["1"],
            "Body": ["\n".join(text for text, _ in lines)],
            "StartTime": [SENT],
            "moves": [" ".join(move for _, move in lines)],
            "times": [" ".join(str(40 * i) for i in range(len(lines)))],
            "first_name": ["Ann"],
            "last_name": ["Lee"],
            "agent_first_name": ["Bo"],
        }
    )
    published = assemble(declared, frame, ORGANISATION).select("Id", "Body", "StartTime")
    assert own_words(declared, published)["Body"].to_list() == frame["Body"].to_list()
    speakers = [agent for agent, _ in spoken(published["Body"][0])]
    assert speakers == [SPEAKERS[move] == AGENT for _, move in lines]


def test_the_order_of_rows_does_not_matter(small: World) -> None:
    declared, frame = OBJECTS["EmailMessage"], small["EmailMessage"]
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=5)
    one = assemble(declared, frame, small.organisation).sort("Id")
    other = assemble(declared, shuffled, small.organisation).sort("Id")
    assert one.equals(other)


def test_replies_quote_what_they_answer(small: World) -> None:
    threads = small.published("EmailMessage").sort("ParentId", "MessageDate")
    header = re.compile(
        r"^(>*) ?On [A-Z][a-z]+ \d{1,2}, \d{4} at \d{1,2}:\d\d [AP]M UTC, .+ wrote:$"
    )
    for (_,), thread in threads.group_by("ParentId", maintain_order=True):
        first = thread["Subject"][0]
        for place, (subject, body) in enumerate(thread.select("Subject", "TextBody").iter_rows()):
            assert subject == (first if place == 0 else f"Re: {first}")
            depths = [len(m[1]) for text in body.split("\n") if (m := header.match(text))]
            assert depths == list(range(len(depths)))
            assert (place > 0) <= len(depths) <= min(place, QUOTED_MESSAGES)
            if place:
                before = thread["TextBody"][place - 1].split("\n")[0]
                assert f"\n> {before}" in body


def test_mails_end_with_the_senders_name(small: World) -> None:
    support = small.organisation.industry.company.support_name
    for row in small.published("EmailMessage").iter_rows(named=True):
        own = re.split(r"\n\nOn .+ wrote:\n>", row["TextBody"])[0].split("\n")
        if row["Incoming"]:
            assert own[-1] == row["first_name"]
        else:
            assert own[-2:] == [row["agent_first_name"], support]


def test_chats_are_stamped_lines(small: World) -> None:
    stamped = re.compile(r"^\[\d\d:\d\d:\d\d\] (Agent [^:]+|[^:]+): .+$")
    for row in small.published("LiveChatTranscript").iter_rows(named=True):
        header, *lines = row["Body"].split("\n")
        assert header.startswith("Chat started: ")
        assert header.endswith("UTC")
        assert all(stamped.match(text) for text in lines)
        assert len(lines) == len(row["moves"].split())


def test_objects_without_threads_come_back_unchanged(small: World) -> None:
    frame = small["Case"]
    assert assemble(OBJECTS["Case"], frame, small.organisation).equals(frame)
    assert own_words(OBJECTS["Case"], frame).equals(frame)
