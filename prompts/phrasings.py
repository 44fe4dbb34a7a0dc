"""How questions can be said: openers, cores that ask, closers that say what to answer.

Each task has a YAML file in `questions/`, named by its key: its slots, openers, closers and words
that no paraphrase may lose, and for each shape of its questions the cores, in which every slot
stands once. Any opener goes with any core and any closer of its shape.
"""

import re
import string
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orgsmith.schema.errors import WriterError

FOLDER = Path(__file__).with_name("questions")

Parts = tuple[int, int, int]
"""Places of an opener, a core and a closer."""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """How questions of one shape are said; `open` x `ask` x `close` are its combinations.

    `slots` stand in braces in each core. Whoever says such a question in other words keeps every
    word of `keep` to the letter, at least one of `one_of` (if there are any) and none of `never`,
    in any case of letters: they say what to answer, and tell shapes apart that ask for opposites.
    """

    open: tuple[str, ...]
    ask: tuple[str, ...]
    close: tuple[str, ...]
    slots: frozenset[str]
    keep: tuple[str, ...]
    one_of: tuple[str, ...]
    never: tuple[str, ...]

    @property
    def sizes(self) -> Parts:
        """How many openers, cores and closers there are."""
        return len(self.open), len(self.ask), len(self.close)

    def combinations(self) -> Iterator[Parts]:
        """All ways in which one question can be said."""
        return product(*map(range, self.sizes))  # type: ignore[return-value]

    def say(self, parts: Parts, slots: Mapping[str, str]) -> str:
        """The question with its slots filled."""
        opener, core, closer = parts
        asked = self.ask[core].format_map(slots)
        return f"{self.open[opener]} {asked} {self.close[closer]}"

    def lacks(self, text: str) -> Iterator[str]:
        """Why a text, its slots taken out, does not ask such a question: a clause for each fault.

        It asks for something else, or does not say what to answer.
        """
        yield from self._unkept(text)
        yield from self._unsaid(text)
        yield from self._opposed(text)

    def faults(self) -> Iterator[str]:
        """What is wrong with the phrasing itself, each with its place."""
        for name, told in (("open", self.open), ("ask", self.ask), ("close", self.close)):
            slots = self.slots if name == "ask" else frozenset[str]()
            said: set[str] = set()
            for number, text in enumerate(told, start=1):
                found = [*_misfits(text, slots), *self._opposed(text)]
                found += ["it stands there twice"] if text.casefold() in said else []
                found += self._unsaid(text) if name == "ask" else ()
                found += self._unkept(text) if name == "close" else ()
                yield from (f"{name} {number}: {fault}" for fault in found)
                said.add(text.casefold())

    def _unkept(self, text: str) -> Iterator[str]:
        for word in self.keep:
            if not _stands(word, text):
                yield f'the word "{word}" is missing'

    def _unsaid(self, text: str) -> Iterator[str]:
        words = text.casefold()
        if self.one_of and not any(_stands(word, words) for word in self.one_of):
            yield f"it has none of these words: {', '.join(self.one_of)}"

    def _opposed(self, text: str) -> Iterator[str]:
        words = text.casefold()
        for word in self.never:
            if _stands(word, words):
                yield f'the word "{word}" may not stand in it'


@cache
def phrasings(task: str, folder: Path = FOLDER) -> Mapping[str, Phrasing]:
    """The phrasings of a task by the shape of the question.

    Raises:
        WriterError: the task has no file, or the file is wrong; names file and place.
    """
    file = folder / f"{task}.yaml"
    try:
        told = _File.model_validate(yaml.load(file.read_bytes(), Loader=_LOADER))
    except OSError as error:
        raise WriterError(f"{file.name}: there are no phrasings of {task}") from error
    except yaml.YAMLError as error:
        raise WriterError(f"{file.name}: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = " ".join(str(step + 1 if isinstance(step, int) else step) for step in first["loc"])
        raise WriterError(f"{file.name}: {place}: {first['msg']}") from error
    found = {name: told.phrasing(shape) for name, shape in told.shapes.items()}
    for name, phrasing in found.items():
        for fault in phrasing.faults():
            raise WriterError(f"{file.name}: {name}, {fault}")
    return found


Said = Annotated[str, Field(pattern=r"^\S.*[.?!}]$")]
"""One or more sentences in one line; a whole question brings its own mark."""


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    ask: Annotated[tuple[Said, ...], Field(min_length=1)]
    one_of: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


class _File(BaseModel):
    """A file of phrasings as it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slots: frozenset[str]
    keep: tuple[str, ...]
    open: Annotated[tuple[Said, ...], Field(min_length=1)]
    close: Annotated[tuple[Said, ...], Field(min_length=1)]
    shapes: Mapping[str, _Shape]

    def phrasing(self, shape: _Shape) -> Phrasing:
        return Phrasing(
            self.open, shape.ask, self.close, self.slots, self.keep, shape.one_of, shape.never
        )


def _misfits(text: str, wanted: frozenset[str]) -> Iterator[str]:
    """How the slots of a text differ from those that are wanted, each of them once."""
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError as error:
        yield f"braces do not match ({error})"
        return
    counts = Counter(names)
    for name in sorted(wanted | counts.keys()):
        if name not in wanted:
            yield f"there is no slot {{{name}}} here"
        elif counts[name] != 1:
            yield f"{{{name}}} stands in it {counts[name]} times, not once"


def _stands(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
