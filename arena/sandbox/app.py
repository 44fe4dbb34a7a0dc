"""The sandbox as a web application: an org behind Salesforce's addresses."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Lifespan

from orgsmith.arena.errors import OrgError
from orgsmith.arena.org import Org
from orgsmith.arena.sandbox import login, oauth, worlds
from orgsmith.arena.sandbox.desk import Desk
from orgsmith.arena.sandbox.faults import not_allowed, not_found, refusal
from orgsmith.arena.sandbox.guard import Guard
from orgsmith.arena.sandbox.openapi import shared, tidy
from orgsmith.arena.sandbox.rest.calls import ROOT
from orgsmith.arena.sandbox.rest.resources import TABLE
from orgsmith.arena.sandbox.rest.routes import add_rest
from orgsmith.arena.sandbox.tokens import Credentials

DEFAULTS = Credentials()


class Sandbox(FastAPI):
    """The application, with an OpenAPI document that holds what its operations share."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        document = super().openapi()
        for methods in document["paths"].values():
            for described in methods.values():
                tidy(described)
        components = document.setdefault("components", {})
        for kind, entries in shared(self.state.desk.org.catalog).items():
            components.setdefault(kind, {}).update(entries)
        return document


def create_app(
    org: Org,
    *,
    token: str = DEFAULTS.token,
    username: str = DEFAULTS.username,
    password: str = DEFAULTS.password,
    client_id: str = DEFAULTS.client_id,
    client_secret: str = DEFAULTS.client_secret,
    host: str = "127.0.0.1",
    routers: Sequence[APIRouter] = (),
    lifespan: Lifespan[FastAPI] | None = None,
) -> Sandbox:
    """An app that serves an org as Salesforce would.

    Args:
        org: what is served.
        token: a session id that always works.
        username, password: what users log in with.
        client_id, client_secret: what connected apps log in with.
        host: where the app will be bound; bound to loopback, it answers to no other name.
        routers: what is served beside the REST API; asked first.
        lifespan: what runs as long as the app does.
    """
    app = Sandbox(
        title=f"Orgsmith sandbox: {org.name}",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    desk = Desk(org, Credentials(token, username, password, client_id, client_secret))
    app.state.desk = desk
    for router in (*routers, login.router, oauth.router, worlds.router):
        app.include_router(router)
    add_rest(app)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_middleware(Guard, desk=desk, host=host)
    return app


async def _refused(request: Request, error: Exception) -> Response:
    """What the framework itself refuses: addresses and methods that are not served."""
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == 405:
        return refusal(not_allowed(request.method, _allowed(request, error)))
    if error.status_code == 404:
        return refusal(not_found())
    return refusal(OrgError("BAD_REQUEST", str(error.detail), status=error.status_code))


async def _unreadable(request: Request, error: Exception) -> Response:
    """What a route's own declaration refuses."""
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    where = ".".join(str(step) for step in first["loc"])
    return refusal(OrgError("INVALID_ARGUMENT", f"{where}: {first['msg']}"))


def _allowed(request: Request, error: HTTPException) -> set[str]:
    """The methods that are served at a request's address."""
    # The framework names those of the first route alone.
    first = (error.headers or {}).get("Allow", "")
    below = request.url.path.removeprefix(f"{ROOT}/v").partition("/")[2]
    return {*first.split(", "), *TABLE.methods(below)} - {""}
