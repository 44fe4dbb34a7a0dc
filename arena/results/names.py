"""What entries are called where people read of them."""

import json
from collections.abc import Iterable, Mapping, Sequence

from orgsmith.arena.results.summary import Entry

LONGEST = 120

_WRITTEN = {"qa": "QA"}
"""Words that are not written as they are in keys."""


def readable(text: str) -> str:
    """The text with each character that cannot be seen written as its escape, and its middle left
    out if it is long: what models and files are called is anyone's choice.
    """
    text = "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )
    if len(text) <= LONGEST:
        return text
    half = LONGEST // 2
    return f"{text[:half]} ... {text[-half:]}"


def title(key: str) -> str:
    """What a task or persona is called: its key as words."""
    words = key.replace("_", " ").capitalize().split(" ")
    return readable(" ".join(_WRITTEN.get(word, word) for word in words))


def names(entries: Sequence[Entry]) -> tuple[str, ...]:
    """The name of each entry; settings are named only where entries differ in nothing else."""
    plain = [_plain(entry) for entry in entries]
    return tuple(
        _with_settings(
            name,
            entry,
            [other for other, same in zip(entries, plain, strict=True) if same == name],
        )
        for entry, name in zip(entries, plain, strict=True)
    )


def tag(place: int) -> str:
    """A short mark: A for 0, B for 1, ... Z, AA, AB, ..."""
    letters = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _plain(entry: Entry) -> str:
    agent = ", ".join(filter(None, (entry.agent, entry.tool_level)))
    return readable(agent if entry.model is None else f"{entry.model} ({agent})")


def _with_settings(name: str, entry: Entry, alike: Iterable[Entry]) -> str:
    others = [_settings(other.settings) for other in alike if other is not entry]
    if not others:
        return name
    own = _settings(entry.settings)
    differing = [
        f"{key}={own.get(key, 'unset')}"
        for key in sorted({*own, *(key for other in others for key in other)})
        if any(other.get(key) != own.get(key) for other in others)
    ]
    return readable(f"{name} {', '.join(differing)}")


def _settings(text: str) -> Mapping[str, str]:
    """The settings by name, each value as JSON; a text that holds none is one by itself."""
    try:
        settings = json.loads(text)
    except ValueError:
        settings = None
    if not isinstance(settings, dict):
        return {"settings": text}
    return {
        key: value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        for key, value in settings.items()
    }
