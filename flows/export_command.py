"""`orgsmith export`: a dataset in another form."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orgsmith.flows import progress
from orgsmith.flows.datasets_command import DatasetName
from orgsmith.flows.options import Json, Out
from orgsmith.flows.terminal import say

if TYPE_CHECKING:
    from orgsmith.outputs.dataset import Dataset
    from orgsmith.outputs.public import Copied

EXAMPLES = """\
Example: orgsmith export sportswear --to public

Example: orgsmith export --to public --into /srv/public --json
"""


class Form(StrEnum):
    """What a dataset can be exported to."""

    PUBLIC = "public"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLES)(export)


def export(
    to: Annotated[
        Form,
        typer.Option(
            "--to",
            help="public: a copy with the records and the questions, without answers, latent "
            "variables and seed.",
        ),
    ],
    dataset: DatasetName = None,
    into: Annotated[
        str | None,
        typer.Option(
            metavar="DIR",
            help="The folder to write, which must not exist. [default: ./INDUSTRY-VERSION-public]",
            show_default=False,
        ),
    ] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Write a dataset in another form: as a public copy, which tells no answers."""
    with progress.Shown() as shown:
        shown.phase("copying")
        from orgsmith.flows.settings import load_settings
        from orgsmith.outputs.dataset import find_dataset
        from orgsmith.outputs.public import export as copy
        from orgsmith.schema.errors import StorageError

        found = find_dataset(dataset, load_settings(out=out).out)
        name = f"{found.manifest.industry}-{found.path.name}-{to}".replace("/", "-")
        target = Path(into or name)
        try:
            copied = copy(found, target, shown.advance)
        except StorageError as error:
            # Written for the folder that datasets are published in.
            raise StorageError(str(error).replace("--out", "--into")) from error
    if json:
        _print_json(found, copied)
    else:
        _print(found, copied)


def _print(original: "Dataset", copied: "Copied") -> None:
    manifest = copied.manifest
    records = sum(table.rows for table in manifest.objects.values())
    questions = sum(task.rows for task in manifest.tasks.values())
    say(
        f"{copied.path}: {records:,} records and {questions:,} questions of {original.path}, "
        "without answers, latent variables and seed"
    )
    if copied.guessable:
        say(
            "the seed is small enough to be guessed, and whoever has it can make the answers "
            "again; generate what is to stay secret with a --seed of 18 random digits"
        )


def _print_json(original: "Dataset", copied: "Copied") -> None:
    import json

    manifest = copied.manifest
    content = {
        "copy": str(copied.path),
        "dataset": str(original.path),
        "fingerprint": manifest.fingerprint,
        "records": sum(table.rows for table in manifest.objects.values()),
        "questions": sum(task.rows for task in manifest.tasks.values()),
        "bytes": sum(entry.bytes for entry in manifest.files),
        "guessable_seed": copied.guessable,
    }
    say(json.dumps(content, indent=2))
