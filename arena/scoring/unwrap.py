"""What a reply wraps its answer in: tags, code fences, JSON, quotes, bold, and "The answer is".

Where a reply marks its answer more than once, the last mark counts: an agent that thinks aloud
answers at the end.
"""

import json
import re

from orgsmith.outputs.questions import NONE

LAYERS = 8
"""Wrappers within one another; so many that no agent needs more, few enough to be quick."""

_KEYS = ("final_answer", "answer", "response", "result", "value", "id")
"""The value of an object that is the answer; the first of these that it has."""

_MARKED = frozenset({"final_answer", "answer", "response"})
"""The keys by which an object within other words is the answer: records have ids and values too."""

_MONTH = frozenset({"year", "month"})

BRACES = 32
"""Braces from which an object within other words is looked for, the last ones of the reply."""

_EDGES = " \n\"'`*_~#>.,;:!?()[]{}|"
# Numbers stay as they are written: 2023.10 is no 2023.1.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_FENCE = "```"
_LANGUAGE = re.compile(
    r"(?:json|text|txt|plaintext|plain|markdown|md|python|xml|html|sql|soql|yaml)\b[ \n]",
    re.IGNORECASE,
)
_YEAR = re.compile(r"[0-9]{4}")
_THOUGHT = re.compile(r"</(?:think|thinking|thought)>", re.IGNORECASE)
_TAG = re.compile(r"<(respond|response|answer|final_answer) ?>", re.IGNORECASE)
_MARKUP = "[\"'`*_)]{0,4}"
_LEAD = re.compile(
    rf"\banswers?\b{_MARKUP} ?(?::|=|->?)"
    rf"|\bfinal answer{_MARKUP}:? ?\n"
    rf"|\A(?:final )?(?:result|response|output|reply)\b{_MARKUP} ?:"
    # Only as a sentence: "because the answer is limited to ..." leads nowhere.
    r"|(?:\A|[\n.!?:;,] ?|\b(?:so|thus|hence|therefore|and|but|then),? )[\"'`*_]{0,3}"
    r"(?:(?:the|my|your) )?(?:(?:final|correct|right|short) )?answers?(?: to [^\n.:]{1,80})?"
    rf"{_MARKUP} (?:is|are|was|would be|should be)\b:?",
    re.IGNORECASE,
)


def layers(text: str) -> tuple[str, ...]:
    """A plain reply, and what is in it, wrapper by wrapper; the answer alone is the last."""
    found = [text]
    while len(found) <= LAYERS and (inner := _inner(found[-1])) != found[-1]:
        found.append(inner)
    return tuple(found)


def _inner(text: str) -> str:
    """What the outermost wrapper holds; the text itself if it is wrapped in none."""
    for peel in (_after_thoughts, _tagged, _fenced, _parsed, _enclosed, _led):
        inner = peel(text)
        if inner != text:
            return inner
    return text.strip(_EDGES)


def _after_thoughts(text: str) -> str:
    end = _last_end(_THOUGHT, text)
    return text[end:].strip() if end else text


def _tagged(text: str) -> str:
    """What stands in the last answer tag, closed or not."""
    end = _last_end(_TAG, text)
    return text[end:].partition("</")[0].strip() if end else text


def _fenced(text: str) -> str:
    """What stands in a code fence, if the text is one."""
    if not text.startswith(_FENCE) or not text.endswith(_FENCE):
        return text
    inside = text.strip("`").lstrip()
    language = _LANGUAGE.match(inside)
    return inside[language.end() :].strip() if language else inside.strip()


def _parsed(text: str) -> str:
    """The value of a JSON text, spelt out."""
    if text[:1] not in {"{", "[", '"'}:
        return text
    try:
        return _spelt(_DECODER.decode(text)).strip()
    except (ValueError, RecursionError):
        return text


def _enclosed(text: str) -> str:
    """The answer in the last JSON object that marks one, unless "Answer:" comes after it."""
    found: tuple[dict[str, object], int] | None = None
    objects = _objects(text)
    for value, end in objects:
        keys = _folded(value).keys()
        if keys & _MARKED or (len(objects) == 1 and keys == _MONTH):
            found = (value, end)
    if found is None or _LEAD.search(text, found[1]):
        return text
    try:
        return _spelt(found[0]).strip()
    except RecursionError:
        return text


def _objects(text: str) -> list[tuple[dict[str, object], int]]:
    """The JSON objects in a text that are in no other one, and where each ends."""
    starts: list[int] = []
    start = len(text)
    while len(starts) < BRACES and (start := text.rfind("{", 0, start)) >= 0:
        starts.append(start)
    found: list[tuple[dict[str, object], int]] = []
    end = 0
    for start in reversed(starts):
        if start >= end:
            try:
                value, end = _DECODER.raw_decode(text, start)
            except (ValueError, RecursionError):
                continue
            found.append((value, end))
    return found


def _spelt(value: object) -> str:
    match value:
        case None:
            return NONE
        case list():
            return ", ".join(map(_spelt, value)) if value else NONE
        case dict():
            return _answer_of({str(key): each for key, each in value.items()})
        case _:
            return str(value)


def _answer_of(value: dict[str, object]) -> str:
    """The value of an object that is the answer; all of it where that cannot be told."""
    if not value:
        return NONE
    folded = _folded(value)
    for key in _KEYS:
        if key in folded:
            return _spelt(folded[key])
    if len(value) == 1:
        return _spelt(*value.values())
    month = _month_of(folded)
    joined = _MONTH if month else frozenset()
    rest = (f"{key}: {_spelt(each)}" for key, each in value.items() if key.casefold() not in joined)
    return "\n".join((month, *rest) if month else rest)


def _folded(value: dict[str, object]) -> dict[str, object]:
    """An object with its keys as they are compared."""
    return {key.casefold().replace(" ", "_"): each for key, each in value.items()}


def _month_of(value: dict[str, object]) -> str:
    """The month that an object tells in two values; nothing if it does not."""
    year, month = value.get("year"), value.get("month")
    if not isinstance(year, str) or not isinstance(month, str) or not _YEAR.fullmatch(year):
        return ""
    return f"{year}-{month}" if month.isdecimal() else f"{month} {year}"


def _led(text: str) -> str:
    """What stands behind the last "Answer:" or its like."""
    end = _last_end(_LEAD, text)
    return text[end:].strip() if end else text


def _last_end(pattern: re.Pattern[str], text: str) -> int:
    """Where the last match ends, 0 if there is none."""
    end = 0
    for match in pattern.finditer(text):
        end = match.end()
    return end
