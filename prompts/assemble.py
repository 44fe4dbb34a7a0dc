"""What surrounds a writer's words in a published record, and the way back to the words.

A reply's subject follows from its thread's first one; a mail ends with a signature and the quoted
tail of what it answers; a chat is a header and time-stamped lines. All of it is added after
acceptance, so that texts are compared by their own words.
"""

import datetime as dt
import re
from collections.abc import Iterator
from functools import lru_cache

import polars as pl

from orgsmith.prompts.grammar import seed_of
from orgsmith.prompts.moves import AGENT, SPEAKERS
from orgsmith.schema.declaration import Object
from orgsmith.schema.organisation import Organisation

QUOTED_MESSAGES = 7
"""How many earlier messages a mail quotes at most."""

QUOTES_OF_CUSTOMERS = (1, 2, QUOTED_MESSAGES, QUOTED_MESSAGES)
"""How many of them the mail programs of customers keep; the service desk's keeps them all."""

_QUOTE = re.compile(
    r"\n\nOn [A-Z][a-z]+ \d{1,2}, \d{4} at \d{1,2}:\d\d [AP]M UTC, [^\n]+ wrote:\n>"
)
_LINE = re.compile(r"^\[\d\d:\d\d:\d\d\] ((?:Agent )?)[^:]+: (.*)$")
_AGENT = "Agent "

Quote = tuple[str, str]
"""A message as it is quoted: the line that introduces it, and its text with the signature."""


def assemble(declared: Object, frame: pl.DataFrame, organisation: Organisation) -> pl.DataFrame:
    """Finish accepted records: the frame with its text columns as they are published.

    `frame` holds all fields and variables; of a mail thread it must hold every message. Objects
    that need nothing added come back as they are.
    """
    names = {f.name for f in declared.written}
    if "TextBody" in names:
        return _mails(frame, organisation.industry.company.support_name)
    if "moves" in {f.name for f in declared.variables}:
        return _chats(frame)
    return frame


def own_words(declared: Object, frame: pl.DataFrame) -> pl.DataFrame:
    """The inverse of `assemble`, from published fields alone.

    Mails lose signature, quoted tail and "Re: "; chats become one line for each utterance, without
    header, stamps and names.
    """
    names = {f.name for f in declared.written}
    if "TextBody" in names:
        return _plain_mails(frame)
    if "moves" in {f.name for f in declared.variables}:
        bodies = ["\n".join(text for _, text in spoken(body)) for body in frame["Body"]]
        return frame.with_columns(pl.Series("Body", bodies, dtype=pl.String))
    return frame


def spoken(body: str) -> Iterator[tuple[bool, str]]:
    """The utterances of a published chat: whether an agent speaks, and what is said."""
    for line in body.split("\n"):
        if found := _LINE.match(line):
            yield bool(found[1]), found[2]


@lru_cache(maxsize=1 << 12)
def day(date: dt.date) -> str:
    """A date as texts write it: March 5, 2025."""
    return f"{date:%B} {date.day}, {date.year}"


def _mails(frame: pl.DataFrame, support_name: str) -> pl.DataFrame:
    """Subjects, signatures and quoted tails, thread by thread."""
    columns = ("ParentId", "MessageDate", "Subject", "TextBody", "FromName", "Incoming")
    names = ("first_name", "agent_first_name")
    ordered = frame.with_row_index("_row").sort("ParentId", "MessageDate")
    subjects, bodies = [""] * frame.height, [""] * frame.height
    parent, first, thread = "", "", list[Quote]()
    for row, case, sent, subject, text, sender, incoming, customer, agent in ordered.select(
        "_row", *columns, *names
    ).iter_rows():
        if case != parent:
            parent, first, thread = case, subject, []
        subjects[row] = f"Re: {first}" if thread else first
        signed = _sign(text, customer if incoming else f"{agent}\n{support_name}")
        kept = _kept(sender) if incoming else QUOTED_MESSAGES
        bodies[row] = signed + "".join(_tail(thread[:kept]))
        header = f"On {day(sent.date())} at {_clock(sent)} UTC, {sender} wrote:"
        thread = [(header, signed), *thread[:kept]]
    return frame.with_columns(
        pl.Series("Subject", subjects, dtype=pl.String),
        pl.Series("TextBody", bodies, dtype=pl.String),
    )


def _clock(moment: dt.datetime) -> str:
    return f"{moment.hour % 12 or 12}:{moment:%M %p}"


def _sign(text: str, signature: str) -> str:
    """A closing line ("Thanks,") takes the name right below it, a sentence after a blank line."""
    return f"{text}\n{signature}" if text.endswith(",") else f"{text}\n\n{signature}"


def _kept(customer: str) -> int:
    """How many messages the customer's mail program quotes."""
    return QUOTES_OF_CUSTOMERS[seed_of(f"quotes {customer}") % len(QUOTES_OF_CUSTOMERS)]


def _tail(thread: list[Quote]) -> Iterator[str]:
    """The messages before, the latest first, each one level deeper."""
    for depth, (header, text) in enumerate(thread):
        outer = f"{'>' * depth} " if depth else ""
        inner = ">" * (depth + 1)
        yield f"\n{outer.rstrip()}\n{outer}{header}"
        for line in text.split("\n"):
            yield f"\n{inner} {line}" if line else f"\n{inner}"


def _plain_mails(frame: pl.DataFrame) -> pl.DataFrame:
    bodies = [
        _unsigned(_QUOTE.split(text, maxsplit=1)[0], sender, 1 if incoming else 2)
        for text, sender, incoming in frame.select("TextBody", "FromName", "Incoming").iter_rows()
    ]
    return frame.with_columns(
        pl.col("Subject").str.strip_prefix("Re: "),
        pl.Series("TextBody", bodies, dtype=pl.String),
    )


def _unsigned(text: str, sender: str, lines: int) -> str:
    """Cut the signature's lines off, if they are there: the first begins the sender's name."""
    parts = text.rsplit("\n", lines)
    if len(parts) > lines and parts[1] and sender.startswith(parts[1]):
        return parts[0].rstrip("\n")
    return text


def _chats(frame: pl.DataFrame) -> pl.DataFrame:
    """A header line, then each utterance with its time (UTC) and its speaker."""
    names = ("first_name", "last_name", "agent_first_name")
    bodies: list[str] = []
    for body, start, moves, times, first, last, agent in frame.select(
        "Body", "StartTime", "moves", "times", *names
    ).iter_rows():
        lines = [f"Chat started: {day(start.date())}, {start:%H:%M:%S} UTC"]
        for text, move, seconds in zip(body.split("\n"), moves.split(), times.split(), strict=True):
            name = f"{_AGENT}{agent}" if SPEAKERS[move] == AGENT else f"{first} {last}"
            at = start + dt.timedelta(seconds=int(float(seconds)))
            lines.append(f"[{at:%H:%M:%S}] {name}: {text}")
        bodies.append("\n".join(lines))
    return frame.with_columns(pl.Series("Body", bodies, dtype=pl.String))
