"""Questions as a benchmark would hold them, answered by the tasks themselves from the tables."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from orgsmith.arena.tasks import TASKS
from orgsmith.arena.tasks.facts import Facts
from orgsmith.arena.tasks.question import Candidate, Parameter
from orgsmith.schema.streams import stream

ANSWERED, NOTHING = 24, 8
"""Questions of a task with an answer, and without one."""


@dataclass(frozen=True)
class Question:
    """What is asked, by its parameters and by its words, and the answers."""

    today: dt.date
    parameters: Mapping[str, Parameter]
    slots: Mapping[str, str]
    context: str
    answers: tuple[str, ...]
    evidence: tuple[str, ...]

    @property
    def answer(self) -> str:
        """The answer; "None" if nothing answers."""
        return self.answers[0]

    def text(self, name: str) -> str:
        """A parameter that is a text."""
        value = self.parameters[name]
        assert isinstance(value, str)
        return value

    def number(self, name: str) -> int:
        """A parameter that is a number."""
        value = self.parameters[name]
        assert isinstance(value, int)
        return value


def of_task(facts: Facts, key: str) -> list[Question]:
    """Questions of a task from all over what can be asked."""
    task = TASKS[key]
    found = list(task.find(facts, stream(11, key, 0, "toolbox")))
    answered = [each for each in found if each.none_reason is None]
    nothing = [each for each in found if each.none_reason is not None]
    chosen = [*_spread(answered, ANSWERED), *_spread(nothing, NOTHING)]
    return [
        Question(
            each.today,
            each.parameters,
            each.slots,
            task.context(facts, each),
            each.answers,
            each.evidence,
        )
        for each in chosen
    ]


def _spread(found: list[Candidate], number: int) -> list[Candidate]:
    return found[:: max(1, len(found) // number)][:number]
