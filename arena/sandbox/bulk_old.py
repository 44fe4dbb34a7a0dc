"""The first Bulk API, which is not served; said in its own form."""

from xml.sax.saxutils import escape

import orjson
from fastapi import Request, Response

from orgsmith.arena.sandbox.faults import JSON

CODE = "FeatureNotEnabled"
MESSAGE = (
    "The sandbox does not serve the first Bulk API (services/async); use Bulk API 2.0 "
    "(services/data/v59.0/jobs; in simple_salesforce sf.bulk2)"
)
_SPACE = "http://www.force.com/2009/06/asyncapi/dataload"


def old_bulk(request: Request) -> Response:
    """The answer to every request."""
    if "xml" in request.headers.get("content-type", ""):
        content = (
            f'<error xmlns="{_SPACE}"><exceptionCode>{CODE}</exceptionCode>'
            f"<exceptionMessage>{escape(MESSAGE)}</exceptionMessage></error>"
        )
        return Response(content, 400, media_type="application/xml")
    content_json = orjson.dumps({"exceptionCode": CODE, "exceptionMessage": MESSAGE})
    return Response(content_json, 400, media_type=JSON)
