"""How clients connect to a sandbox: text to copy, with its own address and credentials."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orgsmith.arena.record import SERVICES
from orgsmith.arena.sandbox.tokens import Credentials

QUERY = "SELECT Id, CaseNumber, Subject FROM Case LIMIT 5"

_ADAPTER = '''\
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce

class PlainHTTP(HTTPAdapter):
    """simple_salesforce addresses https; the sandbox speaks plain http."""
    def send(self, request, *args, **more):
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, *args, **more)

session = requests.Session()
session.mount({root}, PlainHTTP())
sf = Salesforce(instance={host}, session_id={token}, session=session)
print(sf.query({query})["records"])'''

_LOGIN = """\
from simple_salesforce import Salesforce

sf = Salesforce(
    username={username},
    password={password},
    security_token={token},
    domain={domain},
)
print(sf.query({query})["records"])"""


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a sandbox is reached, and what opens it.

    `host` is name and port, `authority` the certificate that clients over TLS have to trust, and
    `dataset` the folder of what is served.
    """

    host: str
    credentials: Credentials
    dataset: Path
    authority: Path | None = None

    @property
    def url(self) -> str:
        """The address of its root."""
        return f"{'https' if self.authority else 'http'}://{self.host}"


@dataclass(frozen=True, slots=True)
class Recipe:
    """A way to connect: text to copy, and what to know beside it."""

    title: str
    text: str
    note: str


def recipes(connection: Connection) -> tuple[Recipe, ...]:
    """Every way to connect, the usual one first."""
    return (_simple_salesforce(connection), _curl(connection), *_agents(connection))


def trust(authority: Path) -> str:
    """The shell line by which clients trust a certificate."""
    return f"export REQUESTS_CA_BUNDLE={shlex.quote(str(authority))}"


def curl(connection: Connection) -> str:
    """A query from the shell, in one line."""
    bearer = shlex.quote(f"Authorization: Bearer {connection.credentials.token}")
    trusted = f"--cacert {shlex.quote(str(connection.authority))} " if connection.authority else ""
    asked = shlex.quote(f"q={QUERY}")
    address = shlex.quote(f"{connection.url}{SERVICES}/query")
    return f"curl {trusted}-H {bearer} --get --data-urlencode {asked} {address}"


def _simple_salesforce(connection: Connection) -> Recipe:
    credentials = connection.credentials
    if connection.authority is None:
        text = _ADAPTER.format(
            root=_quoted(f"https://{connection.host}/"),
            host=_quoted(connection.host),
            token=_quoted(credentials.token),
            query=_quoted(QUERY),
        )
        note = "With orgsmith sandbox --tls it logs in with user name and password, unmodified."
        return Recipe("simple_salesforce", text, note)
    text = _LOGIN.format(
        username=_quoted(credentials.username),
        password=_quoted(credentials.password),
        token=_quoted(credentials.token),
        domain=_quoted(f"{connection.host}/login"),
        query=_quoted(QUERY),
    )
    note = f"First, in the shell that starts Python: {trust(connection.authority)}"
    return Recipe("simple_salesforce", text, note)


def _curl(connection: Connection) -> Recipe:
    note = "Every session id has a world of its own: what it writes, no other session sees."
    lines = curl(connection).replace(" --get", " \\\n  --get").replace(" http", " \\\n  http")
    return Recipe("curl", lines, note)


def _agents(connection: Connection) -> tuple[Recipe, Recipe]:
    bearer = f"Bearer {connection.credentials.token}"
    over_http = {
        "type": "http",
        "url": f"{connection.url}/mcp",
        "headers": {"Authorization": bearer},
    }
    over_stdio = {
        "command": "orgsmith",
        "args": ["sandbox", "--stdio", str(connection.dataset)],
    }
    return (
        Recipe(
            "MCP over HTTP",
            _servers(over_http),
            "Tools: describe, query, search, read, and unless --read-only-tools create, update, "
            "delete.",
        ),
        Recipe(
            "MCP over stdio",
            _servers(over_stdio),
            "The client starts a sandbox of its own; this one need not run.",
        ),
    )


def _servers(server: Mapping[str, object]) -> str:
    return json.dumps({"mcpServers": {"orgsmith": server}}, indent=2)


def _quoted(text: str) -> str:
    """A string as Python spells it, in double quotes."""
    return json.dumps(text)
