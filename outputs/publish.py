"""Publishing: from a run's working files to a dataset that appears in one rename."""

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import polars as pl

from orgsmith.outputs import card, disk
from orgsmith.outputs.dataset import INDUSTRY_FILE, LATENTS_FOLDER, OBJECTS_FOLDER
from orgsmith.outputs.fingerprint import TableDigest, fingerprint
from orgsmith.outputs.manifest import (
    LICENCE,
    SCHEMA_VERSION,
    Check,
    Duplicates,
    Manifest,
    Prompts,
    Readings,
    Table,
    Usage,
    Writer,
    library_versions,
    orgsmith_version,
)
from orgsmith.outputs.merge import merged
from orgsmith.outputs.readings import READINGS_FOLDER, counted
from orgsmith.outputs.rejects import REJECTS, REJECTS_FOLDER, kept
from orgsmith.outputs.schema_file import SCHEMA_FILE, declared_schema
from orgsmith.outputs.store import FileEntry, TableWriter, write_text
from orgsmith.outputs.versions import check_version, release, remove_abandoned, staging
from orgsmith.schema.declaration import Node, Object
from orgsmith.schema.errors import CheckError
from orgsmith.schema.graph import NODES
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import dump, pack_hash
from orgsmith.validators.outcome import Outcome
from orgsmith.validators.readings import READ

ROWS_PER_PART = 1_000_000
"""Rows in a file of an object, a constant: another value gives other files."""


_NO_USAGE = Usage()


