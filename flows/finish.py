"""The end of a run: the whole organisation checked, and published if it may be."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from orgsmith.flows.ask import AskedOf
from orgsmith.flows.logs import log
from orgsmith.flows.parts import Made
from orgsmith.flows.progress import current
from orgsmith.flows.receipt import Counts, Receipt, manifest_digest
from orgsmith.flows.timing import seconds_of
from orgsmith.flows.work import Work, open_work
from orgsmith.flows.work_tables import WorkTables, files_of
from orgsmith.flows.writers import models
from orgsmith.outputs import publish
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.manifest import Duplicates, ObjectUsage, Prompts, Usage, Writer
from orgsmith.outputs.questions import MadeTask
from orgsmith.outputs.remote import Place
from orgsmith.outputs.shelf import Shelf, shelf_of
from orgsmith.prompts.model.paraphrase import OBJECT, paraphrase_hashes
from orgsmith.prompts.model.prices import Prices
from orgsmith.prompts.model.usage import NO_USAGE
from orgsmith.prompts.model.usage import Usage as Spent
from orgsmith.prompts.writing import PHRASEBOOK, Writing
from orgsmith.schema.errors import CheckError, DatasetError, DriftError, StorageError
from orgsmith.schema.objects import OBJECTS
from orgsmith.validators.outcome import Outcome

DRIFTS_SHOWN = 3
"""Drifts that the error's line names; Prefect's artifact lists all."""


def check_made(work: Work, made: Mapping[str, Made]) -> list[Outcome]:
    """The outcome of every check over all tables of a run.

    Raises:
        StorageError: a work file is gone or has changed.
    """
    # The checks import pandera, which takes a second.
    from orgsmith.validators.checks import check_tables

    return list(check_tables(WorkTables.of(work, made)))


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
        f"{first.name} of {first.object}: {reason}; the tables are kept in {work.place}, "
        "orgsmith clean removes them"
    )


def publish_made(
    folder: str,
    out: Place,
    version: str | None,
    made: Mapping[str, Made],
    asked: Sequence[AskedOf],
    outcomes: Sequence[Outcome],
    started: float,
    accept_drift: bool,
) -> Receipt:
    """Publish what was made; what is known of the new version.

    A receipt is left in the work folder right before the dataset appears.

    Args:
        folder: the work folder, as `Work.place` names it.
        out: the folder datasets are published in.
        version: the version's name; the time if left out.
        made: what was made of each node.
        asked: the questions of each task.
        outcomes: what the checks said.
        started: `time.monotonic()` at the start of the work.
        accept_drift: publish even if the data drift away from the last version.

    Raises:
        DriftError: they do, and that is not accepted.
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
    said = sum((each.usage for each in asked), NO_USAGE)
    if said != NO_USAGE:
        usage[OBJECT] = said
    checks = dict(Counter(outcome.status.value for outcome in outcomes))
    receipts: list[Receipt] = []

    seconds = seconds_of(work.place)
    drifts: list[str] = []

    shelf = shelf_of(out, work.organisation.industry.name)

    def compare(staged: Path) -> None:
        drifts.extend(drifts_from(shelf, staged, work.folder))
        if drifts and not accept_drift:
            raise drifted(drifts, work.organisation.as_of)

    def note(staged: Path, final: Place) -> None:
        digest = manifest_digest(staged)
        receipts.append(
            Receipt(
                version,
                final.name,
                digest,
                counts,
                checks,
                usage,
                seconds,
                tuple(drifts),
                {each.task: each.facts.rows for each in asked},
            )
        )
        receipts[-1].write(work.files)

    publish.publish(
        out,
        work.organisation,
        files_of(work, made),
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
            tasks={
                each.task: MadeTask(work.path(each.questions), work.path(each.answers), each.facts)
                for each in asked
            },
            asking=work.wanted,
        ),
        version,
        progress=current().advance,
        examine=compare,
        announce=note,
        scratch=work.folder,
    )
    return receipts[-1]


def drifts_from(shelf: Shelf, staged: Path, scratch: Path) -> list[str]:
    """Where a finished dataset drifts away from the last version, in sentences.

    A last version that cannot be read is no reason to publish nothing: it is said and passed over.
    """
    from orgsmith.outputs.drift import drift

    try:
        latest = shelf.latest(scratch)
        if latest is None:
            return []
        return [str(each) for each in drift(Dataset.open(latest), Dataset.open(staged))]
    except DatasetError as error:
        current().tell(f"not compared with the last version, which cannot be read: {error}")
        return []


def drifted(drifts: Sequence[str], as_of: dt.date) -> DriftError:
    """The end of a run whose data drift; all that was made is kept for the next try.

    The next try names the as-of date: a deployment's run takes another one on another day.
    """
    more = len(drifts) - DRIFTS_SHOWN
    rest = f"; and {more} more" if more > 0 else ""
    return DriftError(
        f"the data drift away from the last version, nothing is published: "
        f"{'; '.join(drifts[:DRIFTS_SHOWN])}{rest}; if that is meant, the same command with "
        f"--accept-drift --as-of {as_of} publishes them at once",
        tuple(drifts),
    )


def retire_old(shelf: Shelf, keep: int | None, newest: str) -> tuple[Place, ...]:
    """Remove versions that are too old; that one cannot be removed does not undo the new one."""
    if keep is None:
        return ()
    try:
        retired = shelf.retire(keep, newest)
    except StorageError as error:
        current().tell(f"older versions were not removed: {error}")
        return ()
    for gone in retired:
        log(f"removed {gone}, older than the {keep} versions kept", removed=str(gone))
    return retired


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

    hashes = {
        name: Prompts(**asdict(prompt_hashes(declared)))
        for name, declared in OBJECTS.items()
        if declared.written
    }
    return hashes | {OBJECT: Prompts(**asdict(paraphrase_hashes()))}
