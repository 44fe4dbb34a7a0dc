"""A sandbox on a free port, served by a thread of the tests' own process."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import requests
import uvicorn
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce, SFType

from orgsmith.arena.org import Org
from orgsmith.arena.sandbox.app import Sandbox
from orgsmith.arena.sandbox.desk import Desk
from orgsmith.arena.sandbox.whole import whole_app

TOKEN = "orgsmith"
VERSION = "59.0"
USERNAME = "admin@orgsmith.example"
PASSWORD = "orgsmith"


@dataclass(frozen=True, slots=True)
class Served:
    """A sandbox that answers: the app, and the port it listens on."""

    app: Sandbox
    port: int
    scheme: str = "http"

    @property
    def host(self) -> str:
        """Name and port, as clients say it."""
        return f"localhost:{self.port}"

    @property
    def url(self) -> str:
        """The address of its root."""
        return f"{self.scheme}://{self.host}"

    @property
    def desk(self) -> Desk:
        """What its requests share."""
        desk: Desk = self.app.state.desk
        return desk

    def client(self, token: str | None = None, **headers: str) -> httpx2.Client:
        """A client with a session: a new one unless its token is given."""
        bearer = f"Bearer {token or self.desk.tokens.issue()}"
        told = {"Authorization": bearer, **headers}
        return httpx2.Client(base_url=self.url, headers=told, timeout=60)

    def rest(self, token: str | None = None, **headers: str) -> httpx2.Client:
        """A client as `client`, whose addresses lie below a version of the REST API."""
        client = self.client(token, **headers)
        client.base_url = f"{self.url}/services/data/v{VERSION}"
        return client

    def salesforce(self, token: str | None = None) -> Salesforce:
        """simple_salesforce over plain http, with a session as `client`."""
        sid = token or self.desk.tokens.issue()
        return Salesforce(session=plain_http(self.host), session_id=sid, instance=self.host)


def sobject(sf: Salesforce, name: str) -> SFType:
    """`sf.<name>`, for which simple_salesforce declares another type."""
    found = getattr(sf, name)
    assert isinstance(found, SFType)
    return found


class PlainHTTP(HTTPAdapter):
    """Sends over http what simple_salesforce, which knows https alone, addresses to https."""

    def send(
        self,
        request: requests.PreparedRequest,
        *args: Any,  # noqa: ANN401 - passed on
        **more: Any,  # noqa: ANN401
    ) -> requests.Response:
        """Send a request."""
        request.url = (request.url or "").replace("https://", "http://", 1)
        return super().send(request, *args, **more)


def plain_http(host: str) -> requests.Session:
    """A session that speaks plain http with one host."""
    session = requests.Session()
    session.mount(f"https://{host}/", PlainHTTP())
    return session


@contextmanager
def serving(
    app: Sandbox, *, key: os.PathLike[str] | None = None, cert: os.PathLike[str] | None = None
) -> Iterator[Served]:
    """Serve an app until the block ends; over TLS where there is a certificate."""
    config = uvicorn.Config(
        app,
        log_level="critical",
        ssl_keyfile=key,
        ssl_certfile=cert,
        # A client that leaves its TLS connection open would keep the server for half a minute.
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    # asyncio answers at once only where the socket says that it is TCP.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        thread = threading.Thread(target=server.run, args=([listening],), name="sandbox")
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the server did not start"
                thread.join(0.01)
            yield Served(app, port, "http" if cert is None else "https")
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def served(org: Org) -> Iterator[Served]:
    """Serve an org in every way, as the command does without TLS."""
    with serving(whole_app(org)) as sandbox:
        yield sandbox
