"""The server of `orgsmith sandbox`: where it listens, what it says at the start, how it logs."""

import json
import logging
import os
import shlex
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import uvicorn

from orgsmith.arena.org import Org
from orgsmith.arena.sandbox.hosts import is_loopback
from orgsmith.arena.sandbox.recipes import Connection, curl, trust
from orgsmith.arena.sandbox.tokens import Credentials
from orgsmith.flows.logs import NONE, TEXT, logger, start_logs
from orgsmith.flows.terminal import plain, say
from orgsmith.schema.errors import OrgsmithError

BACKLOG = 512
LEAVE_S = 2
"""Seconds that requests under way have to end, once the server is to."""


class SandboxError(OrgsmithError):
    """The sandbox cannot listen where it is to."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a sandbox is to be served.

    With `tls_folder` it speaks TLS, and its certificate lies below that folder. With `json` it says
    as JSON where it is.
    """

    host: str
    credentials: Credentials
    log: str
    tls_folder: Path | None = None
    read_only_tools: bool = False
    json: bool = False


@contextmanager
def bound(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens, until the block ends.

    Raises:
        SandboxError: the address is none of this machine's, or the port is taken.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # asyncio answers at once only where the socket says that it is TCP.
        listening = socket.socket(family, kind, protocol or socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise SandboxError(f"--host {host}: {error}; name an address of this machine") from error
    with listening:
        try:
            if os.name == "posix":
                # Connections that have just ended do not keep the port.
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(BACKLOG)
        except OSError as error:
            raise SandboxError(
                f"port {port} of {host} cannot be used ({error.strerror}); name another --port, "
                "or 0 for a free one"
            ) from error
        yield listening


def serve(org: Org, listening: socket.socket, wanted: Wanted) -> None:
    """Serve an org until the process is told to end.

    Raises:
        OSError: the certificate cannot be written.
    """
    from orgsmith.arena.sandbox.tls import identity
    from orgsmith.arena.sandbox.whole import whole_app

    _start_logs(wanted.log)
    port = listening.getsockname()[1]
    with ExitStack() as stack:
        shown = None
        if wanted.tls_folder is not None:
            shown = stack.enter_context(identity(wanted.tls_folder, wanted.host, port))
        authority = shown.authority if shown else None
        app = whole_app(
            org,
            wanted.credentials,
            host=wanted.host,
            authority=authority,
            read_only_tools=wanted.read_only_tools,
        )
        connection = Connection(
            f"{_name(wanted.host)}:{port}", wanted.credentials, org.dataset.path, authority
        )

        def ready() -> None:
            (_print_json if wanted.json else _print)(org, connection)
            _warn(wanted.host)
            org.start()

        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=wanted.log != NONE,
            server_header=False,
            timeout_graceful_shutdown=LEAVE_S,
            ssl_context_factory=(lambda *_: shown.context) if shown else None,
        )
        _Server(config, ready).run([listening])


def serve_agent(org: Org, wanted: Wanted) -> None:
    """Serve an org to one agent over standard input and output, until the input ends."""
    from orgsmith.arena.sandbox.mcp_server import serve_stdio

    _start_logs(wanted.log)
    org.start()
    session = org.session(wanted.credentials.token)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    serve_stdio(org, session, read_only=wanted.read_only_tools)


def _leave(number: int, _: FrameType | None) -> None:
    """End at once: the thread that waits for input cannot be told to, and nothing is on disk."""
    os._exit(128 + number)


class _Server(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        if self.started:
            self._ready()


def _print(org: Org, connection: Connection) -> None:
    """Where the org is served, and how to come in."""
    credentials, dataset = connection.credentials, connection.dataset
    lines = {
        "page": connection.url,
        "session id": credentials.token,
        "login": f"{credentials.username}, password {credentials.password}, security token "
        f"{credentials.token}",
        "OAuth client": f"{credentials.client_id}, secret {credentials.client_secret}",
        "simple_salesforce": _simple_salesforce(connection),
        "curl": curl(connection),
        "agents (MCP)": f"{connection.url}/mcp, or orgsmith sandbox --stdio "
        f"{shlex.quote(str(dataset))}",
    }
    if connection.authority:
        lines = {"to trust it": trust(connection.authority), **lines}
    say(f"{org.name}: {dataset.parent.name}/{dataset.name}, today is {org.today}")
    widest = max(map(len, lines))
    for name, text in lines.items():
        say(f"  {name:<{widest}}  {text}")
    say("Ctrl-C ends it")
    sys.stdout.flush()


def _simple_salesforce(connection: Connection) -> str:
    """The call by which Python logs in."""
    credentials = connection.credentials
    if connection.authority is None:
        return (
            f"Salesforce(instance={connection.host!r}, session_id={credentials.token!r}, "
            "session=...): the page has the session, for plain http; or use --tls"
        )
    return (
        f"Salesforce(username={credentials.username!r}, password={credentials.password!r}, "
        f"security_token={credentials.token!r}, domain={connection.host + '/login'!r})"
    )


def _print_json(org: Org, connection: Connection) -> None:
    """The same as one line of JSON."""
    credentials = connection.credentials
    facts = {
        "url": connection.url,
        "token": credentials.token,
        "username": credentials.username,
        "password": credentials.password,
        "security_token": credentials.token,
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "mcp": f"{connection.url}/mcp",
        "authority": str(connection.authority) if connection.authority else None,
        "dataset": str(connection.dataset),
        "company": org.name,
        "today": org.today.isoformat(),
        "pid": os.getpid(),
    }
    sys.stdout.write(f"{json.dumps(facts)}\n")
    sys.stdout.flush()


def _warn(host: str) -> None:
    if not is_loopback(host):
        sys.stderr.write(
            f"orgsmith: warning: bound to {plain(host)}: whoever reaches this machine over the "
            "network can try to log in; choose --token, --password and --client-secret well\n"
        )


def _name(host: str) -> str:
    """How clients name the host in an address."""
    from orgsmith.arena.sandbox.tls import ANYWHERE

    if host in ANYWHERE:
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


def _start_logs(form: str) -> None:
    """Log requests in that form; what goes wrong inside is told in any case."""
    start_logs(TEXT if form == NONE else form)
    logger.setLevel(logging.WARNING if form == NONE else logging.INFO)
    # The server's and the libraries' warnings take the same way; they find the handlers there.
    logging.getLogger().handlers = list(logger.handlers)
    logging.getLogger("uvicorn.access").setLevel(logging.INFO)
