"""Options that several commands share."""

from typing import Annotated

import typer

Out = Annotated[
    str | None,
    typer.Option(
        metavar="DIR|URL",
        help="Where datasets are published: a folder, or a URL such as s3://bucket/folder. "
        "[default: outputs/datasets]",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
