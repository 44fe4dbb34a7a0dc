"""A small organisation of random records, valid by kind and reference, and its dataset.

It is made from the declarations alone, so that these tests need neither the drawing nor the
writing of an organisation.
"""

import datetime as dt
import hashlib
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from orgsmith.outputs.manifest import Asking, Duplicates, Writer
from orgsmith.outputs.publish import Made, publish
from orgsmith.outputs.store import write_table
from orgsmith.schema.declaration import Field, Kind, Node, Object
from orgsmith.schema.graph import NODES, generation_order
from orgsmith.schema.ids import record_ids
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load
from orgsmith.validators.outcome import Outcome, Status
from tests.outputs.asked import every_task
from tests.outputs.asked import made as made_tasks

ROWS = 60
BLOCKS = 3
SEED = 11

HOSTILE = (
    "",
    " ",
    "null",
    "NaN",
    "=1+1",
    "@SUM(A1:A9)",
    "a,b;\"c\"\t'd'",
    "line\r\nline\nline\r",
    "\x00\x01\x1b[31mred\x7f",
    "\u202egnp.exe\u2066\ufeff",
    "\U0001f469\u200d\U0001f4bb e\u0301 \u00df \u4e2d\u6587 \u05d0",
    "../../etc/passwd",
    "{{ 7 * 7 }} ${x} %s <script>",
    "x" * 1_000_000,
)
"""Strings that have broken readers, writers, spreadsheets and terminals."""

Blocks = Mapping[str, Sequence[pl.DataFrame]]


@dataclass(frozen=True, slots=True)
class Small:
    """An organisation, its records by node and block, and how to publish them."""

    organisation: Organisation
    blocks: Blocks

    def whole(self, node: str) -> pl.DataFrame:
        """All records of a node, published columns only, in the order of its key."""
        declared = NODES[node]
        key = ("Id",) if isinstance(declared, Object) else declared.key
        columns = [field.name for field in declared.fields]
        return pl.concat(self.blocks[node]).select(columns).sort(key)

    def work(self, folder: Path) -> dict[str, list[Path]]:
        """Working files, one for each block."""
        files: dict[str, list[Path]] = {}
        for name, frames in self.blocks.items():
            node = NODES[name]
            key = ("Id",) if isinstance(node, Object) else node.key
            files[name] = [folder / name / f"{block:05}.parquet" for block in range(len(frames))]
            for frame, file in zip(frames, files[name], strict=True):
                write_table(frame, file, key)
        return files

    def publish(
        self,
        out: Path,
        work: Path,
        *,
        version: str | None = None,
        now: dt.datetime | None = None,
        made: Made | None = None,
    ) -> Path:
        """Publish everything under `out`, by way of working files."""
        made = made or how_made()
        return Path(str(publish(out, self.organisation, self.work(work), {}, made, version, now)))


def how_made() -> Made:
    """What a run might know: each latent variable was measured, one check had too little."""
    outcomes = [Outcome(f"{name} shows", name, Status.PASSED, 977, 0.25, 0.125) for name in LATENTS]
    few = Outcome("rare", next(iter(LATENTS)), Status.TOO_FEW, 3, float("nan"), 0.5)
    return Made(
        writer=Writer(kind="phrasebook"),
        started=time.monotonic(),
        outcomes=[*outcomes, few],
        duplicates={"Case": Duplicates(scope=("IssueId__c",), threshold=90, seen=60, removed=2)},
    )


def values(
    field: Field, rows: int, chance: np.random.Generator, ids: Mapping[str, pl.Series]
) -> pl.Series:
    """Random values of a field, valid by its kind; strings hostile, optional ones with gaps."""
    if field.reference:
        picked = chance.integers(0, len(ids[field.reference.parent]), rows)
        found = ids[field.reference.parent].gather(picked.tolist()).alias(field.name)
    else:
        found = pl.Series(field.name, raw(field, rows, chance), field.kind.dtype, strict=True)
    if field.optional:
        empty = pl.Series(chance.random(rows) < 0.3)
        found = found.to_frame().select(pl.when(~empty).then(pl.col(field.name))).to_series()
    return found


