"""What an agent that writes its actions as tags does in a reply."""

import re
from dataclasses import dataclass

EXECUTE, RESPOND = "execute", "respond"

_OPEN = re.compile(rf"<\s*({EXECUTE}|{RESPOND})\s*>", re.IGNORECASE)
_THOUGHT = re.compile(r"<\s*(/?)\s*(thoughts?|think(?:ing)?)\s*>", re.IGNORECASE)
_FENCE = re.compile(r"^```[a-z]*\s*\n(.*?)\n?```$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Action:
    """What is done: `kind` is `EXECUTE` or `RESPOND`, `text` the statement or the answer.

    `several` says that the reply holds further actions after this one, which is the first.
    """

    kind: str
    text: str
    several: bool


def action_of(reply: str) -> Action | None:
    """The first action of a reply; None if there is none.

    A last tag that is never closed holds the rest of the reply. A statement in a code fence is
    taken out of it. What stands in a thought is none, nor what stands before the end of one that
    was begun elsewhere. Nothing to execute is no action; an empty answer is one.
    """
    reply = _spoken(reply)
    opened = _OPEN.search(reply)
    if opened is None:
        return None
    kind = opened[1].lower()
    closing = re.compile(rf"<\s*/\s*{kind}\s*>", re.IGNORECASE).search(reply, opened.end())
    following = _OPEN.search(reply, opened.end())
    ends = [found.start() for found in (closing, following) if found]
    text = reply[opened.end() : min(ends, default=len(reply))].strip()
    fenced = _FENCE.match(text)
    text = fenced[1].strip() if fenced else text
    if kind == EXECUTE and not text:
        return None
    return Action(kind, text, several=following is not None)


def _spoken(reply: str) -> str:
    """A reply without its thoughts, as far as they are closed."""
    spoken: list[str] = []
    start, begun = 0, None
    for tag in _THOUGHT.finditer(reply):
        if not tag[1]:
            begun = tag.start() if begun is None else begun
        else:
            # Of one whose beginning is not there, all before its end belongs to it.
            spoken = spoken if begun is not None else []
            if begun is not None:
                spoken.append(reply[start:begun])
            start, begun = tag.end(), None
    return "".join((*spoken, reply[start:]))
