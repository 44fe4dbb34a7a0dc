"""Sessions as clients steer them: what they wrote forgotten, or the session ended."""

from fastapi import APIRouter, Request, Response

from orgsmith.arena.errors import OrgError
from orgsmith.arena.sandbox.desk import desk_of, session_of
from orgsmith.arena.sandbox.openapi import operation

router = APIRouter(prefix="/orgsmith/sessions")

_RESET = operation("Forget what this session wrote", {204: None})
_EXPIRE = operation("Let this session expire, and forget what it wrote", {204: None})


@router.post("/reset", status_code=204, response_class=Response, openapi_extra=_RESET)
def reset(request: Request) -> Response:
    """Forget what the session wrote: it sees the dataset again."""
    desk_of(request).reset(session_of(request))
    return Response(status_code=204)


@router.post("/expire", status_code=204, response_class=Response, openapi_extra=_EXPIRE)
def expire(request: Request) -> Response:
    """Let the session expire: the next request with its id is told to log in again."""
    if not desk_of(request).expire(session_of(request).token):
        raise OrgError(
            "INVALID_OPERATION",
            "the session id of --token never expires; forget its writes with "
            "/orgsmith/sessions/reset",
        )
    return Response(status_code=204)
