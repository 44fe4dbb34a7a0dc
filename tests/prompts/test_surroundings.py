"""What surrounds any words at all, a hostile model's included, and the way back to them."""

import datetime as dt

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.prompts.assemble import assemble, own_words
from orgsmith.prompts.mails import threaded
from orgsmith.prompts.moves import SPEAKERS
from orgsmith.schema.objects import OBJECTS
from tests.prompts import plain_assembly as plain
from tests.prompts.world import organisation

ORGANISATION = organisation(scale=0.1)

letters = st.characters(exclude_categories=["Cs"])
fragments = st.one_of(
    st.sampled_from(
        [
            *(
                "\n",
                "\n\n",
                "",
                " ",
                ",",
                ".",
                ">",
                "> ",
                "\n>",
                "\r\n",
                "Ann",
                "Bo",
                "Agent ",
                ": ",
            ),
            "\n\nOn March 5, 2025 at 9:04 AM UTC, Ann Lee wrote:\n>",
            "\n\nOn May ٣, 2025 at 12:00 PM UTC, B wrote:\n> x",
            "On March 5, 2025 at 9:04 AM UTC, wrote:",
            *("[09:04:30] Ann Lee: ", "[٠٩:٠٤:٣٠] Agent Bo: ", "\n[1:2:3] a: b", "[09:04:30] : x"),
            "[09:04:30] Agent : yes",
        ]
    ),
    st.text(letters, max_size=6),
)
texts = st.lists(fragments, max_size=8).map("".join)
names = st.one_of(st.sampled_from(["Ann", "Bo", "Ann Lee"]), st.text(letters, max_size=5))
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
moments = st.integers(0, 10**16).map(lambda micro: EPOCH + dt.timedelta(microseconds=micro) / 4)

MAIL = pl.Schema(
    {
        "Id": pl.String(),
        "ParentId": pl.String(),
        "MessageDate": pl.Datetime("us", "UTC"),
        "Subject": pl.String(),
        "TextBody": pl.String(),
        "Incoming": pl.Boolean(),
        "FromName": pl.String(),
        "first_name": pl.String(),
        "agent_first_name": pl.String(),
    }
)
mails = st.lists(
    st.tuples(st.sampled_from("abc"), moments, texts, texts, st.booleans(), names, names, names),
    max_size=24,
    unique_by=lambda mail: mail[:2],
)


@given(drawn=mails, support_name=names)
def test_threads_are_what_they_are_mail_by_mail(
    drawn: list[tuple[object, ...]], support_name: str
) -> None:
    rows = [(str(number), *mail) for number, mail in enumerate(drawn)]
    frame = pl.DataFrame(rows, schema=MAIL, orient="row")
    expected: dict[str, tuple[str, str]] = {}
    for case in "abc":
        thread = sorted(
            (row for row in frame.rows(named=True) if row["ParentId"] == case),
            key=lambda row: row["MessageDate"],
        )
        told = plain.threaded(thread, support_name)
        expected |= dict(zip((row["Id"] for row in thread), told, strict=True))
    found = threaded(frame, support_name)
    assert found.drop("Subject", "TextBody").equals(frame.drop("Subject", "TextBody"))
    assert found.select("Subject", "TextBody").rows() == [expected[row] for row in frame["Id"]]


@given(drawn=st.lists(st.tuples(texts, texts, st.booleans(), names), max_size=8))
def test_own_words_of_any_mail(drawn: list[tuple[str, str, bool, str]]) -> None:
    fields = ("TextBody", "Subject", "Incoming", "FromName")
    frame = pl.DataFrame(
        drawn, schema=pl.Schema({name: MAIL[name] for name in fields}), orient="row"
    )
    found = own_words(OBJECTS["EmailMessage"], frame)
    assert found.columns == frame.columns
    assert found.rows() == [
        (
            plain.plain_mail(text, sender, incoming=incoming),
            subject.removeprefix("Re: "),
            incoming,
            sender,
        )
        for text, subject, incoming, sender in drawn
    ]


@st.composite
def chats(draw: st.DrawFn) -> dict[str, object]:
    """A chat with as many lines as moves."""
    line = texts.map(lambda text: text.replace("\n", " "))
    lines = draw(st.lists(line, min_size=1, max_size=6))
    count = len(lines)
    moves = draw(st.lists(st.sampled_from(sorted(SPEAKERS)), min_size=count, max_size=count))
    seconds = st.one_of(st.integers(0, 90000), st.floats(0, 90000))
    times = draw(st.lists(seconds, min_size=count, max_size=count))
    return {
        "Body": "\n".join(lines),
        "StartTime": draw(moments),
        "moves": " ".join(moves),
        "times": " ".join(map(str, times)),
        "first_name": draw(names),
        "last_name": draw(names),
        "agent_first_name": draw(names),
    }


CHAT = pl.Schema(
    {
        "Body": pl.String(),
        "StartTime": pl.Datetime("us", "UTC"),
        "moves": pl.String(),
        "times": pl.String(),
        "first_name": pl.String(),
        "last_name": pl.String(),
        "agent_first_name": pl.String(),
    }
)


@given(drawn=st.lists(chats(), max_size=6))
def test_chats_are_what_they_are_line_by_line(drawn: list[dict[str, object]]) -> None:
    frame = pl.DataFrame(drawn, schema=CHAT)
    found = assemble(OBJECTS["LiveChatTranscript"], frame, ORGANISATION)
    assert found.drop("Body").equals(frame.drop("Body"))
    assert found["Body"].to_list() == [plain.stamped(row) for row in frame.rows(named=True)]


@given(bodies=st.lists(texts, max_size=8))
def test_own_words_of_any_chat(bodies: list[str]) -> None:
    frame = pl.DataFrame({"Body": bodies}, schema={"Body": pl.String})
    found = own_words(OBJECTS["LiveChatTranscript"], frame)["Body"].to_list()
    assert found == ["\n".join(said for _, said in plain.spoken(body)) for body in bodies]
