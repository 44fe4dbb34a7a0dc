"""The REST API's resources as routes of the app."""

import re
from collections.abc import Awaitable, Callable, Mapping

import orjson
from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from orgsmith.arena.errors import OrgError
from orgsmith.arena.sandbox.desk import desk_of
from orgsmith.arena.sandbox.faults import JSON, not_found, refusal
from orgsmith.arena.sandbox.openapi import operation
from orgsmith.arena.sandbox.rest.bodies import parsed
from orgsmith.arena.sandbox.rest.calls import ROOT, Call, Resource, answered
from orgsmith.arena.sandbox.rest.refused import NOT_SERVED
from orgsmith.arena.sandbox.rest.resources import RESOURCES
from orgsmith.arena.sandbox.rest.versions import VERSION_LIST, VERSIONS, version_list
from orgsmith.arena.sandbox.schemas import RECORD_ID, TEXT, Schema, part

_BASE = f"{ROOT}/v{{version}}"
_NAMED = re.compile(r"\{(\w+)")
_UNNAMED = re.compile(r"(?::path)?\W+")
_PATH: Mapping[str, Schema] = {
    "version": part("Version"),
    "entity": part("Entity"),
    "record": RECORD_ID,
}
"""What paths name; the rest is any text."""


def add_rest(app: FastAPI) -> None:
    """Add routes to all resources."""
    app.add_api_route(
        ROOT,
        _versions,
        response_class=Response,
        openapi_extra=operation(
            "List the versions of the API", {200: VERSION_LIST}, open_to_all=True
        ),
    )
    for resource in RESOURCES:
        path = f"{_BASE}/{resource.path}".rstrip("/")
        app.add_api_route(
            path,
            _endpoint(resource),
            methods=[resource.method],
            operation_id=_UNNAMED.sub("_", f"{resource.method} {resource.path}").strip("_").lower(),
            status_code=min(resource.replies, default=200),
            response_class=Response,
            include_in_schema=resource.path not in NOT_SERVED,
            openapi_extra=_described(resource, path),
        )


def _versions() -> Response:
    return Response(orjson.dumps(version_list()), media_type=JSON)


def _endpoint(resource: Resource) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_respond, resource, request, body)

    return endpoint


def _respond(resource: Resource, request: Request, body: bytes) -> Response:
    """The response to a request; runs in a thread, as queries take their time."""
    try:
        call = _call(resource, request, body)
    except OrgError as error:
        return refusal(error)
    reply = answered(resource, call)
    if reply.status == 204:
        return Response(status_code=204)
    headers = {"Location": reply.location} if reply.location else None
    return Response(orjson.dumps(reply.content), reply.status, headers, JSON)


def _call(resource: Resource, request: Request, body: bytes) -> Call:
    version = request.path_params["version"]
    if version not in VERSIONS:
        raise not_found()
    desk = desk_of(request)
    session = desk.admit(request.headers)
    content = None
    if resource.body is not None:
        content = parsed(body, request.headers.get("content-type", ""))
    return Call(
        desk,
        session,
        version,
        request.path_params,
        request.query_params.multi_items(),
        request.headers,
        content,
    )


def _described(resource: Resource, path: str) -> dict[str, object]:
    return operation(
        resource.summary,
        resource.replies,
        path={name: _PATH.get(name, TEXT) for name in _NAMED.findall(path)},
        query=resource.query,
        body=resource.body,
    )
