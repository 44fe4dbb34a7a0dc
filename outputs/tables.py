"""Tables as they are published: sorted, cut into files of a fixed size, hashed on the way."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from orgsmith.outputs.dataset import LATENTS_FOLDER, OBJECTS_FOLDER
from orgsmith.outputs.fingerprint import TableDigest
from orgsmith.outputs.manifest import Table
from orgsmith.outputs.merge import merged
from orgsmith.outputs.questions import ANSWERS, TASKS, MadeTask, answer_table, marked, task_table
from orgsmith.outputs.readings import READINGS_FOLDER
from orgsmith.outputs.rejects import REJECTS, REJECTS_FOLDER, kept
from orgsmith.outputs.store import FileEntry, TableWriter
from orgsmith.schema.declaration import Node, Object
from orgsmith.schema.graph import NODES
from orgsmith.schema.objects import OBJECTS
from orgsmith.validators.readings import READ

AT_A_TIME = 2
"""Tables written at the same time; each holds a chunk of rows in memory."""

ROWS_PER_PART = 1_000_000
"""Rows in a file of an object, a constant: another value gives other files."""


@dataclass(frozen=True, slots=True)
class Written:
    """A table as published."""

    table: Table
    files: tuple[FileEntry, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables as published; `nodes` by name, the others by what fingerprint calls them."""

    nodes: Mapping[str, Written]
    others: Mapping[str, Written]

    @property
    def digests(self) -> dict[str, str]:
        """The digest of every table by what fingerprint calls it."""
        nodes = {table_name(NODES[name]): each.digest for name, each in self.nodes.items()}
        return nodes | {name: each.digest for name, each in self.others.items()}

    @property
    def files(self) -> list[FileEntry]:
        """The files of every table."""
        written = (*self.nodes.values(), *self.others.values())
        return [file for each in written for file in each.files]


def table_name(node: Node) -> str:
    """What fingerprint and footer call the table of an object or a latent variable."""
    folder = OBJECTS_FOLDER if isinstance(node, Object) else LATENTS_FOLDER
    return f"{folder}/{node.name}"


def write_nodes(
    staged: Path,
    nodes: Mapping[str, Node],
    sources: Mapping[str, Sequence[Path]],
    progress: Callable[[str], None],
) -> dict[str, Written]:
    """Write the published files of every node, two at a time: each is worth a core.

    Args:
        staged: the folder that is being filled.
        nodes: objects and latent variables by name.
        sources: for each node the files of its blocks.
        progress: called with a node's name when it has been written.
    """
    written: dict[str, Written] = {}
    # The longest first, so that none is left over at the end.
    sizes = {name: sum(path.stat().st_size for path in sources[name]) for name in nodes}
    order = sorted(nodes, key=lambda name: -sizes[name])
    pool = ThreadPoolExecutor(AT_A_TIME)
    try:
        futures = {
            pool.submit(write_node, staged, nodes[name], sources[name]): name for name in order
        }
        for future in as_completed(futures):
            written[futures[future]] = future.result()
            progress(futures[future])
    finally:
        pool.shutdown(cancel_futures=True)
    return {name: written[name] for name in nodes}


def write_node(staged: Path, node: Node, sources: Sequence[Path]) -> Written:
    """Merge a node's blocks into its published files."""
    columns = [field.name for field in node.fields]
    schema = pl.Schema({field.name: field.kind.dtype for field in node.fields})
    name = table_name(node)
    if isinstance(node, Object):
        folder = staged / name
        paths = (folder / f"part-{number:05}.parquet" for number in range(100_000))
        return _write(merged(sources, ("Id",), columns), schema, name, paths, ROWS_PER_PART)
    frames = merged(sources, node.key, columns)
    return _write(frames, schema, name, iter([staged / f"{name}.parquet"]), None)


def _write(
    frames: Iterator[pl.DataFrame],
    schema: pl.Schema,
    name: str,
    paths: Iterator[Path],
    rows_per_file: int | None,
) -> Written:
    """Write sorted frames to files of so many rows each, hashing the values on the way."""
    digest = TableDigest(schema)
    entries: list[FileEntry] = []
    writer = TableWriter(next(paths), schema, name)
    try:
        for frame in frames:
            digest.update(frame)
            rest = frame
            while rows_per_file is not None and writer.rows + rest.height > rows_per_file:
                room = rows_per_file - writer.rows
                writer.append(rest[:room])
                rest = rest[room:]
                entries.append(writer.finish())
                writer = TableWriter(next(paths), schema, name)
            writer.append(rest)
        entries.append(writer.finish())
    finally:
        writer.abandon()
    table = Table(
        rows=sum(entry.rows for entry in entries),
        bytes=sum(entry.bytes for entry in entries),
        columns=len(schema),
    )
    return Written(table, tuple(entries), digest.hexdigest())


def _write_one(
    staged: Path, name: str, frames: Iterator[pl.DataFrame], schema: pl.Schema
) -> Written:
    """Write sorted frames to the one file of a table that fingerprint calls `name`."""
    return _write(frames, schema, name, iter([staged / f"{name}.parquet"]), None)


def write_rejects(staged: Path, rejects: Mapping[str, Sequence[Path]]) -> dict[str, Written]:
    names = {f"{REJECTS_FOLDER}/{name}": rejects.get(name, ()) for name in OBJECTS}
    return {
        name: _write_one(staged, name, kept(sources), REJECTS) for name, sources in names.items()
    }


def write_readings(staged: Path, readings: Mapping[str, Sequence[Path]]) -> dict[str, Written]:
    columns = READ.names()
    names = {f"{READINGS_FOLDER}/{name}": sources for name, sources in readings.items()}
    return {
        name: _write_one(staged, name, merged(sources, columns, columns), READ)
        for name, sources in names.items()
    }


def write_tasks(staged: Path, tasks: Mapping[str, MadeTask]) -> dict[str, Written]:
    written: dict[str, Written] = {}
    for key, task in tasks.items():
        for name, source, schema in (
            (task_table(key), task.questions, TASKS),
            (answer_table(key), task.answers, ANSWERS),
        ):
            written[name] = _write_one(staged, name, marked(source, schema), schema)
    return written
