"""A run's work folder: what its tasks have made so far, so that a killed run goes on where it was.

    <out>/.work/<key>/made/<Node>/00000.parquet       one file for each block a task has made
    <out>/.work/<key>/accepted/<Node>/00000.parquet   the same once accepted, where that differs
    <out>/.work/<key>/refused/<Node>/...              records that were refused
    <out>/.work/<key>/readings/<Node>/...             what a reader of the texts found
    <out>/.work/<key>/results/                        what Prefect remembers of finished tasks
    <out>/.work/<key>.lock                            held by the run at work

The key is a hash of everything the files depend on: two runs that would make the same share a
folder, one after the other; others never meet.
"""

import hashlib
import json
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import polars as pl
from filelock import FileLock, Timeout

from orgsmith.arena.benchmark.wanted import Wanted
from orgsmith.flows.code import code_version
from orgsmith.outputs.storage import storage_errors
from orgsmith.outputs.store import write_table, write_text
from orgsmith.prompts.model.usage import NO_USAGE, Usage
from orgsmith.prompts.writing import Limits, Writing
from orgsmith.schema.declaration import Object
from orgsmith.schema.errors import StorageError
from orgsmith.schema.graph import NODES
from orgsmith.schema.industry import Industry
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import pack_hash

FOLDER = ".work"
RESULTS = "results"
ORGANISATION = "organisation.json"
LIMITS = "limits.json"
KEY = re.compile(r"[0-9a-f]{16}")
"""The name of a work folder."""

STANDARD = Wanted()

DONE = ".done"
"""What is added to the name of a folder that is being removed."""

POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Part:
    """A finished work file: path below the work folder, digest of its bytes, number of rows."""

    path: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Made:
    """What a task has made of a node: one table for each block, and what was refused meanwhile.

    `seen` and `removed` count the texts compared and those removed as near-duplicates. `readings`
    hold what a reader of the texts found, `usage` what the model's calls used up.
    """

    node: str
    tables: tuple[Part, ...]
    refused: tuple[Part, ...] = ()
    seen: int = 0
    removed: int = 0
    readings: tuple[Part, ...] = ()
    usage: Usage = NO_USAGE

    @property
    def rows(self) -> int:
        """Rows of all blocks."""
        return sum(part.rows for part in self.tables)

    @property
    def rejects(self) -> int:
        """Refused records, each counted as often as it was refused."""
        return sum(part.rows for part in self.refused)


