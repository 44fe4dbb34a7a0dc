"""The org served over the Model Context Protocol: on standard input and output, and over HTTP."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

from fastapi import APIRouter
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import CallToolResult, ToolAnnotations
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from orgsmith.arena.org import Org
from orgsmith.arena.sandbox.desk import desk_of
from orgsmith.arena.sandbox.hosts import is_loopback
from orgsmith.arena.sandbox.tools import Sessions, Tools
from orgsmith.arena.session import Session
from orgsmith.outputs.manifest import orgsmith_version

PATH = "/mcp"

Tool = Callable[..., CallToolResult]

_NAMES = ("127.0.0.1", "localhost", "[::1]")
_AUTHORIZATION = "authorization"

_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_ADDS = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)
_CHANGES = ToolAnnotations(read_only_hint=False, destructive_hint=True, open_world_hint=False)


def org_server(org: Org, sessions: Sessions, *, read_only: bool = False) -> MCPServer[Any]:
    """A server of the protocol that has the org's tools.

    Args:
        org: what is served.
        sessions: tells to which session a call belongs.
        read_only: whether the tools that write are left out.
    """
    server: MCPServer[Any] = MCPServer(
        "orgsmith",
        title=f"{org.name}: a Salesforce org",
        instructions=_instructions(org, read_only=read_only),
        version=orgsmith_version(),
        log_level="ERROR",
    )
    tools = Tools(sessions)
    offered: list[tuple[Tool, ToolAnnotations]] = [
        (tools.describe, _READS),
        (tools.query, _READS),
        (tools.search, _READS),
        (tools.read, _READS),
    ]
    if not read_only:
        offered += [
            (tools.create, _ADDS),
            (tools.update, _CHANGES),
            (tools.delete, _CHANGES),
        ]
    for tool, annotations in offered:
        server.add_tool(tool, annotations=annotations)
    return server


def serve_stdio(org: Org, session: Session, *, read_only: bool = False) -> None:
    """Serve one session over standard input and output, until the input ends."""
    org_server(org, lambda _: session, read_only=read_only).run("stdio")


def mcp_router(org: Org, *, host: str, token: str, read_only: bool = False) -> APIRouter:
    """The address of the protocol, for an app that has a desk.

    A call belongs to the session whose id is its bearer token. Bound to loopback, it may come
    without one, and belongs to the session that always works.

    Args:
        org: what is served.
        host: where the app will be bound.
        token: the session id that always works.
        read_only: whether the tools that write are left out.
    """
    server = org_server(org, _session_of, read_only=read_only)
    loopback = is_loopback(host)
    # Makes the session manager; the app around it is not needed.
    server.streamable_http_app(
        json_response=True,
        stateless_http=True,
        transport_security=_security(loopback=loopback),
    )
    endpoint = _Endpoint(server, token if loopback else None)

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        async with server.session_manager.run():
            yield

    router = APIRouter(lifespan=lifespan)
    router.routes.append(Route(PATH, endpoint))
    return router


class _Endpoint:
    """Lets requests of sessions in."""

    def __init__(self, server: MCPServer[Any], otherwise: str | None) -> None:
        self._server = server
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if self._otherwise is not None and _AUTHORIZATION not in Headers(scope=scope):
            bearer = (_AUTHORIZATION.encode(), f"Bearer {self._otherwise}".encode())
            scope = {**scope, "headers": [*scope["headers"], bearer]}
        request = Request(scope)
        desk_of(request).admit(request.headers)
        await self._server.session_manager.handle_request(scope, receive, send)


def _session_of(ctx: Context[Any, Any]) -> Session:
    request = cast("Request", ctx.request_context.request)
    return desk_of(request).admit(request.headers)


def _security(*, loopback: bool) -> TransportSecuritySettings:
    """Bound to loopback, pages of other sites are refused, whatever name they ask under."""
    if not loopback:
        return TransportSecuritySettings(enable_dns_rebinding_protection=False)
    names = [each for name in _NAMES for each in (name, f"{name}:*")]
    return TransportSecuritySettings(
        allowed_hosts=names,
        allowed_origins=[f"{scheme}://{name}" for scheme in ("http", "https") for name in names],
    )


def _instructions(org: Org, *, read_only: bool) -> str:
    industry = org.dataset.organisation.industry
    writes = (
        "The org can only be read."
        if read_only
        else "What you write is seen by your session alone, with the effects that a real org has; "
        "the dataset itself never changes."
    )
    return (
        f"The Salesforce Service Cloud org of {org.name} ({industry.label}): synthetic, complete, "
        "and served on this machine. Call describe for the objects, then describe one object for "
        "its fields; query with SOQL, search texts with SOSL. The org has its own date, which "
        f"describe tells; date literals count from it. {writes} Errors have Salesforce's codes."
    )
