"""Verifying a published dataset: its files, everything a fresh one is checked for, its claims."""

from collections.abc import Iterator
from pathlib import Path

from orgsmith.outputs.claims import check_removed, check_verdicts
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.integrity import COLUMNS, WHOLE, check_files
from orgsmith.outputs.manifest import PUBLIC
from orgsmith.outputs.public_checks import check_seen, left_out
from orgsmith.validators.outcome import Finding, Outcome, counted


def verify(path: Path) -> Iterator[Outcome]:
    """Run every check on the dataset in a folder; on a public copy, those that need no more.

    A dataset whose tables cannot be read, or lack columns, ends after the checks of its files:
    the others would only fail for the same reason.

    Raises:
        DatasetError: it is no dataset, or its manifest cannot be read.
    """
    # The checks import pandera and scipy, which takes seconds.
    from orgsmith.validators.checks import UNFORESEEN, check_tables

    readable = True
    for outcome in check_files(path):
        readable = readable and not (outcome.name == COLUMNS and outcome.failed)
        yield outcome
    dataset = Dataset.open(path)
    if dataset.manifest.status == PUBLIC:
        if readable:
            yield from check_seen(dataset)
        yield from left_out()
        return
    yield from check_removed(dataset.manifest, dataset.path)
    if readable:
        said: list[Outcome] = []
        try:
            for outcome in check_tables(dataset):
                said.append(outcome)
                yield outcome
            yield from check_verdicts(dataset.manifest, said)
        except UNFORESEEN as error:
            # What was found before it still stands.
            yield _ended(error)


def _ended(error: Exception) -> Outcome:
    """The outcome of checks that a value has brought to an end."""
    reason = "is what ended the checks; the records hold a value that cannot be computed with"
    said = " ".join(str(error).split()) or type(error).__name__
    finding = Finding("checks", WHOLE, "(all)", "values", said, reason)
    return counted("checks", WHOLE, 0, 1, [finding])
