"""`orgsmith generate`."""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, cast

import typer

from orgsmith.flows import progress
from orgsmith.flows.environment import LOG
from orgsmith.flows.logs import start_logs
from orgsmith.flows.options import Json, Out
from orgsmith.schema.errors import OrgsmithError, StorageError

if TYPE_CHECKING:
    from orgsmith.flows.published import Published
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
    checker: Annotated[
        str | None,
        typer.Option(
            metavar="PROVIDER/MODEL",
            help="The model that reads texts again, blind. [default: the writer]",
        ),
    ] = None,
    max_cost: Annotated[
        str | None,
        typer.Option(metavar="USD", help="Stop before calls of this run can cost more; resumable."),
    ] = None,
    questions: Annotated[
        str | None,
        typer.Option(
            metavar="N", help="Benchmark questions of each task; 0 leaves them out. [default: 130]"
        ),
    ] = None,
    none_share: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE",
            help="Share of questions whose right answer is None, where a task has such. "
            "[default: 0.15]",
        ),
    ] = None,
    out: Out = None,
    work: Annotated[
        str | None,
        typer.Option(
            metavar="DIR|URL",
            help="Where working files lie; a URL such as s3://bucket/work for machines that share "
            "no folder. [default: .work in --out, or in outputs/datasets if that is a URL]",
        ),
    ] = None,
    dataset_version: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Name of the version. [default: the time, UTC]"),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(
            metavar="N",
            help="Keep N versions of the industry, named ones too; older ones go. [default: all]",
        ),
    ] = None,
    accept_drift: Annotated[
        bool,
        typer.Option(
            "--accept-drift", help="Publish even if the data drift away from the last version."
        ),
    ] = False,
    runner: Annotated[
        str | None,
        typer.Option(
            metavar="threads|dask",
            help="Where tasks run: here in threads, or in processes of a Dask cluster. "
            "[default: threads]",
        ),
    ] = None,
    runner_address: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="The scheduler of a running cluster, such as tcp://10.0.0.5:8786. "
            "[default: processes of this machine]",
        ),
    ] = None,
    log: Annotated[
        str | None,
        typer.Option(metavar="none|text|json", help="Log each step on stderr. [default: none]"),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what a model would cost, and make nothing."),
    ] = False,
    preview: Annotated[
        bool,
        typer.Option(
            "--preview", help="Write a few records of each object, show them, publish nothing."
        ),
    ] = False,
    json: Json = False,
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
            checker=checker,
            max_cost=max_cost,
            questions=questions,
            none_share=none_share,
            out=out,
            work=work,
            dataset_version=dataset_version,
            keep=keep,
            accept_drift=accept_drift or None,
            runner=runner,
            runner_address=runner_address,
            log=log,
        )
        # The flow loads its settings anew, and this is none of its parameters.
        os.environ[LOG] = settings.log
        start_logs(settings.log)
        if dry_run or preview:
            _look_ahead(settings, shown, preview=preview, as_json=json)
            return
        try:
            published = _run(settings, shown)
        except OrgsmithError:
            raise
        except Exception as error:
            if free_bytes(settings.home) < FULL:
                # Whatever broke first, a database, a log or a table: this is why.
                raise StorageError(
                    f"no room is left on the device of {settings.home}; free some, then run the "
                    "same command again to go on"
                ) from error
            raise
    from orgsmith.flows.published_output import show

    show(published, shown.seconds, json)


def _look_ahead(
    settings: "Settings", shown: progress.Progress, *, preview: bool, as_json: bool
) -> None:
    """Show what a model would cost, or what it writes, instead of making a dataset."""
    from orgsmith.flows import estimate, preview_command

    if preview:
        preview_command.show(settings, shown, as_json=as_json)
    else:
        estimate.show(settings, shown, as_json=as_json)


def _run(settings: "Settings", shown: progress.Progress) -> "Published":
    """The flow, with a server for it."""
    from orgsmith.flows.plan import plan
    from orgsmith.flows.server import prefect_server
    from orgsmith.flows.settings import OF_PROCESS

    planned = plan(settings)
    shown.phase("starting Prefect's temporary server")
    with prefect_server(settings.home) as wait_until_ready:
        from orgsmith.flows.draw.places import pack_places
        from orgsmith.flows.generate import generate as flow
        from orgsmith.flows.runners import runner_of

        for name in NEEDED_SOON:
            import_module(name)
        pack_places(planned.organisation)
        wait_until_ready()
        shown.phase("starting the flow")
        # Workers belong to the runner, which is this process.
        parameters = settings.model_dump(mode="json", exclude=OF_PROCESS)
        made = flow.with_options(task_runner=runner_of(settings))(**parameters)
        # Prefect's annotation also has what a flow returns that is told to return its state.
        return cast("Published", made)
