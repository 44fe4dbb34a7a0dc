"""`orgsmith industries list|show|check|draft`."""

from typing import Annotated

import typer

from orgsmith.flows import draft_command
from orgsmith.flows.options import Json
from orgsmith.flows.terminal import plain

industries = typer.Typer(
    help="The industry packs: what there is, what they say, whether they can be used.",
    epilog="Example: orgsmith industries check industries/banking.yaml",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    draft_command.add_to(industries)
    app.add_typer(industries, name="industries")


@industries.command("list", epilog="Example: orgsmith industries list --json")
def list_industries(json: Json = False) -> None:
    """List the industries that can be named: the built-in ones and those in ./industries/."""
    from orgsmith.schema.errors import PackError
    from orgsmith.schema.packs import industry_names, load

    found: list[dict[str, str]] = []
    for name in industry_names():
        try:
            pack = load(name)
        except PackError as error:
            found.append(
                {"name": name, "company": "", "label": f"cannot be used: {error.faults[0]}"}
            )
        else:
            found.append({"name": name, "company": pack.company.name, "label": pack.label})
    if json:
        import json as encoder

        typer.echo(encoder.dumps(found, indent=2))
        return
    from orgsmith.flows.tables import print_table

    print_table(("name", "company", "industry"), [tuple(each.values()) for each in found], left=3)


@industries.command(epilog="Example: orgsmith industries show sportswear > industries/mine.yaml")
def show(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of an industry, or a YAML file.")
    ],
    json: Json = False,
) -> None:
    """Print an industry pack with every default filled in: a start for one of your own."""
    from orgsmith.schema.packs import dump, load

    pack = load(name)
    typer.echo(pack.model_dump_json(indent=2) if json else dump(pack), nl=json)


@industries.command(epilog="Example: orgsmith industries check industries/banking.yaml")
def check(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A YAML file, or the name of an industry.")
    ],
    json: Json = False,
) -> None:
    """Say everything that is wrong with an industry pack, each fault with file, line and field."""
    from orgsmith.schema import packs

    faults = packs.check(file)
    if json:
        import json as encoder

        typer.echo(encoder.dumps({"industry": file, "faults": list(faults)}, indent=2))
    elif faults:
        for fault in faults:
            typer.echo(plain(fault), err=True)
    else:
        typer.echo(f"{file}: no faults")
    if faults:
        raise typer.Exit(1)
