"""Login over SOAP, the way simple_salesforce and most older clients come in."""

from xml.sax.saxutils import escape

from fastapi import APIRouter, Request, Response

from orgsmith.arena.sandbox import soap
from orgsmith.arena.sandbox.desk import Desk, desk_of, root_of
from orgsmith.arena.sandbox.openapi import operation
from orgsmith.arena.sandbox.schemas import TEXT, part
from orgsmith.arena.sandbox.tokens import ORGANISATION

XML = "text/xml;charset=UTF-8"
NAMESPACES = {"u": "urn:partner.soap.sforce.com", "c": "urn:enterprise.soap.sforce.com"}
"""Of the partner's and of the enterprise's API, by the letter in the path."""

router = APIRouter()

_DESCRIPTION = operation(
    "Log in over SOAP",
    {200: TEXT, 500: TEXT},
    path={"kind": {"enum": list(NAMESPACES)}, "version": part("Version")},
    body=TEXT,
    media="text/xml",
    open_to_all=True,
)


@router.post("/services/Soap/{kind}/{version}", response_class=Response, openapi_extra=_DESCRIPTION)
async def log_in(request: Request) -> Response:
    """A session id for a user name and a password, which the security token may follow."""
    kind, version = request.path_params["kind"], request.path_params["version"]
    try:
        asked = soap.read(await request.body())
    except soap.SoapError as error:
        return Response(soap.client_fault(str(error)), 500, media_type=XML)
    if asked.namespace != NAMESPACES.get(kind) or asked.name != "login":
        text = f"No operation available for request {{{asked.namespace}}}{asked.name}"
        return Response(soap.client_fault(text), 500, media_type=XML)
    desk = desk_of(request)
    given = asked.parameters
    if not desk.credentials.is_user(given.get("username", ""), given.get("password", "")):
        text = "Invalid username, password, security token"
        return Response(soap.fault("INVALID_LOGIN", text), 500, media_type=XML)
    address = f"{root_of(request)}/services/Soap/{kind}/{version}/{ORGANISATION[:15]}"
    result = _result(desk, escape(address), desk.tokens.issue())
    return Response(soap.message(asked.namespace, result), media_type=XML)


def _result(desk: Desk, address: str, session_id: str) -> str:
    """What a login gives, as XML."""
    name = escape(desk.credentials.username)
    return (
        "<loginResponse><result>"
        "<passwordExpired>false</passwordExpired><sandbox>true</sandbox>"
        f"<serverUrl>{address}</serverUrl><sessionId>{session_id}</sessionId>"
        f"<userId>{desk.user}</userId>"
        "<userInfo>"
        f"<organizationId>{ORGANISATION}</organizationId>"
        f"<organizationName>{escape(desk.org.name)}</organizationName>"
        f"<userEmail>{name}</userEmail><userFullName>Administrator</userFullName>"
        f"<userId>{desk.user}</userId><userLanguage>en_US</userLanguage>"
        f"<userLocale>en_US</userLocale><userName>{name}</userName>"
        "<userTimeZone>UTC</userTimeZone><userType>Standard</userType>"
        "</userInfo></result></loginResponse>"
    )
