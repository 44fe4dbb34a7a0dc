"""A published dataset, opened for reading; nothing is read before it is asked for."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

from orgsmith.outputs.manifest import MANIFEST, PUBLIC, Manifest, Table
from orgsmith.outputs.remote import Place, Remote, place_of
from orgsmith.outputs.versions import LATEST, versions
from orgsmith.schema.declaration import Node
from orgsmith.schema.declared import nodes_of
from orgsmith.schema.errors import DatasetError, PackError
from orgsmith.schema.industry import Industry
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation

INDUSTRY_FILE = "industry.yaml"
OBJECTS_FOLDER = "objects"
LATENTS_FOLDER = "latents"

HIDDEN_SEED = 0
"""Stands for the seed where a public copy hides it: whoever reads records draws nothing."""

SAID = 200
"""Characters of a library's own message that are shown."""

Query = Callable[[pl.LazyFrame], pl.LazyFrame]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset in a folder; what a check reads (`validators.outcome.Tables`)."""

    path: Path
    manifest: Manifest

    @classmethod
    def open(cls, path: Path) -> "Dataset":
        """Open the dataset in a folder.

        Raises:
            DatasetError: it is no dataset, its manifest is broken, or a newer Orgsmith made it.
        """
        if not path.exists():
            raise DatasetError(f"{path} does not exist; name the folder of a published dataset")
        # A version, never `latest`: it may point elsewhere before the last file is read.
        folder = path.resolve()
        return cls(folder, Manifest.read(folder))

    @property
    def organisation(self) -> Organisation:
        """What was asked for, from industry.yaml and the manifest.

        Of a public copy that is only what can be seen from outside: `outputs.outside`.

        Raises:
            DatasetError: the industry pack in the dataset cannot be read.
        """
        made = self.manifest
        seed = HIDDEN_SEED if made.seed is None else made.seed
        return Organisation(self.pack(), seed, made.scale, made.as_of)

    def pack(self, *, examine: bool = False) -> Industry:
        """The industry pack in the dataset; `examine` looks for faults in it even where it is
        byte by byte what was published.

        Raises:
            DatasetError: it cannot be read.
        """
        file = self.path / INDUSTRY_FILE
        if file.is_symlink():
            raise DatasetError(f"{file} is a link; copy the dataset as plain files")
        try:
            written = file.read_bytes()
            return _pack(
                written.decode(),
                str(file),
                public=self.manifest.status == PUBLIC,
                known=not examine and self.manifest.holds(INDUSTRY_FILE, written),
            )
        except (OSError, UnicodeDecodeError, PackError) as error:
            raise DatasetError(
                f"{file} cannot be read ({error}); the dataset is damaged: generate it again"
            ) from error

    @property
    def nodes(self) -> Mapping[str, Node]:
        """Objects and latent variables by name, the industry's custom fields included.

        Raises:
            DatasetError: the industry pack in the dataset cannot be read.
        """
        return nodes_of(self.organisation.industry)

    def files(self, node: str) -> tuple[Path, ...]:
        """The Parquet files of an object or a latent variable, in the order of their rows.

        Raises:
            DatasetError: there are none, or one leads out of the dataset.
        """
        files = node_files(self.path, node)
        if not files:
            raise DatasetError(f"{self.path} has no file of {node}; {self.damaged}")
        for file in files:
            if file.resolve() != file:
                raise DatasetError(f"{file} is a link; copy the dataset as plain files")
        return files

    def scan(self, node: str) -> pl.LazyFrame:
        """The rows of an object, in the order of Id, or of a latent variable.

        Raises:
            DatasetError: the files are missing, or one leads out of the dataset.
        """
        return pl.scan_parquet(list(self.files(node)), glob=False)

    def read(self, node: str, query: Query) -> pl.DataFrame:
        """What a query says of the rows of a node.

        Raises:
            DatasetError: a file is missing, cut off or no Parquet, or lacks a column.
        """
        try:
            return query(self.scan(node).match_to_schema(self._columns(node))).collect()
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            said = " ".join(str(error).split())
            raise DatasetError(
                f"{self._damaged(node)}: cannot be read ({said[:SAID]}); {self.damaged}"
            ) from error

    def table(self, node: str) -> Table:
        """The size of an object or a latent variable, as the manifest has it.

        Raises:
            DatasetError: the manifest does not have it.
        """
        manifest = self.manifest
        found = manifest.objects.get(node) or manifest.latents.get(node)
        if found is None:
            raise DatasetError(f"{self.path / MANIFEST}: {node} is missing; {self.damaged}")
        return found

    @property
    def damaged(self) -> str:
        """The end of an error message about a file that is not as it was published."""
        return f"the dataset is damaged: orgsmith verify {self.path} lists what is wrong with it"

    def _columns(self, node: str) -> pl.Schema:
        """The columns a node is published with."""
        return pl.Schema({field.name: field.kind.dtype for field in self.nodes[node].fields})

    def _damaged(self, node: str) -> Path:
        """The file of a node that cannot be read or has other columns; the first if all seem so."""
        files = self.files(node)
        for file in files:
            try:
                lazy = pl.scan_parquet(file, glob=False).match_to_schema(self._columns(node))
                lazy.collect(engine="streaming")
            except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
                return file
        return files[0]


@lru_cache(maxsize=4)
def _pack(text: str, name: str, *, public: bool, known: bool) -> Industry:
    """A pack from its text: checks ask for it again and again, and reading takes its time.

    What is known was examined before it was published; of another all faults are said.
    """
    # Reading a pack imports yaml: only where it is needed.
    from orgsmith.outputs.outside import read_outside
    from orgsmith.schema.packs import loads, undump

    if public:
        return read_outside(text, name)
    return undump(text) if known else loads(text, name)


def node_files(folder: Path, node: str) -> tuple[Path, ...]:
    """The Parquet files of an object or a latent variable that lie in a dataset's folder."""
    if node in OBJECTS:
        return tuple(sorted((folder / OBJECTS_FOLDER / node).glob("part-*.parquet")))
    file = folder / LATENTS_FOLDER / f"{node}.parquet"
    return (file,) if file.is_file() else ()


