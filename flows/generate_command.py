"""`orgsmith generate`."""

from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

from orgsmith.flows import progress
from orgsmith.schema.errors import OrgsmithError, StorageError

if TYPE_CHECKING:
    from orgsmith.flows.generate import Published
    from orgsmith.flows.settings import Settings

FULL = 1 << 20
"""Bytes below which a disk counts as full."""

NEEDED_SOON = ("faker.providers.person.en_US", "holidays", "pandera.polars", "pyarrow.parquet")
"""What tasks import when they need it, seconds in all: imported while the server starts."""

EXAMPLES = "Example: orgsmith generate sportswear --scale 0.1 --seed 42 --out /tmp/orgs"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLES)(generate)


def generate(
    industry: Annotated[
        str | None,
        typer.Argument(
            metavar="[INDUSTRY]",
            help="A built-in industry, one in ./industries/, or a YAML file. [default: sportswear]",
            show_default=False,
        ),
    ] = None,
    scale: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBER", help="Size: 1 is 200 accounts and about 1,000 cases. [default: 1]"
        ),
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option(metavar="N", help="Another seed makes another organisation. [default: 7]"),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="The day after the last one, YYYY-MM-DD. [default: the pack's]"
        ),
    ] = None,
    writer: Annotated[
        str | None,
        typer.Option(
            metavar="phrasebook|PROVIDER/MODEL", help="Who writes the texts. [default: phrasebook]"
        ),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where the model is served, if not by its provider."),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            metavar="DIR", help="Where datasets are published. [default: outputs/datasets]"
        ),
    ] = None,
    dataset_version: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Name of the version. [default: the time, UTC]"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Generate, verify and publish an organisation.

    Killed or failed, the same command goes on where it was. Settings not given here are taken from
    ORGSMITH_* variables, .env and [tool.orgsmith] of pyproject.toml.
    """
    with progress.Shown() as shown, progress.watched(shown):
        shown.phase("reading the industry pack")
        from orgsmith.flows.settings import load_settings
        from orgsmith.outputs.disk import free_bytes

        settings = load_settings(
            industry=industry,
            scale=scale,
            seed=seed,
            as_of=as_of,
            writer=writer,
            base_url=base_url,
            out=out,
            dataset_version=dataset_version,
        )
        try:
            published = _run(settings, shown)
        except OrgsmithError:
            raise
        except Exception as error:
            if free_bytes(settings.out) < FULL:
                # Whatever broke first, a database, a log or a table: this is why.
                raise StorageError(
                    f"no room is left on the device of {settings.out}; free some, then run the "
                    "same command again to go on"
                ) from error
            raise
    _show(published, shown.seconds, json)


def _run(settings: "Settings", shown: progress.Progress) -> "Published":
    """The flow, with a server for it."""
    from orgsmith.flows.plan import plan
    from orgsmith.flows.server import prefect_server
    from orgsmith.flows.work import FOLDER

    planned = plan(settings)
    shown.phase("starting Prefect's temporary server")
    with prefect_server(settings.out.absolute() / FOLDER) as wait_until_ready:
        from orgsmith.flows.draw.places import pack_places
        from orgsmith.flows.generate import generate as flow
        from orgsmith.flows.generate import threads

        for name in NEEDED_SOON:
            import_module(name)
        pack_places(planned.organisation)
        wait_until_ready()
        shown.phase("starting the flow")
        published: Published = flow.with_options(task_runner=threads(settings.threads))(
            industry=settings.industry,
            scale=settings.scale,
            seed=settings.seed,
            as_of=settings.as_of,
            writer=settings.writer,
            base_url=settings.base_url,
            out=str(settings.out),
            dataset_version=settings.dataset_version,
        )
        return published


def _show(published: "Published", seconds: dict[str, float], as_json: bool) -> None:
    """What was made, what the checks said, how long it took, and where it is."""
    if as_json:
        import json

        result = {
            "dataset": str(published.path),
            "objects": {
                name: {"rows": each.rows, "refused": each.refused, "duplicates": each.duplicates}
                for name, each in published.objects.items()
            },
            "checks": dict(published.checks),
            "tasks": {"all": published.tasks, "done_before": published.remembered},
            "seconds": {phase: round(spent, 2) for phase, spent in seconds.items()},
        }
        typer.echo(json.dumps(result, indent=2))
        return
    from orgsmith.flows.tables import print_table

    print_table(
        ("object", "rows", "refused", "near-duplicates"),
        [
            (name, f"{each.rows:,}", f"{each.refused:,}", f"{each.duplicates:,}")
            for name, each in published.objects.items()
        ],
    )
    said = ", ".join(
        f"{count} {status.replace('_', ' ')}" for status, count in sorted(published.checks.items())
    )
    typer.echo(f"checks: {said}")
    if published.remembered:
        typer.echo(f"{published.remembered} of {published.tasks} tasks had been done before")
    typer.echo("seconds: " + ", ".join(f"{phase} {spent:.1f}" for phase, spent in seconds.items()))
    typer.echo(f"published: {published.path}")
