"""Prompts: what a language model is asked, rendered for a batch of records."""

import datetime as dt
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import polars as pl
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orgsmith.schema.declaration import Field, Kind, Object
from orgsmith.schema.organisation import Organisation

FOLDER = Path(__file__).with_name("templates")

_UNTOLD = (Kind.ID, Kind.REFERENCE)
"""Drawn fields a writer has no use for: ids of other records."""


def render(
    organisation: Organisation,
    declared: Object,
    variables: pl.DataFrame,
    earlier: Sequence[str] = (),
) -> str:
    """The prompt that asks for the written fields of the records.

    Args:
        organisation: whose industry the texts belong to.
        declared: the object; its template stands in `templates/<name>.jinja`.
        variables: drawn fields and variables, one row for each record.
        earlier: texts accepted in earlier waves, not to be repeated.
    """
    told = ["Id", *(f.name for f in (*declared.fields, *declared.variables) if _told(f, variables))]
    records = [
        json.dumps({k: v for k, v in row.items() if v is not None}, default=_spell)
        for row in variables.select(told).iter_rows(named=True)
    ]
    return (
        environment()
        .get_template(f"{declared.name}.jinja")
        .render(
            company=organisation.industry.company,
            label=organisation.industry.label,
            declared=declared,
            written=declared.written,
            told=[f for f in declared.variables if f.name in told],
            records=records,
            earlier=list(earlier),
        )
    )


def _told(field: Field, variables: pl.DataFrame) -> bool:
    return field.kind not in _UNTOLD and not field.written and field.name in variables.columns


def _spell(value: object) -> str:
    """A date or a moment as the record has it."""
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot stand in a prompt")


@cache
def environment() -> Environment:
    """Where templates are found and how they are filled: an undefined name is an error."""
    # Prompts are plain text for a model, not HTML.
    return Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
