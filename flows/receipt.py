"""What a run notes down before its dataset appears: killed right after, it is not made twice."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Self

from orgsmith.flows.work_files import WorkFiles
from orgsmith.outputs.manifest import MANIFEST
from orgsmith.outputs.remote import Place
from orgsmith.prompts.model.usage import Usage

RECEIPT = "receipt.json"


@dataclass(frozen=True, slots=True)
class Counts:
    """Records of an object: published, refused on the way, and removed as near-duplicates."""

    rows: int
    refused: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A dataset about to be published: what it was asked to be called, its name, what it is.

    `manifest` is the digest of its manifest.json, which holds the digests of all other files;
    `usage` is what calls of a model used up and `seconds` what the tasks took, by object. `drifts`
    tell where the data drift away from those of the version before, which was accepted;
    `questions` counts those of each task.
    """

    asked: str | None
    name: str
    manifest: str
    objects: Mapping[str, Counts]
    checks: Mapping[str, int]
    usage: Mapping[str, Usage]
    seconds: Mapping[str, float]
    drifts: Sequence[str]
    questions: Mapping[str, int]

    @classmethod
    def read(cls, work: WorkFiles) -> Self | None:
        """The receipt in a work folder; None if there is none, or none that can be read."""
        try:
            facts = json.loads(work.text(RECEIPT))
            objects = {name: Counts(**counts) for name, counts in facts["objects"].items()}
            usage = {name: Usage(**used) for name, used in facts["usage"].items()}
            return cls(**facts | {"objects": objects, "usage": usage})
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def write(self, work: WorkFiles) -> None:
        """Put it into a work folder.

        Raises:
            StorageError: the disk is full, or the folder may not be written.
        """
        work.put(RECEIPT, json.dumps(asdict(self)))

    def answers(self, asked: str | None, folder: Place) -> bool:
        """Whether the very dataset has appeared in a folder, and it is asked for by that name."""
        try:
            return asked == self.asked and manifest_digest(folder / self.name) == self.manifest
        except OSError:
            return False


def manifest_digest(dataset: Place) -> str:
    """The digest of a dataset's manifest.json.

    Raises:
        OSError: it cannot be read.
    """
    return hashlib.sha256((dataset / MANIFEST).read_bytes()).hexdigest()
