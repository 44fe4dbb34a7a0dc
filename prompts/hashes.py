"""Hashes: the numbers that choices are drawn from, the same in every process."""

import hashlib
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from orgsmith.prompts.columns import by_value

Bits = NDArray[np.uint64]


def seed_of(name: str) -> int:
    """64 bits that a name stands for."""
    return int.from_bytes(_digest(name), "little")


def seeds_of(names: pl.Series, form: str = "{}") -> Bits:
    """`seed_of` each name of a column as it stands in `form`: "choices {}"."""
    before, after = form.split("{}")

    def hashed(distinct: pl.Series) -> pl.Series:
        digests = b"".join([_digest(f"{before}{name}{after}") for name in distinct.to_list()])
        return pl.Series(np.frombuffer(digests, dtype="<u8").astype(np.uint64))

    return by_value(names, hashed).to_numpy()


@lru_cache(maxsize=1 << 16)
def person(name: str) -> int:
    """64 bits that stand for a person, who comes back in many records."""
    return seed_of(f"person {name}")


def persons_of(names: pl.Series) -> Bits:
    """`person` for each name of a column."""

    def known(distinct: pl.Series) -> pl.Series:
        return pl.Series(map(person, distinct.to_list()), dtype=pl.UInt64)

    return by_value(names, known).to_numpy()


def mix(values: Bits) -> Bits:
    """Scatter 64 bits (the finaliser of SplitMix64: Steele et al., OOPSLA 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _digest(name: str) -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=8).digest()
