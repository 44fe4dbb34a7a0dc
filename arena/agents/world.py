"""What agents on trial share: an org that is open, and the questions about it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from orgsmith.arena.agents.exam import Exam, Item
from orgsmith.arena.agents.kinds import SOLVER, TOOLS, TOOLS_QUERY, Contestant
from orgsmith.arena.agents.schema_text import schema_text
from orgsmith.arena.engine import Limits
from orgsmith.arena.org import Org
from orgsmith.arena.session import Session
from orgsmith.arena.solver.desk import Desk, Memory
from orgsmith.outputs.dataset import Dataset
from orgsmith.prompts.agents import Briefing

TOKEN = "agents"
"""The session of an org in which agents ask: they only read, so that one is enough for all."""


@dataclass(frozen=True)
class World:
    """A dataset that is open for agents; threads may share it."""

    dataset: Dataset
    exam: Exam
    session: Session
    memory: Memory = field(default_factory=Memory)
    """What the solver's statements have found: all of them name their days, so that questions of
    different days share it. Only used by one thread."""

    @classmethod
    @contextmanager
    def open(cls, dataset: Dataset, limits: Limits | None = None) -> Iterator["World"]:
        """Open a dataset for as long as the block lasts.

        Raises:
            DatasetError: it has no questions or is a public copy, or a file is damaged.
        """
        exam = Exam.of(dataset)
        org = Org.open(dataset, limits=limits)
        try:
            yield cls(dataset, exam, org.session(TOKEN))
        finally:
            org.close()

    @cached_property
    def schema(self) -> str:
        """The org's objects, as agents are told of them."""
        return schema_text(self.session.catalog)

    @cached_property
    def company(self) -> str:
        """The company's name."""
        return self.dataset.organisation.industry.company.name

    def desk(self, contestant: Contestant, item: Item) -> Desk:
        """Where a question's tools ask: on its day."""
        memory = self.memory if contestant.agent == SOLVER else None
        return Desk(self.session, item.question.today, memory)

    def briefing(self, contestant: Contestant, item: Item) -> str:
        """What an agent is told before the question."""
        tools = contestant.agent in {TOOLS, TOOLS_QUERY}
        return Briefing(
            style=TOOLS if tools else contestant.agent,
            company=self.company,
            persona=item.question.persona,
            context=item.context(rules=contestant.manner.rules),
            turns=contestant.manner.turns,
            schema=None if contestant.agent == TOOLS else self.schema,
        ).text()