@dataclass(frozen=True, slots=True)
class Made:
    """What the run that made the tables knows about them.

    `started` is `time.monotonic()` at the start of the work, Prefect's start left out. `readings`
    are for each object that was read again files with columns of `READ`.
    """

    writer: Writer
    started: float
    outcomes: Sequence[Outcome]
    duplicates: Mapping[str, Duplicates]
    usage: Usage = _NO_USAGE
    readings: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    prompts: Mapping[str, Prompts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Written:
    """A table as published."""

    table: Table
    files: tuple[FileEntry, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class _Read:
    """Readings as published, and how many of them were right."""

    table: _Written
    counts: Readings


def publish(
    out: Path,
    organisation: Organisation,
    sources: Mapping[str, Sequence[Path]],
    rejects: Mapping[str, Sequence[Path]],
    made: Made,
    version: str | None = None,
    now: dt.datetime | None = None,
    progress: Callable[[str], None] = lambda node: None,
    announce: Callable[[Path, Path], None] = lambda staged, final: None,
) -> Path:
    """Publish an organisation as a new version of its industry's dataset.

    Either the whole dataset appears under its name and `latest` points to it, or nothing does.

    Args:
        out: the folder datasets are published in; made if need be.
        organisation: what was generated.
        sources: for each node its Parquet files, one for each block, written by `store` and
            sorted by Id or by the latent variable's key; columns beyond the fields are left out.
        rejects: for each object files of refused records with columns of `REJECTS`; those that
            are missing are filled with nulls.
        made: how it was made.
        version: its name; the time, or the next free second, if left out.
        now: the time; for tests.
        progress: called with each node's name when it has been written.
        announce: called with the finished folder and the path it is about to be renamed to.

    Returns:
        The folder of the new version.

    Raises:
        CheckError: a check failed; nothing is published.
        StorageError: the disk is full, or `out` cannot be used.
        UsageError: the version's name cannot be used, or is taken.
    """
    _refuse_failed(made.outcomes)
    folder = out / organisation.industry.name
    check_version(out, organisation.industry.name, version)
    if folder.is_dir():
        remove_abandoned(folder)
    disk.check_room(folder, _size(sources) + _size(rejects))
    moment = now or dt.datetime.now(dt.UTC)
    with staging(folder) as staged:
        tables: dict[str, _Written] = {}
        for name, node in NODES.items():
            tables[name] = _write_node(staged, node, sources[name])
            progress(name)
        refused = {name: _write_rejects(staged, name, rejects.get(name, ())) for name in OBJECTS}
        read = {name: _write_readings(staged, name, made.readings[name]) for name in made.readings}
        _describe(staged, organisation, made, moment, tables, refused, read)
        return release(staged, version, moment, partial(announce, staged))


def table_name(node: Node) -> str:
    """What fingerprint and footer call the table of an object or a latent variable."""
    folder = OBJECTS_FOLDER if isinstance(node, Object) else LATENTS_FOLDER
    return f"{folder}/{node.name}"


def _refuse_failed(outcomes: Sequence[Outcome]) -> None:
    failed = [outcome for outcome in outcomes if outcome.failed]
    if failed:
        reasons = [str(finding) for outcome in failed for finding in outcome.findings]
        first = reasons[0] if reasons else f"{failed[0].object}: {failed[0].name}"
        raise CheckError(f"{len(failed)} checks failed, nothing is published; the first: {first}")


def _size(files: Mapping[str, Sequence[Path]]) -> int:
    return sum(path.stat().st_size for paths in files.values() for path in paths)


def _write_node(staged: Path, node: Node, sources: Sequence[Path]) -> _Written:
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
) -> _Written:
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
    return _Written(table, tuple(entries), digest.hexdigest())


def _write_rejects(staged: Path, name: str, sources: Sequence[Path]) -> _Written:
    path = staged / REJECTS_FOLDER / f"{name}.parquet"
    return _write(kept(sources), REJECTS, f"{REJECTS_FOLDER}/{name}", iter([path]), None)


def _write_readings(staged: Path, name: str, sources: Sequence[Path]) -> _Read:
    table = f"{READINGS_FOLDER}/{name}"
    path = staged / f"{table}.parquet"
    counts = counted(sources)
    written = _write(merged(sources, READ.names(), READ.names()), READ, table, iter([path]), None)
    return _Read(written, counts)


def _describe(
    staged: Path,
    organisation: Organisation,
    made: Made,
    moment: dt.datetime,
    tables: Mapping[str, _Written],
    refused: Mapping[str, _Written],
    read: Mapping[str, _Read],
) -> None:
    """Write everything that is no table; the manifest last."""
    digests = {table_name(NODES[name]): written.digest for name, written in tables.items()}
    digests |= {f"{REJECTS_FOLDER}/{name}": each.digest for name, each in refused.items()}
    digests |= {f"{READINGS_FOLDER}/{name}": each.table.digest for name, each in read.items()}
    written = (*tables.values(), *refused.values(), *(each.table for each in read.values()))
    entries = [file for each in written for file in each.files]
    entries.append(write_text(dump(organisation.industry), staged / INDUSTRY_FILE))
    entries.append(write_text(declared_schema().text(), staged / SCHEMA_FILE))
    manifest = Manifest(
        schema_version=SCHEMA_VERSION,
        status="complete",
        orgsmith_version=orgsmith_version(),
        industry=organisation.industry.name,
        industry_hash=pack_hash(organisation.industry),
        seed=organisation.seed,
        scale=organisation.scale,
        as_of=organisation.as_of,
        writer=made.writer,
        created_at=moment,
        duration_s=round(time.monotonic() - made.started, 3),
        fingerprint=fingerprint(digests),
        licence=LICENCE,
        objects={name: tables[name].table for name in OBJECTS},
        files=(),
        latents={name: tables[name].table for name in LATENTS},
        tasks={},
        checks=tuple(map(Check.of, made.outcomes)),
        duplicates=dict(made.duplicates),
        usage=made.usage,
        readings={name: each.counts for name, each in read.items()},
        prompts=dict(made.prompts),
        library_versions=library_versions(),
    )
    text = card.render(manifest, organisation)
    entries.append(write_text(text, staged / card.CARD_FILE))
    files = sorted((entry.below(staged) for entry in entries), key=lambda entry: entry.path)
    manifest.model_copy(update={"files": tuple(files)}).write(staged)
