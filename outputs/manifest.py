"""The manifest: what made a dataset and what is in it."""

import datetime as dt
import hashlib
import json
import math
import re
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, NonNegativeInt, ValidationError

from orgsmith.outputs.asking import NONE_SHARE, QUESTIONS
from orgsmith.outputs.store import FileEntry, write_text
from orgsmith.schema.errors import DatasetError
from orgsmith.validators.outcome import Outcome, Status

SCHEMA_VERSION = 1
"""Version of the layout: raised when a reader of an older one would go wrong."""

MANIFEST = "manifest.json"
COMPLETE: Final = "complete"
PUBLIC: Final = "public"
"""What `status` says of a copy that has neither answers nor latent variables."""

LICENCE = "CC0-1.0"
"""Generated data belongs to whoever generates it; this says that they need not ask anybody."""


class Fact(BaseModel):
    """Base of every section: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Writer(Fact):
    """Who wrote the texts, and who read them again."""

    kind: str
    model: str | None = None
    checker: str | None = None


class Table(Fact):
    """The size of a table; `columns` is their number."""

    rows: NonNegativeInt
    bytes: NonNegativeInt
    columns: NonNegativeInt


class Asking(Fact):
    """What a run was asked for: questions of each task at scale 1, share of those without answer.

    Tasks in which nothing can be false have none of the latter.
    """

    number: NonNegativeInt
    none_share: float


USUAL = Asking(number=QUESTIONS, none_share=NONE_SHARE)
"""What a run is asked for unless it is told otherwise."""


class Task(Fact):
    """The questions of one task, how hard they are, and what a guesser scores on them.

    Shares are of `rows`, rounded to four digits. `asked` are the questions asked for, `none_kinds`
    those whose answer is None by the reason, `constant_baseline` is the score of the most frequent
    answer and `other_baselines` that of other guessers. `facts` are independent of each other.
    `dropped` questions were understood otherwise by the reader of the texts. A solver needed
    `objects` and sent `queries` (medians); for `read_text` of the questions it had to read texts;
    `joined` are the ids of those in which texts must be joined with other records.
    `near_duplicates` is the share of questions worded much like another one.
    """

    rows: NonNegativeInt
    asked: NonNegativeInt
    none_share: float
    none_kinds: dict[str, NonNegativeInt]
    distinct_answers: NonNegativeInt
    constant_baseline: float
    other_baselines: dict[str, float]
    facts: NonNegativeInt
    dropped: NonNegativeInt
    objects: float
    queries: float
    read_text: NonNegativeInt
    joined: tuple[str, ...] = ()
    near_duplicates: float


class Check(Fact):
    """The result of one check on one object or latent variable."""

    name: str
    object: str
    status: Status
    n: NonNegativeInt
    statistic: float | None
    threshold: float | None

    @classmethod
    def of(cls, outcome: Outcome) -> "Check":
        """An outcome without its findings."""
        return cls(
            name=outcome.name,
            object=outcome.object,
            status=outcome.status,
            n=outcome.n,
            statistic=_finite(outcome.statistic),
            threshold=_finite(outcome.threshold),
        )


class Duplicates(Fact):
    """Near-duplicates of one object: where they were looked for, texts seen, texts removed."""

    scope: tuple[str, ...]
    threshold: float
    seen: NonNegativeInt
    removed: NonNegativeInt


class Usage(Fact):
    """What a language model was asked, and what it cost. All zero without one.

    `calls` were paid for this dataset, `cached_calls` were not; tokens and cost are those of
    `calls`, repetitions included. `cost_usd` is null where a price is not known.
    """

    calls: NonNegativeInt = 0
    cached_calls: NonNegativeInt = 0
    prompt_tokens: NonNegativeInt = 0
    completion_tokens: NonNegativeInt = 0
    cost_usd: float | None = 0.0
    price_table: str | None = None
    objects: dict[str, "ObjectUsage"] = {}


class ObjectUsage(Fact):
    """What the calls for one object used up, as in `Usage`."""

    calls: NonNegativeInt
    cached_calls: NonNegativeInt
    prompt_tokens: NonNegativeInt
    completion_tokens: NonNegativeInt
    cost_usd: float | None


class Readings(Fact):
    """What a blind reader said of an object's texts: texts read, found right, and refused.

    A text that was written again is counted each time it was read.
    """

    checked: NonNegativeInt
    passed: NonNegativeInt
    refused: NonNegativeInt


class Prompts(Fact):
    """SHA-256 of an object's prompts and of the JSON schemas of their replies: writing, reading."""

    prompt: str
    reply: str
    reading_prompt: str | None = None
    reading_reply: str | None = None


