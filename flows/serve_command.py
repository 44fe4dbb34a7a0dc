"""`orgsmith serve`."""

import os
import re
from typing import TYPE_CHECKING, Annotated

import typer

from orgsmith.flows.options import Out

if TYPE_CHECKING:
    from orgsmith.flows.schedules import Scheduled

NAME_OF_DEPLOYMENT = re.compile(r"[\w.-]+")

EXAMPLES = 'Example: orgsmith serve sportswear banking --scale 0.2 --cron "0 4 * * *" --keep 14'


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLES)(serve)


def serve(
    industries: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[INDUSTRY]...",
            help="What to regenerate. [default: all built-in ones and those in ./industries/]",
            show_default=False,
        ),
    ] = None,
    cron: Annotated[
        str | None,
        typer.Option(
            metavar="CRON",
            help="When, in UTC, for all alike. [default: weekly, each on a day of its own]",
        ),
    ] = None,
    scale: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Size of each. [default: 1]")
    ] = None,
    out: Out = None,
    keep: Annotated[
        str | None,
        typer.Option(metavar="N", help="Versions kept of each, named ones too. [default: 8]"),
    ] = None,
    port: Annotated[
        int, typer.Option(metavar="N", min=1, max=65535, help="Where the pages are served.")
    ] = 4200,
    limit: Annotated[
        int, typer.Option(metavar="N", min=1, help="Runs at a time, over all industries.")
    ] = 1,
    paused: Annotated[
        bool, typer.Option("--paused", help="Start with paused schedules; runs are asked for.")
    ] = False,
    log: Annotated[
        str | None,
        typer.Option(metavar="none|text|json", help="Log each step on stderr. [default: text]"),
    ] = None,
) -> None:
    """Regenerate industries on a schedule: one process that schedules and runs them all.

    Uses the Prefect server that PREFECT_API_URL names, or runs one on this machine. Ctrl-C ends it;
    schedules are paused until it is started again.
    """
    from orgsmith.flows.environment import LOG, LOGGERS
    from orgsmith.flows.logs import NAME, TEXT
    from orgsmith.flows.schedules import KEEP, by, weekly
    from orgsmith.flows.served import announce
    from orgsmith.flows.settings import load_settings
    from orgsmith.flows.standing_server import standing_server

    named = tuple(dict.fromkeys(industries or _all()))
    scheduled = weekly(named) if cron is None else by(cron, named)
    settings = load_settings(scale=scale, out=out, keep=keep, log=log)
    _check(scheduled)
    parameters = {
        "scale": settings.scale,
        "out": str(settings.out.absolute()),
        "keep": settings.keep or KEEP,
    }
    # Runs are processes of their own: what is none of their parameters reaches them this way.
    os.environ[LOG] = settings.log if "log" in settings.model_fields_set else TEXT
    os.environ.setdefault(LOGGERS, NAME)
    announce()
    with standing_server(port) as pages:
        from orgsmith.flows.deployments import serve_all

        _tell(scheduled, pages, paused=paused)
        serve_all(scheduled, parameters, paused=paused, limit=limit)


def _all() -> tuple[str, ...]:
    from orgsmith.schema.packs import industry_names

    return industry_names()


def _check(scheduled: "tuple[Scheduled, ...]") -> None:
    """Refuse what could not run, before anything is started.

    Raises:
        UsageError: there is no such industry, or two would have the same name.
        PackError: a pack is wrong.
    """
    from orgsmith.schema.errors import UsageError
    from orgsmith.schema.packs import load

    names: set[str] = set()
    for each in scheduled:
        load(each.industry)
        if not NAME_OF_DEPLOYMENT.fullmatch(each.name) or each.name in names:
            reason = "is there already" if each.name in names else "cannot be a deployment's name"
            raise UsageError(f'{each.industry}: "{each.name}" {reason}; give the file another name')
        names.add(each.name)


def _tell(scheduled: "tuple[Scheduled, ...]", pages: str, *, paused: bool) -> None:
    """What is served and how to ask for a run."""
    from orgsmith.flows.tables import print_table

    state = "paused" if paused else "active"
    print_table(
        ("deployment", "cron (UTC)", "schedule"),
        [(f"generate/{each.name}", each.cron, state) for each in scheduled],
    )
    typer.echo(f"pages: {pages}")
    typer.echo(
        f"to run one now: PREFECT_API_URL={pages}/api "
        f"prefect deployment run generate/{scheduled[0].name} --watch"
    )
    typer.echo("Ctrl-C ends it")
