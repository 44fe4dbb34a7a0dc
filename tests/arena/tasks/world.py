"""An organisation as its plain records, and as what tasks read of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from orgsmith.arena.tasks.facts import Facts
from orgsmith.arena.tasks.question import Candidate
from orgsmith.arena.tasks.task import Task
from orgsmith.schema.streams import stream
from orgsmith.validators.outcome import Tables
from tests.arena.tasks.rows import Rows

SAMPLE = 60


@dataclass(frozen=True)
class World:
    """An organisation, and what can be asked of it."""

    facts: Facts
    rows: Rows
    found: dict[str, list[Candidate]] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Tables) -> "World":
        return cls(Facts(tables), Rows(tables))

    def candidates(self, task: Task) -> list[Candidate]:
        """Everything that can be asked."""
        if task.key not in self.found:
            seed = self.facts.organisation.seed
            self.found[task.key] = [*task.find(self.facts, stream(seed, task.key, 0, "questions"))]
        return self.found[task.key]

    def sample(self, task: Task, most: int = SAMPLE) -> Sequence[Candidate]:
        """Some of it: of each reason to have no answer, and of each shape, about as many."""
        every = self.candidates(task)
        kinds: dict[object, list[Candidate]] = {}
        for place in stream(3, task.key, 0, "sample").permutation(len(every)):
            each = every[int(place)]
            kinds.setdefault((each.none_reason, each.shape), []).append(each)
        share = -(-most // max(len(kinds), 1))
        return [each for of_kind in kinds.values() for each in of_kind[:share]]
