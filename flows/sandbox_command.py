"""`orgsmith sandbox`: a dataset served as a Salesforce org would be."""

import re
from contextlib import ExitStack
from typing import Annotated

import typer

from orgsmith.flows import progress
from orgsmith.flows.datasets_command import DatasetName
from orgsmith.flows.opening import (
    ROWS,
    SECONDS,
    MaxRows,
    MaxSeconds,
    Today,
    day_of,
    limits_of,
    open_org,
)
from orgsmith.flows.options import Out
from orgsmith.schema.errors import UsageError

EXAMPLES = """\
Example: orgsmith sandbox sportswear --port 8800

Example: orgsmith sandbox --tls --today 2024-01-31

Example: orgsmith sandbox --stdio
"""

_WORD = re.compile(r"[!-~]+", re.ASCII)


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EXAMPLES)(sandbox)


def sandbox(
    dataset: DatasetName = None,
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="Where to listen; 0: a free port.")
    ] = 8800,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to listen; others may reach this machine.")
    ] = "127.0.0.1",
    tls: Annotated[
        bool, typer.Option("--tls", help="Serve https, with a certificate of its own.")
    ] = False,
    token: Annotated[
        str,
        typer.Option(metavar="TEXT", help="The session id that always works; security token too."),
    ] = "orgsmith",
    username: Annotated[
        str, typer.Option(metavar="TEXT", help="What users log in with.")
    ] = "admin@orgsmith.example",
    password: Annotated[
        str, typer.Option(metavar="TEXT", help="What users log in with.")
    ] = "orgsmith",
    client_id: Annotated[
        str, typer.Option(metavar="TEXT", help="What connected apps log in with (OAuth).")
    ] = "orgsmith",
    client_secret: Annotated[
        str, typer.Option(metavar="TEXT", help="What connected apps log in with (OAuth).")
    ] = "orgsmith",
    today: Today = None,
    seconds: MaxSeconds = SECONDS,
    rows: MaxRows = ROWS,
    stdio: Annotated[
        bool,
        typer.Option("--stdio", help="Serve an agent over standard input and output (MCP)."),
    ] = False,
    read_only_tools: Annotated[
        bool, typer.Option("--read-only-tools", help="Agents (MCP) get no tools that write.")
    ] = False,
    out: Out = None,
    log: Annotated[
        str | None,
        typer.Option(metavar="none|text|json", help="Log each request on stderr. [default: none]"),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print where it is served as one line of JSON.")
    ] = False,
) -> None:
    """Serve a dataset as a Salesforce org: REST API, SOQL, SOSL, bulk jobs, tools for agents.

    Whatever clients write stays in their session; the dataset never changes. Ctrl-C ends it.
    """
    for name, given in (("token", token), ("username", username), ("client-id", client_id)):
        if not _WORD.fullmatch(given):
            raise UsageError(f"--{name} {given!r}: must be ASCII characters without spaces")
    from orgsmith.arena.sandbox.tokens import Credentials
    from orgsmith.flows.sandbox_server import Wanted, bound, serve, serve_agent
    from orgsmith.flows.settings import load_settings

    settings = load_settings(out=out, log=log)
    limits, day = limits_of(seconds, rows), day_of(today)
    wanted = Wanted(
        host,
        Credentials(token, username, password, client_id, client_secret),
        settings.log,
        tls_folder=settings.keys if tls else None,
        read_only_tools=read_only_tools,
        json=json,
    )
    with ExitStack() as stack:
        listening = None if stdio else stack.enter_context(bound(host, port))
        with progress.Shown() as shown:
            shown.phase("opening")
            org = open_org(dataset, settings.out, day, limits)
        stack.callback(org.close)
        if listening is None:
            serve_agent(org, wanted)
        else:
            serve(org, listening, wanted)
