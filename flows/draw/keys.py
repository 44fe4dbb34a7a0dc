"""Ids and running numbers: which serial a record has, and how it is spelled."""

import math

import numpy as np
import numpy.typing as npt
import polars as pl

from orgsmith.schema.ids import BLOCK_SHIFT, record_ids
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import BLOCK_ACCOUNTS

HEADROOM = 1.1
"""How far a block's count may lie above its planned share before its numbers need a digit more."""


def ids(
    organisation: Organisation, object_name: str, count: int, block: int = 0, first: int = 0
) -> pl.Series:
    """The ids of `count` records of one block, from its serial `first` on; a String series.

    What is drawn before its object (an order before Order, say) takes the ids of the same serials,
    so that latents and objects meet.
    """
    declared = OBJECTS[object_name]
    serials = (block << BLOCK_SHIFT) + np.arange(first, first + count, dtype=np.int64)
    return record_ids(declared.key_prefix, serials, organisation.seed, space=object_name)


def foreign_id(organisation: Organisation, key_prefix: str, space: str) -> str:
    """The id of a single record of an object that is not published: a profile, a record type."""
    serial = np.zeros(1, dtype=np.int64)
    return str(record_ids(key_prefix, serial, organisation.seed, space=space)[0])


def running_numbers(
    organisation: Organisation,
    count_at_scale_1: int,
    ranks: npt.NDArray[np.int64],
    block: int,
    width: int,
) -> pl.Series:
    """Running numbers of one block's records, unique over all blocks.

    The block's number stands in front, the rank follows, zeros fill up to `width`.

    Args:
        organisation: whose counts say how many records a block can hold.
        count_at_scale_1: planned records at scale 1; fixes the digits of the rank.
        ranks: place of each record in its block's order of creation, from 0.
        block: number of the block.
        width: digits at least.

    Returns:
        A String series of the length of `ranks`.
    """
    most = count_at_scale_1 / organisation.industry.counts.Account * BLOCK_ACCOUNTS * HEADROOM
    base = 10 ** len(str(math.ceil(most)))
    return pl.Series((block + 1) * base + ranks + 1).cast(pl.String).str.zfill(width)
