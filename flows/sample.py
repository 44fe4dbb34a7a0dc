"""A small organisation in memory, written by the phrasebook: what is asked of a model before it
makes a whole one is tried on it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from orgsmith.flows.make import make_block
from orgsmith.prompts.phrasebook import PhrasebookWriter
from orgsmith.schema.declaration import Object
from orgsmith.schema.declared import objects_of
from orgsmith.schema.graph import NODES, generation_order
from orgsmith.schema.organisation import Organisation


@dataclass(frozen=True, slots=True)
class Sample:
    """The organisation, and for each node the frame of its first block; texts are own words."""

    organisation: Organisation
    frames: dict[str, pl.DataFrame]

    @property
    def written(self) -> tuple[Object, ...]:
        """The objects that a writer writes."""
        objects = objects_of(self.organisation.industry).values()
        return tuple(declared for declared in objects if declared.written)

    def parents(self, name: str) -> Mapping[str, pl.DataFrame]:
        """The frames of a node's parents."""
        return {parent: self.frames[parent] for parent in NODES[name].parents}

    def variables(self, declared: Object) -> pl.DataFrame:
        """What a writer gets for an object's records."""
        return self.frames[declared.name].drop(field.name for field in declared.written)


def drawn(organisation: Organisation, scale: float) -> Iterator[tuple[str, Sample]]:
    """Draw the organisation at another scale, node by node.

    Yields:
        Each node's name and the sample so far; a frame that is replaced in it is what the nodes
        after it are drawn from.
    """
    sample = Sample(replace(organisation, scale=scale), {})
    writer = PhrasebookWriter(sample.organisation)
    for name in generation_order():
        parents = sample.parents(name)
        sample.frames[name] = make_block(sample.organisation, writer, name, parents, 0).frame
        yield name, sample
