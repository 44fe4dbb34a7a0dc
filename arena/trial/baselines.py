"""Agents without a model: two that never look, and one that knows every rule."""

from orgsmith.arena.agents.exam import Item
from orgsmith.arena.agents.kinds import SOLVER
from orgsmith.arena.agents.toolbox.free import query, search
from orgsmith.arena.agents.world import World
from orgsmith.arena.record import Record
from orgsmith.arena.solver.desk import Desk
from orgsmith.arena.solver.solve import SOLVERS
from orgsmith.arena.trial.conduct import ANSWERED, Conduct


class ToolDesk(Desk):
    """A solver's desk whose statements go through the tools that agents have, one step each."""

    def __init__(self, inner: Desk, conduct: Conduct) -> None:
        self._inner, self._conduct = inner, conduct
        self.today = inner.today
        self.statements, self.objects, self.read = [], set(), False

    def query(self, soql: str) -> list[Record]:
        """What the tool `query` returns."""
        self._conduct.step(query.__name__, {"soql": soql})
        return [_Row.of(record) for record in query(self._inner, soql)]

    def search(self, sosl: str) -> list[Record]:
        """What the tool `search` returns."""
        self._conduct.step(search.__name__, {"sosl": sosl})
        return [_Row.of(record) for record in search(self._inner, sosl)]


class _Row(dict[str, object]):
    """A record as a tool returns it, where a field that is empty in all records is left out."""

    @classmethod
    def of(cls, record: Record) -> "_Row":
        return cls(
            (name, cls.of(value) if isinstance(value, dict) else value)
            for name, value in record.items()
        )

    def __missing__(self, name: str) -> None:
        return None


def play(world: World, agent: str, item: Item, desk: Desk, conduct: Conduct) -> None:
    """Answer a question at a desk.

    Raises:
        OrgError: a statement of the solver went wrong.
    """
    conduct.turns = 1
    if agent == SOLVER:
        found = SOLVERS[item.question.task](ToolDesk(desk, conduct), item.asked)
        conduct.end(ANSWERED, found.answer)
    else:
        conduct.end(ANSWERED, world.exam.guess(agent, item, conduct.epoch))
