"""A task reads what it needs of its parents, and reads it once."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from orgsmith.flows import make
from orgsmith.flows.parts import Made, Part
from orgsmith.flows.rounds import Block
from orgsmith.flows.work import Work
from orgsmith.outputs.rejects import REJECTS
from orgsmith.prompts.writing import Writing
from orgsmith.schema.graph import NODES
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from orgsmith.validators.readings import READ

BLOCKS = 3


def empty(node: str) -> pl.DataFrame:
    """No rows of a node."""
    return pl.DataFrame(schema={field.name: field.kind.dtype for field in NODES[node].fields})


def test_what_all_blocks_share_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = next(
        name
        for name, declared in NODES.items()
        if declared.blocked and len({NODES[parent].blocked for parent in declared.parents}) == 2
    )
    industry = load("sportswear")
    organisation = Organisation(industry, seed=7, scale=0.05, as_of=industry.as_of)
    work = Work.of(tmp_path, organisation, Writing())
    read: list[tuple[str, str]] = []
    seen: list[tuple[int, list[str]]] = []
    original = Work.read

    def noted(self: Work, part: Part) -> pl.DataFrame:
        _, parent, name = part.path.split("/")
        read.append((parent, name))
        return original(self, part)

    def drawn(
        _organisation: object,
        _writer: object,
        name: str,
        parents: Mapping[str, pl.DataFrame],
        block: int,
        _derived: object,
    ) -> Block:
        seen.append((block, list(parents)))
        return Block(empty(name), pl.DataFrame(schema=REJECTS), pl.DataFrame(schema=READ))

    monkeypatch.setattr(Work, "read", noted)
    monkeypatch.setattr(make, "make_block", drawn)
    with work.held(lambda: None):
        parents = {}
        for parent in NODES[node].parents:
            blocks = range(BLOCKS if NODES[parent].blocked else 1)
            parts = tuple(work.save_block(empty(parent), "made", parent, n) for n in blocks)
            parents[parent] = [Made(parent, parts)]
        make.make_blocks(str(work.folder), node, 0, BLOCKS - 1, parents)
    assert seen == [(block, sorted(parents)) for block in range(BLOCKS)]
    assert sorted(read) == sorted(
        (parent, f"{block:05}.parquet")
        for parent in parents
        for block in range(BLOCKS if NODES[parent].blocked else 1)
    )
