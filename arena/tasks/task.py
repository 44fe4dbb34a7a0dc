"""What a task is: who asks, what is asked, how it is answered, and how questions are chosen."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from orgsmith.arena.tasks.facts import Facts
from orgsmith.arena.tasks.question import Candidate
from orgsmith.arena.tasks.rules import TODAY_RULE

Find = Callable[[Facts, np.random.Generator], Iterable[Candidate]]


def nothing_more(facts: Facts, candidate: Candidate) -> tuple[str, ...]:
    """Of a question that its words and the rules say in full."""
    del facts, candidate
    return ()


@dataclass(frozen=True, slots=True)
class Task:
    """A task of the benchmark.

    `find` gives what can be asked of an organisation, many more questions than are taken.
    `rules` are told to every agent, to the letter; `about` gives the further paragraphs of a
    question's context: ids, lists of words, texts. `none` tells whether some questions suppose
    something false. `quotas` are the greatest shares of questions with a label, `per_fact` the most
    questions that rest on one fact.
    """

    key: str
    code: str
    persona: str
    answer_type: str
    metric: str
    find: Find
    rules: tuple[str, ...]
    about: Callable[[Facts, Candidate], tuple[str, ...]] = nothing_more
    none: bool = False
    quotas: Mapping[str, float] = field(default_factory=dict)
    per_fact: int = 1
    share: float = 0.15
    """Greatest share of questions with the same answer."""

    def context(self, facts: Facts, candidate: Candidate) -> str:
        """All that an agent must be told beside a question: a person could answer from it."""
        today = f"Today is {candidate.today}. {TODAY_RULE}"
        return "\n".join((today, *self.rules, *self.about(facts, candidate)))


SERVICE_MANAGER = "service manager"
SERVICE_AGENT = "service agent"
SERVICE_ANALYST = "service analyst"
