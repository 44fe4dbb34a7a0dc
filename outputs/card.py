"""The dataset card: README.md with Hugging Face front matter, rendered from what is declared."""

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from orgsmith.outputs.manifest import PUBLIC, USUAL, Check, Manifest
from orgsmith.outputs.questions import CANARY
from orgsmith.schema.declared import objects_of
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import SPAN_MONTHS, Organisation

if TYPE_CHECKING:
    from jinja2 import Template

CARD_FILE = "README.md"
_TEMPLATE = Path(__file__).parent / "templates" / "card.md.jinja"

_SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000)
_SIZE_NAMES = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B")
"""Hugging Face's words for how many rows a dataset has."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A check of a latent variable's effect, and the variable."""

    latent: str
    description: str
    check: Check


def render(manifest: Manifest, organisation: Organisation) -> str:
    """The card of a dataset."""
    rows = sum(table.rows for table in manifest.objects.values())
    return _template().render(
        manifest=manifest,
        organisation=organisation,
        objects=objects_of(organisation.industry),
        latents=LATENTS,
        rows=rows,
        size=_SIZE_NAMES[min(bisect.bisect_right(_SIZES, rows), len(_SIZE_NAMES) - 1)],
        months=SPAN_MONTHS,
        relations=list(relations()),
        effects=list(effects(manifest)),
        command=command(manifest),
        scale=scale(manifest),
        public=manifest.status == PUBLIC,
        questions=sum(task.rows for task in manifest.tasks.values()),
        canary=CANARY,
    )


def effects(manifest: Manifest) -> Iterator[Effect]:
    """The checks that measured a latent variable, in order of declaration."""
    for name, latent in LATENTS.items():
        for check in manifest.checks:
            if check.object == name:
                yield Effect(name, latent.description, check)


def relations() -> Iterator[tuple[str, str, str, bool]]:
    """Every reference: (parent, child, field, whether it is always filled)."""
    for child in OBJECTS.values():
        for field in child.fields:
            if field.reference:
                yield field.reference.parent, child.name, field.name, not field.optional


def command(manifest: Manifest) -> str:
    """The command that makes the same dataset, run where its industry.yaml lies."""
    writer = manifest.writer
    written = writer.kind if writer.model is None else writer.model
    asking = manifest.questions or USUAL
    questions = "" if asking.number == USUAL.number else f" --questions {asking.number}"
    share = "" if asking.none_share == USUAL.none_share else f" --none-share {asking.none_share}"
    return (
        f"orgsmith generate ./industry.yaml --scale {scale(manifest)} --seed {manifest.seed} "
        f"--as-of {manifest.as_of} --writer {written}{questions}{share}"
    )


def scale(manifest: Manifest) -> str:
    """The scale with every digit that matters, a whole number without a point."""
    return repr(manifest.scale).removesuffix(".0")


@cache
def _template() -> "Template":
    # jinja2 is only needed to publish.
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["cell"] = _cell
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))


def _cell(text: object) -> str:
    """Text that stays inside its cell of a Markdown table."""
    return " ".join(str(text).split()).replace("|", "\\|")
