"""The task graph of a run: the dependency graph of the declarations, blocks in bounded groups."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from orgsmith.flows.parts import Made
from orgsmith.prompts.reading import READINGS
from orgsmith.schema.declaration import Object
from orgsmith.schema.graph import NODES, generation_order
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation

MOST_TASKS = 16
"""Tasks of a node. Above as many blocks a task makes several: Prefect is for hundreds of tasks."""


@dataclass(frozen=True, slots=True)
class Job:
    """A task to be run: some blocks of a node, or, without blocks, an object's acceptance."""

    node: str
    first: int = 0
    last: int = -1
    needs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """For each parent the jobs whose results are passed on."""

    @property
    def name(self) -> str:
        """Unique among the jobs of a run."""
        return _final_name(self.node) if self.accepts else _made_name(self.node, self.first)

    @property
    def accepts(self) -> bool:
        """Whether it accepts an object, rather than makes blocks of a node."""
        return self.last < 0

    @property
    def after(self) -> tuple[str, ...]:
        """The jobs that must be done before it."""
        return tuple(name for needed in self.needs.values() for name in needed)


def _made_name(node: str, first: int) -> str:
    return f"{node}/{first}"


def _final_name(node: str) -> str:
    return f"{node}/accepted"


def jobs_of(organisation: Organisation) -> Iterator[Job]:
    """The task graph: the dependency graph of the declarations, blocks in a bounded number of
    groups."""
    for node in generation_order():
        declared = NODES[node]
        for first, last in _groups(organisation.blocks_of(declared)):
            needs = {}
            for parent in declared.parents:
                if isinstance(NODES[parent], Object):
                    needs[parent] = [_final_name(parent)]
                elif declared.blocked and NODES[parent].blocked:
                    needs[parent] = [_made_name(parent, first)]
                else:
                    needs[parent] = _all_made(organisation, parent)
            yield Job(node, first, last, needs)
        if isinstance(declared, Object):
            needs = {node: _all_made(organisation, node)}
            # Near-duplicates are written again, and who reads the new texts is shown the parents.
            for parent in declared.parents if node in READINGS else ():
                accepted = isinstance(NODES[parent], Object)
                needs[parent] = (
                    [_final_name(parent)] if accepted else _all_made(organisation, parent)
                )
            yield Job(node, needs=needs)


def _all_made(organisation: Organisation, node: str) -> list[str]:
    blocks = organisation.blocks_of(NODES[node])
    return [_made_name(node, first) for first, _ in _groups(blocks)]


def _groups(blocks: int) -> Iterator[tuple[int, int]]:
    """First and last block of each task."""
    size = -(-blocks // MOST_TASKS)
    for first in range(0, blocks, size):
        yield first, min(first + size, blocks) - 1


def by_node(jobs: Mapping[str, Job], results: Mapping[str, Made]) -> dict[str, Made]:
    """What was made of each node: of an object what was accepted, of a latent all its blocks."""
    made: dict[str, Made] = {}
    for name, job in jobs.items():
        if job.accepts:
            made[job.node] = results[name]
        elif job.node not in OBJECTS:
            before = made.get(job.node)
            tables = (*(before.tables if before else ()), *results[name].tables)
            made[job.node] = Made(job.node, tables)
    return made
