"""A pack file as plain values that know their lines, so that every fault can name its place.

YAML is composed, never constructed by tags: nothing in a file can run code, duplicate keys stay
visible, and keys keep the spelling of the file (`NO` is a state, not false).
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml
from yaml.constructor import ConstructorError, SafeConstructor

Plain: TypeAlias = "str | int | float | bool | dt.date | list[Plain] | dict[str, Plain] | None"
FieldPath = tuple[str | int, ...]

MOST_BYTES = 4_000_000
MOST_VALUES = 200_000
"""Values of a file with its anchors followed: an anchor bomb passes it within a few lines."""
MOST_DEPTH = 24
MOST_NUMBER = 1e15

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a pack: where, what, and what was expected there."""

    path: FieldPath
    wrong: str
    expected: str


@dataclass(frozen=True, slots=True)
class Place:
    """A value of the file and where it stands. What is not there, or not as asked, is empty.

    The rules of a pack read it through places, so that one fault never hides another.
    """

    path: FieldPath
    value: Plain

    def __getitem__(self, name: str) -> "Place":
        value = self.value.get(name) if isinstance(self.value, dict) else None
        return Place((*self.path, name), value)

    def __iter__(self) -> Iterator["Place"]:
        """The entries of a list or the values of a mapping."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield Place((*self.path, index), value)
        elif isinstance(self.value, dict):
            for name, value in self.value.items():
                yield Place((*self.path, name), value)

    @property
    def text(self) -> str:
        """The value if it is a text, else the empty text."""
        return " ".join(self.value.split()) if isinstance(self.value, str) else ""

    @property
    def texts(self) -> tuple["Place", ...]:
        """The entries that are texts."""
        return tuple(place for place in self if place.text)

    def number(self, default: float) -> float:
        """The value if it is a finite number, else the default."""
        if isinstance(self.value, int | float) and not isinstance(self.value, bool):
            # A comparison, since an integer of a thousand digits has no float.
            return float(self.value) if abs(self.value) < MOST_NUMBER else default
        return default

    def fault(self, wrong: str, expected: str) -> Fault:
        """A fault at this place."""
        return Fault(self.path, wrong, expected)


class Document:
    """A pack file: its values, the line of each, and the faults found while reading it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root = Place((), None)
        self.faults: list[Fault] = []
        self._lines: dict[FieldPath, int] = {(): 1}
        self._values = 0

    def line(self, path: FieldPath) -> int:
        """The line of a field, or of the nearest one around it that is in the file."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def report(self, faults: list[Fault]) -> tuple[str, ...]:
        """The faults in the order of the file, one line each."""
        ordered = sorted(dict.fromkeys(faults), key=lambda fault: self.line(fault.path))
        return tuple(
            f"{self.name}:{self.line(fault.path)}: {spell(fault.path)}: "
            f"{fault.wrong}; expected {fault.expected}"
            for fault in ordered
        )

    def fill(self, node: yaml.Node) -> None:
        """Take over the composed file."""
        self.root = Place((), self._plain(node, (), ()))

    def place(self, path: FieldPath, line: int) -> None:
        """Say on which line a field stands."""
        self._lines[path] = line

    def _plain(self, node: yaml.Node, path: FieldPath, above: tuple[int, ...]) -> Plain:
        self._values += 1
        if self._values > MOST_VALUES:
            raise TooMuchError("more than a pack can hold, with its anchors followed")
        if id(node) in above or len(above) > MOST_DEPTH:
            raise TooMuchError("values nested within themselves, or too deep")
        above = (*above, id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, above)
        if isinstance(node, yaml.SequenceNode):
            items: list[Plain] = []
            for index, item in enumerate(node.value):
                self.place((*path, index), item.start_mark.line + 1)
                items.append(self._plain(item, (*path, index), above))
            return items
        return self._scalar(node, path)

    def _mapping(
        self, node: yaml.MappingNode, path: FieldPath, above: tuple[int, ...]
    ) -> dict[str, Plain]:
        values: dict[str, Plain] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.faults.append(Fault(path, f"a key on line {line} is no text", "a field name"))
                continue
            here = (*path, str(key.value))
            if key.value in values:
                first = self._lines[here]
                # Named by a path of its own, so that the fault shows the second line.
                again = (*path, f"{key.value} (again)")
                self.place(again, line)
                self.faults.append(
                    Fault(again, f"the key stands on line {first} already", "each key once")
                )
                continue
            self.place(here, line)
            values[str(key.value)] = self._plain(value, here, above)
        return values

    def _scalar(self, node: yaml.Node, path: FieldPath) -> Plain:
        try:
            value: Plain | bytes = SafeConstructor().construct_object(node)
        except ConstructorError:
            self.faults.append(Fault(path, f"the tag {node.tag} is not known", "a plain value"))
            return str(node.value)
        except (ValueError, OverflowError):
            # Such as 2026-13-01: read as text, so that the format says what was expected.
            return str(node.value)
        if isinstance(value, bytes):
            self.faults.append(Fault(path, "the value is binary", "a plain value"))
            return ""
        if isinstance(value, str) and not value.strip().isprintable():
            self.faults.append(
                Fault(path, "the text holds a line break or another control character", "one line")
            )
            return value.encode("ascii", "replace").decode()
        return value


class TooMuchError(ValueError):
    """The file expands to more than any pack can hold."""


def spell(path: FieldPath) -> str:
    """A path as people write it: `issues[2].symptoms[5]`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".") or "the file"


def read(path: Path) -> Document:
    """Read a pack file. What cannot be read at all is a fault of the document, not an exception."""
    document = Document(str(path))
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        document.faults.append(Fault((), f"cannot be read: {reason}", "a readable YAML file"))
        return document
    if len(data) > MOST_BYTES:
        document.faults.append(Fault((), f"more than {MOST_BYTES:,} bytes", "a pack"))
        return document
    return parse(data, document)


def parse(data: bytes, document: Document) -> Document:
    """Fill a document from the bytes of a file."""
    try:
        text = data.decode("utf-8-sig")
        node = yaml.compose(text, Loader=LOADER)
        if node is not None:
            document.fill(node)
        else:
            document.faults.append(Fault((), "the file is empty", "a pack"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        document.place((), line)
        document.faults.append(Fault((), "not a text in UTF-8", "a YAML file"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        document.place((), mark.line + 1 if mark else 1)
        problem = " ".join(part for part in (error.context, error.problem) if part)
        document.faults.append(Fault((), f"YAML cannot be read: {problem}", "valid YAML"))
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        document.faults.append(Fault((), f"YAML cannot be read: {problem}", "valid YAML"))
    except (TooMuchError, RecursionError) as error:
        problem = str(error) if isinstance(error, TooMuchError) else "nested too deep"
        document.faults.append(Fault((), problem, "a pack without repeated or circular anchors"))
    return document
