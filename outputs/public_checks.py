"""What can be checked of a public copy: its objects, without what is hidden behind them."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.integrity import WHOLE
from orgsmith.outputs.manifest import PUBLIC
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.validators.outcome import Finding, Outcome, Status

LEFT_OUT = {
    "latents": "latent variables",
    "answers": "answers",
    "rejects": "refused records",
}
"""What a public copy does not have: what its check is called, and what it is."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """The tables of a public copy, those of latent variables empty; a `Tables` of the checks."""

    dataset: Dataset

    @property
    def organisation(self) -> Organisation:
        return self.dataset.organisation

    def scan(self, node: str) -> pl.LazyFrame:
        if node not in LATENTS:
            return self.dataset.scan(node)
        return pl.LazyFrame(schema={each.name: each.kind.dtype for each in LATENTS[node].fields})


def check_seen(dataset: Dataset) -> Iterator[Outcome]:
    """The checks of objects that need neither latent variables nor the pack.

    Yields:
        Values, ids, references, uniqueness, order of times, histories and totals of each object.
    """
    # The checks import pandera, which takes a second.
    from orgsmith.validators.records.compliance import check_compliance
    from orgsmith.validators.records.history import check_history
    from orgsmith.validators.records.references import check_ids, check_references
    from orgsmith.validators.records.times import check_times
    from orgsmith.validators.records.totals import check_totals
    from orgsmith.validators.records.uniqueness import check_uniqueness

    checks = (
        check_compliance,
        check_ids,
        check_references,
        check_uniqueness,
        check_times,
        check_history,
        check_totals,
    )
    for check in checks:
        yield from (each for each in check(_Seen(dataset)) if each.object in OBJECTS)


def left_out() -> Iterator[Outcome]:
    """One outcome for each thing that is not there, so that nobody takes it for checked."""
    for name, meant in LEFT_OUT.items():
        reason = f"leaves out {meant}: they are missing here, and were not checked"
        finding = Finding(name, WHOLE, "(all)", "status", PUBLIC, reason)
        yield Outcome(name, WHOLE, Status.TOO_FEW, 0, 0.0, 0.0, (finding,))
