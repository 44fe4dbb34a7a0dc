"""What stands before every request: hosts, addresses, sizes, and errors nobody foresaw."""

import logging
import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orgsmith.arena.errors import OrgError
from orgsmith.arena.sandbox.desk import Desk
from orgsmith.arena.sandbox.faults import refusal
from orgsmith.arena.sandbox.hosts import is_loopback
from orgsmith.arena.sandbox.rest.limits import API_CALLS, MOST, used

LARGEST_BODY = 50 * 2**20
LARGEST_UPLOAD = 150 * 2**20
"""Bytes of a request's body, and of a bulk job's data: Salesforce's own limits."""

_LOG = logging.getLogger("orgsmith.sandbox")
_SERVICES = "/services/"
_API = "/services/data/v"
_JOBS = "/jobs/"
# simple_salesforce asks https://<domain>.salesforce.com/services/...; with `localhost:8800/login`
# as the domain, the rest of the name becomes part of the path.
_NAMED = re.compile(r"/[^/]*\.salesforce\.com(?=/services/)", re.ASCII | re.IGNORECASE)


class Guard:
    """Wraps an app; `host` is where it is bound."""

    def __init__(self, app: ASGIApp, desk: Desk, host: str) -> None:
        self._app = app
        self._desk = desk
        # Whoever binds elsewhere wants to be reached by names that are not known here.
        self._anywhere = not is_loopback(host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        outgoing = _Outgoing(send)
        path = _cleaned(scope["path"])
        if path.startswith(_API):
            self._desk.count()
            outgoing.headers["Sforce-Limit-Info"] = (
                f"api-usage={used(self._desk.calls)}/{MOST[API_CALLS]}"
            )
        headers = Headers(scope=scope)
        incoming = _Incoming(receive, LARGEST_UPLOAD if _JOBS in path else LARGEST_BODY)
        try:
            self._check_host(headers)
            _check_encoding(headers)
            incoming.expect(headers.get("content-length", ""))
            if path.startswith(_API):
                # Before the body is read: nobody else makes the sandbox hold one.
                self._desk.admit(headers)
            await self._app({**scope, "path": path}, incoming, outgoing)
        except OrgError as error:
            if outgoing.started:
                raise
            await refusal(error)(scope, receive, outgoing)
        except Exception:
            number = secrets.token_hex(6)
            _LOG.exception("error %s: %s %s", number, scope["method"], path)
            if outgoing.started:
                raise
            await refusal(_unexpected(number))(scope, receive, outgoing)

    def _check_host(self, headers: Headers) -> None:
        """Refuse what a page of another site asks for under its own name (DNS rebinding)."""
        host = _name(headers.get("host", ""))
        if not self._anywhere and not is_loopback(host):
            raise OrgError(
                "INVALID_HOST",
                f"the sandbox serves this machine only, not {host!r}; ask localhost, or start it "
                "with --host",
                status=403,
            )


class _Incoming:
    """A request's body, refused once it passes a limit."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._seen = 0

    def expect(self, length: str) -> None:
        """Refuse a body before it comes, if its header says that it is too long."""
        self._check(int(length) if length.isdecimal() else 0)

    async def __call__(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        self._check(self._seen)
        return message

    def _check(self, length: int) -> None:
        if length > self._limit:
            raise OrgError(
                "REQUEST_ENTITY_TOO_LARGE",
                f"the body is larger than {self._limit // 2**20} MB; send it in parts",
                status=413,
            )


class _Outgoing:
    """A response, with headers of ours."""

    def __init__(self, send: Send) -> None:
        self.headers = {"X-Content-Type-Options": "nosniff"}
        self._send = send
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            MutableHeaders(scope=message).update(self.headers)
        await self._send(message)


def _check_encoding(headers: Headers) -> None:
    """Refuse a body that is compressed."""
    encoding = headers.get("content-encoding", "identity")
    if encoding.strip().lower() != "identity":
        raise OrgError(
            "UNSUPPORTED_MEDIA_TYPE",
            f"Content-Encoding {encoding!r} is not supported; send the body as it is",
            status=415,
        )


def _cleaned(path: str) -> str:
    """The path without what clients add to it: a named host, a slash at the end."""
    path = _NAMED.sub("", path, count=1)
    return path.rstrip("/") if path.startswith(_SERVICES) else path


def _name(host: str) -> str:
    """The name in a Host header, without the port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if ":" in host else host


def _unexpected(number: str) -> OrgError:
    return OrgError(
        "UNKNOWN_EXCEPTION",
        f"An unexpected error occurred. Please include this ErrorId if you report it: {number}",
        status=500,
    )
