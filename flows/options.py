"""Options that several commands share."""

from typing import Annotated

import typer

Out = Annotated[
    str | None,
    typer.Option(metavar="DIR", help="Where datasets are published. [default: outputs/datasets]"),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
