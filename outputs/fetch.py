"""A dataset that lies elsewhere, as a local copy whose every file was compared with its digest."""

import hashlib
from contextlib import suppress
from pathlib import Path, PurePosixPath

from orgsmith.outputs.copies import DATASETS, copy_folder
from orgsmith.outputs.manifest import MANIFEST, Manifest
from orgsmith.outputs.remote import Place, Remote, at_once
from orgsmith.outputs.store import FileEntry, write_text
from orgsmith.schema.errors import DatasetError


def fetch(dataset: Remote, *, again: bool = False) -> Path:
    """A copy of a dataset in the cache; what is there already is not fetched a second time.

    It is called as the dataset is, and its folder as the one the dataset lies in. What is published
    under the same URL later has a copy of its own: they are told apart by the manifest's digest.

    Args:
        dataset: its folder.
        again: fetch every file, to see how it lies there now.

    Returns:
        The folder of the copy.

    Raises:
        DatasetError: it is no dataset, or a file is missing or not as it was published.
        StorageError: it cannot be reached, or the disk is full.
    """
    text = read_manifest(dataset)
    digest = hashlib.sha256(text.encode()).hexdigest()
    folder = copy_folder(DATASETS, digest) / dataset.parent.name / dataset.name
    _fill(folder, dataset, text, again=again)
    return folder


def fetch_into(folder: Path, dataset: Remote) -> None:
    """Put a copy of a dataset into a folder.

    Raises:
        DatasetError: it is no dataset, or a file is missing or not as it was published.
        StorageError: it cannot be reached, or the disk is full.
    """
    _fill(folder, dataset, read_manifest(dataset), again=False)


def read_manifest(dataset: Remote) -> str:
    """The text of a dataset's manifest.

    Raises:
        DatasetError: there is none.
        StorageError: it cannot be reached.
    """
    with suppress(FileNotFoundError, UnicodeDecodeError):
        return (dataset / MANIFEST).read_text()
    raise DatasetError(
        f"{dataset} is not a dataset: it has no legible {MANIFEST}; "
        "name what orgsmith generate published"
    )


def manifest_of(dataset: Place) -> Manifest:
    """The manifest of a dataset, wherever it lies.

    Raises:
        DatasetError: there is none, or it is broken.
        StorageError: it cannot be reached.
    """
    if isinstance(dataset, Remote):
        return Manifest.loads(read_manifest(dataset), f"{dataset}/{MANIFEST}")
    return Manifest.read(dataset)


def _fill(folder: Path, dataset: Remote, text: str, *, again: bool) -> None:
    """Fetch all files, and write the manifest last: a copy that has it is whole."""
    manifest = Manifest.loads(text, f"{dataset}/{MANIFEST}")
    for entry in manifest.files:
        pure = PurePosixPath(entry.path)
        if pure.is_absolute() or ".." in pure.parts:
            raise DatasetError(f"{dataset}/{entry.path} leads out of the dataset; {_DAMAGED}")
    wanted = [entry for entry in manifest.files if again or not _there(folder, entry)]
    at_once(lambda entry: _fetch(folder, dataset, entry), wanted)
    write_text(text, folder / MANIFEST)


def _there(folder: Path, entry: FileEntry) -> bool:
    """Whether a file was fetched before: it appears only once its digest has been compared."""
    file = folder / entry.path
    return file.is_file() and file.stat().st_size == entry.bytes


def _fetch(folder: Path, dataset: Remote, entry: FileEntry) -> None:
    file = dataset / entry.path
    try:
        if not file.fetch(folder / entry.path, entry.sha256):
            raise DatasetError(f"{file} is not as it was published; {_DAMAGED}")
    except FileNotFoundError:
        raise DatasetError(f"{file} is missing; {_DAMAGED}") from None


_DAMAGED = "the dataset is damaged, or was just removed: generate it again"
