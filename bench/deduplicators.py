"""Ways to find near-duplicates, each measured in a process of its own.

    python -m bench.deduplicators NAME TEXTS FOUND

Reads a Parquet file of texts that need no normalising, writes the rows to remove, and prints wall
and CPU seconds and the peak memory of the whole process as JSON. Imports, and what is compiled or
drawn once, are left out.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

THRESHOLD = 90.0
CHUNK = 256
"""Rows of a matrix of scores."""

PERMUTATIONS, BANDS = 128, 32
"""Four hashes a band: texts that share half their shingles meet with a chance of 87 %."""

SHINGLE = 4
"""Characters."""

WINDOW = 10
"""Neighbours in sorted order that are compared."""

Remove = Callable[[], list[int]]
Hash = TypeVar("Hash")


def orgsmith(file: Path) -> Remove:
    """`find_duplicates`, normalising included."""
    from orgsmith.validators.duplicates import find_duplicates
    from orgsmith.validators.likeness.scopes import too_near

    frame = pl.read_parquet(file)
    ids = pl.int_range(frame.height, eager=True).cast(pl.String).str.zfill(8)
    frame = frame.with_columns(ids.alias("Id"))
    # Large enough that every loop is compiled.
    warm = pl.Series([f"{number} warm" for number in range(3000)])
    too_near(warm, np.array([[0, warm.len()]]), THRESHOLD, start_s=0)

    def run() -> list[int]:
        return find_duplicates(frame, THRESHOLD)["Id"].cast(pl.Int64).to_list()

    return run


def all_pairs(file: Path) -> Remove:
    """rapidfuzz's matrix of scores, with threads, each text with those before it."""
    texts = _texts(file)

    def run() -> list[int]:
        kept = np.ones(len(texts), dtype=np.bool_)
        for start in range(0, len(texts), CHUNK):
            rows = texts[start : start + CHUNK]
            scores = process.cdist(
                rows,
                texts[: start + len(rows)],
                scorer=fuzz.ratio,
                score_cutoff=THRESHOLD,
                dtype=np.float32,
                workers=-1,
            )
            for row in range(len(rows)):
                kept[start + row] = not (scores[row, : start + row] > 0)[kept[: start + row]].any()
        return np.flatnonzero(~kept).tolist()

    return run


def datasketch(file: Path) -> Remove:
    """MinHash and locality-sensitive hashing; what meets is verified."""
    from datasketch import MinHash, MinHashLSH

    texts = _texts(file)

    def run() -> list[int]:
        index = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, PERMUTATIONS // BANDS))
        tokens = ([piece.encode() for piece in shingles(text)] for text in texts)
        hashes = MinHash.generator(tokens, num_perm=PERMUTATIONS)
        query = cast("Callable[[MinHash], list[int]]", index.query)
        return _greedy(texts, hashes, query, index.insert)

    return run


def rensa(file: Path) -> Remove:
    """The same in Rust."""
    # It publishes no types.
    from rensa import RMinHash, RMinHashLSH  # pyright: ignore[reportAttributeAccessIssue]

    texts = _texts(file)

    def run() -> list[int]:
        index = RMinHashLSH(threshold=0.5, num_perm=PERMUTATIONS, num_bands=BANDS)

        def hashed(text: str) -> RMinHash:
            made = RMinHash(num_perm=PERMUTATIONS, seed=1)
            made.update(shingles(text))
            return made

        return _greedy(texts, map(hashed, texts), index.query, index.insert)

    return run


def sorted_neighbourhood(file: Path) -> Remove:
    """Texts in alphabetical order, forwards and backwards, each with those near it."""
    texts = _texts(file)

    def run() -> list[int]:
        near: list[set[int]] = [set() for _ in texts]
        for key in (lambda row: texts[row], lambda row: texts[row][::-1]):
            order = sorted(range(len(texts)), key=key)
            for place, row in enumerate(order):
                for other in order[max(place - WINDOW, 0) : place]:
                    near[max(row, other)].add(min(row, other))
        kept = [True] * len(texts)
        for row, others in enumerate(near):
            kept[row] = not _like(texts, row, (other for other in others if kept[other]))
        return [row for row, stays in enumerate(kept) if not stays]

    return run


METHODS: dict[str, Callable[[Path], Remove]] = {
    "orgsmith": orgsmith,
    "all-pairs": all_pairs,
    "datasketch": datasketch,
    "rensa": rensa,
    "sorted-neighbourhood": sorted_neighbourhood,
}


def shingles(text: str) -> list[str]:
    """Runs of four characters."""
    return list({text[at : at + SHINGLE] for at in range(max(len(text) - SHINGLE + 1, 1))})


def _texts(file: Path) -> list[str]:
    """The texts of a file."""
    return pl.read_parquet(file)["text"].to_list()


def _greedy(
    texts: list[str],
    hashes: Iterable[Hash],
    query: Callable[[Hash], list[int]],
    insert: Callable[[int, Hash], None],
) -> list[int]:
    """Removes texts that are like one in an index; the others are put into it."""
    removed: list[int] = []
    for row, made in enumerate(hashes):
        if _like(texts, row, query(made)):
            removed.append(row)
        else:
            insert(row, made)
    return removed


def _like(texts: list[str], row: int, others: Iterable[int]) -> bool:
    """Whether a text is near one of others."""
    return any(fuzz.ratio(texts[row], texts[o], score_cutoff=THRESHOLD) for o in others)


def main() -> None:
    """Measure one method."""
    name, texts, found = sys.argv[1:]
    run = METHODS[name](Path(texts))
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    removed = run()
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
    pl.DataFrame({"row": removed}, schema={"row": pl.Int64}).write_parquet(found)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"wall_s": wall, "cpu_s": cpu, "peak_mib": after.ru_maxrss / 1024}))


if __name__ == "__main__":
    main()
