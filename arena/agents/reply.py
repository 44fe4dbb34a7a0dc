"""What an agent that writes its actions as tags does in a reply."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

EXECUTE, RESPOND = "execute", "respond"

_OPEN = re.compile(rf"<\s*({EXECUTE}|{RESPOND})\s*>", re.IGNORECASE)
_ACTION = re.compile(rf"<\s*+(/?)\s*+({EXECUTE}|{RESPOND})\s*+>", re.IGNORECASE)
_THOUGHT = re.compile(r"<\s*+(/?)\s*+(thoughts?|think(?:ing)?)\s*+>", re.IGNORECASE)
_FENCE = "```"
_LANGUAGE = re.compile(r"[a-z]*+\s*+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Action:
    """What is done: `kind` is `EXECUTE` or `RESPOND`, `text` the statement or the answer.

    `several` says that the reply holds further actions after this one, which is the first.
    """

    kind: str
    text: str
    several: bool


class _Span(NamedTuple):
    """Where something stands in a reply: [start, end)."""

    start: int
    end: int


class _Thoughts(NamedTuple):
    """The thoughts of a reply, by their tags, in order.

    `whole` are from the opening tag to the closing one, none inside another. `unclosed` is where
    opening tags stand that are never closed, `strays` are closing tags of none that was opened.
    """

    whole: Sequence[_Span]
    unclosed: Sequence[int]
    strays: Sequence[_Span]


def action_of(reply: str) -> Action | None:
    """The first action of a reply; None if there is none.

    A last tag that is never closed holds the rest of the reply. A statement in a code fence is
    taken out of it. What stands in a thought is none. A thought that is not closed before the next
    one is opened ends before what is done there. What stands before a closing tag of no thought
    may be one that was begun elsewhere: it counts only if it is a whole action and none comes
    after it. Nothing to execute is no action; an empty answer is one.
    """
    *earlier, last = _spoken(reply)
    action = _first(last)
    while action is None and earlier:
        part = earlier.pop()
        start = _whole_action(part)
        action = None if start is None else _first(part[start:])
    return action


def _first(spoken: str) -> Action | None:
    """The first action of a text without thoughts."""
    opened = _OPEN.search(spoken)
    if opened is None:
        return None
    kind = opened[1].casefold()
    closing = re.compile(rf"<\s*/\s*{kind}\s*>", re.IGNORECASE).search(spoken, opened.end())
    following = _OPEN.search(spoken, opened.end())
    ends = [found.start() for found in (closing, following) if found]
    text = _unfenced(spoken[opened.end() : min(ends, default=len(spoken))].strip())
    if kind == EXECUTE and not text:
        return None
    return Action(kind, text, several=following is not None)


def _unfenced(text: str) -> str:
    """What stands in the code fence around a text; the text if there is none."""
    line, _, rest = text.partition("\n")
    fenced = line.startswith(_FENCE) and _LANGUAGE.fullmatch(line, len(_FENCE))
    return rest.removesuffix(_FENCE).strip() if fenced and rest.endswith(_FENCE) else text


def _spoken(reply: str) -> list[str]:
    """A reply without its thoughts, in parts: closing tags of no thought stand between them."""
    thoughts = _thoughts(reply)
    cuts = {*thoughts.whole, *thoughts.strays, *_unfinished(reply, thoughts)}
    strays = {*thoughts.strays}
    parts: list[list[str]] = [[]]
    start = 0
    for cut in sorted(cuts):
        parts[-1].append(reply[start : cut.start])
        start = cut.end
        if cut in strays:
            parts.append([])
    parts[-1].append(reply[start:])
    return ["".join(part) for part in parts]


def _thoughts(reply: str) -> _Thoughts:
    whole: list[_Span] = []
    unclosed: list[int] = []
    strays: list[_Span] = []
    for tag in _THOUGHT.finditer(reply):
        if not tag[1]:
            unclosed.append(tag.start())
        elif unclosed:
            start = unclosed.pop()
            while whole and whole[-1].start > start:
                whole.pop()
            whole.append(_Span(start, tag.end()))
        else:
            strays.append(_Span(*tag.span()))
    return _Thoughts(whole, unclosed, strays)


def _unfinished(reply: str, thoughts: _Thoughts) -> Iterator[_Span]:
    """The thoughts that are not closed before another one is opened.

    Each ends before the first whole action. Without one it goes on in the next thought, if any that
    comes later is closed.
    """
    unclosed = {*thoughts.unclosed}
    last = thoughts.whole[-1].start if thoughts.whole else 0
    for start, following in pairwise(sorted((*unclosed, *(each.start for each in thoughts.whole)))):
        if start not in unclosed:
            continue
        action = _whole_action(reply[start:following])
        if action is not None:
            yield _Span(start, start + action)
        elif following <= last:
            yield _Span(start, following)


def _whole_action(text: str) -> int | None:
    """Where the first action begins that is closed and not empty; None if there is none."""
    opened: re.Match[str] | None = None
    for tag in _ACTION.finditer(text):
        if not tag[1]:
            opened = tag
        elif opened is not None and opened[2].casefold() == tag[2].casefold():
            if text[opened.end() : tag.start()].strip():
                return opened.start()
            opened = None
    return None
