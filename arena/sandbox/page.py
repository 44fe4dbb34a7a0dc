"""The page at the root: what the org is, how to connect, and a place to query it."""

import secrets
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from orgsmith.arena.org import Org
from orgsmith.arena.record import SERVICES
from orgsmith.arena.sandbox.hosts import is_loopback
from orgsmith.arena.sandbox.recipes import Connection, recipes
from orgsmith.arena.sandbox.tokens import Credentials

FOLDER = Path(__file__).parent / "templates"

HIDDEN = "SESSION_ID"
"""What stands for the session id where others than this machine can read the page."""


def page_router(
    org: Org, credentials: Credentials, *, host: str, authority: Path | None = None
) -> APIRouter:
    """The page's address.

    Args:
        org: what is served.
        credentials: shown on the page if only this machine can read it.
        host: where the app will be bound.
        authority: the certificate that clients over TLS have to trust.
    """
    router = APIRouter()
    loopback = is_loopback(host)
    shown = credentials if loopback else Credentials(HIDDEN, password=HIDDEN, client_secret=HIDDEN)
    facts = _facts(org)

    @router.get("/", response_class=HTMLResponse, include_in_schema=False)
    def root(request: Request) -> HTMLResponse:
        connection = Connection(request.headers.get("host", ""), shown, org.dataset.path, authority)
        nonce = secrets.token_urlsafe(18)
        content = _template().render(
            **facts,
            today=org.today,
            credentials=shown,
            loopback=loopback,
            recipes=recipes(connection),
            connection=connection,
            services=SERVICES,
            nonce=nonce,
        )
        return HTMLResponse(content, headers=_headers(nonce))

    return router


def _facts(org: Org) -> dict[str, object]:
    """What the page says of the org, whoever asks."""
    manifest = org.dataset.manifest
    industry = org.dataset.organisation.industry
    return {
        "company": org.name,
        "about": industry.company.about,
        "industry": industry.label,
        "scale": f"{manifest.scale:g}",
        "as_of": manifest.as_of,
        "version": org.dataset.path.name,
        "objects": [
            {
                "name": entity.name,
                "prefix": entity.key_prefix,
                "description": entity.description,
                "rows": manifest.objects[entity.name].rows,
            }
            for entity in org.catalog.entities.values()
        ],
    }


def _headers(nonce: str) -> dict[str, str]:
    """Nothing but what the page itself brings may run or be loaded."""
    policy = (
        "default-src 'none'",
        f"script-src 'nonce-{nonce}'",
        f"style-src 'nonce-{nonce}'",
        "connect-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.jinja")
