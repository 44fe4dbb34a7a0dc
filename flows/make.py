"""Makes blocks of nodes: draw, write, accept, and write again what was refused."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from orgsmith.flows.draw import DRAW, Parents
from orgsmith.flows.draw.custom import with_custom
from orgsmith.flows.draw.parents import Derived
from orgsmith.flows.parts import Made, Part
from orgsmith.flows.rounds import Block, Desk, conform
from orgsmith.flows.work import Work, open_work
from orgsmith.flows.writers import writer_of
from orgsmith.outputs.rejects import REJECTS
from orgsmith.prompts.writer import Writer
from orgsmith.schema.declaration import Latent
from orgsmith.schema.declared import nodes_of
from orgsmith.schema.graph import NODES
from orgsmith.schema.organisation import Organisation
from orgsmith.validators.readings import READ


def make_blocks(
    folder: str, node: str, first: int, last: int, parents: Mapping[str, Sequence[Made]]
) -> Made:
    """Make the blocks `first` to `last` of a node and store them in the work folder.

    Raises:
        WriterError: the writer could not deliver.
        RejectedError: records are still refused after the last round.
        StorageError: the disk is full, or a parent's file is gone.
    """
    work, writer = open_work(folder), writer_of(folder)
    tables: list[Part] = []
    refused: list[Part] = []
    readings: list[Part] = []
    # What is the same for every block is read, and its bytes compared, once.
    whole = {
        name: parent_frame(work, node, first, made)
        for name, made in sorted(parents.items())
        if not _by_block(node, name)
    }
    derived: Derived = {}
    for block in range(first, last + 1):
        frames = {
            name: whole[name] if name in whole else parent_frame(work, node, block, made)
            for name, made in sorted(parents.items())
        }
        done = make_block(work.organisation, writer, node, frames, block, derived)
        tables.append(work.save_block(done.frame, "made", node, block))
        if done.refused.height:
            refused.append(work.save(done.refused, "refused", node, f"{block:05}", list(REJECTS)))
        if done.readings.height:
            name = f"{block:05}"
            readings.append(work.save(done.readings, "readings", node, name, list(READ)))
    return Made(node, tuple(tables), tuple(refused), readings=tuple(readings), usage=writer.usage)


def parent_frame(work: Work, node: str, block: int, made: Sequence[Made]) -> pl.DataFrame:
    """What a drawing function sees of a parent: the same block, or all of it."""
    tables = [part for each in made for part in each.tables]
    if _by_block(node, made[0].node):
        tables = [part for part in tables if int(Path(part.path).stem) == block]
    return pl.concat([work.read(part) for part in tables])


def _by_block(node: str, parent: str) -> bool:
    """Whether a block of a node sees only the same block of a parent."""
    return NODES[node].blocked and NODES[parent].blocked


def make_block(
    organisation: Organisation,
    writer: Writer,
    node: str,
    parents: Mapping[str, pl.DataFrame],
    block: int,
    derived: Derived | None = None,
) -> Block:
    """Draw and write one block of a node, until every record of it is accepted.

    `derived` is what the blocks of a task share.

    Returns:
        For an object its fields and variables, for a latent variable its columns; texts are own
        words, which `assemble` finishes once near-duplicates are out.

    Raises:
        WriterError: the writer could not deliver.
        RejectedError: records are still refused after the last round.
    """
    declared = nodes_of(organisation.industry)[node]
    above = Parents(parents, {} if derived is None else derived)
    drawn = DRAW[node](organisation, above, block)
    if isinstance(declared, Latent):
        frame = conform(node, declared.fields, drawn)
        return Block(frame, pl.DataFrame(schema=REJECTS), pl.DataFrame(schema=READ))
    drawn = with_custom(organisation, declared, drawn, above, block)
    drawn_fields = [field for field in declared.fields if not field.written]
    drawn = conform(node, (*drawn_fields, *declared.variables), drawn)
    return Desk(organisation, writer, declared, parents).block(drawn)
