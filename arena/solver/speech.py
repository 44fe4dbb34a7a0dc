"""What was said in a case: the own words of its mails and the lines of its chats, in order of time.

Mails quote what they answer; those words are another person's and are cut off. Chats give the time
of day only; the day changes where the clock goes back.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from orgsmith.arena.solver.desk import Desk, moment, quoted

_TAIL = re.compile(
    r"(?:\A|\n\s*\n)On [A-Z][a-z]+ \d{1,2}, \d{4} at \d{1,2}:\d\d [AP]M UTC, [^\n]+ wrote:\n>"
)
_LINE = re.compile(r"\[(\d\d):(\d\d):(\d\d)\] (Agent )?.*?: (.*)")


@dataclass(frozen=True, slots=True)
class Words:
    """What one person wrote at one time.

    `record` is the Id of the mail or transcript it stands in, `at` when it was sent (UTC).
    """

    record: str
    by_agent: bool
    at: dt.datetime
    text: str


def speech(desk: Desk, case: str) -> list[Words]:
    """Everything said in a case before today, the earliest first.

    Args:
        desk: where it is asked.
        case: Id of the case.

    Raises:
        OrgError: `case` is no Id.
    """
    desk.reads()
    today = moment(desk.today)
    mails = desk.query(
        "SELECT Id, Incoming, TextBody, MessageDate FROM EmailMessage "
        f"WHERE ParentId = {quoted(case)} AND MessageDate < {today} ORDER BY MessageDate, Id"
    )
    chats = desk.query(
        "SELECT Id, Body, StartTime FROM LiveChatTranscript "
        f"WHERE CaseId = {quoted(case)} AND StartTime < {today} ORDER BY StartTime, Id"
    )
    said = [
        Words(mail["Id"], not mail["Incoming"], _when(mail["MessageDate"]), own_words(text))
        for mail in mails
        if (text := mail["TextBody"])
    ]
    for chat in chats:
        lines = chat_lines(chat["Id"], chat["Body"] or "", _when(chat["StartTime"]))
        said += [line for line in lines if line.at.date() < desk.today]
    return sorted(said, key=lambda words: words.at)


def own_words(text: str) -> str:
    """A mail without what it quotes."""
    found = _TAIL.search(text)
    return text[: found.start()] if found else text


def chat_lines(record: str, body: str, start: dt.datetime) -> Iterator[Words]:
    """The utterances of a chat that began at `start` (UTC); what stands before the first is left.

    A line without a time goes on with the one before it.
    """
    last: Words | None = None
    clock, day = start.replace(microsecond=0).timetz(), start.date()
    for line in body.split("\n"):
        found = _LINE.fullmatch(line)
        if found is None:
            if last is not None:
                last = replace(last, text=f"{last.text}\n{line}")
            continue
        if last is not None:
            yield last
        now = dt.time(int(found[1]), int(found[2]), int(found[3]), tzinfo=dt.UTC)
        day += dt.timedelta(days=now < clock)
        clock = now
        last = Words(record, found[4] is not None, dt.datetime.combine(day, now), found[5])
    if last is not None:
        yield last


def _when(text: str) -> dt.datetime:
    """A date-time as records write it."""
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
