"""What a drawing function gets: the frames of its parents, and the signature they share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from orgsmith.schema.organisation import Organisation


@dataclass(frozen=True, slots=True)
class Parents:
    """The accepted frames of a node's parents, by name.

    A blocked parent of a blocked node holds the rows of the same block, every other parent all of
    its rows; an object's frame holds its fields, the written ones too, and its variables.
    """

    frames: Mapping[str, pl.DataFrame]

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self.frames:
            known = ", ".join(self.frames) or "none"
            raise KeyError(f"{name} is not among the parents ({known}): declare it in drawn_from")
        return self.frames[name]


Draw = Callable[[Organisation, Parents, int], pl.DataFrame]
"""Draws one block of one node: organisation, parents, block (0 for what has no blocks)."""
