"""OAuth 2.0: tokens for connected apps and for users, who is logged in, and the end of a token."""

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl

import orjson
from fastapi import APIRouter, Request, Response

from orgsmith.arena.sandbox.desk import Desk, desk_of, root_of, session_of
from orgsmith.arena.sandbox.faults import JSON
from orgsmith.arena.sandbox.openapi import operation
from orgsmith.arena.sandbox.schemas import TEXT, part, shape
from orgsmith.arena.sandbox.tokens import ORGANISATION, Credentials

FORM = "application/x-www-form-urlencoded"

router = APIRouter()

Refusal = tuple[str, str]

_WRONG_CLIENT: Refusal = ("invalid_client_id", "client identifier invalid")
_WRONG_SECRET: Refusal = ("invalid_client", "invalid client credentials")
_WRONG_USER: Refusal = ("invalid_grant", "authentication failure")
_NO_GRANT: Refusal = ("unsupported_grant_type", "grant type not supported")
_NO_TOKEN: Refusal = ("invalid_token", "the token is none that can be revoked")

_TOKEN = operation(
    "Get a token: client_credentials or password",
    {
        200: shape(
            {
                "access_token": TEXT,
                "instance_url": TEXT,
                "id": TEXT,
                "token_type": TEXT,
                "issued_at": TEXT,
                "signature": TEXT,
            }
        ),
        400: part("OAuthError"),
    },
    body=shape(
        {"grant_type": TEXT},
        client_id=TEXT,
        client_secret=TEXT,
        username=TEXT,
        password=TEXT,
    ),
    media=FORM,
    open_to_all=True,
)
_REVOKE = operation(
    "Let a token expire",
    {200: None, 400: part("OAuthError")},
    body=shape({"token": TEXT}),
    media=FORM,
    open_to_all=True,
)
_USER = operation(
    "Read who is logged in",
    {200: shape({"user_id": TEXT, "organization_id": TEXT, "preferred_username": TEXT})},
)


@router.post("/services/oauth2/token", response_class=Response, openapi_extra=_TOKEN)
async def token(request: Request) -> Response:
    """A token: a session id, and the address to use it at."""
    form = await _form(request)
    desk = desk_of(request)
    refused = _refused(desk.credentials, form)
    if refused is not None:
        return _refusal(refused)
    base = root_of(request)
    identity = f"{base}/id/{ORGANISATION}/{desk.user}"
    issued = str(int(dt.datetime.now(dt.UTC).timestamp() * 1000))
    secret = desk.credentials.client_secret.encode()
    signed = hmac.digest(secret, f"{identity}{issued}".encode(), hashlib.sha256)
    return _json(
        {
            "access_token": desk.tokens.issue(),
            "signature": base64.b64encode(signed).decode(),
            "scope": "api",
            "instance_url": base,
            "id": identity,
            "token_type": "Bearer",
            "issued_at": issued,
        }
    )


@router.post("/services/oauth2/revoke", response_class=Response, openapi_extra=_REVOKE)
async def revoke(request: Request) -> Response:
    """Let a token expire, and forget what was written with it."""
    given = (await _form(request)).get("token", "")
    return Response() if desk_of(request).expire(given) else _refusal(_NO_TOKEN)


@router.get("/services/oauth2/userinfo", response_class=Response, openapi_extra=_USER)
def user_info(request: Request) -> Response:
    """Who is logged in."""
    session_of(request)
    return _json(_user(desk_of(request), root_of(request)))


@router.get("/id/{organisation}/{user}", response_class=Response, include_in_schema=False)
def identity(request: Request) -> Response:
    """The address that a token's answer names: who is logged in."""
    return user_info(request)


def _refused(credentials: Credentials, form: Mapping[str, str]) -> Refusal | None:
    """Why no token is given; None: it is."""
    grant = form.get("grant_type")
    if grant not in ("client_credentials", "password"):
        return _NO_GRANT
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    if not credentials.is_client(client_id, credentials.client_secret):
        return _WRONG_CLIENT
    if not credentials.is_client(client_id, secret):
        return _WRONG_SECRET
    user = form.get("username", ""), form.get("password", "")
    return _WRONG_USER if grant == "password" and not credentials.is_user(*user) else None


async def _form(request: Request) -> dict[str, str]:
    """The form in a body; a client may name itself in the Authorization header instead."""
    body = (await request.body()).decode(errors="replace")
    form = dict(parse_qsl(body, keep_blank_values=True))
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            named, _, secret = base64.b64decode(encoded).decode().partition(":")
        except ValueError:
            named, secret = "", ""
        form |= {"client_id": named, "client_secret": secret}
    return form


def _user(desk: Desk, base: str) -> dict[str, object]:
    name = desk.credentials.username
    return {
        "sub": f"{base}/id/{ORGANISATION}/{desk.user}",
        "user_id": desk.user,
        "organization_id": ORGANISATION,
        "preferred_username": name,
        "username": name,
        "nickname": "admin",
        "name": "Administrator",
        "display_name": "Administrator",
        "email": name,
        "email_verified": True,
        "given_name": "",
        "family_name": "Administrator",
        "zoneinfo": "UTC",
        "locale": "en_US",
        "language": "en_US",
        "user_type": "STANDARD",
        "active": True,
        "is_app_installed": True,
        "urls": {
            "rest": f"{base}/services/data/v{{version}}/",
            "query": f"{base}/services/data/v{{version}}/query/",
            "search": f"{base}/services/data/v{{version}}/search/",
            "sobjects": f"{base}/services/data/v{{version}}/sobjects/",
            "recent": f"{base}/services/data/v{{version}}/recent/",
            "partner": f"{base}/services/Soap/u/{{version}}/{ORGANISATION[:15]}",
            "enterprise": f"{base}/services/Soap/c/{{version}}/{ORGANISATION[:15]}",
        },
    }


def _refusal(refused: Refusal) -> Response:
    code, description = refused
    return _json({"error": code, "error_description": description}, 400)


def _json(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type=JSON)
