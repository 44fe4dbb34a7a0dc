"""Whole organisations, drawn in memory without a writer, and the shapes of the fixtures."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from orgsmith.flows.draw import DRAW, Parents
from orgsmith.schema.declaration import Object
from orgsmith.schema.graph import NODES, generation_order
from orgsmith.schema.industry import Industry
from orgsmith.schema.organisation import Organisation


@dataclass(frozen=True, slots=True)
class Drawn:
    """An organisation and the frames of its nodes, the blocks of each joined in order."""

    organisation: Organisation
    frames: Mapping[str, pl.DataFrame]

    def __getitem__(self, name: str) -> pl.DataFrame:
        return self.frames[name]


class Make(Protocol):
    """Draws an organisation of the reference pack; see `draw_organisation`."""

    def __call__(
        self,
        *last: str,
        scale: float = 1.0,
        seed: int = 7,
        as_of: dt.date | None = None,
        blocks: int | None = None,
    ) -> Drawn: ...


def accepted(name: str, drawn: pl.DataFrame) -> pl.DataFrame:
    """A drawn frame with a word in each written column, as children see it."""
    node = NODES[name]
    if not isinstance(node, Object) or not node.written:
        return drawn
    words = pl.concat_str(pl.lit(f"{name} "), pl.col("Id"))
    return drawn.with_columns(words.alias(field.name) for field in node.written)


def wanted_nodes(last: tuple[str, ...]) -> tuple[str, ...]:
    """The nodes named and all they need, parents first; all there are if none is named."""
    needed = set(last or NODES)
    for name in reversed(generation_order()):
        if name in needed:
            needed |= set(NODES[name].parents)
    return tuple(name for name in generation_order() if name in needed)


def draw_organisation(
    industry: Industry,
    *last: str,
    scale: float = 1.0,
    seed: int = 7,
    as_of: dt.date | None = None,
    blocks: int | None = None,
) -> Drawn:
    """Draws nodes and what they need; of blocked ones the first `blocks` blocks."""
    organisation = Organisation(industry, seed, scale, as_of or industry.as_of)
    names = wanted_nodes(last)
    shared: dict[str, pl.DataFrame] = {}

    def draw(name: str, frames: dict[str, pl.DataFrame], block: int) -> pl.DataFrame:
        parents = Parents({parent: frames[parent] for parent in NODES[name].parents})
        return accepted(name, DRAW[name](organisation, parents, block))

    def draw_block(block: int) -> Iterator[tuple[str, pl.DataFrame]]:
        frames = dict(shared)
        for name in names:
            if NODES[name].blocked:
                frames[name] = draw(name, frames, block)
                yield name, frames[name]

    for name in names:
        if not NODES[name].blocked:
            shared[name] = draw(name, shared, 0)
    parts: dict[str, list[pl.DataFrame]] = {}
    for block in range(organisation.blocks if blocks is None else blocks):
        for name, frame in draw_block(block):
            parts.setdefault(name, []).append(frame)
    return Drawn(organisation, {**shared, **{name: pl.concat(p) for name, p in parts.items()}})
