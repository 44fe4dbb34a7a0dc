"""Publishing: from a run's working files to a dataset that appears as a whole."""

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from orgsmith.outputs import card, disk
from orgsmith.outputs.dataset import INDUSTRY_FILE
from orgsmith.outputs.fingerprint import fingerprint
from orgsmith.outputs.manifest import (
    COMPLETE,
    LICENCE,
    SCHEMA_VERSION,
    Asking,
    Check,
    Duplicates,
    Manifest,
    Prompts,
    Usage,
    Writer,
    library_versions,
    orgsmith_version,
)
from orgsmith.outputs.questions import (
    TASK_KEYS,
    MadeTask,
    Wanted,
)
from orgsmith.outputs.readings import counted
from orgsmith.outputs.remote import Place
from orgsmith.outputs.schema_file import SCHEMA_FILE, declared_schema
from orgsmith.outputs.shelf import shelf_of
from orgsmith.outputs.store import write_text
from orgsmith.outputs.tables import (
    Tables,
    write_nodes,
    write_readings,
    write_rejects,
    write_tasks,
)
from orgsmith.schema.declared import nodes_of
from orgsmith.schema.errors import CheckError
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import dump, pack_hash
from orgsmith.validators.outcome import Outcome

_NO_USAGE = Usage()


@dataclass(frozen=True, slots=True)
class Made:
    """What the run that made the tables knows about them.

    `started` is `time.monotonic()` at the start of the work, Prefect's start left out. `readings`
    are for each object that was read again files with columns of `READ`. `tasks` are the benchmark
    questions by the key of their task, `asking` says how many were asked for.
    """

    writer: Writer
    started: float
    outcomes: Sequence[Outcome]
    duplicates: Mapping[str, Duplicates]
    usage: Usage = _NO_USAGE
    readings: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    prompts: Mapping[str, Prompts] = field(default_factory=dict)
    tasks: Mapping[str, MadeTask] = field(default_factory=dict)
    asking: Wanted | None = None


def publish(
    out: Place,
    organisation: Organisation,
    sources: Mapping[str, Sequence[Path]],
    rejects: Mapping[str, Sequence[Path]],
    made: Made,
    version: str | None = None,
    now: dt.datetime | None = None,
    progress: Callable[[str], None] = lambda node: None,
    examine: Callable[[Path], None] = lambda staged: None,
    announce: Callable[[Path, Place], None] = lambda staged, final: None,
    scratch: Path | None = None,
) -> Place:
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
        examine: called with the finished folder; what it raises keeps it from being published.
        announce: called with the finished folder and the place where it is about to appear.
        scratch: a local folder for putting it together, where `out` is a URL.

    Returns:
        The place of the new version.

    Raises:
        CheckError: a check failed; nothing is published.
        StorageError: the disk is full, or `out` cannot be used.
        UsageError: the version's name cannot be used, or is taken.
    """
    _refuse_failed(made.outcomes)
    shelf = shelf_of(out, organisation.industry.name, scratch)
    shelf.check(version)
    shelf.remove_abandoned()
    asked = {key: (task.questions, task.answers) for key, task in made.tasks.items()}
    disk.check_room(shelf.room, _size(sources) + _size(rejects) + _size(asked))
    moment = now or dt.datetime.now(dt.UTC)
    with shelf.staging() as staged:
        nodes = write_nodes(staged, nodes_of(organisation.industry), sources, progress)
        others = write_rejects(staged, rejects)
        others |= write_readings(staged, made.readings)
        others |= write_tasks(staged, made.tasks)
        _describe(staged, organisation, made, moment, Tables(nodes, others))
        examine(staged)
        return shelf.release(staged, version, moment, partial(announce, staged))


def _refuse_failed(outcomes: Sequence[Outcome]) -> None:
    failed = [outcome for outcome in outcomes if outcome.failed]
    if failed:
        reasons = [str(finding) for outcome in failed for finding in outcome.findings]
        first = reasons[0] if reasons else f"{failed[0].object}: {failed[0].name}"
        raise CheckError(f"{len(failed)} checks failed, nothing is published; the first: {first}")


def _size(files: Mapping[str, Sequence[Path]]) -> int:
    return sum(path.stat().st_size for paths in files.values() for path in paths)


def _describe(
    staged: Path, organisation: Organisation, made: Made, moment: dt.datetime, tables: Tables
) -> None:
    """Write everything that is no table; the manifest last."""
    entries = tables.files
    entries.append(write_text(dump(organisation.industry), staged / INDUSTRY_FILE))
    entries.append(write_text(declared_schema(organisation.industry).text(), staged / SCHEMA_FILE))
    manifest = Manifest(
        schema_version=SCHEMA_VERSION,
        status=COMPLETE,
        orgsmith_version=orgsmith_version(),
        industry=organisation.industry.name,
        industry_hash=pack_hash(organisation.industry),
        seed=organisation.seed,
        scale=organisation.scale,
        as_of=organisation.as_of,
        writer=made.writer,
        created_at=moment,
        duration_s=round(time.monotonic() - made.started, 3),
        fingerprint=fingerprint(tables.digests),
        licence=LICENCE,
        objects={name: tables.nodes[name].table for name in OBJECTS},
        files=(),
        latents={name: tables.nodes[name].table for name in LATENTS},
        tasks={key: made.tasks[key].facts for key in TASK_KEYS if key in made.tasks},
        questions=_asking(made.asking),
        checks=tuple(map(Check.of, made.outcomes)),
        duplicates=dict(made.duplicates),
        usage=made.usage,
        readings={name: counted(sources) for name, sources in made.readings.items()},
        prompts=dict(made.prompts),
        library_versions=library_versions(),
    )
    text = card.render(manifest, organisation)
    entries.append(write_text(text, staged / card.CARD_FILE))
    files = sorted((entry.below(staged) for entry in entries), key=lambda entry: entry.path)
    manifest.model_copy(update={"files": tuple(files)}).write(staged)


def _asking(wanted: Wanted | None) -> Asking | None:
    if wanted is None:
        return None
    return Asking(number=wanted.number, none_share=wanted.none_share)