@dataclass(frozen=True, slots=True)
class Work:
    """The work folder of one run; `writing` says who writes its texts.

    `wanted` says how many questions are asked. `run` names the run, and every run that goes on
    where it was cut off: it is what model calls are paid for.
    """

    folder: Path
    organisation: Organisation
    writing: Writing
    run: str = ""
    wanted: Wanted = STANDARD

    @classmethod
    def of(
        cls, out: Path, organisation: Organisation, writing: Writing, wanted: Wanted = STANDARD
    ) -> "Work":
        """The folder that belongs to a run with these settings and this very code."""
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
        return cls(out.absolute() / FOLDER / key, organisation, writing, wanted=wanted)

    @property
    def key(self) -> str:
        """The hash of all that the files depend on."""
        return self.folder.name

    @property
    def results(self) -> Path:
        """Where Prefect keeps the results of finished tasks."""
        return self.folder / RESULTS

    @contextmanager
    def held(self, waiting: Callable[[], None]) -> Iterator[None]:
        """Hold the folder; while an identical run has it, call `waiting` once and wait.

        Raises:
            StorageError: the folder cannot be made.
        """
        lock = self.folder.with_suffix(".lock")
        held = FileLock(lock)
        with storage_errors(self.folder):
            _acquire(held, waiting)
        try:
            with storage_errors(self.folder):
                self.folder.mkdir(exist_ok=True)
                self._describe()
            yield
        finally:
            if not self.folder.exists():
                # Held while it goes: who waits for it finds it gone and makes a new one.
                lock.unlink(missing_ok=True)
            held.release()
            with suppress(OSError):
                lock.parent.rmdir()

    def save(
        self, frame: pl.DataFrame, stage: str, node: str, name: str, sort_by: Sequence[str]
    ) -> Part:
        """Write a table; its file appears whole or not at all.

        Raises:
            StorageError: the disk is full, or the folder may not be written.
        """
        path = self.folder / stage / node / f"{name}.parquet"
        entry = write_table(frame, path, sort_by, node)
        return Part(path.relative_to(self.folder).as_posix(), entry.sha256, entry.rows)

    def save_block(self, frame: pl.DataFrame, stage: str, node: str, block: int) -> Part:
        """Write one block of a node, in the order of its key."""
        declared = NODES[node]
        sort_by = ("Id",) if isinstance(declared, Object) else declared.key
        return self.save(frame, stage, node, f"{block:05}", sort_by)

    def path(self, part: Part) -> Path:
        """The file of a part, after its bytes have been compared with its digest.

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
        """Whether the file is there with the very bytes that were written."""
        try:
            with (self.folder / part.path).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == part.sha256
        except OSError:
            return False

    def forget_lost(self) -> int:
        """Drop what Prefect remembers of tasks whose files are gone or changed; count them.

        Prefect returns a remembered result without looking at the files it names.
        """
        dropped = 0
        for record in sorted(self.results.glob("*")):
            parts = _parts_in(record)
            if parts is None or not all(self.intact(part) for part in parts):
                record.unlink(missing_ok=True)
                dropped += 1
        return dropped

    def limit(self, limits: Limits) -> None:
        """Say in the folder what holds for this run alone; tasks in other processes read it there.

        Raises:
            StorageError: the disk is full, or the folder may not be written.
        """
        facts = asdict(limits) | {"answers": str(limits.answers.absolute())}
        write_text(json.dumps(facts), self.folder / LIMITS)

    def limits(self) -> Limits:
        """What the run at work has been limited to."""
        facts = json.loads((self.folder / LIMITS).read_text())
        return Limits(**facts | {"answers": Path(facts["answers"])})

    def remove(self) -> None:
        """Remove the folder and all in it; killed meanwhile, nothing is taken for work to go on."""
        done = self.folder.with_suffix(DONE)
        shutil.rmtree(done, ignore_errors=True)
        with suppress(OSError):
            self.folder.rename(done)
        for folder in (done, self.folder):
            shutil.rmtree(folder, ignore_errors=True)

    def _describe(self) -> None:
        """Say in the folder what is made in it; tasks in other processes read it there."""
        file = self.folder / ORGANISATION
        if not file.exists():
            facts = {
                "industry": self.organisation.industry.model_dump(mode="json"),
                "seed": self.organisation.seed,
                "scale": self.organisation.scale,
                "as_of": self.organisation.as_of.isoformat(),
                "writing": asdict(self.writing),
                "wanted": asdict(self.wanted),
                "run": secrets.token_hex(8),
            }
            write_text(json.dumps(facts), file)
            # What was remembered belongs to a folder that has been removed since.
            open_work.cache_clear()


@cache
def open_work(folder: str) -> Work:
    """The work of a folder, as the run that holds it has described it there."""
    import datetime as dt

    facts = json.loads((Path(folder) / ORGANISATION).read_text())
    organisation = Organisation(
        industry=Industry.model_validate(facts["industry"]),
        seed=facts["seed"],
        scale=facts["scale"],
        as_of=dt.date.fromisoformat(facts["as_of"]),
    )
    return Work(
        Path(folder),
        organisation,
        Writing(**facts["writing"]),
        facts["run"],
        Wanted(**facts["wanted"]),
    )


def _acquire(held: FileLock, waiting: Callable[[], None]) -> None:
    """Take the lock, sooner or later; the folder it lies in may vanish between two tries."""
    told = False
    while True:
        Path(held.lock_file).parent.mkdir(parents=True, exist_ok=True)
        try:
            held.acquire(timeout=0)
        except FileNotFoundError:
            continue
        except Timeout:
            if not told:
                waiting()
                told = True
            time.sleep(POLL_S)
        else:
            return


def _parts_in(record: Path) -> list[Part] | None:
    """The parts that a remembered result names; None if it cannot be read."""
    found: list[Part] = []

    def note(values: dict[str, object]) -> dict[str, object]:
        if values.keys() == {"path", "sha256", "rows"}:
            found.append(Part(str(values["path"]), str(values["sha256"]), int(str(values["rows"]))))
        return values

    try:
        json.loads(json.loads(record.read_text())["result"], object_hook=note)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found