def find_dataset(spec: str | None, out: Place, *, again: bool = False) -> Dataset:
    """The dataset a user means; of one on object storage, a local copy.

    Args:
        spec: a dataset's folder or URL, INDUSTRY or INDUSTRY/VERSION under `out`; None means the
            newest of all industries.
        out: the folder datasets are published in.
        again: fetch what lies elsewhere though there is a copy of it.

    Raises:
        DatasetError: there is no such dataset, or it cannot be opened.
        StorageError: it cannot be reached.
    """
    named = place_of(spec) if spec else None
    if isinstance(named, Path) and (named / MANIFEST).is_file():
        return Dataset.open(named)
    if isinstance(named, Remote) or isinstance(out, Remote):
        from orgsmith.outputs.fetch import fetch
        from orgsmith.outputs.remote_datasets import find_remote

        return Dataset.open(fetch(find_remote(spec, out), again=again))
    return _find_local(spec, out)


def _find_local(spec: str | None, out: Path) -> Dataset:
    """The dataset a user means, in a folder.

    Raises:
        DatasetError: there is no such dataset, or it cannot be opened.
    """
    if spec is None:
        return _newest(_industries(out), f"no dataset in {out}")
    named = out / spec
    if spec and (named / MANIFEST).is_file():
        return Dataset.open(named)
    if spec and spec not in {".", ".."} and _published(named):
        return _newest([named], f"no dataset in {named}")
    if Path(spec).exists():
        # A folder without a manifest: say that of the path the user gave.
        return Dataset.open(Path(spec))
    known = ", ".join(folder.name for folder in _industries(out)) or "none"
    raise DatasetError(
        f"no dataset {spec!r}: neither a folder with a {MANIFEST} nor published in {out} "
        f"(industries there: {known}); run orgsmith generate first"
    )


def _industries(out: Path) -> Sequence[Path]:
    return [folder for folder in versions(out) if _published(folder)]


def _published(folder: Path) -> Sequence[Path]:
    """The versions of an industry, the newest only if `latest` says which it is."""
    latest = folder / LATEST
    if latest.is_symlink() and latest.is_dir():
        return [latest]
    return [version for version in versions(folder) if (version / MANIFEST).is_file()]


def _newest(industries: Sequence[Path], otherwise: str) -> Dataset:
    """The dataset that was made last; one that is broken does not hide those of other industries.

    Raises:
        DatasetError: there is none, or none that can be opened.
    """
    found: list[Dataset] = []
    broken: list[DatasetError] = []
    for folder in industries:
        try:
            found += [Dataset.open(version) for version in _published(folder)]
        except DatasetError as error:
            broken.append(error)
    if not found:
        raise broken[0] if broken else DatasetError(f"{otherwise}; run orgsmith generate first")

    def made(dataset: Dataset) -> tuple[dt.datetime, str]:
        return dataset.manifest.created_at, dataset.path.name

    return max(found, key=made)
