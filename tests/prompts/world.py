"""A whole organisation in memory: every object drawn, written by the phrasebook and assembled."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from orgsmith.flows.draw import DRAW, Parents
from orgsmith.prompts.assemble import assemble
from orgsmith.prompts.phrasebook import PhrasebookWriter
from orgsmith.schema import packs
from orgsmith.schema.declaration import Object
from orgsmith.schema.graph import NODES, generation_order
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation

WRITTEN = [declared for declared in OBJECTS.values() if declared.written]


@dataclass(frozen=True, slots=True)
class World:
    """The organisation, and for each node its frame; texts are own words."""

    organisation: Organisation
    writer: PhrasebookWriter
    frames: Mapping[str, pl.DataFrame] = field(repr=False)

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self.frames[name]

    def variables(self, declared: Object) -> pl.DataFrame:
        """What a writer gets."""
        return self[declared.name].drop(f.name for f in declared.written)

    def published(self, name: str) -> pl.DataFrame:
        """An object's frame with its texts as they are published."""
        return assemble(OBJECTS[name], self[name], self.organisation)


def organisation(scale: float = 1.0, seed: int = 7) -> Organisation:
    """An organisation of the reference pack."""
    industry = packs.load("sportswear")
    return Organisation(industry, seed, scale, industry.as_of)


def written_world(scale: float = 1.0, seed: int = 7) -> World:
    """Draw and write the first block of every node; nothing is refused."""
    whole = organisation(scale, seed)
    writer = PhrasebookWriter(whole)
    frames: dict[str, pl.DataFrame] = {}
    for name in generation_order():
        node = NODES[name]
        frame = DRAW[name](whole, Parents({p: frames[p] for p in node.parents}), 0)
        if isinstance(node, Object) and node.written:
            texts = writer.write(node, frame, 0)
            frame = frame.join(texts, on="Id", how="left", maintain_order="left")
        frames[name] = frame
    return World(whole, writer, frames)