def raw(field: Field, rows: int, chance: np.random.Generator) -> list[object]:
    """Values without gaps."""
    numbers = chance.integers(1, 90, rows).tolist()
    start = dt.datetime(2022, 3, 1, 8, tzinfo=dt.UTC)
    match field.kind:
        case Kind.BOOLEAN:
            return [number % 2 == 0 for number in numbers]
        case Kind.INT:
            return list(numbers)
        case Kind.DOUBLE | Kind.CURRENCY:
            return [number + 0.25 for number in numbers]
        case Kind.DATE:
            return [(start + dt.timedelta(days=number)).date() for number in numbers]
        case Kind.DATETIME:
            return [start + dt.timedelta(days=number, microseconds=number) for number in numbers]
        case _ if field.values:
            return [field.values[number % len(field.values)] for number in numbers]
        case _ if field.unique:
            return [f"{field.name} {row} {chance.integers(0, 2**40)}" for row in range(rows)]
        case _:
            # The longest one now and then: a megabyte in every field would be a slow test.
            few = HOSTILE[:-1]
            return [few[number % len(few)] + str(number) for number in numbers]


def block_frame(
    node: Node, block: int, ids: Mapping[str, pl.Series], chance: np.random.Generator
) -> pl.DataFrame:
    """One block of a node, rows in no order; keys of latent variables tell all rows apart."""
    fields = node.fields + (node.variables if isinstance(node, Object) else ())
    frame = pl.DataFrame([values(field, ROWS, chance, ids) for field in fields])
    if isinstance(node, Object):
        return frame.with_columns(ids[node.name][block * ROWS :][:ROWS].alias("Id"))
    places = pl.int_range(block * ROWS, (block + 1) * ROWS, eager=True)
    keys = [place_of(node.fields, name, places, ids) for name in node.key]
    return frame.with_columns(keys).sample(fraction=1, shuffle=True, seed=block)


def place_of(
    fields: Sequence[Field], name: str, places: pl.Series, ids: Mapping[str, pl.Series]
) -> pl.Series:
    """Values of a key column that no two rows share."""
    field = next(field for field in fields if field.name == name)
    if field.reference:
        known = ids[field.reference.parent]
        return known.gather((places % len(known)).to_list()).alias(name)
    return places.cast(field.kind.dtype).alias(name)


@pytest.fixture(scope="session")
def small() -> Small:
    """Random records of every object and latent variable, in blocks where the node has blocks."""
    organisation = Organisation(load("sportswear"), SEED, 0.25, dt.date(2026, 1, 1))
    blocks = {name: BLOCKS if node.blocked else 1 for name, node in NODES.items()}
    ids = {
        name: record_ids(declared.key_prefix, np.arange(ROWS * blocks[name]), SEED, space=name)
        for name, declared in OBJECTS.items()
    }
    frames: dict[str, list[pl.DataFrame]] = {}
    for name in generation_order():
        seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
        chance = np.random.Generator(np.random.Philox(seed))
        frames[name] = [
            block_frame(NODES[name], block, ids, chance) for block in range(blocks[name])
        ]
    case = frames["Case"][0]
    texts = pl.Series("Description", [HOSTILE[i % len(HOSTILE)] for i in range(case.height)])
    frames["Case"][0] = case.with_columns(texts)
    return Small(organisation, frames)


@pytest.fixture(scope="session")
def published(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset of `small`; only read it."""
    folder = tmp_path_factory.mktemp("published")
    return small.publish(folder / "datasets", folder / "work", version="first")


@pytest.fixture(scope="session")
def asked(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same dataset with questions; only read it."""
    folder = tmp_path_factory.mktemp("asked")
    tasks = made_tasks(folder / "questions", every_task())
    made = replace(how_made(), tasks=tasks, asking=Asking(number=40, none_share=0.25))
    return small.publish(folder / "datasets", folder / "work", version="asked", made=made)


@pytest.fixture
def copied_questions(asked: Path, tmp_path: Path) -> Path:
    """A copy of the dataset with questions to tamper with."""
    return shutil.copytree(asked, tmp_path / "copied")


@pytest.fixture
def copied(published: Path, tmp_path: Path) -> Path:
    """A copy of the dataset to tamper with."""
    return shutil.copytree(published, tmp_path / "copied")


@pytest.fixture(scope="session")
def tree() -> Callable[[Path], dict[str, bytes]]:
    """Reads all files below a folder, by relative path."""

    def read(folder: Path) -> dict[str, bytes]:
        return {
            file.relative_to(folder).as_posix(): file.read_bytes()
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        }

    return read
