"""What is refused before a resource is asked: addresses, methods, bodies, hosts; and mishaps."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import closing
from http.client import HTTPConnection

import httpx2
import pytest
from fastapi import APIRouter

from orgsmith.arena.org import Org
from orgsmith.arena.sandbox.app import Sandbox, create_app
from orgsmith.arena.sandbox.guard import LARGEST_BODY
from tests.arena.sandbox.serving import TOKEN, Served, serving

NOT_FOUND = [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}]
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    "path",
    [
        "/services",
        "/services/",
        "/services/data/v59.0/nothing",
        "/services/data/v59.0/sobjects/Case/1/2/3",
        "/services/data/v59.0//query",
        "/services/Soap",
        "/services/oauth2/nothing",
        "/services/apexrest/anything",
        "/docs",
        "/redoc",
        "/../../../etc/passwd",
        "/services/data/v59.0/..%2f..%2f..%2fetc%2fpasswd",
        "/nothing",
    ],
)
def test_what_is_not_there_is_not_found(sandbox: Served, path: str) -> None:
    with sandbox.client() as client:
        answer = client.get(path)

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "sobjects/Case", "GET,POST"),
        ("POST", "sobjects/Case/500000000000001AAA", "DELETE,GET,PATCH"),
        ("DELETE", "query", "GET"),
        ("GET", "composite", "POST"),
        ("OPTIONS", "limits", "GET"),
    ],
)
def test_a_method_that_is_not_served_is_told_what_is(
    rest: httpx2.Client, method: str, path: str, allowed: str
) -> None:
    answer = rest.request(method, path)

    assert answer.status_code == 405
    assert answer.json() == [
        {
            "message": f"HTTP Method '{method}' not allowed. Allowed are {allowed}",
            "errorCode": "METHOD_NOT_ALLOWED",
        }
    ]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "sobjects/Case/describe/layouts"),
        ("GET", "sobjects/Case/describe/layouts/012000000000000AAA"),
        ("GET", "sobjects/Case/describe/compactLayouts"),
        ("POST", "sobjects/User/005000000000001AAA/password"),
        ("GET", "search/layout"),
        ("GET", "search/suggestions"),
        ("POST", "composite/graph"),
        ("GET", "tooling/query"),
        ("GET", "ui-api/records"),
        ("GET", "analytics/reports"),
        ("POST", "actions/standard/emailSimple"),
    ],
)
def test_what_is_not_served_says_so(rest: httpx2.Client, method: str, path: str) -> None:
    answer = rest.request(method, path)

    (fault,) = answer.json()
    assert (answer.status_code, fault["errorCode"]) == (403, "FUNCTIONALITY_NOT_ENABLED")
    assert fault["message"].startswith("The sandbox does not serve ")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "at [line:1, column:1]"),
        (b"{", "at [line:1, column:2]"),
        (b'{\n "LastName": }', "at [line:2, column:14]"),
        (b'{"LastName": "\xff"}', "at [line:"),
        (b'{"LastName": NaN}', "at [line:1, column:14]"),
        (b'{"LastName": "\\ud800"}', "at [line:"),
        (b"[" * 5_000, "at [line:"),
        (b"[]", "the body must be an object"),
        (b"null", "the body must be an object"),
        (b'"x"', "the body must be an object"),
    ],
)
def test_broken_json_is_refused_with_its_place(rest: httpx2.Client, body: bytes, said: str) -> None:
    answer = rest.post(
        "sobjects/Contact", content=body, headers={"Content-Type": "application/json"}
    )

    (fault,) = answer.json()
    assert (answer.status_code, fault["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert said in fault["message"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "nonsense"]
)
def test_other_media_types_are_refused(rest: httpx2.Client, kind: str) -> None:
    answer = rest.post("sobjects/Contact", content=b"{}", headers={"Content-Type": kind})

    (fault,) = answer.json()
    assert (answer.status_code, fault["errorCode"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert kind in fault["message"]


def test_a_body_that_is_compressed_is_refused(rest: httpx2.Client) -> None:
    answer = rest.post("sobjects/Contact", content=b"{}", headers={"Content-Encoding": "gzip"})

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("kind", ["application/json; charset=UTF-8", "Application/JSON", ""])
def test_json_is_read_however_it_is_called(rest: httpx2.Client, kind: str) -> None:
    answer = rest.post(
        "sobjects/Contact", content=b'{"LastName": "x"}', headers={"Content-Type": kind}
    )

    assert answer.status_code == 201


def test_a_body_is_refused_before_it_comes(sandbox: Served) -> None:
    connection = HTTPConnection("127.0.0.1", sandbox.port)
    with closing(connection):
        connection.putrequest("POST", "/services/data/v59.0/composite")
        connection.putheader("Authorization", f"Bearer {TOKEN}")
        connection.putheader("Content-Length", str(LARGEST_BODY + 1))
        connection.endheaders()
        answer = connection.getresponse()
        (fault,) = json.loads(answer.read())

    assert (answer.status, fault["errorCode"]) == (413, "REQUEST_ENTITY_TOO_LARGE")


def test_a_body_that_does_not_say_its_length_is_refused_when_it_is_too_long(
    sandbox: Served,
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 2**20

    answer = asyncio.run(asked(sandbox.app, "POST", "/services/data/v59.0/composite", endless()))

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (413, "REQUEST_ENTITY_TOO_LARGE")


async def asked(
    app: Sandbox, method: str, path: str, content: AsyncIterator[bytes] | None = None
) -> httpx2.Response:
    """What an app answers without a server."""
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.request(method, path, content=content, headers=AUTHORIZED)


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "10.0.0.1", "evil.example:80", "[::2]", ""]
)
def test_a_page_under_another_name_is_refused(sandbox: Served, host: str) -> None:
    answer = httpx2.get(f"{sandbox.url}/services/data", headers={**AUTHORIZED, "Host": host})

    (fault,) = answer.json()
    assert (answer.status_code, fault["errorCode"]) == (403, "INVALID_HOST")
    assert "--host" in fault["message"]


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1", "127.1.2.3:80", "[::1]:80", "org.localhost"]
)
def test_this_machine_is_reached_by_all_its_names(sandbox: Served, host: str) -> None:
    answer = httpx2.get(f"{sandbox.url}/services/data", headers={"Host": host})

    assert answer.status_code == 200


def test_bound_elsewhere_any_name_will_do(org: Org) -> None:
    with serving(create_app(org, host="0.0.0.0")) as sandbox:
        answer = httpx2.get(f"{sandbox.url}/services/data", headers={"Host": "org.example"})

    assert answer.status_code == 200


def test_no_other_site_may_read_along(rest: httpx2.Client) -> None:
    answer = rest.get("limits", headers={"Origin": "https://evil.example"})

    assert not any(name.startswith("access-control") for name in answer.headers)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_nothing_unforeseen_gets_out(org: Org, caplog: pytest.LogCaptureFixture) -> None:
    router = APIRouter()

    @router.get("/services/data/v59.0/broken")
    def broken() -> None:
        raise ZeroDivisionError("secret")

    with (
        caplog.at_level(logging.ERROR, "orgsmith.sandbox"),
        serving(create_app(org, routers=[router])) as sandbox,
        sandbox.client() as client,
    ):
        answer = client.get("/services/data/v59.0/broken")

    (fault,) = answer.json()
    assert (answer.status_code, fault["errorCode"]) == (500, "UNKNOWN_EXCEPTION")
    assert "secret" not in answer.text
    number = fault["message"].rpartition(" ")[2]
    assert number in caplog.text
    assert "ZeroDivisionError: secret" in caplog.text


def test_what_a_route_declares_is_refused_in_salesforces_words(org: Org) -> None:
    router = APIRouter()

    @router.get("/services/data/v59.0/numbered")
    def numbered(number: int) -> int:
        return number

    with serving(create_app(org, routers=[router])) as sandbox, sandbox.client() as client:
        answer = client.get("/services/data/v59.0/numbered?number=x")

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_ARGUMENT")
    assert "query.number" in answer.json()[0]["message"]
