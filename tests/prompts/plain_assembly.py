"""What is added to accepted texts, and the way back, told one record at a time."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence

from orgsmith.prompts.days import day
from orgsmith.prompts.hashes import seed_of
from orgsmith.prompts.mails import QUOTED_MESSAGES, QUOTES_OF_CUSTOMERS
from orgsmith.prompts.moves import AGENT, SPEAKERS

QUOTE = re.compile(r"\n\nOn [A-Z][a-z]+ \d{1,2}, \d{4} at \d{1,2}:\d\d [AP]M UTC, [^\n]+ wrote:\n>")
LINE = re.compile(r"^\[\d\d:\d\d:\d\d\] ((?:Agent )?)[^:]+: (.*)$")

Row = Mapping[str, object]
Quote = tuple[str, str]
"""A message as it is quoted: the line that introduces it, and its text with the signature."""


def threaded(mails: Sequence[Row], support_name: str) -> Iterator[tuple[str, str]]:
    """Subject and body of each mail of one thread, in its order."""
    thread: list[Quote] = []
    for place, mail in enumerate(mails):
        first = str(mails[0]["Subject"])
        sender, text, sent = str(mail["FromName"]), str(mail["TextBody"]), mail["MessageDate"]
        assert isinstance(sent, dt.datetime)
        agent = f"{mail['agent_first_name']}\n{support_name}"
        signature = mail["first_name"] if mail["Incoming"] else agent
        signed = f"{text}\n{signature}" if text.endswith(",") else f"{text}\n\n{signature}"
        kept = QUOTED_MESSAGES
        if mail["Incoming"]:
            kept = QUOTES_OF_CUSTOMERS[seed_of(f"quotes {sender}") % len(QUOTES_OF_CUSTOMERS)]
        yield f"Re: {first}" if place else first, signed + "".join(tail(thread[:kept]))
        clock = f"{sent.hour % 12 or 12}:{sent:%M %p}"
        header = f"On {day(sent.date())} at {clock} UTC, {sender} wrote:"
        thread = [(header, signed), *thread[:kept]]


def tail(thread: Sequence[Quote]) -> Iterator[str]:
    """The messages before, the latest first, each one level deeper."""
    for depth, (header, text) in enumerate(thread):
        outer = f"{'>' * depth} " if depth else ""
        inner = ">" * (depth + 1)
        yield f"\n{outer.rstrip()}\n{outer}{header}"
        for line in text.split("\n"):
            yield f"\n{inner} {line}" if line else f"\n{inner}"


def plain_mail(text: str, sender: str, *, incoming: bool) -> str:
    """A mail's body without quoted tail and signature."""
    own = QUOTE.split(text, maxsplit=1)[0]
    lines = 1 if incoming else 2
    parts = own.rsplit("\n", lines)
    if len(parts) > lines and parts[1] and sender.startswith(parts[1]):
        return parts[0].rstrip("\n")
    return own


def stamped(chat: Row) -> str:
    """A chat with a header line, its lines with time and speaker."""
    start = chat["StartTime"]
    assert isinstance(start, dt.datetime)
    lines = [f"Chat started: {day(start.date())}, {start:%H:%M:%S} UTC"]
    for text, move, seconds in zip(
        str(chat["Body"]).split("\n"),
        str(chat["moves"]).split(),
        str(chat["times"]).split(),
        strict=True,
    ):
        agent = f"Agent {chat['agent_first_name']}"
        customer = f"{chat['first_name']} {chat['last_name']}"
        at = start + dt.timedelta(seconds=int(float(seconds)))
        lines.append(f"[{at:%H:%M:%S}] {agent if SPEAKERS[move] == AGENT else customer}: {text}")
    return "\n".join(lines)


def spoken(body: str) -> Iterator[tuple[bool, str]]:
    """The utterances of a published chat: whether an agent speaks, and what is said."""
    for line in body.split("\n"):
        if found := LINE.match(line):
            yield bool(found[1]), found[2]
