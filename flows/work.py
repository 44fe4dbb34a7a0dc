"""A run's work folder: what its tasks have made so far, so that a killed run goes on where it was.

    <work>/<key>/made/<Node>/00000.parquet       one file for each block a task has made
    <work>/<key>/accepted/<Node>/00000.parquet   the same once accepted, where that differs
    <work>/<key>/refused/<Node>/...              records that were refused
    <work>/<key>/readings/<Node>/...             what a reader of the texts found
    <work>/<key>/results/                        what Prefect remembers of finished tasks
    <work>/<key>.lock                            held by the run at work

The key is a hash of everything the files depend on: two runs that would make the same share a
folder, one after the other; others never meet. `<work>` may be a URL: a file is then written on the
machine at work, uploaded whole, and read elsewhere from a local copy whose digest is compared.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

from orgsmith.arena.benchmark.wanted import Wanted
from orgsmith.flows.code import code_version
from orgsmith.flows.description import Description
from orgsmith.flows.parts import Part, parts_in
from orgsmith.flows.work_files import (
    RESULTS,
    Check,
    LocalFiles,
    RemoteFiles,
    WorkFiles,
    files_at,
    files_of,
)
from orgsmith.outputs.merge import group_rows
from orgsmith.outputs.remote import Place, Remote, at_once
from orgsmith.outputs.storage import storage_errors
from orgsmith.outputs.store import write_table
from orgsmith.prompts.writing import Limits, Writing
from orgsmith.schema.declaration import Object
from orgsmith.schema.errors import StorageError
from orgsmith.schema.graph import NODES
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import pack_hash

ORGANISATION = "organisation.json"
LIMITS = "limits.json"

STANDARD = Wanted()

OPENED = 16
"""Works that a process keeps open; those of a cluster see many runs."""


@dataclass(frozen=True, slots=True)
class Work:
    """The work folder of one run; `writing` says who writes its texts.

    `folder` is on this machine; where `remote` is set, it is a copy of what is there. `wanted` says
    how many questions are asked. `run` names the run, and every run that goes on where it was cut
    off: it is what model calls are paid for.
    """

    folder: Path
    organisation: Organisation
    writing: Writing
    run: str = ""
    wanted: Wanted = STANDARD
    remote: Remote | None = None

    @classmethod
    def of(
        cls, base: Place, organisation: Organisation, writing: Writing, wanted: Wanted = STANDARD
    ) -> "Work":
        """The folder in `base` that belongs to a run with these settings and this very code."""
        facts = {
            "pack": pack_hash(organisation.industry),
            "seed": organisation.seed,
            "scale": organisation.scale,
            "as_of": organisation.as_of.isoformat(),
            "writing": asdict(writing),
            "wanted": asdict(wanted),
            "code": code_version(),
        }
        key = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
        if isinstance(base, Remote):
            files = files_of(base / key)
            return cls(files.folder, organisation, writing, wanted=wanted, remote=files.remote)
        return cls(base.absolute() / key, organisation, writing, wanted=wanted)

    @property
    def key(self) -> str:
        """The hash of all that the files depend on."""
        return self.folder.name

    @property
    def files(self) -> WorkFiles:
        """Its files, wherever they lie."""
        return LocalFiles(self.folder) if self.remote is None else files_of(self.remote)

    @property
    def place(self) -> str:
        """What tasks are told: `open_work` finds it by that, in any process."""
        return self.files.place

    @property
    def results(self) -> Path:
        """Where Prefect keeps the results of finished tasks, if that is on this machine."""
        return self.folder / RESULTS

    @contextmanager
    def held(self, waiting: Callable[[], None]) -> Iterator[Check]:
        """Hold the folder; while an identical run has it, call `waiting` once and wait.

        Yields:
            What raises StorageError if it is held no longer.

        Raises:
            StorageError: the folder cannot be made.
        """
        with self.files.held(waiting) as check:
            with storage_errors(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
            self._describe()
            yield check

    def save(
        self, frame: pl.DataFrame, stage: str, node: str, name: str, sort_by: Sequence[str]
    ) -> Part:
        """Write a table; its file appears whole or not at all.

        Raises:
            StorageError: the disk is full, or the folder may not be written.
        """
        path = f"{stage}/{node}/{name}.parquet"
        group = group_rows(self.organisation.blocks)
        entry = write_table(frame, self.folder / path, sort_by, node, group)
        self.files.keep(path)
        return Part(path, entry.sha256, entry.rows)

    def save_block(self, frame: pl.DataFrame, stage: str, node: str, block: int) -> Part:
        """Write one block of a node, in the order of its key."""
        declared = NODES[node]
        sort_by = ("Id",) if isinstance(declared, Object) else declared.key
        return self.save(frame, stage, node, f"{block:05}", sort_by)

    def path(self, part: Part) -> Path:
        """The file of a part on this machine, after its bytes have been compared with its digest.

        Raises:
            StorageError: it is gone or has changed since it was written.
        """
        path = self.folder / part.path
        if not self.intact(part):
            raise StorageError(
                f"{path} is gone or has changed since this run wrote it; "
                "run the same command again, it is made anew"
            )
        return path

    def read(self, part: Part) -> pl.DataFrame:
        """The rows of a part.

        Raises:
            StorageError: it is gone or has changed since it was written.
        """
        return pl.read_parquet(self.path(part))

    def intact(self, part: Part) -> bool:
        """Whether the file is there with the very bytes that were written; fetched if need be."""
        try:
            with (self.folder / part.path).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() == part.sha256:
                    return True
        except OSError:
            pass
        return self.files.bring(part.path, part.sha256)

    def forget_lost(self) -> int:
        """Drop what Prefect remembers of tasks whose files are gone or changed; count them.

        Prefect returns a remembered result without looking at the files it names.
        """
        records = {name: parts_in(text) for name, text in self.files.records().items()}
        if self.remote is not None:
            at_once(self.intact, [part for parts in records.values() for part in parts or ()])
        lost = [
            name
            for name, parts in records.items()
            if parts is None or not all(self.intact(part) for part in parts)
        ]
        for name in lost:
            self.files.forget(name)
        return len(lost)

    def limit(self, limits: Limits) -> None:
        """Say in the folder what holds for this run alone; tasks in other processes read it there.

        Raises:
            StorageError: the disk is full, or the folder may not be written.
        """
        facts = asdict(limits) | {"answers": str(limits.answers.absolute())}
        self.files.put(LIMITS, json.dumps(facts))

    def limits(self) -> Limits:
        """What the run at work has been limited to."""
        facts = json.loads(self.files.text(LIMITS))
        return Limits(**facts | {"answers": Path(facts["answers"])})

    def remove(self) -> None:
        """Remove the folder and all in it; killed meanwhile, nothing is taken for work to go on."""
        self.files.remove()

    def _describe(self) -> None:
        """Say in the folder what is made in it; tasks in other processes read it there."""
        try:
            self.files.text(ORGANISATION)
        except FileNotFoundError:
            description = Description.of(self.organisation, self.writing, self.wanted)
            self.files.put(ORGANISATION, description.dumps())
            # What was remembered belongs to a folder that has been removed since.
            open_work.cache_clear()


@lru_cache(maxsize=OPENED)
def open_work(place: str) -> Work:
    """The work at a place, as the run that holds it has described it there.

    Raises:
        StorageError: nothing is described there, or it cannot be reached.
    """
    files = files_at(place)
    try:
        described = Description.loads(files.text(ORGANISATION))
    except FileNotFoundError:
        raise StorageError(
            f"{place} holds no run at work; a folder must be one that all machines share, "
            "else name a URL: --work s3://bucket/folder"
        ) from None
    return Work(
        files.folder,
        described.organisation,
        described.writing,
        described.run,
        described.wanted,
        files.remote if isinstance(files, RemoteFiles) else None,
    )
