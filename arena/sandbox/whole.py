"""The sandbox with all that it serves: REST, bulk jobs, tools for agents, and the page."""

from pathlib import Path

from orgsmith.arena.org import Org
from orgsmith.arena.sandbox.app import Sandbox, create_app
from orgsmith.arena.sandbox.bulk import bulk_router
from orgsmith.arena.sandbox.mcp_server import mcp_router
from orgsmith.arena.sandbox.page import page_router
from orgsmith.arena.sandbox.tokens import Credentials

LOOPBACK = "127.0.0.1"


def whole_app(
    org: Org,
    credentials: Credentials | None = None,
    *,
    host: str = LOOPBACK,
    authority: Path | None = None,
    read_only_tools: bool = False,
) -> Sandbox:
    """An app that serves an org in every way.

    Args:
        org: what is served.
        credentials: what opens it; the usual ones unless given.
        host: where the app will be bound.
        authority: the certificate that clients over TLS have to trust; the page tells of it.
        read_only_tools: whether agents have no tools that write.
    """
    given = credentials or Credentials()
    return create_app(
        org,
        token=given.token,
        username=given.username,
        password=given.password,
        client_id=given.client_id,
        client_secret=given.client_secret,
        host=host,
        routers=(
            page_router(org, given, host=host, authority=authority),
            bulk_router(),
            mcp_router(org, host=host, token=given.token, read_only=read_only_tools),
        ),
    )
