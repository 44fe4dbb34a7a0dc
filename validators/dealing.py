"""The tables of a dataset dealt out to parts by the blocks their records were made in.

The serial number behind an id, which only the seed reveals, has its block in front.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from orgsmith.schema.declaration import Object
from orgsmith.schema.graph import NODES
from orgsmith.schema.ids import BLOCK_SHIFT, LENGTH, record_serials
from orgsmith.schema.objects import OBJECTS

PORTION = 200_000
"""Rows dealt out at a time."""


def deal(
    seed: int, files: Mapping[str, Sequence[Path]], blocks: int, parts: int, folder: Path
) -> list[dict[str, list[Path]]]:
    """Write the rows of each node to files of their own for each part.

    Args:
        seed: the organisation's seed.
        files: the files of each node that is drawn in blocks.
        blocks: how many neighbouring blocks make a part.
        parts: how many parts there are.
        folder: where the files of the parts are put.

    Returns:
        The files of each part, by node. A row whose key is no id of the node lies in some part.
    """
    dealt: list[dict[str, list[Path]]] = [{node: [] for node in files} for _ in range(parts)]
    for node, of_node in files.items():
        for number, frame in enumerate(_portions(of_node)):
            place = _blocks(seed, node, frame) // blocks % parts
            for (part,), rows in frame.group_by(pl.Series("part", place)):
                path = folder / f"{node}-{number:05}-{part:05}.parquet"
                rows.write_parquet(path, compression="lz4", statistics=False)
                dealt[part][node].append(path)
    return dealt


def _portions(files: Sequence[Path]) -> Iterator[pl.DataFrame]:
    """The rows of all files; at least one frame for each of them."""
    for file in files:
        lazy = pl.scan_parquet(file, glob=False)
        rows = int(lazy.select(pl.len()).collect().item())
        for offset in range(0, max(rows, 1), PORTION):
            yield lazy.slice(offset, PORTION).collect()


def _blocks(seed: int, node: str, frame: pl.DataFrame) -> npt.NDArray[np.int64]:
    """The block that each row was made in, by its key; anything where the key is none."""
    declared = NODES[node]
    if isinstance(declared, Object):
        column, owner = "Id", node
    else:
        key = declared.field(declared.key[0])
        column, owner = key.name, key.reference.parent if key.reference else ""
    keys = frame[column]
    if not owner:
        return keys.fill_null(0).to_numpy() >> BLOCK_SHIFT
    # As good as any id: what it stands for is a fault that other checks name.
    prefix = OBJECTS[owner].key_prefix
    stand_in = prefix.ljust(LENGTH, "0")
    usable = (keys.str.len_bytes() == LENGTH) & keys.str.starts_with(prefix)
    usable = usable.fill_null(value=False)
    return record_serials(keys.set(~usable, stand_in), seed, owner) >> BLOCK_SHIFT
