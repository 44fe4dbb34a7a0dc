"""A small published organisation, and copies of it in which faults are planted."""

import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from orgsmith.flows.make import make_block
from orgsmith.flows.rounds import Desk
from orgsmith.outputs.dataset import LATENTS_FOLDER, OBJECTS_FOLDER, Dataset
from orgsmith.outputs.manifest import Manifest, Writer
from orgsmith.outputs.publish import Made, publish
from orgsmith.outputs.store import FileEntry, write_table
from orgsmith.prompts.assemble import assemble
from orgsmith.prompts.phrasebook import PhrasebookWriter
from orgsmith.schema.declared import nodes_of, objects_of
from orgsmith.schema.graph import generation_order
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.organisation import Organisation
from orgsmith.validators.checks import check_tables
from orgsmith.validators.duplicates import compared, find_duplicates
from orgsmith.validators.outcome import Finding
from tests.validators.tables import Frames

ROUNDS = 5


def make(organisation: Organisation) -> Frames:
    """Draw, write, accept and finish every node in memory, as a run does with files."""
    writer = PhrasebookWriter(organisation)
    nodes, objects = nodes_of(organisation.industry), objects_of(organisation.industry)
    frames: dict[str, pl.DataFrame] = {}
    for name in generation_order():
        node = nodes[name]
        parents = {parent: frames[parent] for parent in node.parents}
        frames[name] = make_block(organisation, writer, name, parents, 0).frame
        declared = objects.get(name)
        if declared is None or declared.near_duplicates is None:
            continue
        rule = declared.near_duplicates
        for attempt in range(ROUNDS):
            texts = compared(declared, frames[name])
            near = find_duplicates(texts, rule.threshold, scope=rule.scope, shortest=rule.shortest)
            if near.is_empty():
                break
            desk = Desk(organisation, writer, declared, parents)
            frames[name] = desk.rewrite(frames[name], near, 100 + attempt)
    for name, declared in objects.items():
        frames[name] = assemble(declared, frames[name], organisation)
    published = {
        name: frame.select(column.name for column in nodes[name].fields)
        for name, frame in frames.items()
    }
    return Frames(organisation, published)


def publish_frames(frames: Frames, folder: Path) -> Path:
    """Publish tables under a folder; the dataset's path."""
    sources = {}
    for name, frame in frames.frames.items():
        key = LATENTS[name].key if name in LATENTS else ("Id",)
        sources[name] = [folder / "work" / f"{name}.parquet"]
        write_table(frame, sources[name][0], key)
    made = Made(Writer(kind="phrasebook"), time.monotonic(), outcomes=(), duplicates={})
    return Path(str(publish(folder / "datasets", frames.organisation, sources, {}, made)))


@dataclass
class Tampered:
    """A copy of a dataset in which values are changed and the manifest's digests follow."""

    path: Path
    changed: dict[str, pl.DataFrame] = field(default_factory=dict)

    @classmethod
    def copy(cls, dataset: Path, target: Path) -> "Tampered":
        """Copy a dataset."""
        shutil.copytree(dataset, target)
        return cls(target)

    def __getitem__(self, node: str) -> pl.DataFrame:
        """A table as it is by now, sorted by its key."""
        if node not in self.changed:
            self.changed[node] = Dataset.open(self.path).scan(node).collect()
        return self.changed[node]

    def __setitem__(self, node: str, frame: pl.DataFrame) -> None:
        self.changed[node] = frame

    def set(self, node: str, row: int, name: str, value: object) -> None:
        """Change one value."""
        column = self[node][name]
        values = column.to_list()
        values[row] = value
        self[node] = self[node].with_columns(pl.Series(name, values, column.dtype))

    def save(self) -> None:
        """Write the changed tables, and their digests into the manifest."""
        manifest = Manifest.read(self.path)
        files = {entry.path: entry for entry in manifest.files}
        for node, frame in self.changed.items():
            for old in Dataset.open(self.path).files(node):
                del files[old.relative_to(self.path).as_posix()]
                old.unlink()
            entry = self._write(node, frame)
            files[entry[0]] = entry[1]
        manifest.model_copy(update={"files": tuple(files.values())}).write(self.path)

    def _write(self, node: str, frame: pl.DataFrame) -> tuple[str, FileEntry]:
        if node in LATENTS:
            file, key = self.path / LATENTS_FOLDER / f"{node}.parquet", LATENTS[node].key
        else:
            file, key = self.path / OBJECTS_FOLDER / node / "part-00000.parquet", ("Id",)
        written = write_table(frame, file, key).below(self.path)
        return written.path, written

    def findings(self) -> list[Finding]:
        """What the checks of tables find, after saving."""
        self.save()
        outcomes = check_tables(Dataset.open(self.path))
        return [finding for outcome in outcomes for finding in outcome.findings]