class Manifest(Fact):
    """manifest.json, key by key. Paths in `files` are relative to the dataset's folder.

    `seed` is null in a public copy only: whoever has it can make the answers. `questions` is null
    where a run was not asked for any, as before there were such.
    """

    schema_version: int
    status: Literal["complete", "public"]
    orgsmith_version: str
    industry: str
    industry_hash: str
    seed: int | None
    scale: float
    as_of: dt.date
    writer: Writer
    created_at: AwareDatetime
    duration_s: float
    fingerprint: str
    licence: str
    objects: dict[str, Table]
    files: tuple[FileEntry, ...]
    latents: dict[str, Table]
    tasks: dict[str, Task]
    questions: Asking | None = None
    checks: tuple[Check, ...]
    duplicates: dict[str, Duplicates]
    usage: Usage
    readings: dict[str, Readings] = {}
    prompts: dict[str, Prompts] = {}
    library_versions: dict[str, str]

    def holds(self, path: str, content: bytes) -> bool:
        """Whether a file has the very bytes that were published; `path` as in `files`."""
        digest = hashlib.sha256(content).hexdigest()
        return any(file.path == path and file.sha256 == digest for file in self.files)

    def write(self, folder: Path) -> None:
        """Write manifest.json into a folder.

        Raises:
            StorageError: it may not be written, or the disk is full.
        """
        write_text(self.model_dump_json(indent=2) + "\n", folder / MANIFEST)

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """The manifest of the dataset in a folder.

        Raises:
            DatasetError: there is none, it is broken, or a newer Orgsmith wrote it.
        """
        path = folder / MANIFEST
        try:
            text = path.read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            raise DatasetError(
                f"{folder} is not a dataset: it has no {MANIFEST}; "
                "name a folder that orgsmith generate published"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise DatasetError(f"{path}: cannot be read as JSON ({error}); {_AGAIN}") from error
        return cls.loads(text, str(path))

    @classmethod
    def loads(cls, text: str, name: str) -> "Manifest":
        """The manifest that a text is; `name` is what errors call it.

        Raises:
            DatasetError: it is broken, or a newer Orgsmith wrote it.
        """
        try:
            content: object = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise DatasetError(f"{name}: cannot be read as JSON ({error}); {_AGAIN}") from error
        version = content.get("schema_version") if isinstance(content, dict) else None
        if isinstance(version, int) and version > SCHEMA_VERSION:
            raise DatasetError(
                f"{name}: schema_version {version} is newer than {SCHEMA_VERSION}, the newest this "
                "Orgsmith reads; install a newer Orgsmith"
            )
        try:
            return cls.model_validate_json(json.dumps(content))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(step) for step in first["loc"]) or "the manifest"
            raise DatasetError(f"{name}: {where}: {first['msg']}; {_AGAIN}") from error


def _finite(number: float) -> float | None:
    """JSON has no nan and no infinity."""
    return number if math.isfinite(number) else None


_AGAIN = "the dataset is damaged: generate it again"


@cache
def orgsmith_version() -> str:
    """The version of this package; `0` where it is run without being installed."""
    try:
        return metadata.version("orgsmith")
    except metadata.PackageNotFoundError:
        return "0"


@cache
def library_versions() -> dict[str, str]:
    """The installed version of every package that Orgsmith requires, by its name."""
    try:
        required = metadata.requires("orgsmith") or []
    except metadata.PackageNotFoundError:
        return {}
    names = (re.split(r"[^A-Za-z0-9._-]", line)[0] for line in required if "extra ==" not in line)
    return {name: metadata.version(name) for name in sorted(names)}
