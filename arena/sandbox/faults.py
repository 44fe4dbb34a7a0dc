"""Errors as Salesforce sends them."""

from collections.abc import Mapping

import orjson
from starlette.responses import Response

from orgsmith.arena.errors import OrgError

JSON = "application/json;charset=UTF-8"

Fault = dict[str, object]


def faults(error: OrgError) -> list[Fault]:
    """The body of an error's response."""
    fault: Fault = {"message": error.message, "errorCode": error.code}
    if error.fields:
        fault["fields"] = list(error.fields)
    return [fault]


def row_faults(error: OrgError) -> list[Fault]:
    """The `errors` of a record that could not be saved among others."""
    return [{"statusCode": error.code, "message": error.message, "fields": list(error.fields)}]


def refusal(error: OrgError, headers: Mapping[str, str] | None = None) -> Response:
    """The response to a request that is refused."""
    return Response(orjson.dumps(faults(error)), error.status, headers, JSON)


def not_found() -> OrgError:
    """There is nothing at that address."""
    return OrgError("NOT_FOUND", "The requested resource does not exist", status=404)


def not_allowed(method: str, allowed: set[str]) -> OrgError:
    """There is something at that address, but not for this method."""
    return OrgError(
        "METHOD_NOT_ALLOWED",
        f"HTTP Method '{method}' not allowed. Allowed are {','.join(sorted(allowed))}",
        status=405,
    )


def not_served(what: str) -> OrgError:
    """Salesforce has it; the sandbox does not."""
    return OrgError("FUNCTIONALITY_NOT_ENABLED", f"The sandbox does not serve {what}", status=403)
