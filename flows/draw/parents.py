"""What a drawing function gets: the frames of its parents, and the signature they share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

import polars as pl

from orgsmith.schema.organisation import Organisation

T = TypeVar("T")

Derived = dict[str, tuple[tuple[pl.DataFrame, ...], object]]
"""What was derived from frames, by name."""


@dataclass(frozen=True, slots=True)
class Parents:
    """The accepted frames of a node's parents, by name.

    A blocked parent of a blocked node holds the rows of the same block, every other parent all of
    its rows; an object's frame holds its fields, the written ones too, and its variables.
    """

    frames: Mapping[str, pl.DataFrame]
    derived: Derived = field(default_factory=dict)

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self.frames:
            known = ", ".join(self.frames) or "none"
            raise KeyError(f"{name} is not among the parents ({known}): declare it in drawn_from")
        return self.frames[name]

    def once(self, name: str, make: Callable[[], T], *parents: str) -> T:
        """What is made of some parents and nothing else that changes from block to block.

        It is made again only if one of the parents is another frame than before: the blocks of a
        task share `derived`, and parents without blocks.
        """
        frames = tuple(self[parent] for parent in parents)
        kept = self.derived.get(name)
        if kept is None or any(
            before is not now for before, now in zip(kept[0], frames, strict=True)
        ):
            kept = (frames, make())
            self.derived[name] = kept
        return cast("T", kept[1])


Draw = Callable[[Organisation, Parents, int], pl.DataFrame]
"""Draws one block of one node: organisation, parents, block (0 for what has no blocks)."""
