"""The end of a run: the whole organisation checked, and published if it may be."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from orgsmith.flows.progress import current
from orgsmith.flows.receipt import Counts, Receipt, manifest_digest
from orgsmith.flows.work import Made, Work, open_work
from orgsmith.flows.writers import models
from orgsmith.outputs import publish
from orgsmith.outputs.manifest import Duplicates, ObjectUsage, Prompts, Usage, Writer
from orgsmith.prompts.model.prices import Prices
from orgsmith.prompts.model.usage import NO_USAGE
from orgsmith.prompts.model.usage import Usage as Spent
from orgsmith.prompts.writing import PHRASEBOOK, Writing
from orgsmith.schema.errors import CheckError
from orgsmith.schema.graph import NODES
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.validators.outcome import Outcome


@dataclass(frozen=True, slots=True)
class WorkTables:
    """The work files as whole-dataset checks read them; fulfils `validators.outcome.Tables`."""

    organisation: Organisation
    files: Mapping[str, Sequence[Path]]

    def scan(self, node: str) -> pl.LazyFrame:
        """The fields of an object, or the columns of a latent variable, all blocks."""
        names = [field.name for field in NODES[node].fields]
        return pl.scan_parquet(list(self.files[node])).select(names)


def check_made(work: Work, made: Mapping[str, Made]) -> list[Outcome]:
    """The outcome of every check over all tables of a run.

    Raises:
        StorageError: a work file is gone or has changed.
    """
    # The checks import pandera, which takes a second.
    from orgsmith.validators.checks import check_tables

    return list(check_tables(WorkTables(work.organisation, _files(work, made))))


def refuse_failed(outcomes: Sequence[Outcome], work: Work) -> None:
    """A failed check ends the run; the work is kept so that the fault can be looked at.

    Raises:
        CheckError: a check failed; names the first fault found.
    """
    failed = [outcome for outcome in outcomes if outcome.failed]
    if not failed:
        return
    first = failed[0]
    reason = str(first.findings[0]) if first.findings else f"{first.statistic:g}"
    raise CheckError(
        f"{len(failed)} of {len(outcomes)} checks failed, nothing is published; the first, "
        f"{first.name} of {first.object}: {reason}; the tables are kept in {work.folder}, "
        "orgsmith clean removes them"
    )


def publish_made(
    folder: str,
    out: Path,
    version: str | None,
    made: Mapping[str, Made],
    outcomes: Sequence[Outcome],
    started: float,
) -> Receipt:
    """Publish what was made; what is known of the new version.

    A receipt is left in the work folder right before the dataset appears.

    Args:
        folder: the work folder.
        out: the folder datasets are published in.
        version: the version's name; the time if left out.
        made: what was made of each node.
        outcomes: what the checks said.
        started: `time.monotonic()` at the start of the work.

    Raises:
        StorageError: the disk is full, `out` cannot be used, or a work file is gone.
        UsageError: the version's name is taken by now.
    """
    work = open_work(folder)
    duplicates = {
        name: Duplicates(
            scope=declared.near_duplicates.scope,
            threshold=declared.near_duplicates.threshold,
            seen=made[name].seen,
            removed=made[name].removed,
        )
        for name, declared in OBJECTS.items()
        if declared.near_duplicates
    }

    counts = {
        name: Counts(made[name].rows, made[name].rejects, made[name].removed) for name in OBJECTS
    }
    usage = {name: made[name].usage for name in OBJECTS if made[name].usage != NO_USAGE}
    checks = dict(Counter(outcome.status.value for outcome in outcomes))
    receipts: list[Receipt] = []

    def note(staged: Path, final: Path) -> None:
        digest = manifest_digest(staged)
        receipts.append(Receipt(version, final.name, digest, counts, checks, usage))
        receipts[-1].write(work.folder)

    publish.publish(
        out,
        work.organisation,
        _files(work, made),
        {name: [work.path(part) for part in made[name].refused] for name in OBJECTS},
        publish.Made(
            writer=_writer(work.writing),
            started=started,
            outcomes=outcomes,
            duplicates=duplicates,
            usage=_usage(usage, work),
            readings={
                name: [work.path(part) for part in made[name].readings]
                for name in OBJECTS
                if made[name].readings
            },
            prompts=_prompts(work.writing),
        ),
        version,
        progress=current().advance,
        announce=note,
    )
    return receipts[-1]


def _writer(writing: Writing) -> Writer:
    if writing.writer == PHRASEBOOK:
        return Writer(kind=PHRASEBOOK)
    writer, checker = models(writing)
    return Writer(kind="model", model=writer.full_name, checker=checker.full_name)


def _usage(by_object: Mapping[str, Spent], work: Work) -> Usage:
    """What was used up, in all and by object, and by which prices it was reckoned."""
    if work.writing.writer == PHRASEBOOK:
        return Usage()
    total = sum(by_object.values(), NO_USAGE)
    tables = {Prices.of(model, work.limits()).table for model in models(work.writing)}
    known = sorted(table for table in tables if table)
    return Usage(
        **asdict(total),
        price_table="; ".join(known) or None,
        objects={name: ObjectUsage(**asdict(used)) for name, used in by_object.items()},
    )


def _prompts(writing: Writing) -> dict[str, Prompts]:
    """Which prompts the texts are from; none of the phrasebook's."""
    if writing.writer == PHRASEBOOK:
        return {}
    from orgsmith.prompts.model.hashes import prompt_hashes

    return {
        name: Prompts(**asdict(prompt_hashes(declared)))
        for name, declared in OBJECTS.items()
        if declared.written
    }


def _files(work: Work, made: Mapping[str, Made]) -> dict[str, list[Path]]:
    """The files of every node, each compared with its digest."""
    return {node: [work.path(part) for part in each.tables] for node, each in made.items()}
