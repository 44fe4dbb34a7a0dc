"""A public copy of a dataset: for whoever is to answer its questions, and for the whole world.

It has the objects and the questions, byte for byte. Answers, latent variables, refused records and
readings stay behind, and so does the seed, from which all of them could be made again.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from orgsmith.outputs import card, disk
from orgsmith.outputs.dataset import HIDDEN_SEED, INDUSTRY_FILE, OBJECTS_FOLDER, Dataset
from orgsmith.outputs.fingerprint import fingerprint
from orgsmith.outputs.manifest import PUBLIC, Manifest
from orgsmith.outputs.outside import Outside
from orgsmith.outputs.questions import TASKS_FOLDER, task_table
from orgsmith.outputs.schema_file import SCHEMA_FILE, read_schema
from orgsmith.outputs.storage import AtomicFile, storage_errors, sync_folder
from orgsmith.outputs.store import FileEntry, write_text
from orgsmith.outputs.stored import read_table
from orgsmith.outputs.versions import locked, staging
from orgsmith.schema.errors import DatasetError, UsageError
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import pack_hash

PIECE = 1 << 20
"""Bytes copied at a time."""

GUESSED_BELOW = 2**48
"""Seeds that can be tried one after the other: fewer digits than 15, in other words."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A public copy: where it lies, and what the original's seed means for it."""

    path: Path
    manifest: Manifest
    guessable: bool
    """Whether the seed can be guessed, and with it everything made again that was left behind."""


def export(
    dataset: Dataset, target: Path, progress: Callable[[str], None] = lambda name: None
) -> Copied:
    """Write a public copy of a dataset into a folder that does not exist yet.

    Either the whole copy appears there, or nothing does.

    Args:
        dataset: a complete dataset.
        target: the folder of the copy.
        progress: called with each table's name when it has been copied.

    Raises:
        UsageError: the target exists.
        DatasetError: the dataset is damaged, or a public copy itself.
        StorageError: the disk is full, or the target's folder cannot be used.
    """
    made = dataset.manifest
    if made.status == PUBLIC:
        raise DatasetError(f"{dataset.path} is a public copy already; copy its folder")
    target = target.absolute()
    _refuse_taken(target)
    tables = _tables(dataset)
    with storage_errors(target):
        size = sum(file.stat().st_size for files in tables.values() for file in files)
    disk.check_room(target.parent, size)
    with staging(target.parent) as staged:
        entries: list[FileEntry] = []
        digests: dict[str, str] = {}
        for name, files in tables.items():
            copies = [_copy(dataset, file, staged) for file in files]
            entries += copies
            digests[name] = _digest(dataset, staged, name, copies)
            progress(name)
        manifest = _describe(dataset, staged, entries, fingerprint(digests))
        _place(staged, target)
    seed = made.seed
    return Copied(target, manifest, seed is not None and seed < GUESSED_BELOW)


def _refuse_taken(target: Path) -> None:
    """Refuse whatever is there: a rename would replace an empty folder."""
    if os.path.lexists(target):
        raise UsageError(f"{target} exists; name a folder that does not")


def _tables(dataset: Dataset) -> dict[str, tuple[Path, ...]]:
    """The files of every table that is copied, by the table's name."""
    tables = {f"{OBJECTS_FOLDER}/{name}": dataset.files(name) for name in OBJECTS}
    tables |= {task_table(key): _task_files(dataset, key) for key in dataset.manifest.tasks}
    there = {
        file.relative_to(dataset.path).as_posix() for files in tables.values() for file in files
    }
    for entry in dataset.manifest.files:
        folder, _, below = entry.path.partition("/")
        if below and folder in {OBJECTS_FOLDER, TASKS_FOLDER} and entry.path not in there:
            raise DatasetError(f"{dataset.path / entry.path} is missing; {dataset.damaged}")
    return tables


def _task_files(dataset: Dataset, key: str) -> tuple[Path, ...]:
    file = dataset.path / f"{task_table(key)}.parquet"
    if not file.is_file() or file.resolve() != file:
        raise DatasetError(f"{file} is missing or no plain file; {dataset.damaged}")
    return (file,)


def _copy(dataset: Dataset, file: Path, staged: Path) -> FileEntry:
    """Copy a file that is as the manifest lists it."""
    path = file.relative_to(dataset.path).as_posix()
    listed = {entry.path: entry for entry in dataset.manifest.files}.get(path)
    with storage_errors(staged / path):
        copy = AtomicFile(staged / path)
        try:
            for piece in _pieces(dataset, file):
                copy.write(piece)
            copy.commit()
        finally:
            copy.abandon()
    if listed is None or (listed.bytes, listed.sha256) != (copy.size, copy.sha256):
        raise DatasetError(f"{file} is not as it was published; {dataset.damaged}")
    return listed


def _pieces(dataset: Dataset, file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as content:
            while piece := content.read(PIECE):
                yield piece
    except OSError as error:
        raise DatasetError(f"{file}: cannot be read ({error}); {dataset.damaged}") from error


def _digest(dataset: Dataset, staged: Path, name: str, copies: list[FileEntry]) -> str:
    """The digest of a table's values, from the files as they were copied."""
    digest = read_table({each.path: staged / each.path for each in copies}).digest
    if digest is None:
        raise DatasetError(f"{dataset.path / name}: the table cannot be read; {dataset.damaged}")
    return digest


def _describe(dataset: Dataset, staged: Path, entries: list[FileEntry], found: str) -> Manifest:
    """Write everything that is no table; the manifest last."""
    outside = Outside.of(dataset.organisation.industry)
    schema = read_schema(dataset.path).model_copy(update={"latents": {}})
    made = dataset.manifest
    manifest = made.model_copy(
        update={
            "status": PUBLIC,
            "industry_hash": pack_hash(outside.industry),
            "seed": None,
            "fingerprint": found,
            "latents": {},
            "checks": tuple(check for check in made.checks if check.object in OBJECTS),
            "readings": {},
        }
    )
    texts = {
        INDUSTRY_FILE: outside.text(),
        SCHEMA_FILE: schema.text(),
        card.CARD_FILE: card.render(manifest, _seen(dataset, outside)),
    }
    written = [write_text(text, staged / name).below(staged) for name, text in texts.items()]
    files = sorted((*entries, *written), key=lambda entry: entry.path)
    manifest = manifest.model_copy(update={"files": tuple(files)})
    manifest.write(staged)
    return manifest


def _seen(dataset: Dataset, outside: Outside) -> Organisation:
    """The organisation as a reader of the copy sees it."""
    made = dataset.manifest
    return Organisation(outside.industry, HIDDEN_SEED, made.scale, made.as_of)


def _place(staged: Path, target: Path) -> None:
    """Rename the filled folder to its final name, if that is still free."""
    with storage_errors(target):
        for inside, _, _ in os.walk(staged):
            sync_folder(Path(inside))
        with locked(target.parent):
            _refuse_taken(target)
            staged.rename(target)
            sync_folder(target.parent)
