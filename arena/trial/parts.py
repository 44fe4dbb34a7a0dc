"""What is left to do of a run: the questions and epochs that no log holds an answer to."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from orgsmith.arena.agents.exam import Item


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is asked for: questions, and how often each."""

    items: Sequence[Item]
    epochs: int = 1

    @property
    def samples(self) -> int:
        """How many samples that makes."""
        return len(self.items) * self.epochs


@dataclass(frozen=True, slots=True)
class Part:
    """What is done in one go, and written into one log: questions, from epoch `first` on."""

    items: tuple[Item, ...]
    first: int
    epochs: int


def left(asked: Asked, finished: Set[tuple[str, int]]) -> list[Part]:
    """The parts of what is asked that are not finished; epochs that lack the same go together."""
    parts: list[Part] = []
    for epoch in range(1, asked.epochs + 1):
        items = tuple(item for item in asked.items if (item.task_id, epoch) not in finished)
        if not items:
            continue
        last = parts[-1] if parts else None
        if last and last.items == items and last.first + last.epochs == epoch:
            parts[-1] = Part(items, last.first, last.epochs + 1)
        else:
            parts.append(Part(items, epoch, 1))
    return parts
