"""What a task finds in the records: questions with the answers it has counted out."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from orgsmith.outputs.questions import NONE, Parameter

__all__ = ["NONE", "Asked", "Candidate", "Parameter"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that can be asked, and the answer by the task's own count.

    `parameters` say exactly what is asked, so that the question can be solved without its words;
    `slots` are the words its phrasing must hold, `shape` names the phrasings that fit. `fact` is
    what the answer rests on: two questions with the same fact are not independent. `labels` are
    what quotas count, `guesses` what each guesser who knows no rule would say.
    """

    today: dt.date
    shape: str
    parameters: Mapping[str, Parameter]
    slots: Mapping[str, str]
    answers: tuple[str, ...]
    evidence: tuple[str, ...]
    fact: str
    none_reason: str | None = None
    runner_up: str | None = None
    margin: float | None = None
    labels: tuple[str, ...] = ()
    guesses: Mapping[str, str] = field(default_factory=dict)

    @property
    def answer(self) -> str:
        """The answer, the first of those that are accepted."""
        return self.answers[0]

    @property
    def identity(self) -> tuple[object, ...]:
        """What is asked: equal for equal questions only."""
        return self.today, *sorted(self.parameters.items())

    @property
    def key(self) -> str:
        """What is asked, as text: equal for equal questions only."""
        return json.dumps({"today": self.today.isoformat(), **self.parameters}, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a solver is given: what is asked, on which day, and the rules an agent is told."""

    task: str
    today: dt.date
    parameters: Mapping[str, Parameter]
    context: str

    def text(self, name: str) -> str:
        """A parameter that is a text."""
        value = self.parameters[name]
        if not isinstance(value, str):
            raise TypeError(f"{self.task}: parameter {name} is {value!r}, not a text")
        return value

    def number(self, name: str) -> int:
        """A parameter that is a whole number."""
        value = self.parameters[name]
        if not isinstance(value, int):
            raise TypeError(f"{self.task}: parameter {name} is {value!r}, not a whole number")
        return value

    def day(self, name: str) -> dt.date:
        """A parameter that is a day, written YYYY-MM-DD."""
        return dt.date.fromisoformat(self.text(name))
